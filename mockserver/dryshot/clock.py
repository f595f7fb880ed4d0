"""Time as a value: a clock that moves only when told to, and runs what falls due, in order."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dryshot.instants import (
    EPOCH,
    LATEST,
    Event,
    Instant,
    Span,
    forward,
    isoformat,
    length_of,
    since_epoch,
)

if TYPE_CHECKING:  # asyncio is behind it
    from dryshot.sleeping import PatchedSleep

__all__ = ["Clock", "Event", "Instant", "Span", "WallClock", "isoformat"]


class _Freeze(AbstractContextManager["Clock"]):
    """A freeze whose end goes back to what was before it."""

    def __init__(self, clock: Clock, *, before: bool) -> None:
        self._clock = clock
        self._before = before

    def __enter__(self) -> Clock:
        return self._clock

    def __exit__(self, *_: object) -> None:
        if not self._before:
            self._clock.unfreeze()


class Clock:
    """Virtual time, counted in whole microseconds.

    It starts at ``start`` and moves by ``tick`` seconds with every request the mock answers (see
    :attr:`step`); otherwise only :meth:`advance`, :meth:`advance_to` and :meth:`offset` move it,
    and code that sleeps within :meth:`patch_sleep`. Whatever was scheduled runs at its own instant,
    in order; what is scheduled while that happens and is due as well runs too.

    ``lock`` guards the clock and everything that lives by it; it may be entered again by its owner.
    """

    def __init__(self, start: Instant, tick: Span = 1.0) -> None:
        self.lock = threading.RLock()
        self._now = since_epoch(start)
        self._step = forward(tick, "tick")
        self._ahead = 0
        self._frozen = False
        self._due: list[tuple[int, int, Event]] = []
        self._said = (0, EPOCH)
        self._order = itertools.count()

    def __repr__(self) -> str:
        return f"<Clock {isoformat(self.now())}{' frozen' if self._frozen else ''}>"

    @property
    def is_frozen(self) -> bool:
        """Whether requests, and real time, leave it where it is."""
        return self._frozen

    @property
    def step(self) -> float:
        """Seconds, 0 or more, by which each request moves it; may be set, by a ``Span`` as well."""
        return self._step / 1_000_000

    @step.setter
    def step(self, seconds: Span) -> None:
        with self.lock:
            self._set_step(forward(seconds, "step"))

    @property
    def ahead(self) -> timedelta:
        """How far it is from where it would be if nobody had moved it by hand."""
        with self.lock:
            return timedelta(microseconds=self._present() - self._source())

    def now(self) -> datetime:
        """The present instant, in UTC."""
        present = self._present()
        said = self._said  # asked for many times in one instant
        if said[0] != present:
            said = self._said = present, EPOCH + timedelta(microseconds=present)
        return said[1]

    def time(self) -> float:
        """The present instant in POSIX seconds, like :func:`time.time`."""
        return self._present() / 1_000_000

    def call_later(self, seconds: float, action: Callable[[], object]) -> Event:
        """Run ``action`` when ``seconds`` have passed; at the next movement if that is none."""
        with self.lock:
            event = Event(self._present() + round(seconds * 1_000_000), action)
            heapq.heappush(self._due, (event.when, next(self._order), event))
            return event

    def advance(self, seconds: Span) -> None:
        """Move by ``seconds`` (not below 0) and run everything that falls due, in order."""
        length = forward(seconds, "advance")
        with self.lock:
            self._steer(self._present() + length)

    def advance_to(self, instant: Instant) -> None:
        """Move to ``instant``, not before now, and run everything that falls due, in order."""
        with self.lock:
            target = since_epoch(instant)
            if target < self._present():
                raise ValueError(f"cannot go back from {isoformat(self.now())} to {instant}")
            self._steer(target)

    def offset(self, seconds: Span) -> None:
        """Move to where :attr:`ahead` is ``seconds``, and run everything that falls due, in order.

        What it is ahead of: the wall, if it goes by that; else its start and the requests' steps.
        ``ValueError`` if that is in its past.
        """
        length = length_of(seconds)
        with self.lock:
            target = self._source() + length
            if target < self._present():
                told = f"an offset of {seconds} would go back from one of {self.ahead}"
                raise ValueError(f"{told}; time does not run backwards")
            self._steer(target)

    def patch_sleep(self) -> PatchedSleep:
        """A ``with`` block in which sleeping moves this clock instead of waiting.

        See :class:`~dryshot.sleeping.PatchedSleep` for whose sleep, and for what else is changed.
        """
        from dryshot.sleeping import PatchedSleep  # late: few want it

        return PatchedSleep(self)

    def tick(self) -> None:
        """Move by one step, as every request does; a frozen clock stays, and runs what is due."""
        with self.lock:
            self._move(self._now if self._frozen else self._now + self._step)

    def keep_up(self) -> None:
        """Run what real time has made due, if it goes by that; a server calls this by a timer."""

    def freeze(self) -> AbstractContextManager[Clock]:
        """Let requests and real time no longer move the clock; :meth:`advance` still does.

        For good, or as ``with clock.freeze():``, whose end goes back to what was before.
        """
        with self.lock:
            before = self._frozen
            self._set_frozen(True)
        return _Freeze(self, before=before)

    def unfreeze(self) -> None:
        """Let requests and real time move the clock again, from where it stands."""
        with self.lock:
            self._set_frozen(False)

    def _set_frozen(self, frozen: bool) -> None:  # noqa: FBT001 - the value
        self._frozen = frozen

    def _set_step(self, step: int) -> None:
        self._step = step

    def _present(self) -> int:
        """The present instant in microseconds."""
        return self._now

    def _source(self) -> int:
        """Where it would be if nobody had moved it by hand, in microseconds."""
        return self._now - self._ahead

    def _steer(self, target: int) -> None:
        """Move by hand."""
        if target > LATEST:
            raise ValueError("there is no time after the year 9999")
        source = self._now - self._ahead
        try:
            self._move(target)
        finally:
            self._ahead = self._now - source

    def _move(self, target: int) -> None:
        while self._due and self._due[0][0] <= target:
            when, _, event = heapq.heappop(self._due)
            self._now = max(self._now, when)
            event.fire()
        self._now = max(self._now, target)


class WallClock(Clock):
    """Real time plus an offset: what moves it by hand adds to that, and so does every step.

    It starts at ``start``, or at the present, and goes by itself; it never goes back, even where
    the machine's own time is set back. What is due runs when the clock is looked after: at every
    :meth:`tick`, :meth:`advance` and :meth:`keep_up`; while it runs, the time is the instant at
    which it was due. A frozen clock stands still, and goes on from there when it is let go.

    ``wall`` gives real time, in POSIX seconds.
    """

    def __init__(
        self, start: Instant | None = None, *, wall: Callable[[], float] = time.time
    ) -> None:
        self._wall = wall
        super().__init__(wall() if start is None else start, tick=0)
        self._offset = self._now - self._real()
        self._moving = False

    def tick(self) -> None:
        """Run what is due by now, or by a step later."""
        with self.lock:
            self._catch_up(self._step)

    def keep_up(self) -> None:
        """Run what is due by now."""
        if self._due:
            with self.lock:
                self._catch_up(0)

    def _catch_up(self, step: int) -> None:
        if self._frozen:
            step = 0
        else:  # where the machine's time was set back, go on from here
            self._offset = max(self._offset, self._now - self._real())
        self._move(self._present() + step)

    def _set_frozen(self, frozen: bool) -> None:  # noqa: FBT001 - the value
        if not self._frozen:
            self._now = self._present()
        super()._set_frozen(frozen)
        self._offset = self._now - self._real()

    def _source(self) -> int:
        return self._real()

    def _real(self) -> int:
        return round(self._wall() * 1_000_000)

    def _present(self) -> int:
        if self._frozen or self._moving:
            return self._now
        return max(self._now, self._real() + self._offset)

    def _move(self, target: int) -> None:
        if self._moving:
            super()._move(target)
            return
        present, self._moving = self._present(), True
        try:
            super()._move(target)
        finally:
            self._moving = False
            if not self._frozen:
                self._offset += max(0, self._now - present)
