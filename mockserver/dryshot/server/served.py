"""Worlds for tests: one server, and for each test a world that no other test sees."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from dryshot.http import Request
from dryshot.mock import Mock
from dryshot.server.serving import serve
from dryshot.server.tenants import Tenants
from dryshot.server.worlds import Worlds
from dryshot.world import Account, Pace

__all__ = ["ServedWorld", "ServedWorlds", "served"]

_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
_FORM = {"content-type": "application/x-www-form-urlencoded"}


class ServedWorld:
    """One world on a server, for programs of any kind.

    ``url`` is the server's. ``api_key`` opens this world and no other. ``instance`` is the name of
    an instance of the premium plan.
    """

    instance = "premium-instance"

    def __init__(self, tenants: Tenants, url: str, api_key: str) -> None:
        self.url = url
        self.api_key = api_key
        self._tenants = tenants
        self._name = _open(tenants, api_key)
        self.mock.journal.clear()

    def __repr__(self) -> str:
        return f"<ServedWorld {self._name} at {self.url}>"

    @property
    def mock(self) -> Mock:
        """What answers: its journal, faults, clock and world."""
        return self._tenants.mock(self._name)

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that lead another process here: one that uses the SDK or dryshot_client.

        ``DRYSHOT_URL`` is the plain URL, for any other program.
        """
        away = [os.environ.get("NO_PROXY") or os.environ.get("no_proxy", ""), "127.0.0.1"]
        no_proxy = ",".join(filter(None, away))
        return {
            "DRYSHOT_URL": self.url,
            "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
            "QISKIT_IBM_TOKEN": self.api_key,
            "QISKIT_IBM_INSTANCE": self.instance,
            # The SDK puts "quantum." before the host, which an address cannot have, unless this
            # word is in the URL. requests and httpx resolve the dots behind it before they send.
            "QISKIT_IBM_URL": f"{self.url}/experimental/../api/v1",
            "IAM_URL": self.url,
            "GLOBAL_SEARCH_URL": self.url,
            "GLOBAL_CATALOG_URL": f"{self.url}/api/v1",
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }

    def close(self) -> None:
        """Forget what happened in it."""
        with suppress(KeyError):  # it has given way to others
            self._tenants.reset(self._name)


class ServedWorlds:
    """A server's worlds, as :func:`served` gives them."""

    def __init__(self, tenants: Tenants, url: str) -> None:
        self._tenants = tenants
        self._url = url

    @contextmanager
    def opened(self, name: str) -> Iterator[ServedWorld]:
        """A new world, the same for the same name; it is forgotten when the context ends."""
        key = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
        world = ServedWorld(self._tenants, self._url, key)
        try:
            yield world
        finally:
            world.close()


@contextmanager
def served(**options: Any) -> Iterator[ServedWorlds]:
    """Serve as long as the context lasts, on loopback and any free port.

    ``options`` are those of :class:`~dryshot.server.worlds.Worlds`. Jobs do not wait unless there
    is a ``pace`` among them, and any API key opens an account.
    """
    tenants = Worlds(**{"pace": Pace(0, 0), **options}).tenants(auto_accounts=True)
    with serve(tenants) as server:
        yield ServedWorlds(tenants, server.url)


def _open(tenants: Tenants, api_key: str) -> str:
    """Log in once, as a client would; the name of the world that this makes."""
    body = f"grant_type={_GRANT}&apikey={api_key}".encode()
    tenants(Request("POST", "127.0.0.1", "/identity/token", headers=_FORM, body=body))
    wanted = Account(api_key).account_id
    for name in reversed(tenants.names()):
        if any(account.account_id == wanted for account in tenants.mock(name).world.accounts):
            return name
    raise RuntimeError("the server opened no world")
