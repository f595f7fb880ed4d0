"""Answers that do not come at once and whole, over ASGI: here time really passes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Protocol

from dryshot.http import Delivery, Response
from dryshot.mounts.delivery import split
from dryshot.mounts.wire import framed

__all__ = ["EXTENSION", "Line", "carry"]

EXTENSION = "dryshot.line"
"""The extension of the scope by which a server gives its :class:`Line`."""

_Message = MutableMapping[str, Any]


class Line(Protocol):
    """A connection that can be ended as no application can; what was sent before still goes out."""

    def close(self) -> None:
        """Close it."""

    def reset(self) -> None:
        """Reset it: what was not read by the other side is lost."""


async def carry(
    scope: _Message,
    receive: Callable[[], Awaitable[_Message]],
    send: Callable[[_Message], Awaitable[None]],
    response: Response,
    delivery: Delivery,
) -> None:
    """Let an answer come as ``delivery`` says.

    When a request is known its connection stands already: a refused one is reset, and one that
    was to be unreachable stays silent. Nothing lasts longer than the caller is there. A server
    that gives no line (any but dryshot's own) sees an exception instead, after which servers
    close the connection or answer with 500.
    """
    line: Line | None = scope.get("extensions", {}).get(EXTENSION)
    gone = asyncio.create_task(_left(receive))
    try:
        if await _passes(delivery.delay, gone):
            return
        if delivery.ending in {"silent", "unreachable"} and await _passes(delivery.hold, gone):
            return
        if delivery.ending in {"whole", "cut"}:
            headers, body = framed(scope["method"], response)
            await send(
                {"type": "http.response.start", "status": response.status, "headers": headers}
            )
            for index, piece in enumerate(split(delivery, body)):
                if index and await _passes(delivery.pause, gone):
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if delivery.ending == "whole":
                await send({"type": "http.response.body", "body": b""})
                return
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
    if line is None:
        raise ConnectionAbortedError(f"this answer is {delivery.ending}: a fault that was set")
    if delivery.ending in {"reset", "refused"}:
        line.reset()
    else:
        line.close()


async def _left(receive: Callable[[], Awaitable[_Message]]) -> None:
    """Come back when the caller has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _passes(seconds: float, gone: asyncio.Task[None]) -> bool:
    """Wait; whether the caller has gone meanwhile."""
    if seconds:
        await asyncio.wait([gone], timeout=seconds)
    return gone.done()
