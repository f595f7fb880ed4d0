"""What the world hands to an engine, and what it gets back. Both are plain and can be pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from dryshot.world.backends import Backend
from dryshot.world.ids import stream

__all__ = ["MAX_EXECUTIONS", "DialectName", "Engine", "Given", "Lot", "Outcome", "Script", "Task"]

MAX_EXECUTIONS = 10_000_000
"""How often a job of the platform may run its circuits, all of them together."""

DialectName = Literal["classic", "platform"]
"""Which of the two APIs a job came through; it decides the form of its result."""


class Lot(NamedTuple):
    """What a job's seed is drawn from: the world's own seed, and the job's id."""

    seed: int
    job_id: str

    def draw(self) -> int:
        """63 bits, the same every time; this takes longer than many an engine that needs none."""
        return stream(self.seed, "job", self.job_id).getrandbits(63)


@dataclass(frozen=True, slots=True)
class Task:
    """One program to run.

    ``params`` is the job's ``params`` object as it came over the wire, decoded from JSON and no
    more. ``lot`` is the seed, or what it is drawn from when an engine asks for it. A job of the
    platform that asks for more than ``max_executions`` fails; None is any number.
    """

    job_id: str
    program_id: str
    params: Mapping[str, Any]
    backend: Backend
    lot: int | Lot
    dialect: DialectName = "classic"
    max_executions: int | None = MAX_EXECUTIONS

    @property
    def seed(self) -> int:
        """What makes the outcome repeatable: equal tasks give equal outcomes."""
        return self.lot.draw() if isinstance(self.lot, Lot) else self.lot


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended.

    ``body`` is the text that the results call answers: compact JSON of the program's return value,
    or the traceback of a failed one. ``reason`` and ``reason_code`` are set for a failure only.
    ``quantum_seconds`` is the device time used, in seconds; 0 on a simulator.
    """

    failed: bool
    body: str
    reason: str | None = None
    reason_code: int | None = None
    quantum_seconds: float = 0.0
    executions: int = 0
    num_circuits: int = 0
    num_qubits: tuple[int, ...] = ()
    circuit_depths: tuple[int, ...] = ()
    logs: str = ""


class Engine(Protocol):
    """Runs a task. It must not raise for what a user sent: that is a failed :class:`Outcome`."""

    def __call__(self, task: Task, /) -> Outcome:
        """Run ``task`` to its end."""


@dataclass(frozen=True, slots=True)
class Given:
    """An engine that computes nothing: whatever the task, this is its outcome."""

    outcome: Outcome

    def __call__(self, _task: Task, /) -> Outcome:
        """The outcome."""
        return self.outcome


@dataclass(frozen=True, slots=True)
class Script:
    """How one job goes: by which engine, and in how many seconds; None is as any other does."""

    engine: Engine | None = None
    run: float | None = None
