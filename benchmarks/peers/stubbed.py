"""Peers in this process, each set up as its documentation shows, with an exchange to play."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from .exchange import Exchange

__all__ = ["openapi_core_checked", "respx_routes"]

Call = Callable[[], object]


@contextmanager
def respx_routes(exchange: Exchange) -> Iterator[Call]:
    """A static route of respx for each address; nothing is checked."""
    import respx

    with respx.mock(assert_all_called=False) as router, httpx.Client() as client:
        for url in (*exchange.others, exchange.url):
            router.request(exchange.method, url).respond(
                exchange.status, content=exchange.text.encode(), content_type=exchange.kind
            )
        yield exchange.playing(client)


@contextmanager
def openapi_core_checked(exchange: Exchange, document: Path) -> Iterator[Call]:
    """A constant answer of httpx, with request and answer checked by openapi-core."""
    from openapi_core import OpenAPI
    from openapi_core.testing import MockRequest, MockResponse

    openapi = OpenAPI.from_file_path(str(document))

    def handle(request: httpx.Request) -> httpx.Response:
        asked = MockRequest(
            f"{request.url.scheme}://{request.url.host}",
            request.method,
            request.url.path,
            args=dict(request.url.params),
            headers=dict(request.headers),
            data=request.content,
            content_type=request.headers.get("content-type", ""),
        )
        openapi.validate_request(asked)
        answer = exchange.answer
        told = MockResponse(answer.content, answer.status_code, dict(answer.headers), exchange.kind)
        openapi.validate_response(asked, told)
        return answer

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        yield exchange.playing(client)
