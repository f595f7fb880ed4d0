"""What a comparison found: each difference once, with its places and what it means for a client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from dryshot.errors import DryshotError

__all__ = ["DriftError", "Finding", "Place", "Report", "Verdict", "fold"]


class DriftError(DryshotError):
    """What is to be compared cannot be read; the message names the file and what is wrong."""


class Verdict(Enum):
    """What a difference means for a client that was written against our documents."""

    BREAKING = "breaking"
    NON_BREAKING = "non-breaking"
    INFORMATIONAL = "informational"


_ORDER = {verdict: index for index, verdict in enumerate(Verdict)}


class Place(NamedTuple):
    """Where: the operation, what of it (``response 200``, ``query limit``), and a JSON path in it.

    In ``path`` the whole is ``$``, any element of an array ``[]``, any value of a map ``{}``.
    """

    operation: str
    where: str = ""
    path: str = ""

    def __str__(self) -> str:
        path = "" if self.path == "$" else self.path
        return " ".join(filter(None, (self.operation, self.where, path)))


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference; ``rule`` is its stable name.

    ``places`` are all places it was met at, sorted, and at least one: a part of a document that
    many operations share differs once. ``source`` is the JSON pointer of that part, if it has one.
    """

    rule: str
    verdict: Verdict
    places: tuple[Place, ...]
    text: str
    source: str = ""

    @property
    def place(self) -> Place:
        """The first place."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a comparison.

    ``subject`` says what was compared with what, ``file`` is the file that annotations are for,
    ``checked`` how much was looked at, in words. ``remarks`` are what could not be compared: they
    are no differences.
    """

    subject: str
    findings: tuple[Finding, ...]
    file: str = ""
    checked: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def drift(self) -> bool:
        """Whether anything differs."""
        return bool(self.findings)

    def count(self, verdict: Verdict) -> int:
        """How many findings have this verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    def only(self, verdict: Verdict) -> Report:
        """The same with the findings of one verdict."""
        kept = tuple(finding for finding in self.findings if finding.verdict is verdict)
        return replace(self, findings=kept)


def fold(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each difference once, with all its places; the worst first, then by place and rule."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        where = (finding.source,) if finding.source else tuple(finding.place)
        groups.setdefault((finding.rule, finding.text, *where), []).append(finding)
    folded = (
        replace(group[0], places=tuple(sorted({p for one in group for p in one.places})))
        for group in groups.values()
    )
    return tuple(sorted(folded, key=lambda one: (_ORDER[one.verdict], one.places, one.rule)))
