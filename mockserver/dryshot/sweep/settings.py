"""The marker ``fault_sweep``: what it takes, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import pytest

from dryshot.sweep.kinds import DEFAULT_KINDS, KINDS

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a test is swept.

    Args:
        kinds: the names of :data:`~dryshot.sweep.kinds.KINDS` that are tried.
        operations: operationIds, or patterns, at whose calls things go wrong; none is all.
        allowed: the errors that may leave the test.
        max_points: if there are more points, so many are drawn, by ``seed``.
        max_calls: a run that makes more calls hangs; None is 20 times those of the first run, and
            100 more.
        max_hours: a run that takes so many hours of virtual time more than the first one hangs.
        max_seconds: a run that takes longer, in real time, is broken off, and hangs.
    """

    kinds: tuple[str, ...] = DEFAULT_KINDS
    operations: tuple[str, ...] = ()
    allowed: tuple[type[BaseException], ...] = ()
    max_points: int = 1000
    seed: int = 0
    max_calls: int | None = None
    max_hours: float = 24.0
    max_seconds: float = 20.0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """From keywords; ``ValueError`` names the one that cannot be."""
        known = [one.name for one in fields(cls)]
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                raise ValueError(f"there is no argument {name!r}; there are {', '.join(known)}")
            values[name] = _READERS[name](name, value)
        return cls(**values)


def read_settings(item: pytest.Item) -> Settings:
    """Those of a test; ``UsageError`` if the marker cannot be so."""
    mark = item.get_closest_marker("fault_sweep")
    if mark is None:
        return Settings()
    try:
        if mark.args:
            raise ValueError("it takes names only")
        return Settings.of(mark.kwargs)
    except ValueError as error:
        text = f"{item.nodeid}: the marker fault_sweep: {error}"
        raise pytest.UsageError(text) from None


def _texts(name: str, value: Any) -> tuple[str, ...]:
    listed = (value,) if isinstance(value, str) else tuple(value if _many(value) else (None,))
    if not all(isinstance(one, str) and one for one in listed):
        raise ValueError(f"{name} are names, not {value!r}")
    return listed


def _kinds(name: str, value: Any) -> tuple[str, ...]:
    listed = _texts(name, value)
    for one in listed:
        if one not in KINDS:
            raise ValueError(f"{name} has {one!r}; there are {', '.join(KINDS)}")
    if not listed:
        raise ValueError(f"{name} is empty")
    return tuple(dict.fromkeys(listed))


def _errors(name: str, value: Any) -> tuple[type[BaseException], ...]:
    listed = tuple(value) if _many(value) else (value,)
    for one in listed:
        if not (isinstance(one, type) and issubclass(one, BaseException)):
            raise ValueError(  # noqa: TRY004 - whatever is wrong with a marker is one error
                f"{name} are classes of exceptions, not {one!r}"
            )
    return listed


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name} is {value!r}; it is a whole number from 0")
    return value


def _some(name: str, value: Any) -> int | None:
    return None if value is None else _count(name, value)


def _length(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST:
        raise ValueError(f"{name} is {value!r}; it is a number above 0, at most {_LONGEST}")
    return float(value)


def _many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


_LONGEST = 100_000

_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "kinds": _kinds,
    "operations": _texts,
    "allowed": _errors,
    "max_points": _count,
    "seed": _count,
    "max_calls": _some,
    "max_hours": _length,
    "max_seconds": _length,
}
