"""What engines gave: told to whoever keeps it, and given again when a world is lived through."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar, cast

from dryshot.server.records import Unended
from dryshot.world import Job, Outcome, Pace, Task
from dryshot.world.executors import Settled
from dryshot.world.runner import InlineExecutor, LimitedExecutor, PacePolicy, default_pace

__all__ = ["Outcomes"]

P = ParamSpec("P")
T = TypeVar("T")

_LATER = 1000
"""Microseconds by which a run that was stopped would have gone on at least."""


class Outcomes(LimitedExecutor):
    """Runs engines in another executor, but for jobs of which is known how they ended.

    Where worlds wait for engines (``waits``), such a job runs as long as it did. Where they do not,
    it ends when :meth:`conclude` is called: its end came between two requests, maybe of the same
    instant, and must come there again.
    """

    def __init__(self) -> None:
        self.executor: Executor = InlineExecutor()
        self.waits = True
        self._known: dict[str, tuple[int, Outcome | Unended]] = {}
        self._futures: dict[str, Future[Outcome] | Settled[Outcome]] = {}
        self._pending: dict[str, Future[Outcome]] = {}

    @property
    def begun(self) -> Collection[str]:
        """The ids of jobs whose runs have begun, and were not taken yet, in that order."""
        return self._futures.keys()

    def know(self, job_id: str, run: int, end: Outcome | Unended) -> None:
        """A job of this id will run for ``run`` microseconds, and end like this."""
        self._known[job_id] = run, end

    def conclude(self, job_id: str) -> None:
        """Let a job that is known, and runs, end now."""
        future = self._pending.pop(job_id, None)
        if future is not None and not future.cancelled():
            _settle(future, self._known[job_id][1])

    def forget(self) -> None:
        """Know of no further jobs."""
        self._known.clear()
        self._pending.clear()

    def stop(self) -> None:
        """Let no engine go on: nobody wants to know any more."""
        for future in tuple(self._futures.values()):
            future.cancel()

    def settle(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Settled[T] | None:
        """What an engine gave that runs inline, for a job of which nothing is known."""
        task = args[0] if args else None
        if type(self.executor) is not InlineExecutor or not isinstance(task, Task):
            return None
        if task.job_id in self._known:
            return None
        settled = Settled(fn, *args, **kwargs)
        self._futures[task.job_id] = cast("Settled[Outcome]", settled)
        return settled

    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """What is known of a task's job, else what the other executor gives."""
        task = next((value for value in args if isinstance(value, Task)), None)
        if task is not None and task.job_id in self._known:
            known: Future[Outcome] = Future()
            if self.waits:
                _settle(known, self._known[task.job_id][1])
            else:
                self._pending[task.job_id] = known
            return cast("Future[T]", known)
        if isinstance(self.executor, LimitedExecutor):
            future = self.executor.submit_within(seconds, fn, *args, **kwargs)
        else:
            future = self.executor.submit(fn, *args, **kwargs)
        if task is not None:
            self._futures[task.job_id] = cast("Future[Outcome]", future)
        return future

    def take(self, job: Job) -> Outcome | Unended | None:
        """How the run of a job ended, once; None if it never began, or was known before."""
        future = self._futures.pop(job.id, None)
        if future is None:
            return None
        if job.outcome is not None:  # its body may be gone: a private one is read once
            failed = future.cancelled() or future.exception() is not None
            return job.outcome if failed else future.result()
        if future.done() and not future.cancelled():
            return "too long" if isinstance(future.exception(), TimeoutError) else "stopped"
        return "stopped"

    def pace(self, policy: PacePolicy | None) -> PacePolicy:
        """The policy, but for jobs of which is known how long they ran."""
        policy = policy or default_pace

        def pace(job: Job) -> Pace:
            usual = policy(job) if callable(policy) else policy
            if job.id not in self._known or not self.waits:
                return usual
            run, end = self._known[job.id]
            run += _LATER if end == "stopped" else 0
            return Pace(usual.queue, min(run / 1_000_000, job.cost), measured=True)

        return pace


def _settle(future: Future[Outcome], end: Outcome | Unended) -> None:
    if isinstance(end, Outcome):
        future.set_result(end)
    elif end == "too long":
        future.set_exception(TimeoutError())
