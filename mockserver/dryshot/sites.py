"""Which service is meant by a host and a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar
from urllib.parse import urlsplit

__all__ = ["Sites"]

T = TypeVar("T")


class Sites(Generic[T]):
    """A table from server URLs, as an OpenAPI document names them, to whatever serves them.

    A host that is in no URL (loopback, a test server) stands for all of them: there the path
    decides.
    """

    def __init__(self, servers: Iterable[tuple[str, T]]) -> None:
        self._known: dict[str, list[tuple[str, T]]] = {}
        self._elsewhere: list[tuple[str, T]] = []
        for server, value in servers:
            url = urlsplit(server)
            site = url.path.rstrip("/"), value
            self._known.setdefault(url.hostname or "", []).append(site)
            if site not in self._elsewhere:
                self._elsewhere.append(site)
        for sites in (*self._known.values(), self._elsewhere):
            sites.sort(key=lambda site: -len(site[0]))

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that is in a URL."""
        return frozenset(self._known)

    def find(self, host: str, path: str) -> Iterator[tuple[T, str]]:
        """Each service whose URL the path may be below, nearest first, and the rest of the path."""
        for prefix, value in self._known.get(host, self._elsewhere):
            if path.startswith(f"{prefix}/"):
                yield value, path[len(prefix) :]

    def nearest(self, host: str) -> T:
        """The service that answers for a host when no path is found."""
        return self._known.get(host, self._elsewhere)[-1][1]
