"""One thing that goes wrong: from when, until when, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self

from dryshot.clock import Clock, Event, isoformat
from dryshot.world.trouble.arguments import BadTrouble

__all__ = ["Effect", "Incident", "When", "seconds_until"]

When = datetime | str | float
"""An instant, as an aware ``datetime`` or ISO 8601 text, or seconds from now."""

State = Literal["coming", "on", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an incident does to the world, and what takes it back; None if nothing can.

    ``left`` tells how many more jobs it concerns, None is any number. ``said`` are arguments to be
    told otherwise than they were given.
    """

    begin: Callable[[], object]
    undo: Callable[[], object] | None = None
    left: Callable[[], int | None] | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


class Incident:
    """A trouble of a world; ``with`` it, or :meth:`clear`, ends it.

    ``number`` counts the incidents of a world from 1. ``name`` and ``arguments`` are those with
    which it can be started again, as JSON; API keys are not among them.
    """

    def __init__(
        self,
        number: int,
        name: str,
        arguments: Mapping[str, Any],
        clock: Clock,
        tell: Callable[[Incident], object],
    ) -> None:
        self.number = number
        self.name = name
        self.arguments: Mapping[str, Any] = dict(arguments)
        self.state: State = "coming"
        self._clock = clock
        self._tell = tell
        self._effect: Effect | None = None
        self._events: list[Event] = []

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"<Incident {self.number} {self.state}: {self.name}({given})>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    @property
    def left(self) -> int | None:
        """How many more jobs it concerns; None if that has no number."""
        effect = self._effect
        return None if effect is None or effect.left is None else effect.left()

    def clear(self) -> None:
        """End it, and take back what can be; nothing if it is over."""
        with self._clock.lock:
            if self.state != "over":
                self.finish()
                self._tell(self)

    def describe(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "number": self.number,
            "name": self.name,
            "arguments": dict(self.arguments),
            "state": self.state,
            "left": self.left,
        }

    def plan(self, effect: Effect, start: When | None, end: When | None) -> None:
        """Let it begin and end when it is to, now or by the clock; ``BadTrouble`` for no time."""
        begins = 0.0 if start is None else seconds_until(self._clock, f"{self.name}.start", start)
        ends = None if end is None else seconds_until(self._clock, f"{self.name}.end", end)
        if ends is not None and ends <= begins:
            raise BadTrouble(f"{self.name}.end", f"{end!r} is not after the start")
        self.arguments = {**self.arguments, **effect.said}
        self._effect = effect
        if begins > 0:
            self._events.append(self._clock.call_later(begins, self._begin))
        else:
            self._begin()
        if ends is not None:
            self._events.append(self._clock.call_later(ends, self.finish))

    def finish(self) -> None:
        """End it without telling anybody."""
        for event in self._events:
            event.cancel()
        before, self.state = self.state, "over"
        if before == "on" and self._effect is not None and self._effect.undo is not None:
            self._effect.undo()

    def _begin(self) -> None:
        if self._effect is None:
            return
        self._effect.begin()
        self.state = "over" if self._effect.undo is None else "on"


def seconds_until(clock: Clock, field: str, when: When) -> float:
    """Seconds from now until ``when``; ``BadTrouble`` if that is before now, or no time."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            raise BadTrouble(field, f"{when!r} is not an ISO 8601 instant") from None
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise BadTrouble(field, f"{when.isoformat()} has no time zone; add one, such as Z")
        seconds = (when - clock.now()).total_seconds()
    else:
        seconds = float(when)
    if seconds < 0:
        raise BadTrouble(field, f"{when!s} is before now, {isoformat(clock.now())}")
    return seconds
