"""Where the services are: IBM's own hosts, or all of them at one base URL."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from dryshot.contract import Documents

__all__ = ["is_ibm", "is_loopback", "places"]

_AWAY = {"legacy-runtime": "/runtime"}
"""What has no path of its own at IBM's hosts, and needs one where all share a host."""


def is_ibm(url: str) -> bool:
    """Whether the host is one of IBM's."""
    host = urlsplit(url).hostname or ""
    return host == "ibm.com" or host.endswith((".ibm.com", "quantum-computing.ibm.com"))


def is_loopback(url: str) -> bool:
    """Whether the host is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def places(url: str) -> Mapping[str, str]:
    """The base URL of every document's service; ``ValueError`` if ``url`` is not one of http."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not a URL such as http://127.0.0.1:8787")
    documents = Documents()
    if is_ibm(url):
        return {one.name: _at_ibm(parts.hostname, one.servers) for one in documents}
    base = url.rstrip("/")
    return {
        one.name: base + _AWAY.get(one.name, urlsplit(one.servers[0]).path.rstrip("/"))
        for one in documents
    }


def _at_ibm(host: str, servers: tuple[str, ...]) -> str:
    """The server of that host, else the document's first."""
    return next((one for one in servers if urlsplit(one).hostname == host), servers[0])
