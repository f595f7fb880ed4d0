"""The journal of a mock: the last exchanges, to be read, asserted on and taken along."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any, Unpack

from dryshot.journal.exchanges import Entry, Exchange, cut
from dryshot.journal.wanted import Wanted, Wants

__all__ = ["Journal"]

_OVERHEAD = 1024
"""Bytes that an exchange is taken to need besides its bodies and its request's headers."""


class Journal:
    """The last exchanges, oldest first: at most ``size``, and about ``max_bytes`` of memory.

    Of each body the first ``max_body_bytes`` are kept. Any thread may add, read and listen.
    ``operations`` are the operationIds that there can be; none, if that is not known.
    """

    operations: frozenset[str] = frozenset()

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
            exchange = cut(exchange, limit)
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

    def requests(self, **wants: Unpack[Wants]) -> list[Entry]:
        """The exchanges that are as wanted, oldest first.

        The arguments are those of :class:`~dryshot.journal.wanted.Wanted`: ``operation``,
        ``status``, ``method``, ``path``, ``query``, ``headers``, ``body``, ``fault``, ``origin``,
        ``since``. ``ValueError`` if there is no such operation.
        """
        wanted = self._wanted(wants)
        return [entry for entry in self.since() if wanted.matches(entry)]

    def assert_requested(self, *, times: int | None = None, **wants: Unpack[Wants]) -> list[Entry]:
        """The exchanges that are as wanted: at least one, or exactly ``times``.

        The arguments are those of :meth:`requests`. The text of the ``AssertionError`` shows the
        calls that came nearest, and how they differ; no key or token is in it.
        """
        wanted, entries = self._wanted(wants), self.since()
        found = [entry for entry in entries if wanted.matches(entry)]
        if len(found) == times or (times is None and found):
            return found
        from dryshot.reports.mismatch import explain

        raise AssertionError(explain(wanted, times, found, entries))

    def assert_not_requested(self, **wants: Unpack[Wants]) -> None:
        """No exchange is as unwanted; the arguments are those of :meth:`requests`."""
        self.assert_requested(times=0, **wants)

    def to_har(self) -> dict[str, Any]:
        """All of it as HAR 1.2, which browsers read, without keys, tokens and names of people."""
        from dryshot.reports.har import har_of

        return har_of(self.since())

    def to_curl(self) -> str:
        """All of it as a script for ``sh``, one call of curl for each; see its first lines.

        Credentials, and ids that the service gave, are variables of the shell in it.
        """
        from dryshot.reports.curl import script_of

        return script_of(self.since())

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

    def _wanted(self, wants: Wants) -> Wanted:
        name = wants.get("operation")
        if name is not None and self.operations and name not in self.operations:
            near = get_close_matches(name, self.operations, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"operation is {name!r}, which no document has{hint}")
        return Wanted(**wants)
