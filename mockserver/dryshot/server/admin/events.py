"""Server-sent events: what happens in a tenant, while it happens."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable

from dryshot.server.admin.feed import Cursor, Event, Tenant, Tenants

__all__ = ["Streams", "TooMany"]

_LOOK = 0.5
"""Seconds between two looks when no request came: jobs may end, and clocks move, by themselves."""

_PAUSE = 0.05
"""Seconds between two looks at least, however many requests come."""


class TooMany(Exception):
    """No more listeners are taken."""


class Streams:
    """Every listener there is, at most ``most``. :meth:`close` ends them, from any thread.

    What a listener has not yet been sent stays in the journal, which is bounded, and nowhere else:
    a slow one is told how many exchanges it missed.
    """

    def __init__(self, tenants: Tenants, *, heartbeat: float = 15.0, most: int = 32) -> None:
        self._tenants = tenants
        self._heartbeat = heartbeat
        self._most = most
        self._wakes: set[Callable[[], None]] = set()
        self._closed = threading.Event()

    def __len__(self) -> int:
        return len(self._wakes)

    def close(self) -> None:
        """End every stream now, and every later one at once."""
        self._closed.set()
        for wake in tuple(self._wakes):
            wake()

    async def stream(self, name: str, last_id: str | None) -> AsyncIterator[bytes]:
        """The events of one tenant, as they are sent; ``last_id`` is the last one that arrived.

        ``KeyError`` if there is no such tenant, ``TooMany`` if there are too many listeners.
        """
        if len(self._wakes) >= self._most:
            raise TooMany
        bell = _Bell(asyncio.get_running_loop())
        tenant = await asyncio.to_thread(self._tenants.get, name)
        self._wakes.add(bell.ring)
        forget = tenant.mock.journal.listen(bell.ring)
        try:
            cursor = Cursor(tenant, _sequence(tenant, last_id))
            hello = _event(cursor, ("hello", {"tenant": name}))
            first = await asyncio.to_thread(lambda: list(cursor.news()))
            yield hello
            for event in first:
                yield _event(cursor, event)
            quiet = 0.0
            while not self._closed.is_set():
                rang = await bell.wait(min(_LOOK, self._heartbeat))
                if self._closed.is_set():
                    return
                if await asyncio.to_thread(self._is_gone, tenant):
                    yield _event(cursor, ("reset", {"tenant": name}))
                    return
                news = await asyncio.to_thread(lambda: list(cursor.news()))
                for event in news:
                    yield _event(cursor, event)
                quiet = 0.0 if news else quiet + (0.0 if rang else min(_LOOK, self._heartbeat))
                if quiet >= self._heartbeat:
                    quiet = 0.0
                    yield b": still here\n\n"
        finally:
            forget()
            self._wakes.discard(bell.ring)

    def _is_gone(self, tenant: Tenant) -> bool:
        try:
            return self._tenants.get(tenant.name) is not tenant
        except KeyError:
            return True


class _Bell:
    """Rung from any thread, at most once for each time that it is heard."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._event = asyncio.Event()
        self._rung = False
        self.ring = self._ring  # one object, so that it can be found again

    def _ring(self) -> None:
        if not self._rung:
            self._rung = True
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> bool:
        """Whether it was rung, in that time or before."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        self._event.clear()
        await asyncio.sleep(_PAUSE)
        self._rung = False
        return True


def _sequence(tenant: Tenant, last_id: str | None) -> int | None:
    """From where to go on: the start for a listener that knew the tenant before a reset."""
    if last_id is None:
        return None
    mark, _, number = last_id.partition("-")
    return int(number) if mark == tenant.mark and number.isascii() and number.isdigit() else 0


def _event(cursor: Cursor, event: Event) -> bytes:
    """Only what follows from the journal has an id: where to go on when the stream breaks."""
    name, value = event
    number = value["sequence"] if name == "exchange" else cursor.sequence
    place = f"id: {cursor.tenant.mark}-{number}\n" if name in ("exchange", "hello") else ""
    return f"{place}event: {name}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()
