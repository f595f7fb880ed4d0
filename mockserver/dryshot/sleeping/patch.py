"""One patch: a clock that is moved by the sleep of the code within it."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import heapq
import inspect
import itertools
import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar, cast
from weakref import WeakKeyDictionary

from dryshot.sleeping.stage import STAGE, Sleeper, real_monotonic_ns, real_nap, real_sleep

__all__ = ["Movable", "PatchedSleep"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_SETTLING = 8
"""Rounds of the event loop in which others may do what they can before time goes on."""


class Movable(Protocol):
    """A clock, in POSIX seconds."""

    def time(self) -> float:
        """The present."""

    def advance(self, seconds: float) -> object:
        """Move by so much."""


@dataclass(frozen=True, slots=True, eq=False)
class _Timer:
    """A timer of an event loop; ``at`` is when it is due by the clock, in microseconds."""

    at: int
    handle: asyncio.TimerHandle
    callback: Callable[[], object]
    context: contextvars.Context


class PatchedSleep:
    """A ``with`` block, or a decorator of a plain or ``async`` function: sleeping moves ``clock``.

    It holds for the code of the thread or task that enters it, and for what runs in a copy of its
    context: tasks made within, ``asyncio.to_thread``. All others, plain threads too, sleep really.
    Of blocks within blocks the innermost counts. For that code

    - ``time.sleep`` and ``asyncio.sleep`` move the clock and return; tasks that sleep together wake
      in order, and meanwhile other tasks run. ``asyncio.timeout``, ``wait_for`` and anyio's scopes
      around a sleep end it at their own instant;
    - ``time.time`` and ``time.monotonic`` (and ``_ns``) tell this clock's time, so that a loop with
      a deadline comes to it. They stand still when the clock does.

    Names imported earlier (``from time import sleep``) are replaced too, and put back at the end;
    default arguments and attributes that hold the function are not. The standard library itself
    (locks, queues, logging, event loops) and the test runner go on by real time, and so do
    ``datetime.now``, ``time.perf_counter``, trio and event loops other than asyncio's own.
    """

    def __init__(self, clock: Movable) -> None:
        self.live = False
        self.outer: Sleeper | None = None
        self._clock = clock
        self._begun = (0, 0)
        self._loop_ahead = self._loop_asked = 0.0
        self._order = itertools.count()
        self._timers: ContextVar[tuple[_Timer, ...]] = ContextVar("dryshot_timers", default=())
        self._asleep: WeakKeyDictionary[asyncio.AbstractEventLoop, list[tuple[int, int]]] = (
            WeakKeyDictionary()
        )

    def __enter__(self) -> Self:
        outer = STAGE.current()
        real = real_monotonic_ns() if outer is None else outer.monotonic_ns()
        self._begun = (real, self._now())
        STAGE.enter(self)
        return self

    def __exit__(self, *_: object) -> None:
        STAGE.leave(self)

    def __call__(self, function: _Function) -> _Function:
        """Decorate: each call has a block of its own."""

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with PatchedSleep(self._clock):
                return function(*args, **kwargs)

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with PatchedSleep(self._clock):
                return await function(*args, **kwargs)

        return cast("_Function", run_async if inspect.iscoroutinefunction(function) else run)

    def sleep(self, seconds: float) -> None:
        """In the place of ``time.sleep``."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self._clock.advance(seconds)
        real_sleep(0)  # let others have their turn

    async def nap(self, seconds: float, result: Any) -> Any:
        """In the place of ``asyncio.sleep``, of more than 0 seconds."""
        if seconds == float("inf"):
            return await real_nap(seconds, result)
        due = self._now() + round(seconds * 1_000_000)
        asleep = self._asleep.setdefault(asyncio.get_running_loop(), [])
        entry = (due, next(self._order))
        heapq.heappush(asleep, entry)
        try:
            while True:
                for _ in range(_SETTLING):
                    await real_nap(0)
                if self._now() >= due:
                    return result
                if not self.live:
                    return await real_nap((due - self._now()) / 1_000_000, result)
                if asleep[0] == entry:
                    self._move_to(due)
        finally:
            asleep.remove(entry)
            heapq.heapify(asleep)

    def time_ns(self) -> int:
        """In the place of ``time.time_ns``."""
        return self._now() * 1000

    def monotonic_ns(self) -> int:
        """In the place of ``time.monotonic_ns``."""
        real, begun = self._begun
        return real + (self._now() - begun) * 1000

    def loop_time(self, real: float) -> float:
        """The time of an event loop: real, but for a timer that is called before its time."""
        self._loop_asked = real + self._loop_ahead
        return self._loop_asked

    def follow(
        self,
        loop: asyncio.AbstractEventLoop,
        handle: asyncio.TimerHandle,
        callback: Callable[[], object],
    ) -> None:
        """Know of a timer; the task that made it, and tasks that it makes later, heed it."""
        seconds = handle.when() - (self._loop_asked or loop.time())
        # in whole milliseconds, or the microseconds since its maker asked for the time were missing
        at = self._now() + math.ceil(seconds * 1000 - 0.001) * 1000
        alive = (timer for timer in self._timers.get() if not timer.handle.cancelled())
        self._timers.set((*alive, _Timer(at, handle, callback, contextvars.copy_context())))

    def _now(self) -> int:
        return round(self._clock.time() * 1_000_000)

    def _move_to(self, due: int) -> None:
        """Go on to ``due``, or to the first of the timers around the caller, and call that."""
        alive = [timer for timer in self._timers.get() if not timer.handle.cancelled()]
        first = min(alive, key=lambda timer: timer.at, default=None)
        if first is not None and first.at <= due:
            due = first.at
            asyncio.get_running_loop().call_soon(self._call, first)
        self._clock.advance(max(0, due - self._now()) / 1_000_000)

    def _call(self, timer: _Timer) -> None:
        if timer.handle.cancelled():
            return
        loop = asyncio.get_running_loop()
        self._loop_ahead = max(0.0, timer.handle.when() - loop.time())
        timer.handle.cancel()
        try:
            timer.context.run(timer.callback)
        finally:
            self._loop_ahead = 0.0
