"""Jobs that were recorded, run again: under their ids, at their pace, to their ends."""

from __future__ import annotations

from collections.abc import Callable, Container
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from random import Random
from typing import ParamSpec, TypeVar, cast

from dryshot.clock import Clock
from dryshot.recording.timelines import FOREVER, Timeline
from dryshot.world import IdSource, Job, Outcome, Pace, Task
from dryshot.world.runner import InlineExecutor, LimitedExecutor, PacePolicy, default_pace

__all__ = ["RecordedIds", "RecordedRuns"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class RecordedIds(IdSource):
    """Gives the id that it was told, once; else a new one that the recording does not have."""

    taken: Container[str] = ()
    next_job: str | None = None
    next_session: str | None = None

    def new(self, clock: Clock) -> str:
        """The next job's id."""
        told, self.next_job = self.next_job, None
        if told is not None:
            return told
        made = IdSource.new(self, clock)
        while made in self.taken:
            made = IdSource.new(self, clock)
        return made

    def new_classic(self, clock: Clock, *, later: bool) -> str:
        """The same; one that was told is spelt as it is."""
        if self.next_job is not None:
            return self.new(clock)
        made = IdSource.new_classic(self, clock, later=later)
        while made in self.taken:
            made = IdSource.new_classic(self, clock, later=later)
        return made

    def new_session(self, random: Random) -> str:
        """The next session's id."""
        told, self.next_session = self.next_session, None
        return IdSource.new_session(self, random) if told is None else told


@dataclass
class RecordedRuns(LimitedExecutor):
    """Whose timeline a job has; all other jobs are for the usual pace and the usual executor.

    What was recorded ends as it did without an engine; only where its results were never asked for
    does the engine make some.
    """

    clock: Clock
    usual: PacePolicy | None = None
    executor: Executor | None = None
    timelines: dict[str, Timeline] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.executor = self.executor or InlineExecutor()

    def pace(self, job: Job) -> Pace:
        """How much longer it waits, and then runs; ``job`` may have waited before."""
        known = self.timelines.get(job.id)
        if known is None:
            usual = self.usual or default_pace
            return usual(job) if callable(usual) else usual
        pace = known.pace
        if pace.queue >= FOREVER:
            return pace
        gone = (self.clock.now() - job.created).total_seconds()
        left = max(0.0, pace.queue - gone)
        run = pace.run - max(0.0, gone - pace.queue)
        longest = FOREVER if pace.run >= FOREVER else float(job.cost)
        return Pace(left, min(max(0.0, run), longest))

    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """The recorded end of a task's job, else what the usual executor gives."""
        task = next((value for value in args if isinstance(value, Task)), None)
        known = None if task is None else self.timelines.get(task.job_id)
        if known is not None and (known.ran_too_long or known.outcome is not None):
            future: Future[Outcome] = Future()
            if known.outcome is None:
                future.set_exception(TimeoutError())
            else:
                future.set_result(known.outcome)
            return cast("Future[T]", future)
        if isinstance(self.executor, LimitedExecutor):
            return self.executor.submit_within(seconds, fn, *args, **kwargs)
        return cast("Executor", self.executor).submit(fn, *args, **kwargs)
