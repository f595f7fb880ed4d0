"""What is to become of jobs otherwise than usual: rules that meet jobs as they are submitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dryshot.world.jobs import Job, Loss
from dryshot.world.lifecycle import JobEvent
from dryshot.world.reasons import Reason
from dryshot.world.work import Outcome

__all__ = ["Fate", "Verdict", "Which"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Jobs by what was submitted; None is any. ``tag`` is one of the job's tags."""

    program: str | None = None
    backend: str | None = None
    dialect: str | None = None
    tag: str | None = None

    def holds(self, job: Job) -> bool:
        """Whether the job is one of them."""
        wanted = (
            (self.program, job.program_id),
            (self.backend, job.backend),
            (self.dialect, job.dialect),
        )
        return all(want is None or want == have for want, have in wanted) and (
            self.tag is None or self.tag in job.tags
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run ends that no engine makes.

    It ends ``after`` seconds; None is the run's usual time. ``outcome`` is what a failed job
    leaves.
    """

    event: JobEvent
    after: float | None = None
    code: int | None = None
    reason: Reason | None = None
    outcome: Outcome | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Fate:
    """What happens to the next ``left`` jobs; None is to all.

    ``delay`` is seconds of run more, ``stuck`` jobs do not start, ``edit`` changes what a job that
    went well left. ``loss`` gives each job the loss of its results. ``over`` ends all of that for
    jobs that it met and that have not come to it.
    """

    which: Which
    left: int | None = 1
    verdict: Verdict | None = None
    delay: float = 0.0
    stuck: bool = False
    edit: Callable[[Outcome], Outcome] | None = None
    loss: Callable[[], Loss] | None = None
    over: bool = False
    met: list[Job] = field(default_factory=list)

    def meets(self, job: Job) -> bool:
        """Whether a new job has this fate; it is one fewer then."""
        if self.over or self.left == 0 or not self.which.holds(job):
            return False
        if self.left is not None:
            self.left -= 1
        if self.loss is not None:
            job.loss = self.loss()
            self.met.append(job)
        return True

    def end(self) -> None:
        """Let it be over; results that were lost are there again."""
        self.over = True
        for job in self.met:
            job.loss = None
        self.met.clear()
