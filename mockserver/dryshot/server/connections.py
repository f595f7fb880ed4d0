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

    from dryshot.http import Endpoint

    Base = H11Protocol
    Cycle = RequestResponseCycle
else:
    Base = object

__all__ = ["Guarded", "Uvicorn", "protocol", "unanswered"]

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


class Guarded(Base):
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
        """Wait for a head, unless there are too many connections."""
        # (uvicorn's own is of this type too)
        super().connection_made(transport)
        most = self.limits.connections
        if len(self.connections) > (open_files() - _OWN_FILES if most is None else most):
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, within the limits."""
        if self._refused:
            return
        super().data_received(data)
        if self._settled():
            self._stop_waiting()
            return
        if self._is_over():
            return
        answering = unanswered(self.cycle) is not None
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
        """Refuse what is no HTTP, or too large."""
        hint = getattr(sys.exception(), "error_status_hint", None)  # h11's
        too_large = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        if hint == too_large or self._overflow() != too_large:
            self._refuse(self._overflow())
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _settled(self) -> bool:
        """Whether what just came is answered already, and nothing else has begun."""
        return False

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
        cycle = unanswered(self.cycle)
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


def unanswered(cycle: Cycle | None) -> Cycle | None:
    """The request, if there is one whose answer is not complete."""
    return None if cycle is None or cycle.response_complete else cycle


def protocol(
    limits: Limits, *, pure: bool = False, endpoint: Endpoint | None = None
) -> type[asyncio.Protocol]:
    """The class (in effect) of a server's connections.

    Requests are read by httptools if that is installed, unless ``pure`` is set, else by h11. With
    httptools they are answered by ``endpoint`` on the spot, where one is given and they are plain.
    """
    kind: Callable[..., Any]
    if pure or find_spec("httptools") is None:
        kind = partial(_with_h11(), limits=limits)
    else:
        from dryshot.server.quick import Connection

        kind = partial(Connection, limits=limits, endpoint=endpoint)
    return cast("type[asyncio.Protocol]", kind)


def _with_h11() -> Callable[..., Any]:
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Connection(Guarded, H11Protocol):
        def _in_head(self) -> bool:
            return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])

        def _ahead(self) -> int:
            if self.conn.their_state is not h11.DONE:
                return 0
            return len(self.conn.trailing_data[0]) // 1024

    return Connection
