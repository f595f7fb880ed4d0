"""What a coverage comes to: totals, what is missing, and what is not in any document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dryshot.coverage.coverage import Coverage
from dryshot.coverage.universe import REQUEST, Declared, Universe

__all__ = ["KINDS", "OperationReport", "Report", "Share"]

KINDS: Mapping[str, str] = {
    "operations": "operation",
    "statuses": "status",
    "codes": "code",
    "fields": "field",
    "values": "value",
    "inputs": "input",
}
"""What is counted, by its name in reports and options; the second is how keys call it."""


class Share(NamedTuple):
    """So many of so many."""

    covered: int
    declared: int

    @property
    def percent(self) -> float:
        """0 to 100; 100 where nothing is declared."""
        return 100 * self.covered / self.declared if self.declared else 100.0

    def __str__(self) -> str:
        return f"{self.covered}/{self.declared}"


@dataclass(frozen=True, slots=True)
class OperationReport:
    """One operation; ``missing`` has texts by the names of :data:`KINDS`."""

    key: str
    method: str
    path: str
    statuses: Mapping[str, int]
    shares: Mapping[str, Share]
    missing: Mapping[str, tuple[str, ...]]
    more_codes: tuple[str, ...]

    @property
    def called(self) -> bool:
        """Whether it was called at all."""
        return self.shares["operations"].covered > 0


class Report:
    """A coverage against what is declared.

    Totals are of the documents of which anything was exercised: who tests against one API is not
    measured by the other. ``untouched`` names the rest. If nothing was exercised, they are of all.
    """

    def __init__(self, coverage: Coverage, universe: Universe | None = None) -> None:
        self.coverage = coverage
        universe = universe or Universe.load()
        counts = coverage.counts
        self.operations = [_operation(one, counts) for one in universe.operations.values()]
        documents = [contract.name for contract in universe.documents]
        called = {_document(one.key) for one in self.operations if one.called}
        self.documents = [name for name in documents if name in called] or documents
        self.untouched = [name for name in documents if name not in self.documents]
        self.nothing = not called
        self.outside = sorted((key[1:], n) for key, n in counts.items() if key[0] == "outside")
        self.unread = _topmost(
            (key[1], key[2], n)
            for key, n in counts.items()
            if key[0] == "sent" and not counts.get(("read", *key[1:]))
        )
        self.unknown = sum(n for key, n in counts.items() if key[0] == "unknown")
        self.lost, self.cut = counts.get(("lost",), 0), counts.get(("cut",), 0)
        self.silent = counts.get(("silent",), 0)

    def total(self, kind: str, documents: Iterable[str] | None = None) -> Share:
        """How much of one kind, in the documents that count or in those given."""
        chosen = set(self.documents if documents is None else documents)
        shares = [one.shares[kind] for one in self.operations if _document(one.key) in chosen]
        return Share(sum(one.covered for one in shares), sum(one.declared for one in shares))

    @property
    def percent(self) -> float:
        """The headline: of all statuses of all operations, how many were answered."""
        return self.total("statuses").percent

    def notes(self) -> list[str]:
        """Sentences on what the figures leave out."""
        said = []
        if self.nothing:
            said.append("No operation of any document was called.")
        if self.untouched and not self.nothing:
            said.append(f"Not counted, as nothing called them: {', '.join(self.untouched)}.")
        if self.unknown:
            said.append(f"Requests that mean no operation: {self.unknown}.")
        if self.lost:
            said.append(f"Exchanges that a journal forgot before they were counted: {self.lost}.")
        if self.cut:
            said.append(f"Exchanges with bodies too large to be looked into: {self.cut}.")
        if self.silent:
            said.append(f"Workers that ended without telling what they exercised: {self.silent}.")
        return said

    def to_json(self) -> dict[str, Any]:
        """The coverage's own JSON, with totals and lists for whoever reads it."""
        return {
            **self.coverage.to_json(),
            "percent": round(self.percent, 2),
            "documents": {"counted": self.documents, "untouched": self.untouched},
            "totals": {kind: _share(self.total(kind)) for kind in KINDS},
            "operations": [
                {
                    "operation": one.key,
                    "method": one.method,
                    "path": one.path,
                    "statuses": dict(one.statuses),
                    "missing": {kind: list(texts) for kind, texts in one.missing.items() if texts},
                    "undeclared_codes": list(one.more_codes),
                }
                for one in self.operations
            ],
            "unread": [
                {"operation": key, "field": place, "sent": times}
                for key, place, times in self.unread
            ],
            "outside": [
                {"operation": key, "status": status, "what": what, "times": times}
                for (key, status, what), times in self.outside
            ],
            "notes": self.notes(),
        }


def _share(share: Share) -> dict[str, Any]:
    return {**share._asdict(), "percent": round(share.percent, 2)}


def _document(key: str) -> str:
    return key.partition(".")[0]


def _operation(declared: Declared, counts: Counter[tuple[str, ...]]) -> OperationReport:
    name, operation = declared.key, declared.operation
    keys: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in dict.fromkeys(declared.things()):
        keys[key[0]].append(key)
    statuses = {status: counts.get(("status", name, status), 0) for status in declared.replies}
    codes = {key[2] for key in counts if key[0] == "code" and key[1] == name}
    strange = any(key[0] == "outside" and key[1] == name for key in counts)
    shares = {"operations": Share(int(any(statuses.values()) or strange), 1)}
    missing: dict[str, tuple[str, ...]] = {}
    for kind, word in KINDS.items():
        if kind == "operations":
            continue
        absent = [key for key in keys[word] if key not in counts]
        shares[kind] = Share(len(keys[word]) - len(absent), len(keys[word]))
        missing[kind] = tuple(_text(key) for key in absent)
    more = tuple(sorted(codes - {key[2] for key in keys["code"]}))
    return OperationReport(name, operation.method, operation.path, statuses, shares, missing, more)


def _text(key: tuple[str, ...]) -> str:
    kind, _, *rest = key
    if kind == "value":
        status, path, value = rest
        return f"{path} = {value}" if status == REQUEST else f"{status} {path} = {value}"
    return " ".join(rest)


def _topmost(rows: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Without those inside of one that nothing read either."""
    kept: list[tuple[str, str, int]] = []
    for key, place, times in sorted(rows):
        above = any(
            key == other and place.startswith((f"{outer}.", f"{outer}["))
            for other, outer, _ in kept
        )
        if not above:
            kept.append((key, place, times))
    return kept
