"""Arguments, checked before anything is sent; an error names the argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

__all__ = ["Instant", "check_count", "check_seconds", "check_text", "check_texts", "write_instant"]

Instant = datetime | str
"""A point in time: ``datetime`` with a time zone, or ISO 8601 text, which is passed on as it is."""


def write_instant(name: str, when: Instant | None) -> str | None:
    """``when`` as ISO 8601 text in UTC; a ``datetime`` without time zone is a ``ValueError``."""
    if not isinstance(when, datetime):
        return when if when is None else check_text(name, when)
    if when.tzinfo is None:
        raise ValueError(f"{name} {when.isoformat()} has no time zone")
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def check_text(name: str, value: str, *, least: int = 1, most: int | None = None) -> str:
    """``value``, if it is a text of ``least`` to ``most`` characters."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    if not value:
        raise ValueError(f"{name} is empty")
    if len(value) < least:
        raise ValueError(f"{name} {value!r} has fewer than {least} characters")
    if most is not None and len(value) > most:
        raise ValueError(f"{name} has {len(value)} characters; {most} is the most")
    return value


def check_texts(
    name: str, texts: Sequence[str] | None, *, most: int | None = None, longest: int | None = None
) -> list[str] | None:
    """``texts`` as a list, if they are at most ``most`` texts, each at most ``longest`` long."""
    if texts is None:
        return None
    if isinstance(texts, str):
        raise TypeError(f"{name} is one text; it has to be a list of them")
    for place, text in enumerate(texts):
        check_text(f"{name}[{place}]", text, most=longest)
    if most is not None and len(texts) > most:
        raise ValueError(f"{name} are {len(texts)}; {most} is the most")
    return list(texts)


def check_count(name: str, value: int | None, *, least: int, most: int | None = None) -> int | None:
    """``value``, if it is a whole number from ``least`` to ``most``."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is {type(value).__name__}, not a whole number")
    if value < least:
        what = "it cannot be negative" if least == 0 else f"{least} is the least"
        raise ValueError(f"{name} is {value}; {what}")
    if most is not None and value > most:
        raise ValueError(f"{name} is {value}; {most} is the most")
    return value


def check_seconds(name: str, value: float | None) -> float | None:
    """``value``, if it is a time that can be waited."""
    if value is not None and not value >= 0:  # so written because a NaN is refused as well
        raise ValueError(f"{name} is {value} s; it cannot be negative")
    return value
