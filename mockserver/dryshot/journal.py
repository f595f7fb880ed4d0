"""What was asked and answered, in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Literal, NamedTuple

from dryshot.http import Request, Response

__all__ = ["Entry", "Exchange", "Journal", "Origin"]

Origin = Literal["mock", "recorded", "synthesised"]
"""Whose words an answer has: a mock's, a recording's, or a mock's where a recording had none."""

_OVERHEAD = 1024
"""Bytes that an exchange is taken to need besides its bodies and its request's headers."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    ``operation`` is the operationId, None if the request was for none. ``at`` is the instant of
    the world's clock. The text form shows no header and no body: a token may be in them. Of a body
    that was too large to be kept only the beginning is here; then ``request_size`` or
    ``response_size`` is how many bytes it had.
    """

    request: Request = field(repr=False)
    response: Response = field(repr=False)
    operation: str | None
    at: datetime
    request_size: int | None = field(default=None, repr=False)
    response_size: int | None = field(default=None, repr=False)
    origin: Origin = "mock"

    def __str__(self) -> str:
        request = self.request
        return f"{request.method} {request.host}{request.path} -> {self.response.status}"


class Entry(NamedTuple):
    """An exchange and its number: 1 for the journal's first, and one more for each that follows."""

    sequence: int
    exchange: Exchange


class Journal:
    """The last exchanges, oldest first: at most ``size``, and about ``max_bytes`` of memory.

    Of each body the first ``max_body_bytes`` are kept. Any thread may add, read and listen.
    """

    def __init__(
        self,
        size: int = 10_000,
        *,
        max_bytes: int = 128 * 1024 * 1024,
        max_body_bytes: int = 4 * 1024 * 1024,
    ) -> None:
        self._size = size
        self._max_bytes = max_bytes
        self._max_body_bytes = max_body_bytes
        self._lock = threading.Lock()
        self._kept: deque[tuple[int, Exchange]] = deque()
        self._bytes = 0
        self._last = 0
        self._listeners: tuple[Callable[[], object], ...] = ()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        with self._lock:
            kept = tuple(self._kept)
        return iter([exchange for _, exchange in kept])

    def __repr__(self) -> str:
        return f"<Journal of {len(self)} exchanges>"

    @property
    def last(self) -> int:
        """The number of the newest exchange there ever was, 0 if there was none."""
        return self._last

    def add(self, exchange: Exchange) -> None:
        """Append; the oldest give way."""
        request, limit = exchange.request, self._max_body_bytes
        if len(request.body) > limit or len(exchange.response.body) > limit:
            exchange = _cut(exchange, limit)
            request = exchange.request
        size = _OVERHEAD + len(request.body) + len(exchange.response.body) + len(request.query)
        size += sum(map(len, request.headers.values()))
        with self._lock:
            self._last += 1
            self._kept.append((size, exchange))
            self._bytes += size
            while len(self._kept) > self._size or self._bytes > self._max_bytes:
                self._bytes -= self._kept.popleft()[0]
            listeners = self._listeners
        for wake in listeners:
            try:
                wake()
            except Exception:  # noqa: BLE001 - what listens must not break what is listened to
                self._forget(wake)

    def clear(self) -> None:
        """Forget everything so far; the numbers go on."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def of(self, operation: str) -> list[Exchange]:
        """The exchanges of one operation."""
        return [exchange for exchange in self if exchange.operation == operation]

    def since(self, sequence: int = 0, limit: int | None = None) -> list[Entry]:
        """What came after the exchange of that number, oldest first, the first ``limit`` of it.

        If the first one's number is not ``sequence + 1``, those between were forgotten.
        """
        with self._lock:
            first = self._last - len(self._kept) + 1
            start = max(0, sequence + 1 - first)
            stop = None if limit is None else start + limit
            found = list(islice(self._kept, start, stop))
        return [Entry(first + start + index, one) for index, (_, one) in enumerate(found)]

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """Call ``wake`` after each exchange, until what is returned is called.

        It is called in the thread that made the exchange, which waits for it: it is to say that
        there is something, as ``Event.set`` does, and to leave the reading, with :meth:`since`, to
        another thread. So a slow reader holds up nobody and nothing piles up for it. One that
        raises is not called again.
        """
        with self._lock:
            self._listeners = (*self._listeners, wake)
        return lambda: self._forget(wake)

    def _forget(self, wake: Callable[[], object]) -> None:
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one is not wake)


def _cut(exchange: Exchange, limit: int) -> Exchange:
    request, response = exchange.request, exchange.response
    if len(request.body) > limit:
        short = replace(request, body=request.body[:limit])
        exchange = replace(exchange, request=short, request_size=len(request.body))
    if len(response.body) > limit:
        cut = replace(response, body=response.body[:limit])
        exchange = replace(exchange, response=cut, response_size=len(response.body))
    return exchange
