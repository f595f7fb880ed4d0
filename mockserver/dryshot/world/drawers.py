"""Drawers: up to some thousand jobs of one owner, found by what they are without looking at each.

A drawer keeps a number for each label: the bit of a job's position is set if the job has it. So
jobs with several labels are those of the numbers' common bits, and their count is a count of bits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime

from dryshot.world.jobs import Job, Label

__all__ = ["SIZE", "Drawer"]

SIZE = 4096
"""Jobs of a drawer; a power of two."""

_STEP = 4


class _Ranks:
    """The positions of instants that are in no order, by rank; ``_STEP`` ranks are a stair."""

    __slots__ = ("_order", "_sorted", "_stairs")

    def __init__(self, instants: list[datetime]) -> None:
        self._order = sorted(range(len(instants)), key=instants.__getitem__)
        self._sorted = [instants[position] for position in self._order]
        bits, self._stairs = 0, [0]
        for rank, position in enumerate(self._order, 1):
            bits |= 1 << position
            if not rank % _STEP:
                self._stairs.append(bits)

    def below(self, instant: datetime) -> int:
        """The bits of those before an instant."""
        return self._first(bisect_left(self._sorted, instant))

    def up_to(self, instant: datetime) -> int:
        """The bits of those before an instant, and at it."""
        return self._first(bisect_right(self._sorted, instant))

    def _first(self, ranks: int) -> int:
        bits = self._stairs[ranks // _STEP]
        for position in self._order[ranks - ranks % _STEP : ranks]:
            bits |= 1 << position
        return bits


class Drawer:
    """Jobs by position, in the order of their making; a position is never given again."""

    __slots__ = ("_asked", "_instants", "_jobs", "_labels", "_ordered", "_ranks", "present")

    def __init__(self) -> None:
        self.present = 0
        self._jobs: list[Job | None] = []
        self._labels: dict[Label, int] = {}
        self._instants: list[datetime] = []
        self._ordered = True
        self._ranks: _Ranks | None = None
        self._asked: tuple[datetime | None, datetime | None, int] = (None, None, 0)

    @property
    def full(self) -> bool:
        """Whether there is no position left."""
        return len(self._jobs) == SIZE

    @property
    def labels(self) -> Iterable[Label]:
        """Every label that a job here has."""
        return self._labels

    def add(self, job: Job) -> None:
        """Put a job behind the others."""
        job.drawer, job.position = self, len(self._jobs)
        self._jobs.append(job)
        self.present |= 1 << job.position
        self._ordered = self._ordered and (not self._instants or self._instants[-1] <= job.created)
        self._instants.append(job.created)
        self._ranks, self._asked = None, (None, None, 0)
        self._mark(job.position, job.labels())

    def remove(self, job: Job) -> None:
        """Take a job out, and what tells of it."""
        self._unmark(job.position, job.labels())
        self.present &= ~(1 << job.position)
        self._jobs[job.position] = None
        job.drawer = None

    def relabel(self, position: int, before: Iterable[Label], after: Iterable[Label]) -> None:
        """Know a job by some labels, and no more by others."""
        self._unmark(position, before)
        self._mark(position, after)

    def select(
        self, labels: Iterable[Label], after: datetime | None, before: datetime | None
    ) -> int:
        """The bits of the jobs with all these labels, made between two instants, both included."""
        bits = self.present
        for label in labels:
            bits &= self._labels.get(label, 0)
            if not bits:
                return 0
        if after is not None or before is not None:
            if self._asked[:2] != (after, before):  # pages of one list ask the same again
                self._asked = after, before, self._between(after, before)
            bits &= self._asked[2]
        return bits

    def with_any(self, labels: Iterable[Label]) -> int:
        """The bits of the jobs with one of these labels."""
        bits = 0
        for label in labels:
            bits |= self._labels.get(label, 0)
        return bits

    def take(self, bits: int, *, ascending: bool, skip: int = 0) -> Iterator[Job]:
        """The jobs of these bits, oldest or newest first, without the first ``skip``."""
        if skip and ascending:
            place = _nth(bits, skip)
            bits = bits >> place << place
        elif skip:
            bits &= (2 << _nth(bits, bits.bit_count() - skip - 1)) - 1
        while bits:
            place = ((bits & -bits) if ascending else bits).bit_length() - 1
            bits ^= 1 << place
            job = self._jobs[place]
            if job is not None:
                yield job

    def _between(self, after: datetime | None, before: datetime | None) -> int:
        instants = self._instants
        if not self._ordered:
            ranks = self._ranks = self._ranks or _Ranks(instants)
            bits = (1 << len(instants)) - 1 if before is None else ranks.up_to(before)
            return bits if after is None else bits & ~ranks.below(after)
        first, end = 0, len(instants)
        if before is not None and before < instants[-1]:
            end = bisect_right(instants, before)
        if after is not None and after > instants[0]:
            first = bisect_left(instants, after)
        return (1 << end) - (1 << first) if first < end else 0

    def _mark(self, position: int, labels: Iterable[Label]) -> None:
        bit, known = 1 << position, self._labels
        for label in labels:
            known[label] = known.get(label, 0) | bit

    def _unmark(self, position: int, labels: Iterable[Label]) -> None:
        bit, known = 1 << position, self._labels
        for label in labels:
            rest = known.get(label, 0) & ~bit
            if rest:
                known[label] = rest
            else:
                known.pop(label, None)


def _nth(bits: int, number: int) -> int:
    """The place of the set bit that has ``number`` below it."""
    place, width = 0, SIZE
    while width > 1:
        width //= 2
        below = (bits >> place & ((1 << width) - 1)).bit_count()
        if number >= below:
            number -= below
            place += width
    return place
