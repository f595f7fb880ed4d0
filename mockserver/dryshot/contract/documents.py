"""All of dryshot's documents together: which operation of which of them a request means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from dryshot.contract.contract import Contract
from dryshot.contract.operations import Operation
from dryshot.contract.problems import MethodNotAllowed, NoSuchPath
from dryshot.http import Request
from dryshot.sites import Sites

__all__ = ["CONTRACTS", "LEGACY_CONTRACTS", "PLATFORM_CONTRACTS", "Documents", "Found"]

LEGACY_CONTRACTS = ("legacy-auth", "legacy-runtime")
PLATFORM_CONTRACTS = (
    "platform-runtime",
    "platform-iam",
    "platform-search",
    "platform-catalog",
    "platform-resources",
)
CONTRACTS = (*LEGACY_CONTRACTS, *PLATFORM_CONTRACTS)
"""The names of all documents."""


class Found(NamedTuple):
    """An operation that a request means; ``path_params`` are percent-decoded.

    ``server`` is the URL of the service, as its document has it, and ``path`` what comes after it.
    """

    contract: Contract
    operation: Operation
    path_params: dict[str, str]
    server: str
    path: str

    @property
    def key(self) -> str:
        """The operation's name among those of all documents: ``platform-runtime.create_job``."""
        return f"{self.contract.name}.{self.operation.id}"

    @property
    def url(self) -> str:
        """Where the service itself has it, without a query."""
        return f"{self.server}{self.path}"


class Documents:
    """A router over several documents; an unknown host stands for all services."""

    def __init__(self, names: Iterable[str] = CONTRACTS) -> None:
        self.contracts: tuple[Contract, ...] = tuple(map(Contract.load, names))
        self._sites = Sites(
            (server, contract) for contract in self.contracts for server in contract.servers
        )

    def __iter__(self) -> Iterator[Contract]:
        return iter(self.contracts)

    @property
    def hosts(self) -> frozenset[str]:
        """Every host name that a document has."""
        return self._sites.hosts

    def find(self, request: Request) -> Found | None:
        """The first operation that the method, host and path of a request mean; else None."""
        for contract, path in self._sites.find(request.host, request.path):
            try:
                operation, path_params = contract.match(request.method, path)
            except (NoSuchPath, MethodNotAllowed):
                continue
            base = request.path.removesuffix(path)
            server = _server(contract, request.host, base)
            return Found(contract, operation, path_params, server, path)
        return None


def _server(contract: Contract, host: str, base: str) -> str:
    """The server of the document that is at ``base``: the one of that host, else the first."""
    same = [server for server in contract.servers if urlsplit(server).path == base]
    return next((server for server in same if urlsplit(server).hostname == host), same[0])
