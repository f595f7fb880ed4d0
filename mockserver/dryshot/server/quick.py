"""Connections read by httptools, which answer on the spot where nobody has to be waited for."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextvars import copy_context
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dryshot.http import Endpoint, Request, Response
from dryshot.mounts.asgi import asgi
from dryshot.server.connections import Guarded, unanswered
from dryshot.server.direct import Reader, answer_bytes
from dryshot.server.lines import with_line

__all__ = ["Connection"]

_AT_ONCE = 16
"""Requests of one reading that are answered without a look at other connections."""


# The two agree in what is used of them here.
class Connection(Guarded, HttpToolsProtocol):  # type: ignore[misc]
    """A connection; with an ``endpoint`` most requests go to it directly, in the event loop.

    That is done for a request that came in one piece, to one path of the endpoint's, on a
    connection that owes no answer. Any other goes through uvicorn's request cycle to the ASGI
    application, and so does an answer that is not plain: whatever is rare is done in one place.
    """

    def __init__(self, *args: Any, endpoint: Endpoint | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.url = b""
        self._endpoint = endpoint
        self._reading_head = False
        self._resuming = False
        self._data = b""
        self._held: list[bytes] | None = None  # the body of a request that nobody has yet
        self._told = 0
        self._default_headers: list[tuple[bytes, bytes]] = []
        self._default_lines = b""
        self._rested = 0.0
        self._resting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Be ready for requests."""  # uvicorn's own is of this type too
        super().connection_made(transport)
        self._reader = Reader(self.limits, self.scheme or "http", self.server)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        if self._resting is not None:
            self._resting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._data = data
        super().data_received(data)
        self._data = b""

    def on_message_begin(self) -> None:
        """Begin a request; what uvicorn wants to know of it may never be needed."""
        if not self._resuming:
            self._reading_head = True
            self.url = b""
            self.headers = []
            self.expect_100_continue = False

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        if not self._resuming:
            self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if not self._resuming:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hold the request, if it may be answered on the spot."""
        if self._resuming:
            return
        self._reading_head = False
        if (
            self._endpoint is None
            or self._told >= _AT_ONCE
            or unanswered(self.cycle) is not None
            or self.flow.write_paused
            or self.parser.should_upgrade()
        ):
            self._pass_on()
        else:
            self._held = []

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._held is None:
            super().on_body(body)
        else:
            self._held.append(body)

    def on_message_complete(self) -> None:
        """Answer on the spot, or let uvicorn have the end."""
        held, self._held = self._held, None
        if held is None:
            if not self.parser.should_upgrade():
                super().on_message_complete()
            return
        if self.transport.is_closing():  # the answer before this was the last
            return
        body = b"".join(held)
        method = self.parser.get_method()
        request = self._reader.read(method, self.url, self.headers, body)
        if request is None or self._endpoint is None:
            self._pass_on(body)
            super().on_message_complete()
        else:
            self._answer(self._endpoint, request, body)

    def on_response_complete(self) -> None:
        """Know when an answer of the other kind was given."""
        self._rested = self.loop.time()
        super().on_response_complete()

    def _answer(self, endpoint: Endpoint, request: Request, body: bytes) -> None:
        """Answer on the spot."""
        told: bytes | None = None
        try:
            # as in a task of its own: what it sets is not the next request's
            response = copy_context().run(endpoint, request)
        except Exception as error:  # noqa: BLE001 - told by what tells of all of them
            reason = error

            def tell(_request: Request) -> Response:
                raise reason
        else:
            keep_alive = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
            if request.method != "HEAD":
                told = answer_bytes(response, self._lines(), keep_alive=keep_alive)

            def tell(_request: Request) -> Response:
                return response

        if told is None:
            self._pass_on(body, tell)
            super().on_message_complete()
            return
        self.transport.write(told)
        self.server_state.total_requests += 1
        self._told += 1
        self._head_bytes = 0
        if keep_alive:
            self._rest()
        else:
            self.transport.close()

    def _pass_on(self, body: bytes = b"", endpoint: Callable[..., Response] | None = None) -> None:
        """Let uvicorn have a request whose head is here, for the application or an endpoint."""
        url, headers, expect = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect
        self.headers.extend(headers)
        application = self.app
        if endpoint is not None:
            self.app = with_line(asgi(endpoint), self)
        try:
            super().on_headers_complete()
        finally:
            self.app = application
        if body:
            super().on_body(body)

    def _lines(self) -> bytes:
        """The header lines that every answer has, such as the date."""
        headers = self.server_state.default_headers
        if headers is not self._default_headers:
            lines = [b"%s: %s\r\n" % header for header in headers]
            self._default_headers, self._default_lines = headers, b"".join(lines)
        return self._default_lines

    def _rest(self) -> None:
        """Begin to wait for the next request: one timer serves for many of them."""
        self._rested = self.loop.time()
        if self._resting is None:
            self._resting = self.loop.call_later(self.timeout_keep_alive, self._rested_enough)

    def _rested_enough(self) -> None:
        self._resting = None
        if self._reading_head or unanswered(self.cycle) is not None:
            return  # which have timers of their own
        left = self._rested + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._resting = self.loop.call_later(left, self._rested_enough)
        else:
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Read the body of a request that would rather have gone over to another protocol.

        Httptools stops reading there, and without this the body would be lost: Java's client
        asks for h2c with its first request.
        """
        offset = getattr(sys.exception(), "args", (0,))[0]
        self.parser = httptools.HttpRequestParser(self)
        lines = [b"POST / HTTP/1.1"]
        lines += [
            name + b": " + value
            for name, value in self.headers
            if name in {b"content-length", b"transfer-encoding"}
        ]
        try:
            self._resuming = True
            self.parser.feed_data(b"\r\n".join([*lines, b"", b""]))
            self._resuming = False
            self.parser.feed_data(self._data[offset:])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def _settled(self) -> bool:
        held, self._held = self._held, None
        if held is not None and not self._is_over():  # more of its body is to come
            self._pass_on(b"".join(held))
        told, self._told = self._told, 0
        return bool(told) and not self._reading_head and unanswered(self.cycle) is None

    def _in_head(self) -> bool:
        return self._reading_head

    def _overflow(self) -> HTTPStatus:
        if len(self.url) > self.limits.target_bytes:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        return super()._overflow()

    def _ahead(self) -> int:
        return len(self.pipeline)
