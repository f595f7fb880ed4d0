"""How long jobs wait and run: the usual pace, and what is said otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dryshot.world.jobs import Job

__all__ = ["Pace", "PacePolicy", "UsualPace", "default_pace"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a job waits in the queue and then runs, in seconds of the world's clock.

    A ``measured`` run was as long as that before, whatever made it longer than usual.
    """

    queue: float = 0.5
    run: float = 1.0
    measured: bool = False

    def __post_init__(self) -> None:
        for name in ("queue", "run"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"pace: {name} is {getattr(self, name)} s; it is 0 or more")


PacePolicy = Pace | Callable[[Job], Pace]
"""One pace for every job, or a function that gives each job (by backend, tag, ...) its own."""

_PACES = {"classic": Pace(), "platform": Pace(0, 0)}


def default_pace(job: Job) -> Pace:
    """What clients of each dialect get along with best.

    A classic client sees Running at the first look, as in the notebook; one of the platform, which
    looks at once and then sleeps in real time, finds the job Completed.
    """
    return _PACES[job.dialect]


@dataclass(frozen=True, slots=True)
class UsualPace:
    """What clients of each dialect get along with best, but for what is given, in seconds."""

    queue: float | None = None
    run: float | None = None

    def __call__(self, job: Job) -> Pace:
        """How long this job waits and runs."""
        usual = default_pace(job)
        return Pace(
            usual.queue if self.queue is None else self.queue,
            usual.run if self.run is None else self.run,
        )
