"""A scenario: what a world is to be like, and what goes wrong in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dryshot.world.declaration import Declaration
from dryshot.world.limits import Limits
from dryshot.world.paces import UsualPace

__all__ = ["Scenario", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """A trouble by its name, from ``at`` seconds after the start ``until`` others, if not None."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    at: float | None = None
    until: float | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The arguments with which it is started."""
        times = {"start": self.at, "end": self.until}
        given = {name: value for name, value in times.items() if value is not None}
        return {**self.arguments, **given}


@dataclass(frozen=True, slots=True)
class Scenario:
    """As a scenario file has it; ``faults`` and ``jobs`` are in their JSON form.

    ``declaration``, ``limits`` and ``pace`` are what a world begins with, the rest happens to it.
    """

    name: str
    description: str = ""
    declaration: Declaration = field(default_factory=Declaration)
    limits: Mapping[str, Any] = field(default_factory=dict)
    pace: UsualPace | None = None
    jobs: tuple[Mapping[str, Any], ...] = ()
    clear: bool = False
    faults: tuple[Mapping[str, Any], ...] = ()
    trouble: tuple[Step, ...] = ()

    def __add__(self, other: Scenario) -> Scenario:
        """First this one, then the other, whose limits and pace count where both have some."""
        return Scenario(
            f"{self.name} + {other.name}",
            f"{self.description} {other.description}".strip(),
            self.declaration + other.declaration,
            {**self.limits, **other.limits},
            other.pace or self.pace,
            self.jobs + other.jobs,
            self.clear or other.clear,
            other.faults if other.clear else self.faults + other.faults,
            other.trouble if other.clear else self.trouble + other.trouble,
        )

    @classmethod
    def of(cls, scenarios: Iterable[Scenario]) -> Scenario:
        """All of them, one after the other."""
        first, *others = scenarios
        for other in others:
            first += other
        return first

    @property
    def begins(self) -> list[str]:
        """The names of the parts that only a world that begins can have."""
        parts = {
            "world": replace(self.declaration, era=None) != Declaration(),
            "era": self.declaration.era is not None,
            "limits": bool(self.limits),
        }
        return [name for name, given in parts.items() if given]

    def limited(self, own: Limits | None) -> Limits:
        """Its limits; those of ``own`` that are not the usual ones count more."""
        return Limits.of({**self.limits, **({} if own is None else own.changes)})

    def events(self) -> Scenario:
        """What happens in a world that has begun."""
        return replace(self, declaration=Declaration(), limits={}, pace=None)

    def digest(self) -> str:
        """Tells it from any other; what it declares is left out."""
        said = [
            dict(self.limits),
            repr(self.pace),
            [dict(job) for job in self.jobs],
            self.clear,
            [dict(fault) for fault in self.faults],
            [[step.name, dict(step.arguments), step.at, step.until] for step in self.trouble],
        ]
        text = json.dumps(said, sort_keys=True, default=str)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
