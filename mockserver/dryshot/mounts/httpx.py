"""httpx transports that hand every request, whatever its host, to an endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

import httpx

from dryshot.http import Delivery, Endpoint, Headers, Request, Response
from dryshot.mounts.delivery import Broken, begin, parts
from dryshot.mounts.wire import Lines, framed, joined

__all__ = ["AsyncTransport", "Transport", "exchange", "from_httpx", "to_httpx"]

Read = Callable[[list[tuple[bytes, bytes]]], Headers]


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


class _Answer(httpx.Response):
    """An answer with such a body; to read all of it takes none of the ways above."""

    def __init__(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes, request: httpx.Request
    ) -> None:
        super().__init__(status, headers=headers, stream=_Body(body), request=request)
        self._plain = body

    def read(self) -> bytes:
        """All of the body."""
        stream = self.stream
        if self._begin(stream, httpx.SyncByteStream):
            cast("httpx.SyncByteStream", stream).close()
            return self._plain
        return super().read()

    async def aread(self) -> bytes:
        """All of the body."""
        stream = self.stream
        if self._begin(stream, httpx.AsyncByteStream):
            await cast("httpx.AsyncByteStream", stream).aclose()
            return self._plain
        return await super().aread()

    def _begin(self, stream: object, kind: type) -> bool:
        """Take the body, unless it was begun to be read, or is not to be read like this."""
        if self.is_stream_consumed or self.is_closed or not isinstance(stream, kind):
            return False
        self._content = self._plain
        self._num_bytes_downloaded = len(self._plain)
        self.is_stream_consumed = self.is_closed = True
        return True


class _Halting(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that does not come at once, or not all of it."""

    def __init__(self, request: httpx.Request, delivery: Delivery, body: bytes) -> None:
        self._request, self._delivery, self._body = request, delivery, body

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        try:
            for part in parts(self._delivery, self._body, read=_patience(self._request, "read")):
                length += len(part)
                yield part
        except Broken as broken:
            raise _failure(broken, self._request) from broken
        if length < len(self._body):
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body "
                f"(received {length} bytes, expected {len(self._body)})",
                request=self._request,
            )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


_FAILURES: dict[str, type[httpx.TransportError]] = {
    "refused": httpx.ConnectError,
    "connect timeout": httpx.ConnectTimeout,
    "read timeout": httpx.ReadTimeout,
    "reset": httpx.ReadError,
    "dropped": httpx.RemoteProtocolError,
}


def _failure(broken: Broken, request: httpx.Request) -> httpx.TransportError:
    return _FAILURES[broken.reason](str(broken), request=request)


def _patience(request: httpx.Request, phase: str) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get(phase)
    return seconds


def from_httpx(request: httpx.Request, read: Read = joined) -> Request:
    """The plain value of a request whose body has been read; ``read`` reads its header lines."""
    url = request.url
    path, _, query = url.raw_path.decode("ascii").partition("?")
    return Request(
        method=request.method,
        host=url.raw_host.decode("ascii"),
        path=path,
        query=query,
        headers=read(request.headers.raw),
        body=request.content,
        scheme=url.scheme,
        port=url.port,
    )


def to_httpx(request: httpx.Request, response: Response) -> httpx.Response:
    """What httpx expects of a transport."""
    headers, body = framed(request.method, response)
    delivery = response.delivery
    if delivery is None and "content-encoding" not in response.headers:
        return _Answer(response.status, headers, body, request)
    stream = _Body(body) if delivery is None else _Halting(request, delivery, body)
    return httpx.Response(response.status, headers=headers, stream=stream, request=request)


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
    if response.delivery is not None:
        connect, read = _patience(request, "connect"), _patience(request, "read")
        try:
            begin(response.delivery, connect=connect, read=read)
        except Broken as broken:
            raise _failure(broken, request) from broken
    return to_httpx(request, response)


class Transport(httpx.BaseTransport):
    """For ``httpx.Client(transport=Transport(endpoint))``."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._lines = Lines()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Read the request, and answer it."""
        request.read()
        return exchange(self.endpoint, request, from_httpx(request, self._lines.read))


class AsyncTransport(httpx.AsyncBaseTransport):
    """For ``httpx.AsyncClient(transport=AsyncTransport(endpoint))``; the loop waits meanwhile."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._lines = Lines()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Read the request, and answer it."""
        await request.aread()
        return exchange(self.endpoint, request, from_httpx(request, self._lines.read))
