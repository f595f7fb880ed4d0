"""Checks what any service answers against the OpenAPI documents, on the way through httpx."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable, Iterable

import httpx

from dryshot.contract import Documents
from dryshot.contract.documents import CONTRACTS
from dryshot.errors import SpecDrift
from dryshot.http import Request, Response
from dryshot.mounts.httpx import from_httpx

__all__ = ["AsyncReferee", "Excuse", "Observer", "Referee"]

Observer = Callable[[Request, Response], None]
"""Is told every request and its answer, also one that is then refused."""

Excuse = Callable[[httpx.Request], bool]
"""Whether the last answer to such a request was made wrong on purpose."""


class Rules:
    """What documents say about answers."""

    def __init__(self, contracts: Iterable[str], excuse: Excuse | None) -> None:
        self._documents = Documents(contracts)
        self._excuse = excuse

    def check(
        self, request: httpx.Request, response: httpx.Response, observe: Observer | None
    ) -> None:
        """``SpecDrift`` if the first document that knows the request forbids the answer."""
        path = request.url.raw_path.decode().partition("?")[0]
        headers = {name.lower(): value for name, value in response.headers.items()}
        plain = Response(response.status_code, headers, response.content)
        if observe is not None:
            observe(from_httpx(request), plain)
        found = self._documents.find(Request(request.method, request.url.host, path))
        if found is None:
            return
        try:
            found.contract.check_response(found.operation, plain)
        except SpecDrift:
            if self._excuse is None or not self._excuse(request):
                raise


class Referee(httpx.BaseTransport):
    """Passes requests on to ``inner``; an answer that its document forbids raises ``SpecDrift``.

    ``inner`` is the network if it is not given. A request that no document knows is let through.
    ``observe`` may be set at any time. ``excuse`` is asked about an answer that would be refused.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | None = None,
        contracts: Iterable[str] = CONTRACTS,
        *,
        observe: Observer | None = None,
        excuse: Excuse | None = None,
    ) -> None:
        self.observe = observe
        self._inner = inner or httpx.HTTPTransport(verify=_tls())
        self._rules = Rules(contracts, excuse)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        if self.observe is not None:
            request.read()
        response = self._inner.handle_request(request)
        response.read()
        self._rules.check(request, response, self.observe)
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
        *,
        observe: Observer | None = None,
        excuse: Excuse | None = None,
    ) -> None:
        self.observe = observe
        self._inner = inner or httpx.AsyncHTTPTransport(verify=_tls())
        self._rules = Rules(contracts, excuse)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        if self.observe is not None:
            await request.aread()
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self._rules.check(request, response, self.observe)
        return response

    async def aclose(self) -> None:
        """Close ``inner``."""
        await self._inner.aclose()


@functools.cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes longer than a test, and they are the same for all.
    return httpx.create_ssl_context()
