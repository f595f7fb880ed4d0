"""Checks what any service answers against the OpenAPI documents, on the way through httpx."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterable

import httpx

from dryshot.contract import Documents
from dryshot.contract.documents import CONTRACTS
from dryshot.http import Request, Response

__all__ = ["AsyncReferee", "Referee"]


class Rules:
    """What documents say about answers."""

    def __init__(self, contracts: Iterable[str]) -> None:
        self._documents = Documents(contracts)

    def check(self, request: httpx.Request, response: httpx.Response) -> None:
        """``SpecDrift`` if the first document that knows the request forbids the answer."""
        path = request.url.raw_path.decode().partition("?")[0]
        found = self._documents.find(Request(request.method, request.url.host, path))
        if found is None:
            return
        headers = {name.lower(): value for name, value in response.headers.items()}
        found.contract.check_response(
            found.operation, Response(response.status_code, headers, response.content)
        )


class Referee(httpx.BaseTransport):
    """Passes requests on to ``inner``; an answer that its document forbids raises ``SpecDrift``.

    ``inner`` is the network if it is not given. A request that no document knows is let through.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | None = None,
        contracts: Iterable[str] = CONTRACTS,
    ) -> None:
        self._inner = inner or httpx.HTTPTransport(verify=_tls())
        self._rules = Rules(contracts)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        response = self._inner.handle_request(request)
        response.read()
        self._rules.check(request, response)
        return response

    def close(self) -> None:
        """Close ``inner``."""
        self._inner.close()


class AsyncReferee(httpx.AsyncBaseTransport):
    """The same for asynchronous clients."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport | None = None,
        contracts: Iterable[str] = CONTRACTS,
    ) -> None:
        self._inner = inner or httpx.AsyncHTTPTransport(verify=_tls())
        self._rules = Rules(contracts)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self._rules.check(request, response)
        return response

    async def aclose(self) -> None:
        """Close ``inner``."""
        await self._inner.aclose()


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes longer than a test, and they are the same for all.
    return httpx.create_ssl_context()
