"""Answers that do not come at once and whole, for callers in this process: nobody waits really."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from typing import Any, Literal

from dryshot.http import Delivery

__all__ = ["Broken", "Flow", "begin", "parts", "split"]

Break = Literal["refused", "connect timeout", "read timeout", "reset", "dropped"]


class Broken(Exception):
    """What the caller's library is to say; ``reason`` says why, the text is the system's own."""

    def __init__(self, reason: Break) -> None:
        super().__init__(_TEXTS[reason])
        self.reason: Break = reason

    def of_socket(self) -> OSError:
        """What a socket raises of an answer that has begun, or does not begin."""
        if self.reason == "reset":
            return ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        return TimeoutError(str(self))


_TEXTS: dict[Break, str] = {
    "refused": "[Errno 111] Connection refused",
    "connect timeout": "timed out",
    "read timeout": "timed out",
    "reset": "[Errno 104] Connection reset by peer",
    "dropped": "Server disconnected without sending a response.",
}


def begin(delivery: Delivery, *, connect: float | None, read: float | None) -> None:
    """Let the time pass until the first byte; ``Broken`` if it does not come.

    ``connect`` and ``read`` are how many seconds the caller waits for either, None for ever.
    """
    if delivery.ending == "refused":
        raise Broken("refused")
    if delivery.ending == "unreachable":
        _wait(delivery, delivery.hold, connect, "connect timeout")
        raise Broken("connect timeout")  # the system's own patience is limited too
    if delivery.delay:
        _wait(delivery, delivery.delay, read, "read timeout")
    if delivery.ending == "silent":
        _wait(delivery, delivery.hold, read, "read timeout")
        raise Broken("dropped")
    if delivery.ending in {"reset", "dropped"}:
        raise Broken("reset" if delivery.ending == "reset" else "dropped")


def parts(delivery: Delivery, body: bytes, *, read: float | None) -> Iterator[bytes]:
    """The pieces of the body that come, with pauses; ``Broken`` if the caller waits too long."""
    for index, piece in enumerate(split(delivery, body)):
        if index and delivery.pause:
            _wait(delivery, delivery.pause, read, "read timeout")
        yield piece


def split(delivery: Delivery, body: bytes) -> Iterator[bytes]:
    """The pieces of the body that come."""
    body = body[: delivery.length]
    size = max(1, -(-len(body) // delivery.pieces))
    return (body[start : start + size] for start in range(0, len(body), size))


def _wait(delivery: Delivery, seconds: float, patience: float | None, reason: Break) -> None:
    if patience is not None and patience < seconds:
        delivery.elapse(patience)
        raise Broken(reason)
    delivery.elapse(seconds)


class Flow(io.RawIOBase):
    """Bytes as a socket gives them: one piece with each reading."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """How many bytes came; 0 at the end."""
        if not self._left:
            try:
                self._left = next(self._pieces, b"")
            except Broken as broken:
                raise broken.of_socket() from broken
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count
