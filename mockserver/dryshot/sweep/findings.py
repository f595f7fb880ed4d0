"""What a sweep has found, point by point, and what of it is one and the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

from dryshot.sweep.kinds import Moment
from dryshot.sweep.points import Call, Point

__all__ = ["OUTCOMES", "Finding", "Outcome", "Result", "Sweep"]

Outcome = Literal["fine", "not reached", "crashed", "hung", "lost", "twice"]

OUTCOMES: Mapping[Outcome, str] = {
    "crashed": "crashed with an error that nothing handled",
    "hung": "came to no end",
    "lost": "lost a job",
    "twice": "submitted the same work twice",
    "not reached": "did not come to the call again",
    "fine": "bore it",
}
"""In the order in which they are told."""

_GOOD = ("fine", "not reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one point.

    ``error`` is the beginning of what was raised, ``where`` the line of the code under test, if
    there is one. ``also`` is what went wrong besides.
    """

    point: Point
    outcome: Outcome
    error: str = ""
    where: str = ""
    also: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether there is nothing to mend."""
        return self.outcome in _GOOD


@dataclass(frozen=True, slots=True)
class Finding:
    """Results with the same outcome at the same place: what is probably one mistake."""

    outcome: Outcome
    where: str
    results: tuple[Result, ...]

    @property
    def title(self) -> str:
        """In a line."""
        points = f"{len(self.results)} point{'s' if len(self.results) > 1 else ''}"
        at = f" at {self.where}" if self.where else ""
        return f"{OUTCOMES[self.outcome]}{at} ({points})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """All of one test; ``left_out`` is how many points were not tried, ``seconds`` are real."""

    test: str
    calls: Sequence[Call]
    results: Sequence[Result]
    left_out: int = 0
    seconds: float = 0.0

    @property
    def findings(self) -> list[Finding]:
        """What went wrong, crashes first.

        Crashes and hangs are one if they are at the same line; jobs that were lost, or submitted
        twice, if that came of faults at the same operation.
        """
        groups: dict[tuple[Outcome, str], list[Result]] = {}
        for one in self.results:
            if not one.good:
                place = one.where if one.outcome in {"crashed", "hung"} else ""
                key = place or f"a fault in {one.point.call.operation}"
                groups.setdefault((one.outcome, key), []).append(one)
        order = get_args(Outcome)
        found = [Finding(outcome, where, tuple(some)) for (outcome, where), some in groups.items()]
        return sorted(found, key=lambda one: order.index(one.outcome))

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many points had each outcome."""
        counted = Counter(one.outcome for one in self.results)
        return {outcome: counted[outcome] for outcome in OUTCOMES if counted[outcome]}

    def to_json(self) -> dict[str, Any]:
        """Everything."""
        return {
            "test": self.test,
            "seconds": round(self.seconds, 3),
            "calls": [asdict(call) for call in self.calls],
            "left_out": self.left_out,
            "counts": self.counts,
            "points": [_point(one) for one in self.results],
            "findings": [
                {
                    "outcome": one.outcome,
                    "where": one.where,
                    "points": [str(result.point) for result in one.results],
                }
                for one in self.findings
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """As :meth:`to_json` has it."""
        calls = [Call(**call) for call in value["calls"]]
        by_number = {call.number: call for call in calls}
        results = [_result(one, by_number) for one in value["points"]]
        return cls(
            test=value["test"],
            calls=calls,
            results=results,
            left_out=value["left_out"],
            seconds=value["seconds"],
        )


def _point(one: Result) -> dict[str, Any]:
    return {
        "id": str(one.point),
        "call": one.point.call.number,
        "operation": one.point.call.operation,
        "kind": one.point.kind,
        "moment": one.point.moment,
        "outcome": one.outcome,
        "error": one.error,
        "where": one.where,
        "also": list(one.also),
        "reproduce": one.point.line,
    }


def _result(value: Mapping[str, Any], calls: Mapping[int, Call]) -> Result:
    moment: Moment = value["moment"]
    return Result(
        point=Point(calls[value["call"]], value["kind"], moment),
        outcome=value["outcome"],
        error=value["error"],
        where=value["where"],
        also=tuple(value["also"]),
    )
