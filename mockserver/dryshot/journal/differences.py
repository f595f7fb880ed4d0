"""Where two JSON values differ, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

__all__ = ["ABSENT", "Difference", "differences"]


class _Absent:
    """What stands for a value that is not there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()


class Difference(NamedTuple):
    """``path`` is made of names and indices, such as ``params/pubs/0/2``; empty for the whole.

    A side that has nothing there is :data:`ABSENT`.
    """

    path: str
    expected: Any
    got: Any


def differences(
    expected: Any,
    got: Any,
    path: str = "",
    *,
    partial: bool = False,
    whole: Callable[[Any], bool] = lambda _value: False,
) -> Iterator[Difference]:
    """Every place where two values differ, in the order of names and indices.

    With ``partial``, an object may have more fields than is expected of it. A pair of values of
    which ``whole`` says so is compared as one, and not looked into.
    """
    if whole(expected) and whole(got):
        if expected != got:
            yield Difference(path, expected, got)
    elif isinstance(expected, Mapping) and isinstance(got, Mapping):
        names = expected if partial else {*expected, *got}
        for name in sorted(names, key=str):
            pair = expected.get(name, ABSENT), got.get(name, ABSENT)
            yield from differences(*pair, _below(path, name), partial=partial, whole=whole)
    elif isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        for index in range(max(len(expected), len(got))):
            one = expected[index] if index < len(expected) else ABSENT
            other = got[index] if index < len(got) else ABSENT
            yield from differences(one, other, _below(path, index), partial=partial, whole=whole)
    elif not _same(expected, got):
        yield Difference(path, expected, got)


def _same(one: Any, other: Any) -> bool:
    """Whether values are equal, and none is a truth where the other is a number."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _below(path: str, step: object) -> str:
    return f"{path}/{step}" if path else str(step)
