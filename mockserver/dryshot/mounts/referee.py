"""Checks what any service answers against the OpenAPI documents, on the way through httpx."""

from __future__ import annotations

from collections.abc import Iterable

import httpx

from dryshot.contract import Contract, MethodNotAllowed, NoSuchPath
from dryshot.http import Response
from dryshot.sites import Sites

__all__ = ["LEGACY_CONTRACTS", "Referee"]

LEGACY_CONTRACTS = ("legacy-auth", "legacy-runtime")


class Referee(httpx.BaseTransport):
    """Passes requests on to ``inner``; an answer that its document forbids raises ``SpecDrift``.

    ``inner`` is the network if it is not given. A request that no document knows is let through.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | None = None,
        contracts: Iterable[str] = LEGACY_CONTRACTS,
    ) -> None:
        self._inner = inner or httpx.HTTPTransport()
        loaded = map(Contract.load, contracts)
        self._sites = Sites(
            (server, contract) for contract in loaded for server in contract.servers
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        response = self._inner.handle_request(request)
        path = request.url.raw_path.decode().partition("?")[0]
        for contract, rest in self._sites.find(request.url.host, path):
            try:
                operation = contract.match(request.method, rest).operation
            except (NoSuchPath, MethodNotAllowed):
                continue
            response.read()
            headers = {name.lower(): value for name, value in response.headers.items()}
            contract.check_response(
                operation, Response(response.status_code, headers, response.content)
            )
            break
        return response

    def close(self) -> None:
        """Close ``inner``."""
        self._inner.close()
