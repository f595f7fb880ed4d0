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
    """How a clock stands: ``now``, ``ahead`` and ``step`` in microseconds.

    ``ahead`` is of the wall, or of the steps. Without a ``step``, which was not always kept, it is
    what it is.
    """

    now: int
    ahead: int
    frozen: bool
    step: int | None = None


class ServedClock(Clock):
    """With ``wall`` (POSIX seconds) a tick moves it to the present; without, by a second.

    Moved by hand it stays ahead of the wall by as much. Unlike a wall clock it stands still between
    ticks, so that a request has one instant, at which it can be handled again. ``on_set`` is called
    after it was moved by hand, frozen or unfrozen, or given another step.
    """

    def __init__(self, start: Instant, wall: Callable[[], float] | None = None) -> None:
        super().__init__(start, tick=1 if wall is None else 0)
        self._wall = wall
        self.on_set: Callable[[], object] = lambda: None

    @property
    def setting(self) -> Setting:
        """How it stands."""
        return Setting(self._now, self._ahead, self._frozen, self._step)

    def tick(self) -> None:
        """Move to the present, if there is a wall, and by a step; a frozen clock stays."""
        if self._wall is None or self._frozen:
            super().tick()
            return
        with self.lock:
            if self._step:  # what steps have added need not be in the file, and stays
                self._ahead = max(self._ahead, self._now - self._real(self._wall)) + self._step
            self._move(max(self._now, self._real(self._wall) + self._ahead))

    def keep_up(self) -> None:
        """Run what the wall has made due."""
        if self._wall is not None:
            with self.lock:
                present = self._now if self._frozen else self._real(self._wall) + self._ahead
                self._move(max(self._now, present))

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
            if setting.step is not None:
                self._step = setting.step

    def _set_frozen(self, frozen: bool) -> None:  # noqa: FBT001 - the value
        super()._set_frozen(frozen)
        if not frozen and self._wall is not None:
            self._ahead = self._now - self._real(self._wall)
        self.on_set()

    def _set_step(self, step: int) -> None:
        super()._set_step(step)
        self.on_set()

    def _steer(self, target: int) -> None:
        super()._steer(target)
        self.on_set()

    def _source(self) -> int:
        return super()._source() if self._wall is None else self._real(self._wall)

    @staticmethod
    def _real(wall: Callable[[], float]) -> int:
        return round(wall() * 1_000_000)
