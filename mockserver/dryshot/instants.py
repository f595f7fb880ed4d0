"""Instants and lengths of time, as they are given, counted and written; and what is due at one."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = [
    "EPOCH",
    "LATEST",
    "Event",
    "Instant",
    "Span",
    "forward",
    "isoformat",
    "length_of",
    "since_epoch",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MICROSECOND
"""The last instant that a ``datetime`` can say, in microseconds since 1970."""

Instant = datetime | str | float
"""A point in time: an aware ``datetime``, ISO 8601 text with an offset, or POSIX seconds."""

Span = timedelta | float
"""A length of time: a ``timedelta``, or seconds."""


def since_epoch(instant: Instant) -> int:
    """In microseconds since 1970; ``ValueError`` if it says no instant."""
    if isinstance(instant, str):
        try:
            instant = datetime.fromisoformat(instant)
        except ValueError as error:
            raise ValueError(f"{instant!r} is not an ISO 8601 instant") from error
    if isinstance(instant, datetime):
        if instant.tzinfo is None:
            raise ValueError(f"{instant.isoformat()} has no time zone; add one, such as +00:00")
        return (instant - EPOCH) // _MICROSECOND
    if not math.isfinite(instant):
        raise ValueError(f"{instant} is not an instant")
    return round(instant * 1_000_000)


def length_of(span: Span) -> int:
    """In microseconds; ``ValueError`` if it has no end."""
    if isinstance(span, timedelta):
        return span // _MICROSECOND
    if not math.isfinite(span):
        raise ValueError(f"{span} s is not a length of time")
    return round(span * 1_000_000)


def forward(span: Span, name: str) -> int:
    """In microseconds; ``ValueError``, which names it, if it is below 0."""
    length = length_of(span)
    if length < 0:
        told = span if isinstance(span, timedelta) else f"{span} s"
        raise ValueError(f"{name} is {told}; time does not run backwards")
    return length


def isoformat(instant: datetime, timespec: str = "microseconds") -> str:
    """ISO 8601 text in UTC with a trailing ``Z``, as IBM's services write it."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    text = instant.isoformat(timespec=timespec)
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
