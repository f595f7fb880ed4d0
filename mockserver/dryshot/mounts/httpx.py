"""httpx transports that hand every request, whatever its host, to an endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx

from dryshot.http import Endpoint, Request, Response
from dryshot.mounts.wire import framed, joined

__all__ = ["AsyncTransport", "Transport", "exchange", "from_httpx", "to_httpx"]


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is still to be read, as from a network: all of ``iter_*`` and ``read`` work."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        if self._content:
            yield self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content:
            yield self._content


def from_httpx(request: httpx.Request) -> Request:
    """The plain value of a request whose body has been read."""
    url = request.url
    path, _, query = url.raw_path.decode("ascii").partition("?")
    return Request(
        method=request.method,
        host=url.raw_host.decode("ascii"),
        path=path,
        query=query,
        headers=joined(request.headers.raw),
        body=request.content,
        scheme=url.scheme,
        port=url.port,
    )


def to_httpx(request: httpx.Request, response: Response) -> httpx.Response:
    """What httpx expects of a transport."""
    headers, body = framed(request.method, response)
    return httpx.Response(response.status, headers=headers, stream=_Body(body), request=request)


def exchange(endpoint: Endpoint, request: httpx.Request, plain: Request) -> httpx.Response:
    """Ask the endpoint; its :class:`ConnectionError` and :class:`TimeoutError` become httpx's."""
    try:
        response = endpoint(plain)
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except ConnectionRefusedError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    except ConnectionError as error:
        raise httpx.ReadError(str(error), request=request) from error
    return to_httpx(request, response)


class Transport(httpx.BaseTransport):
    """For ``httpx.Client(transport=Transport(endpoint))``."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Read the request, and answer it."""
        request.read()
        return exchange(self.endpoint, request, from_httpx(request))


class AsyncTransport(httpx.AsyncBaseTransport):
    """For ``httpx.AsyncClient(transport=AsyncTransport(endpoint))``; the loop waits meanwhile."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Read the request, and answer it."""
        await request.aread()
        return exchange(self.endpoint, request, from_httpx(request))
