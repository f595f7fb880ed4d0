"""Uvicorn's connections, with limits to what comes before a request is known."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from functools import partial
from http import HTTPStatus
from importlib.util import find_spec
from socket import socket
from typing import TYPE_CHECKING, Any, cast

import uvicorn

from dryshot.mounts.asgi import own_answer
from dryshot.mounts.wire import framed
from dryshot.server.limits import Limits, open_files
from dryshot.server.lines import with_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

    Base = H11Protocol
    Cycle = RequestResponseCycle
else:
    Base = object

__all__ = ["Uvicorn", "protocol"]

_log = logging.getLogger("dryshot.server.connections")
_log.setLevel(logging.ERROR)  # uvicorn warns of every client's fault; only our own are told

_PIPELINED = 1000
"""Requests (or KiB) that one connection may send ahead of their answers."""

_OWN_FILES = 128
"""Files that the process needs for itself: libraries, its state, pipes to workers."""


class Uvicorn(uvicorn.Server):
    """Uvicorn's server, which tells when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.ready.set()


class _Guarded(Base):
    """What both of uvicorn's kinds of connections get.

    A head that is too large or too slow is refused: 414, 431, 408. What comes after that is dropped
    for a moment, so that the client sees the answer, then the connection is closed.
    """

    def __init__(self, *args: Any, limits: Limits, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.limits = limits
        self.logger = _log
        self._head_bytes = 0
        self._answered: object = None
        self._refused = False
        self._timer: asyncio.TimerHandle | None = None
        self.app = with_line(self.app, self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        # (uvicorn's own says so too)
        super().connection_made(transport)
        most = self.limits.connections
        if len(self.connections) > (open_files() - _OWN_FILES if most is None else most):
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._is_over():
            return
        answering = _unanswered(self.cycle) is not None
        if self._in_head():
            if self._answered is not self.cycle:  # the head of another request than before
                self._answered, self._head_bytes = self.cycle, 0
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.head_bytes:
                self._refuse(self._overflow())
                return
        elif answering:
            self._head_bytes = 0
            self._stop_waiting()
        # Neither half a head nor the empty lines that may stand before one keep a connection open.
        if self._timer is None and (self._in_head() or not answering):
            self._wait()
        if self._ahead() > _PIPELINED:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        hint = getattr(sys.exception(), "error_status_hint", None)  # h11's
        too_large = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if hint == too_large or self._overflow() != too_large:
            self._refuse(self._overflow())
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _in_head(self) -> bool:
        """Whether a request's head has begun and not ended."""
        raise NotImplementedError

    def _overflow(self) -> HTTPStatus:
        """What a head that is too large is refused with."""
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE

    def _ahead(self) -> int:
        """How much a client has sent ahead."""
        raise NotImplementedError

    def _is_over(self) -> bool:
        return self._refused or self.transport.is_closing()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self.limits.head_seconds, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        if self._in_head():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:  # it never said a word
            self.transport.close()

    def _refuse(self, status: HTTPStatus, why: str = "") -> None:
        if self._is_over():
            return
        self._refused = True
        self._stop_waiting()
        cycle = _unanswered(self.cycle)
        if cycle is not None:
            # The request before this one is not answered yet, or it is its body that is wrong.
            wrong_body = cycle.more_body and not cycle.response_started and not self._ahead()
            cycle.disconnected = True
            cycle.message_event.set()
            if not wrong_body:
                self.transport.close()
                return
        headers, body = framed("", own_answer(status, why or status.description, last=True))
        lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
        lines += [b"%s: %s" % header for header in [*headers, (b"connection", b"close")]]
        self.transport.write(b"\r\n".join([*lines, b"", body]))
        self.loop.call_later(self.limits.linger_seconds, self.transport.close)


def _unanswered(cycle: Cycle | None) -> Cycle | None:
    """The request, if there is one whose answer is not complete."""
    return None if cycle is None or cycle.response_complete else cycle


def protocol(limits: Limits, *, pure: bool = False) -> type[asyncio.Protocol]:
    """The class (in effect) of a server's connections.

    Requests are read by httptools if that is installed, unless ``pure`` is set, else by h11.
    """
    fast = not pure and find_spec("httptools") is not None
    kind: Callable[..., Any] = _with_httptools() if fast else _with_h11()
    return cast("type[asyncio.Protocol]", partial(kind, limits=limits))


def _with_httptools() -> Callable[..., Any]:  # noqa: C901 - a class that is made late
    import httptools
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    # The two kinds agree in what is used of them here.
    class Connection(_Guarded, HttpToolsProtocol):  # type: ignore[misc]
        _reading_head = False
        _resuming = False
        _data = b""
        url = b""

        def data_received(self, data: bytes) -> None:
            self._data = data
            super().data_received(data)
            self._data = b""

        def on_message_begin(self) -> None:
            if not self._resuming:
                self._reading_head = True
                super().on_message_begin()

        def on_url(self, url: bytes) -> None:
            if not self._resuming:
                super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            if not self._resuming:
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            if not self._resuming:
                self._reading_head = False
                super().on_headers_complete()

        def on_message_complete(self) -> None:
            if not self.parser.should_upgrade():
                super().on_message_complete()

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

        def _in_head(self) -> bool:
            return self._reading_head

        def _overflow(self) -> HTTPStatus:
            if len(self.url) > self.limits.target_bytes:
                return HTTPStatus.REQUEST_URI_TOO_LONG
            return super()._overflow()

        def _ahead(self) -> int:
            return len(self.pipeline)

    return Connection


def _with_h11() -> Callable[..., Any]:
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Connection(_Guarded, H11Protocol):
        def _in_head(self) -> bool:
            return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])

        def _ahead(self) -> int:
            if self.conn.their_state is not h11.DONE:
                return 0
            return len(self.conn.trailing_data[0]) // 1024

    return Connection
