"""Sockets to listen at, and who may reach them."""

from __future__ import annotations

import ipaddress
import socket

from dryshot.errors import DryshotError

__all__ = ["CannotServe", "is_loopback", "listen", "url_of"]


_BACKLOG = 2048


class CannotServe(DryshotError):
    """There is no listening at that host and port; the text names both."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``; no name is looked up for it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def listen(host: str, port: int, *, allow_remote: bool = False) -> socket.socket:
    """A socket that listens at ``host`` and ``port`` (0: any free one), or ``CannotServe``.

    A host that other machines may reach is refused unless ``allow_remote`` is set.
    """
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if not allow_remote and not is_loopback(host):
        raise CannotServe(
            f"cannot serve at {where}: other machines could reach it, and whoever reaches it may "
            "use and change it; say allow_remote (--allow-remote) if that is meant"
        )
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        # With the protocol named, asyncio turns Nagle's algorithm off; without, every answer waits
        # 40 ms for the client's acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, OverflowError) as error:
        raise CannotServe(f"cannot serve at {where}: {error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotServe(f"cannot serve at {where}: {error.strerror or error}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Where this machine's programs reach it."""
    host, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(host)
    if address.is_unspecified:  # every address: the machine's own among them
        host = "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004 - IPv4
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
