"""Moves jobs along: into the machine, through the engine, to their end, as the clock says."""

from __future__ import annotations

import math
import traceback
from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from dryshot.clock import Clock, Event
from dryshot.world.jobs import Job
from dryshot.world.lifecycle import JobEvent
from dryshot.world.work import Engine, Outcome, Task

__all__ = [
    "Hold",
    "InlineExecutor",
    "LimitedExecutor",
    "Pace",
    "PacePolicy",
    "Runner",
    "default_pace",
]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a job waits in the queue and then runs, in seconds of the world's clock."""

    queue: float = 0.5
    run: float = 1.0

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


Hold = Callable[[Job], float]
"""How many more seconds a job that is due must wait; 0 lets it start, ``inf`` waits for a wake."""


class InlineExecutor(Executor):
    """Runs what is submitted at once, in the caller's thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is already done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever was raised
            future.set_exception(error)
        return future


class LimitedExecutor(Executor):
    """An executor that stops what takes too long."""

    @abstractmethod
    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Like ``submit``; ``TimeoutError`` when ``fn`` has run for ``seconds`` of real time."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` for as long as it takes."""
        return self.submit_within(None, fn, *args, **kwargs)


@dataclass(slots=True)
class _Run:
    job: Job
    begin: Callable[[], None]
    due: Event
    held: bool = False
    future: Future[Outcome] | None = None


class Runner:
    """Every job that is not yet final, and the event that moves it next.

    With ``wait``, the end of a run waits for the engine, and so always comes at its own instant.
    Without, nobody waits: a job whose run is over before the engine is done ends when it is done,
    at the clock's next movement. The engine's time is real, and limited to the job's ``cost`` by an
    executor that can do that.
    """

    def __init__(
        self,
        clock: Clock,
        engine: Engine,
        pace: PacePolicy,
        *,
        executor: Executor,
        on_change: Callable[[Job], Any],
        hold: Hold = lambda _job: 0.0,
        wait: bool = True,
    ) -> None:
        self.clock = clock
        self.engine = engine
        self.pace = pace
        self._executor = executor
        self._on_change = on_change
        self._hold = hold
        self._wait = wait
        self._runs: dict[str, _Run] = {}

    def enqueue(self, job: Job, task: Task) -> None:
        """Let a queued job start, and end, when its time comes."""
        pace = self.pace(job) if callable(self.pace) else self.pace

        def begin() -> None:
            self._start(job, task, pace.run)

        self._runs[job.id] = _Run(job, begin, self.clock.call_later(pace.queue, begin))

    def wake(self) -> None:
        """Let every job that is held try again; jobs keep their order."""
        for run in self._runs.values():
            if run.held:
                run.held = False
                run.due.cancel()
                run.due = self.clock.call_later(0, run.begin)

    def drop(self, job: Job) -> None:
        """Forget a job: nothing will happen to it any more."""
        run = self._runs.pop(job.id, None)
        if run is not None:
            run.due.cancel()
            if run.future is not None:
                run.future.cancel()

    def queue_length(self, backend: str) -> int:
        """How many jobs wait for a backend."""
        return sum(
            run.job.backend == backend and run.job.started is None for run in self._runs.values()
        )

    def _start(self, job: Job, task: Task, seconds: float) -> None:
        run = self._runs[job.id]
        wait = self._hold(job)
        run.held = wait > 0
        if run.held:
            if wait < math.inf:
                run.due = self.clock.call_later(wait, run.begin)
            return
        job.happen(JobEvent.START, self.clock.now())
        if seconds > job.cost:
            run.due = self.clock.call_later(job.cost, lambda: self._stop(job))
        else:
            run.future = self._submit(job, task)
            run.due = self.clock.call_later(seconds, lambda: self._end(run))
        self._on_change(job)

    def _submit(self, job: Job, task: Task) -> Future[Outcome]:
        if isinstance(self._executor, LimitedExecutor):
            return self._executor.submit_within(job.cost, self.engine, task)
        return self._executor.submit(self.engine, task)

    def _end(self, run: _Run) -> None:
        """The run's time is over: finish it, now or when the engine is done."""
        future = run.future
        if future is None or self._runs.get(run.job.id) is not run:
            return
        if self._wait or future.done():
            self._finish(run.job, future)
        else:  # called back in the engine's thread, which must not touch the world
            future.add_done_callback(lambda _done: self.clock.call_later(0, lambda: self._end(run)))

    def _stop(self, job: Job) -> None:
        self.drop(job)
        now = self.clock.now()
        job.happen(JobEvent.RUN_TOO_LONG, now, reason="Ran too long", reason_code=1305)
        self._on_change(job)

    def _finish(self, job: Job, future: Future[Outcome]) -> None:
        if _timed_out(future) and isinstance(self._executor, LimitedExecutor):
            self._stop(job)
            return
        del self._runs[job.id]
        job.outcome = outcome = _outcome(future)
        job.happen(
            JobEvent.FAIL if outcome.failed else JobEvent.COMPLETE,
            self.clock.now(),
            reason=outcome.reason,
            reason_code=outcome.reason_code,
        )
        self._on_change(job)


def _timed_out(future: Future[Outcome]) -> bool:
    try:
        return isinstance(future.exception(), TimeoutError)
    except CancelledError:
        return False


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - whatever an engine raises fails its job only
        body = "".join(traceback.format_exception(error))
        text = str(error) or type(error).__name__
        return Outcome(failed=True, body=body, reason=f"Internal error: {text}", reason_code=9999)
