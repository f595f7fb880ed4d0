"""Uvicorn's websockets, with limits to what a client may do to them."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.server import ServerProtocol

__all__ = ["Websocket"]

_log = logging.getLogger("dryshot.server.sockets")
_log.setLevel(logging.ERROR)  # uvicorn warns of every client's fault; only our own are told

_MESSAGE_BYTES = 4096
"""Nobody has anything to say here."""

_FRAGMENTS = 64
"""Empty ones never make a message too large, and would pile up."""

_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Websocket(WebSocketsSansIOProtocol):
    """One connection, once it has asked to be a websocket.

    Nothing is compressed: a small message may be a large one then.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.logger = _log
        self.conn = ServerProtocol(max_size=_MESSAGE_BYTES, logger=_log)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over from a connection that waits for requests, and would close if none came."""
        stop_waiting = getattr(
            cast("asyncio.Transport", transport).get_protocol(), "_stop_waiting", None
        )
        if stop_waiting is not None:
            self.loop.call_soon(stop_waiting)  # once it is through with the request it has
        super().connection_made(transport)

    async def send(self, message: Any) -> None:
        """Send; uvicorn would tell of a handshake that is refused with an answer as of a fault."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = not message.get("more_body", False)

    def data_received(self, data: bytes) -> None:
        """Take what came; a handshake that cannot be read is refused, not left open."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.handshake_complete = self.close_sent = True
            self.transport.write(_REFUSAL)
            self.transport.close()

    def handle_text(self, event: Frame) -> None:
        """Take it as bytes: it is not read, so it need not be UTF-8."""
        self.handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a fragment, if they are not too many."""
        if len(self.frames) < _FRAGMENTS:
            super().handle_cont(event)
        elif not self.close_sent:
            self.conn.fail(1009, "too many fragments")
            self.handle_parser_exception()

    def handle_ping(self) -> None:
        """Answer, but not one who does not read: answers would pile up."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()
