"""What the classic service and the platform of one world have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

from dryshot.clock import Clock
from dryshot.world.accounts import Accounts
from dryshot.world.backends import Backend
from dryshot.world.ids import IdSource
from dryshot.world.jobs import Job
from dryshot.world.limits import Limits, SubmissionRate
from dryshot.world.runner import Pace, Runner
from dryshot.world.shelves import Jobs
from dryshot.world.work import Lot, Script, Task

__all__ = ["Commons"]


@dataclass(frozen=True, slots=True)
class Commons:
    """The parts that both share; ``jobs`` holds every job of both.

    ``removed`` names the backends that are gone for now, each as often as it was removed. The
    classic service writes its ids in the later alphabet where ``later_ids`` says so.
    """

    clock: Clock
    seed: int
    accounts: Accounts
    backends: dict[str, Backend]
    jobs: Jobs
    ids: IdSource
    runner: Runner
    limits: Limits = field(default_factory=Limits)
    later_ids: bool = False
    removed: list[str] = field(default_factory=list)
    rate: SubmissionRate = field(init=False)

    def __post_init__(self) -> None:
        rate = SubmissionRate(self.clock, self.limits.submissions_per_minute)
        object.__setattr__(self, "rate", rate)

    def new_id(self) -> str:
        """The next job's id."""
        return self.ids.new(self.clock)

    def new_classic_id(self) -> str:
        """The next id of a job or a session of the classic service."""
        return self.ids.new_classic(self.clock, later=self.later_ids)

    def enqueue(
        self,
        job: Job,
        backend: Backend,
        pace: Pace | None = None,
        script: Script | None = None,
    ) -> None:
        """Keep a new job, and let it run on ``backend`` when its time comes."""
        self.runner.enqueue(job, self.task(job, backend), pace, script)
        self.jobs.keep(job)

    def task(self, job: Job, backend: Backend) -> Task:
        """What an engine is to do for a job."""
        asked, lot, most = job.submission, Lot(self.seed, job.id), self.limits.shots
        return Task(job.id, asked.program_id, asked.params, backend, lot, asked.dialect, most)
