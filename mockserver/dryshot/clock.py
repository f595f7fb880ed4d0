"""Time as a value: a clock that moves only when told to, and runs what falls due, in order."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

__all__ = ["Clock", "Event", "Instant", "WallClock", "isoformat"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Instant = datetime | str | float
"""A point in time: an aware ``datetime``, ISO 8601 text with an offset, or POSIX seconds."""


def _microseconds(instant: Instant) -> int:
    if isinstance(instant, str):
        try:
            instant = datetime.fromisoformat(instant)
        except ValueError as error:
            raise ValueError(f"{instant!r} is not an ISO 8601 instant") from error
    if isinstance(instant, datetime):
        if instant.tzinfo is None:
            raise ValueError(f"{instant.isoformat()} has no time zone; add one, such as +00:00")
        return (instant - _EPOCH) // _MICROSECOND
    return round(instant * 1_000_000)


def isoformat(instant: datetime, timespec: str = "microseconds") -> str:
    """ISO 8601 text in UTC with a trailing ``Z``, as IBM's services write it."""
    text = instant.astimezone(UTC).isoformat(timespec=timespec)
    return text.removesuffix("+00:00") + "Z"


class Event:
    """Something due at an instant; :meth:`cancel` takes it back."""

    __slots__ = ("_action", "when")

    def __init__(self, when: int, action: Callable[[], object]) -> None:
        self.when = when
        self._action: Callable[[], object] | None = action

    def cancel(self) -> None:
        """Do nothing when the instant comes."""
        self._action = None

    def fire(self) -> None:
        """Run the action, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class Clock:
    """Virtual time, counted in whole microseconds.

    It starts at ``start`` and moves by ``tick`` seconds with every request the mock answers (see
    :meth:`tick`); otherwise only :meth:`advance` and :meth:`advance_to` move it. Whatever was
    scheduled runs at its own instant, in order; what is scheduled while that happens and is due as
    well runs too.

    ``lock`` guards the clock and everything that lives by it; it may be entered again by its owner.
    """

    def __init__(self, start: Instant, tick: float = 1.0) -> None:
        if tick < 0:
            raise ValueError(f"tick is {tick} s; time does not run backwards")
        self.lock = threading.RLock()
        self._now = _microseconds(start)
        self._tick = round(tick * 1_000_000)
        self._frozen = False
        self._due: list[tuple[int, int, Event]] = []
        self._order = itertools.count()

    def __repr__(self) -> str:
        return f"<Clock {isoformat(self.now())}{' frozen' if self._frozen else ''}>"

    @property
    def is_frozen(self) -> bool:
        """Whether requests, and real time, leave it where it is."""
        return self._frozen

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return _EPOCH + timedelta(microseconds=self._present())

    def time(self) -> float:
        """The present instant in POSIX seconds, like :func:`time.time`."""
        return self._present() / 1_000_000

    def call_later(self, seconds: float, action: Callable[[], object]) -> Event:
        """Run ``action`` when ``seconds`` have passed; at the next movement if that is none."""
        with self.lock:
            event = Event(self._present() + round(seconds * 1_000_000), action)
            heapq.heappush(self._due, (event.when, next(self._order), event))
            return event

    def advance(self, seconds: float) -> None:
        """Move by ``seconds`` (not below 0) and run everything that falls due, in order."""
        if seconds < 0:
            raise ValueError(f"cannot advance by {seconds} s; time does not run backwards")
        with self.lock:
            self._move(self._present() + round(seconds * 1_000_000))

    def advance_to(self, instant: Instant) -> None:
        """Move to ``instant``, not before now, and run everything that falls due, in order."""
        with self.lock:
            target = _microseconds(instant)
            if target < self._present():
                raise ValueError(f"cannot go back from {isoformat(self.now())} to {instant}")
            self._move(target)

    def tick(self) -> None:
        """Move by one tick, as every request does; a frozen clock stays, and runs what is due."""
        with self.lock:
            self._move(self._now if self._frozen else self._now + self._tick)

    def keep_up(self) -> None:
        """Run what real time has made due, if it goes by that; a server calls this by a timer."""

    def freeze(self) -> None:
        """Let requests no longer move the clock; :meth:`advance` still does."""
        self._frozen = True

    def unfreeze(self) -> None:
        """Let requests move the clock again."""
        self._frozen = False

    @contextmanager
    def frozen(self) -> Iterator[Clock]:
        """Freeze within a ``with`` block, and go back to what was before."""
        before = self._frozen
        self.freeze()
        try:
            yield self
        finally:
            if not before:
                self.unfreeze()

    def _present(self) -> int:
        """The present instant in microseconds."""
        return self._now

    def _move(self, target: int) -> None:
        while self._due and self._due[0][0] <= target:
            when, _, event = heapq.heappop(self._due)
            self._now = max(self._now, when)
            event.fire()
        self._now = max(self._now, target)


class WallClock(Clock):
    """Real time plus an offset, which :meth:`advance` and :meth:`advance_to` add to.

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
        super().__init__(wall() if start is None else start)
        self._offset = self._now - self._real()
        self._moving = False

    def tick(self) -> None:
        """Run what is due by now."""
        with self.lock:
            if not self._frozen:
                # Where the machine's time was set back, go on from here.
                self._offset = max(self._offset, self._now - self._real())
            self._move(self._present())

    def keep_up(self) -> None:
        """Run what is due by now."""
        if self._due:
            self.tick()

    def freeze(self) -> None:
        """Let time stand still; :meth:`advance` still moves it."""
        with self.lock:
            self._now = self._present()
            super().freeze()

    def unfreeze(self) -> None:
        """Let time go on from where it stands."""
        with self.lock:
            super().unfreeze()
            self._offset = self._now - self._real()

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
