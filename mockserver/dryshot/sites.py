"""Which service is meant by a host and a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar
from urllib.parse import urlsplit

__all__ = ["Sites"]

T = TypeVar("T")


class Sites(Generic[T]):
    """A table from server URLs, as an OpenAPI document names them, to whatever serves them.

    Three kinds of hosts are told apart. One that is in a URL means what that URL means. One whose
    first labels are a service's own means that service, whatever its other labels are:
    ``iam.mock.example`` is ``iam.cloud.ibm.com``. Any other (an address, ``localhost``, the name of
    a container) stands for all of them, and the path decides.

    A service's own labels are those before the longest domain that it shares with another service.
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
        self._labelled: dict[str, list[tuple[str, T]]] = {}
        for host, sites in self._known.items():
            self._labelled.setdefault(self._own_labels(host), []).extend(sites)
        for sites in (*self._known.values(), *self._labelled.values(), self._elsewhere):
            sites.sort(key=lambda site: -len(site[0]))

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that is in a URL."""
        return frozenset(self._known)

    def find(self, host: str, path: str) -> Iterator[tuple[T, str]]:
        """Each service whose URL the path may be below, nearest first, and the rest of the path."""
        for prefix, value in self._at(host):
            if path.startswith(f"{prefix}/"):
                yield value, path[len(prefix) :]

    def nearest(self, host: str) -> T:
        """The service that answers for a host when no path is found."""
        return self._at(host)[-1][1]

    def _at(self, host: str) -> list[tuple[str, T]]:
        known = self._known.get(host)
        if known is not None:
            return known
        start = host.rpartition(".")[0]
        while start:
            if start in self._labelled:
                return self._labelled[start]
            start = start.rpartition(".")[0]
        return self._elsewhere

    def _own_labels(self, host: str) -> str:
        """The labels of ``host`` before what it shares with another service's; all, if nothing."""
        services = [value for _, value in self._known[host]]
        domain = host
        while domain:
            domain = domain.partition(".")[2]
            for other, sites in self._known.items():
                shares = other == domain or other.endswith(f".{domain}")
                if domain and shares and any(value not in services for _, value in sites):
                    return host.removesuffix(f".{domain}")
        return host
