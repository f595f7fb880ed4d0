"""Connections that an answer can end: closed in its middle, or reset."""

from __future__ import annotations

import struct
from collections.abc import Awaitable
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from dryshot.mounts.carrying import EXTENSION

__all__ = ["Line", "with_line"]


class Line:
    """The :class:`~dryshot.mounts.carrying.Line` of one of uvicorn's connections."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close it, after what was sent."""
        self._give_up()
        self._connection.transport.close()

    def reset(self) -> None:
        """Reset it."""
        self._give_up()
        transport = self._connection.transport
        # A socket that does not linger is closed with a reset.
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, linger)
        transport.abort()

    def _give_up(self) -> None:
        """Let uvicorn expect no answer any more."""
        cycle = self._connection.cycle
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()


def with_line(application: Any, connection: Any) -> Any:
    """``application``, which is told the line of the connection that it is called for."""
    line = Line(connection)

    def told(scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        scope["extensions"] = {EXTENSION: line}
        awaited: Awaitable[None] = application(scope, receive, send)
        return awaited

    return told
