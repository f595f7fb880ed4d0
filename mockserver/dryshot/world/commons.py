"""What the classic service and the platform of one world have in common."""

from __future__ import annotations

from dataclasses import dataclass

from dryshot.clock import Clock
from dryshot.world.accounts import Accounts
from dryshot.world.backends import Backend
from dryshot.world.ids import IdSource, stream
from dryshot.world.jobs import Job
from dryshot.world.runner import Runner
from dryshot.world.work import Task

__all__ = ["Commons"]


@dataclass(frozen=True, slots=True)
class Commons:
    """The parts that both share; ``jobs`` holds every job in the order of its making."""

    clock: Clock
    seed: int
    accounts: Accounts
    backends: dict[str, Backend]
    jobs: dict[str, Job]
    ids: IdSource
    runner: Runner

    def new_id(self) -> str:
        """The next job's id."""
        return self.ids.new(self.clock)

    def enqueue(self, job: Job, backend: Backend) -> None:
        """Keep a new job, and let it run on ``backend`` when its time comes."""
        self.jobs[job.id] = job
        seed = stream(self.seed, "job", job.id).getrandbits(63)
        params = job.submission.params
        task = Task(job.id, job.program_id, params, backend, seed, job.dialect)
        self.runner.enqueue(job, task)
