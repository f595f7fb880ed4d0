"""What a fault is checked with: each failure names its field."""

from __future__ import annotations

import math
from collections.abc import Collection

__all__ = ["BadFault", "check_choice", "check_count", "check_number", "check_text"]


class BadFault(ValueError):
    """A fault cannot be made so; ``field`` says which of its fields is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field


def check_number(field: str, value: object, least: float = 0.0, most: float = math.inf) -> None:
    """A number from ``least`` to ``most``."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not known or not math.isfinite(value) or not least <= value <= most:  # type: ignore[arg-type, operator]
        span = f"{least:g} or more" if most == math.inf else f"from {least:g} to {most:g}"
        raise BadFault(field, f"is {value!r}; it is a number, {span}")


def check_count(field: str, value: object, least: int = 1, most: int | None = None) -> None:
    """A whole number from ``least`` to ``most``, or without an end."""
    known = isinstance(value, int) and not isinstance(value, bool)
    if not known or value < least or (most is not None and value > most):  # type: ignore[operator]
        span = f"{least} or more" if most is None else f"from {least} to {most}"
        raise BadFault(field, f"is {value!r}; it is a whole number, {span}")


def check_text(field: str, value: object) -> None:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise BadFault(field, f"is {value!r}; it is a text that is not empty")


def check_choice(field: str, value: object, choices: Collection[str]) -> None:
    """One of a few words."""
    if not isinstance(value, str) or value not in choices:
        raise BadFault(field, f"is {value!r}; it is one of {', '.join(choices)}")
