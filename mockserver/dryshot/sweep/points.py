"""Where something can go wrong: a call, a kind of fault and its moment."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dryshot.journal import Entry
from dryshot.sweep.kinds import KINDS, Moment

__all__ = ["Call", "Point", "choose", "read_calls"]


@dataclass(frozen=True, slots=True)
class Call:
    """The ``nth`` call of an operation, which is call ``number`` of the run; both from 1."""

    number: int
    operation: str
    nth: int

    def __str__(self) -> str:
        return f"{self.operation}:{self.nth}"


@dataclass(frozen=True, slots=True)
class Point:
    """One fault at one call. As a text it is what ``--dryshot-sweep-only`` takes."""

    call: Call
    kind: str
    moment: Moment

    def __str__(self) -> str:
        return f"{self.call}:{self.column}"

    @property
    def column(self) -> str:
        """What happens, without the call; the moment only where there is a choice."""
        return column(self.kind, self.moment)

    @property
    def line(self) -> str:
        """What does the same in a test of its own."""
        return KINDS[self.kind].line(self.call.operation, self.call.nth, self.moment)


def column(kind: str, moment: Moment) -> str:
    """A kind and its moment, if there is a choice."""
    return f"{kind}:{moment}" if len(KINDS[kind].moments) > 1 else kind


def read_calls(entries: Iterable[Entry]) -> list[Call]:
    """The calls of operations in a journal; nothing else can be struck."""
    seen: Counter[str] = Counter()
    found: list[Call] = []
    for entry in entries:
        operation = entry.operation
        if operation is not None:
            seen[operation] += 1
            found.append(Call(len(found) + 1, operation, seen[operation]))
    return found


def choose(
    calls: Sequence[Call],
    kinds: Sequence[str],
    operations: Collection[str] = (),
    *,
    most: int,
    seed: int,
    only: Collection[str] = (),
) -> tuple[list[Point], int]:
    """The points to try, in the order of the calls, and how many are left out.

    ``operations`` are names or patterns, none is all. If there are more than ``most``, ``seed``
    draws. With ``only`` it is just those, of all kinds.
    """
    chosen = KINDS if only else kinds
    points = [point for call in calls for point in _points_of(call, chosen)]
    if only:
        return [point for point in points if str(point) in only], 0
    points = [
        point
        for point in points
        if not operations or any(fnmatchcase(point.call.operation, one) for one in operations)
    ]
    left_out = max(0, len(points) - most)
    if left_out:
        kept = sorted(random.Random(seed).sample(range(len(points)), most))
        points = [points[index] for index in kept]
    return points, left_out


def _points_of(call: Call, kinds: Iterable[str]) -> Iterator[Point]:
    for name in kinds:
        kind = KINDS[name]
        if kind.fits(call.operation):
            yield from (Point(call, name, moment) for moment in kind.moments)
