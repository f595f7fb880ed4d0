"""Which service is meant by a host and a path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar
from urllib.parse import urlsplit

__all__ = ["Sites"]

T = TypeVar("T")


class Sites(Generic[T]):
    """A table from server URLs, as an OpenAPI document names them, to whatever serves them.

    A host that is in no URL (loopback, a test server) stands for all: there the path's prefix
    decides, and of two services with the same prefix the first.
    """

    def __init__(self, servers: Iterable[tuple[str, T]]) -> None:
        self._known: dict[str, list[tuple[str, T]]] = {}
        anywhere: dict[str, T] = {}
        for server, value in servers:
            url = urlsplit(server)
            prefix = url.path.rstrip("/")
            self._known.setdefault(url.hostname or "", []).append((prefix, value))
            anywhere.setdefault(prefix, value)
        self._elsewhere = list(anywhere.items())
        for sites in (*self._known.values(), self._elsewhere):
            sites.sort(key=lambda site: -len(site[0]))

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that is in a URL."""
        return frozenset(self._known)

    def find(self, host: str, path: str) -> tuple[T, str | None]:
        """The service, and the path below its server's URL; None if the path is not below it."""
        sites = self._known.get(host, self._elsewhere)
        for prefix, value in sites:
            if path.startswith(f"{prefix}/"):
                return value, path[len(prefix) :]
        return sites[-1][1], None
