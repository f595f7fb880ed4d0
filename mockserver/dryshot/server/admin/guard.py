"""Who may talk to the admin API and the page: this machine, this origin, and who has the token.

Another site that is open in the same browser can make it send requests here, from this machine. It
cannot set the header with the token without asking first, which nobody allows; it cannot read the
page that has the token, or any answer; and under a name of its own that it points at this machine
(DNS rebinding) it is refused for that name. No cookie is used: cookies are the same for every port
of a machine, and so would reach its other servers.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

__all__ = ["TOKEN_HEADER", "Forbidden", "Guard"]

TOKEN_HEADER = "x-dryshot-token"  # noqa: S105 - the header's name


class Forbidden(Exception):
    """The request is not answered; ``status`` is 401 or 403."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Guard:
    """``hosts`` are names besides those of loopback by which the server may be addressed.

    Without any, nobody but this machine is answered.
    """

    def __init__(self, token: str, hosts: Collection[str] = ()) -> None:
        if not token:
            raise ValueError("the token is empty")
        self._token = token.encode()
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts)

    def admit(
        self, headers: Mapping[str, str], scheme: str, client: tuple[str, int] | None
    ) -> None:
        """``Forbidden`` if the request comes from elsewhere or on behalf of another site."""
        authority = headers.get("host", "")
        host = _name(authority)
        if host is None or not (_is_loopback(host) or host in self._hosts):
            raise Forbidden(403, "the Host header names neither this machine nor the bound address")
        if not self._hosts and not self.is_local(client):
            raise Forbidden(403, "only programs on this machine are answered")
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"{scheme}://{authority}".lower():
            raise Forbidden(403, "the Origin header names another site")

    def admit_script(self, headers: Mapping[str, str]) -> None:
        """``Forbidden`` if a browser says that another site asks, by whatever means."""
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden(403, "another site asks")

    def check_token(self, given: str | None) -> None:
        """``Forbidden`` unless ``given`` is the token."""
        if given is None or not hmac.compare_digest(given.encode(), self._token):
            raise Forbidden(401, f"the header {TOKEN_HEADER} is missing or wrong; the page has it")

    def is_local(self, client: tuple[str, int] | None) -> bool:
        """Whether a peer is this machine; one that is not known is taken for it."""
        return client is None or _is_loopback(client[0])


def _name(authority: str) -> str | None:
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
