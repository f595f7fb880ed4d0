"""The clock of a served world: it goes with the wall's, or by ticks, and tells when it is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dryshot.clock import Clock, Instant

__all__ = ["ServedClock", "Setting", "microseconds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a clock stands: ``now`` and ``ahead`` (of the wall) in microseconds."""

    now: int
    ahead: int
    frozen: bool


class ServedClock(Clock):
    """With ``wall`` (POSIX seconds) a tick moves it to the present; without, by a second.

    Moved by hand it stays ahead of the wall by as much. Unlike a wall clock it stands still between
    ticks, so that a request has one instant, at which it can be handled again. ``on_set`` is called
    after it was moved by hand, frozen or unfrozen.
    """

    def __init__(self, start: Instant, wall: Callable[[], float] | None = None) -> None:
        super().__init__(start)
        self._wall = wall
        self._ahead = 0
        self.on_set: Callable[[], object] = lambda: None

    @property
    def setting(self) -> Setting:
        """How it stands."""
        return Setting(self._now, self._ahead, self._frozen)

    def advance(self, seconds: float) -> None:
        """Move by ``seconds`` (not below 0) and run everything that falls due, in order."""
        with self.lock:
            before = self._now
            super().advance(seconds)
            self._ahead += self._now - before
            self.on_set()

    def advance_to(self, instant: Instant) -> None:
        """Move to ``instant``, not before now, and run everything that falls due, in order."""
        with self.lock:
            before = self._now
            super().advance_to(instant)
            self._ahead += self._now - before
            self.on_set()

    def tick(self) -> None:
        """Move to the present, or by a second where there is no wall; a frozen clock stays."""
        if self._wall is None:
            super().tick()
            return
        with self.lock:
            present = round(self._wall() * 1_000_000) + self._ahead
            self._move(self._now if self._frozen else max(self._now, present))

    def freeze(self) -> None:
        """Let requests and the wall no longer move it."""
        with self.lock:
            super().freeze()
            self.on_set()

    def unfreeze(self) -> None:
        """Let it go on from where it stands."""
        with self.lock:
            super().unfreeze()
            if self._wall is not None:
                self._ahead = self._now - round(self._wall() * 1_000_000)
            self.on_set()

    def keep_up(self) -> None:
        """Run what the wall has made due."""
        if self._wall is not None:
            self.tick()

    @contextmanager
    def at(self, now: int) -> Iterator[None]:
        """Go to an instant of its world's past life, in microseconds, and stay; nobody is told."""
        with self.lock:
            self._move(now)
            before, self._frozen = self._frozen, True
            try:
                yield
            finally:
                self._frozen = before

    def restore(self, setting: Setting) -> None:
        """Stand as it once stood; nobody is told."""
        with self.lock:
            self._move(setting.now)
            self._ahead, self._frozen = setting.ahead, setting.frozen
