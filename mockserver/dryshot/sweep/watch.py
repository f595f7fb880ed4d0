"""The limits within which a run has to come to an end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from dryshot.mock import Mock
from dryshot.sleeping import PatchedSleep
from dryshot.sweep.alarm import Alarm, Hung

__all__ = ["Limits", "Watch"]

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many calls, how many hours of virtual time, how many seconds of real time.

    ``usual`` is the number of calls when all goes well, None if that is not known.
    """

    calls: int
    hours: float
    seconds: float
    usual: int | None = None


class Watch:
    """Watches a run, once :meth:`follow` has told the mock; ``hung`` says what it ran into.

    It is entered by the thread of the test. Whoever calls the mock, or sleeps, when the run is over
    its limits gets :class:`~dryshot.sweep.alarm.Hung`; ``served`` says that the mock is called by
    the threads of a server, which go on.
    """

    def __init__(self, limits: Limits, on_call: Callable[[], object], *, served: bool) -> None:
        self.hung: str | None = None
        self._limits = limits
        self._on_call = on_call
        self._served = served
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._calls = 0
        self._mock: Mock | None = None
        self._end = 0.0
        self._alarm = Alarm(limits.seconds, self._late)

    def __enter__(self) -> Self:
        self._stack.enter_context(self._alarm)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def follow(self, mock: Mock) -> None:
        """Let the code of the caller's context live by the mock's clock, and count its calls."""
        self._mock = mock
        self._end = mock.clock.time() + self._limits.hours * _HOUR
        self._stack.callback(mock.journal.listen(self._called))
        self._stack.enter_context(PatchedSleep(self))

    def time(self) -> float:
        """The clock's present, for those who sleep."""
        return self._mock.clock.time() if self._mock is not None else 0.0

    def advance(self, seconds: float) -> None:
        """Sleep."""
        if self._mock is not None:
            self._mock.clock.advance(seconds)
            self._check()

    def _called(self) -> None:
        with self._lock:
            self._calls += 1
        self._on_call()
        self._check()

    def _check(self) -> None:
        if self.hung is None:
            if self._calls > self._limits.calls:
                usual = self._limits.usual
                usually = "" if usual is None else f" (usually it makes {usual})"
                self.hung = f"still at it after {self._limits.calls} calls{usually}"
            elif self.time() > self._end:
                self.hung = f"still at it after {self._limits.hours:g} hours of virtual time"
        if self.hung is not None:
            if not self._alarm.here:
                self._alarm.ring()
            if self._alarm.here or not self._served:
                raise Hung(self.hung)

    def _late(self) -> None:
        if self.hung is None:
            self.hung = f"still at it after {self._limits.seconds:.1f} seconds of real time"
