"""Which jobs of a world are under way, and which runs have ended since somebody last asked."""

from __future__ import annotations

from dryshot.server.outcomes import Outcomes
from dryshot.server.records import Unended
from dryshot.world import Job, Outcome, World

__all__ = ["Runs"]

_FEW = 64


class Runs:
    """Follows the jobs of a world; it is to be asked after each request that may make one.

    What that costs does not grow with the jobs that wait: only runs that have begun can end.
    """

    def __init__(self, world: World, outcomes: Outcomes) -> None:
        self._world = world
        self._outcomes = outcomes
        self._unfinished: dict[str, Job] = {}
        self._most = _FEW
        self._newest: str | None = None

    @property
    def idle(self) -> bool:
        """Whether no job waits or runs."""
        self._sift()
        return not self._unfinished

    def ended(self) -> list[tuple[Job, Outcome | Unended]]:
        """Notice the job that was made last, and each run that has ended, once and in order."""
        jobs = self._world.jobs
        newest = next(reversed(jobs), None)
        if newest is not None and newest != self._newest:
            self._newest = newest
            self._unfinished[newest] = jobs[newest]
            if len(self._unfinished) > self._most:
                self._sift()
                self._most = max(_FEW, 2 * len(self._unfinished))
        begun = self._outcomes.begun
        if not begun:
            return []
        noticed = map(self._unfinished.get, begun)
        over = [job for job in noticed if job is not None and job.status.final]
        over.sort(key=lambda job: job.ended or job.created)
        ended = []
        for job in over:
            del self._unfinished[job.id]
            end = self._outcomes.take(job)
            if end is not None:
                ended.append((job, end))
        return ended

    def _sift(self) -> None:
        """Forget jobs that ended without a run of their own."""
        begun = self._outcomes.begun
        self._unfinished = {
            name: job
            for name, job in self._unfinished.items()
            if name in begun or not job.status.final
        }
