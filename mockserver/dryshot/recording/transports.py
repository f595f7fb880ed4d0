"""A recorder between an httpx client and whatever answers it."""

from __future__ import annotations

import httpx

from dryshot.http import Request, Response
from dryshot.mounts.httpx import from_httpx
from dryshot.mounts.wire import joined
from dryshot.recording.bodies import readable
from dryshot.recording.recorder import Recorder

__all__ = ["AsyncRecording", "Recording"]


class Recording(httpx.BaseTransport):
    """Passes requests on to ``inner``, and takes down what comes of them.

    Answers are read to their end first, and given on byte for byte. Only encodings that can be
    taken off are asked for.
    """

    def __init__(self, recorder: Recorder, inner: httpx.BaseTransport | None = None) -> None:
        self._recorder = recorder
        self._inner = inner or httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        request.read()
        plain = _asked(request)
        at = self._recorder.now()
        try:
            response = self._inner.handle_request(request)
            if not isinstance(response.stream, httpx.SyncByteStream):
                raise TypeError("the inner transport is asynchronous")
            try:
                body = b"".join(response.stream)
            finally:
                response.close()
        except Exception as error:
            self._recorder.miss(type(error).__name__)
            raise
        self._recorder.note(plain, _answered(response, body), at)
        return _whole(request, response, body)

    def close(self) -> None:
        """Close ``inner``."""
        self._inner.close()


class AsyncRecording(httpx.AsyncBaseTransport):
    """The same for asynchronous clients."""

    def __init__(self, recorder: Recorder, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._recorder = recorder
        self._inner = inner or httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as ``inner`` does."""
        await request.aread()
        plain = _asked(request)
        at = self._recorder.now()
        try:
            response = await self._inner.handle_async_request(request)
            if not isinstance(response.stream, httpx.AsyncByteStream):
                raise TypeError("the inner transport is blocking")
            try:
                body = b"".join([chunk async for chunk in response.stream])
            finally:
                await response.aclose()
        except Exception as error:
            self._recorder.miss(type(error).__name__)
            raise
        self._recorder.note(plain, _answered(response, body), at)
        return _whole(request, response, body)

    async def aclose(self) -> None:
        """Close ``inner``."""
        await self._inner.aclose()


def _asked(request: httpx.Request) -> Request:
    if "accept-encoding" in request.headers:
        request.headers["accept-encoding"] = readable(request.headers["accept-encoding"])
    return from_httpx(request)


def _answered(response: httpx.Response, body: bytes) -> Response:
    return Response(response.status_code, joined(response.headers.raw), body)


def _whole(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """The answer again, unread, as a client expects it of a transport."""
    return httpx.Response(
        response.status_code,
        headers=response.headers.raw,
        stream=httpx.ByteStream(body),
        request=request,
        extensions=response.extensions,
    )
