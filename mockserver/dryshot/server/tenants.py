"""Every API key has a world of its own: the tenants of a server."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dryshot.http import Request, Response
from dryshot.mock import NOTEBOOK_START, Mock
from dryshot.server.clocks import ServedClock, microseconds
from dryshot.server.credentials import bearers, key_of, looks_like_a_key, with_bearers, with_key
from dryshot.server.keyring import Accounts, Keyring, describe, name_of
from dryshot.server.outcomes import Outcomes
from dryshot.server.records import Stored
from dryshot.server.tenant import Genesis, Tenant
from dryshot.world import Account

if TYPE_CHECKING:  # only where something is kept
    from dryshot.server.state import State

__all__ = ["Tenants"]

_TOO_MANY_REQUESTS = 429
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Full(Exception):
    """No further world can be made."""


class Tenants:
    """The worlds of a server, and the endpoint before them: a ``Tenancy``.

    A request belongs to the world whose key it logs in with, or whose token it carries. Any other
    is answered by a neutral world, in which nobody has an account. Worlds never see the keys: they
    get digests of them, and so no journal, record or page can show one.

    Args:
        make: a mock from what it is to begin with.
        seed: decides, with a key, everything in that key's world.
        auto_accounts: whether any key opens an account; otherwise only those of ``accounts``.
        accounts: who is declared. Those of one ``account_id`` share a world.
        wall: the time in POSIX seconds; None lets every world's clock go by ticks.
        state: where everything is kept; what it holds is lived through before this returns.
        max_tenants: of more, the world that was asked longest ago and has no job under way gives
            way. With a state none does: new keys are answered with 429.
    """

    def __init__(
        self,
        make: Callable[[Genesis], Mock],
        *,
        seed: int = 0,
        auto_accounts: bool = True,
        accounts: Iterable[Account] = (),
        wall: Callable[[], float] | None = None,
        state: State | None = None,
        max_tenants: int = 1000,
    ) -> None:
        self._make = make
        self._seed = seed
        self._wall = wall
        self._state = state
        self._max_tenants = max_tenants
        salt = state.salt if state else secrets.token_bytes(32)
        self._keyring = Keyring(salt, accounts, auto=auto_accounts)
        self._lock = threading.RLock()
        self._tenants: dict[str, Tenant] = {}
        self._used: OrderedDict[str, None] = OrderedDict()
        self._by_token: dict[str, Tenant] = {}
        self._by_digest: dict[str, Tenant] = {}
        nobody = Account(secrets.token_hex(64))
        self._neutral = make(self._genesis(seed, self._start(), (nobody,)))
        if state is not None:
            for stored in state.stored:
                self._restore(stored)
            state.live(self._tenants)
            for tenant in self._tenants.values():
                self._by_token.update(dict.fromkeys(tenant.tokens, tenant))

    def __call__(self, request: Request) -> Response:
        """Answer one request in the world of whoever asks; what it changed is kept by then."""
        try:
            return self._answer(request)
        finally:
            self._settle()

    def whose(self, request: Request) -> Tenant | None:
        """The tenant whose token a request carries; None if that is nobody's."""
        return self._find(request, None)[0]

    def names(self) -> Sequence[str]:
        """Every tenant, oldest first."""
        with self._lock:
            return list(self._tenants)

    def mock(self, name: str) -> Mock:
        """One tenant's mock; ``KeyError`` if there is none of that name."""
        return self._tenant(name).mock

    def reset(self, name: str | None = None) -> None:
        """Let one tenant, or all, begin anew; ``KeyError`` if there is none of that name."""
        with self._lock:
            for one in self.names() if name is None else [name]:
                old = self._tenant(one)
                accounts = tuple(old.mock.world.accounts)
                new = self._new(one, accounts)
                self._forget(old)
                self._enter(new, accounts)

    def keep(self, name: str) -> None:
        """Keep what was done to a tenant's mock by hand: which calls are to fail.

        ``KeyError`` if there is none of that name. Its clock keeps itself. Without this, faults are
        kept with the tenant's next request.
        """
        self._tenant(name).keep_faults()
        self._settle()

    def set_condition(self, name: str, device: str, **condition: Any) -> None:
        """As ``world.platform.set_condition`` in one tenant's world, and kept."""
        self._tenant(name).set_condition(device, **condition)
        self._settle()

    def _answer(self, request: Request) -> Response:
        key = key_of(request)
        if key is not None:
            request = with_key(request, self._keyring.digest(key))
        while True:
            try:
                tenant, mine = self._find(request, key)
            except _Full:
                return self._refuse(request)
            if tenant is None:
                return self._neutral(mine)
            handled = tenant.handle(mine)
            if handled is None:  # another world took its place meanwhile
                continue
            if handled.token is not None or not tenant.proven:
                with self._lock:
                    for token in handled.forgotten:
                        self._by_token.pop(token, None)
                    if not tenant.proven:
                        self._forget(tenant, unless_proven=True)
                    elif handled.token is not None and not tenant.ended:
                        self._by_token[handled.token] = tenant
            return handled.response

    def _find(self, request: Request, key: str | None) -> tuple[Tenant | None, Request]:
        """Whose world it is, and the request as that world is to see it."""
        with self._lock:
            if key is not None:
                return self._opened(key), request
            for bearer in bearers(request):
                tenant = self._by_token.get(bearer.value)
                if tenant is not None:
                    self._used.move_to_end(tenant.name)
                    return tenant, request
                digest = self._keyring.digest(bearer.value)
                if digest in self._by_digest or looks_like_a_key(bearer.value):
                    mine = with_bearers(request, {bearer.value: digest})
                    return self._opened(bearer.value), mine
            return None, request

    def _opened(self, key: str) -> Tenant | None:
        """The world of a key, made now if need be; None if it opens none."""
        tenant = self._by_digest.get(self._keyring.digest(key))
        if tenant is None:
            accounts = self._keyring.accounts(key)
            if accounts is None:
                return None
            self._make_room()
            tenant = self._new(name_of(accounts), accounts)
            self._enter(tenant, accounts)
        self._used.move_to_end(tenant.name)
        return tenant

    def _make_room(self) -> None:
        if len(self._tenants) < self._max_tenants:
            return
        if self._state is None:
            for name in self._used:
                if self._tenants[name].idle:
                    self._forget(self._tenants[name])
                    return
        raise _Full

    def _refuse(self, request: Request) -> Response:
        with self._neutral.clock.lock:
            self._neutral.faults.fail(_TOO_MANY_REQUESTS)
            try:
                return self._neutral(request)
            finally:
                self._neutral.faults.clear()

    def _tenant(self, name: str) -> Tenant:
        with self._lock:
            return self._tenants[name]

    def _new(self, name: str, accounts: Accounts) -> Tenant:
        text = f"{self._seed}\0{accounts[0].account_id}".encode()
        seed = int.from_bytes(hashlib.blake2b(text, digest_size=7).digest())
        start = self._start()
        begin = {
            "seed": seed,
            "start": microseconds(start),
            "accounts": [describe(account) for account in accounts],
            "declared": self._keyring.declared(accounts),
        }
        stored = Stored(name, json.dumps(begin, separators=(",", ":")))
        return self._tenant_of(stored, self._genesis(seed, start, accounts))

    def _restore(self, stored: Stored) -> None:
        begin = json.loads(stored.genesis)
        accounts = self._keyring.recall(begin["accounts"], declared=begin["declared"])
        start = _EPOCH + timedelta(microseconds=begin["start"])
        tenant = self._tenant_of(stored, self._genesis(begin["seed"], start, accounts))
        tenant.proven = True
        self._enter(tenant, accounts)

    def _tenant_of(self, stored: Stored, genesis: Genesis) -> Tenant:
        keep = None if self._state is None else self._state.keep
        return Tenant(stored, genesis, self._make(genesis), keep)

    def _genesis(self, seed: int, start: datetime, accounts: Accounts) -> Genesis:
        return Genesis(seed, ServedClock(start, self._wall), accounts, Outcomes())

    def _start(self) -> datetime:
        if self._wall is None:
            return datetime.fromisoformat(NOTEBOOK_START)
        return datetime.fromtimestamp(self._wall(), UTC)

    def _enter(self, tenant: Tenant, accounts: Accounts) -> None:
        self._tenants[tenant.name] = tenant
        self._used[tenant.name] = None
        self._by_digest |= {account.api_token: tenant for account in accounts}

    def _forget(self, tenant: Tenant, *, unless_proven: bool = False) -> None:
        """End a world, and whatever leads to it."""
        if not tenant.end(unless_proven=unless_proven):
            return
        for token in tenant.tokens:
            self._by_token.pop(token, None)
        for account in tenant.mock.world.accounts:
            self._by_digest.pop(account.api_token, None)
        del self._tenants[tenant.name], self._used[tenant.name]
        if self._state is not None:
            self._state.drop(tenant.stored)

    def _settle(self) -> None:
        if self._state is not None:
            self._state.settle()
