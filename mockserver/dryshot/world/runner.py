"""Moves jobs along: into the machine, through the engine, to their end, as the clock says."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from dryshot.clock import Clock, Event
from dryshot.world.executors import InlineExecutor, LimitedExecutor, Settled
from dryshot.world.fates import Fate, Verdict
from dryshot.world.jobs import Job
from dryshot.world.lifecycle import JobEvent
from dryshot.world.paces import Pace, PacePolicy, default_pace
from dryshot.world.work import Engine, Outcome, Script, Task

__all__ = [
    "Director",
    "Hold",
    "InlineExecutor",
    "LimitedExecutor",
    "Pace",
    "PacePolicy",
    "Runner",
    "default_pace",
]


Director = Callable[[Job, Task], Script | None]
"""How a new job goes, if otherwise than usual."""

Hold = Callable[[Job], float]
"""How many more seconds a job that is due must wait; 0 lets it start, ``inf`` waits for a wake."""


_USUAL = Script()


@dataclass(slots=True)
class _Run:
    job: Job
    task: Task
    script: Script
    seconds: float
    due: Event
    fates: tuple[Fate, ...] = ()
    measured: bool = False
    held: bool = False
    overdue: bool = False
    future: Future[Outcome] | Settled[Outcome] | None = None


class Runner:
    """Every job that is not yet final, and the event that moves it next.

    With ``wait``, the end of a run waits for the engine, and so always comes at its own instant.
    Without, nobody waits: a job whose run is over before the engine is done ends when it is done,
    at the clock's next movement. The engine's time is real, and limited to the job's ``cost`` by an
    executor that can do that. ``fates`` are what jobs meet when they are enqueued.
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
        self.director: Director | None = None
        self._executor = executor
        self._on_change = on_change
        self._hold = hold
        self._wait = wait
        self._runs: dict[str, _Run] = {}
        self.fates: list[Fate] = []

    def enqueue(
        self, job: Job, task: Task, pace: Pace | None = None, script: Script | None = None
    ) -> None:
        """Let a queued job start, and end, when its time comes: of ``pace``, or of the policy.

        ``script`` says how it goes; without one whoever directs is asked.
        """
        if script is None:
            script = (self.director and self.director(job, task)) or _USUAL
        if pace is None:
            pace = self.pace(job) if callable(self.pace) else self.pace
        seconds = pace.run if script.run is None else script.run
        fates = tuple(fate for fate in self.fates if fate.meets(job)) if self.fates else ()

        due = Event(0, int)  # which no clock has
        run = self._runs[job.id] = _Run(job, task, script, seconds, due, fates, pace.measured)
        if not math.isinf(pace.queue):
            run.due = self._later(pace.queue, run)

    def resume(self, job: Job, task: Task, pace: Pace, script: Script) -> None:
        """Let a queued job run from now on, for as long as ``pace`` says."""
        self.enqueue(job, task, pace, script)
        run = self._runs[job.id]
        run.due.cancel()
        self._launch(run)

    def revive(self) -> None:
        """Go on after this runner, its jobs and its clock were put back to an earlier instant.

        An engine that was stopped since then starts again; one that came to its end meanwhile is
        heard now.
        """
        for run in self._runs.values():
            if run.future is not None and run.future.cancelled():
                run.future = self._submit(run)
            if run.overdue:
                run.due = self.clock.call_later(0, partial(self._end, run))

    def wake(self) -> None:
        """Let every job that is held try again; jobs keep their order."""
        for run in self._runs.values():
            if run.held:
                run.held = False
                run.due.cancel()
                run.due = self._later(0, run)

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

    def _later(self, seconds: float, run: _Run) -> Event:
        """Let a run try to begin then; once it did, nothing that it holds leads back to it."""
        return self.clock.call_later(seconds, partial(self._start, run))

    def _start(self, run: _Run) -> None:
        stuck = run.fates and any(fate.stuck and not fate.over for fate in run.fates)
        wait = math.inf if stuck else self._hold(run.job)
        run.held = wait > 0
        if not run.held:
            self._launch(run)
        elif wait < math.inf:
            run.due = self._later(wait, run)

    def _launch(self, run: _Run) -> None:
        job = run.job
        job.happen(JobEvent.START, self.clock.now())
        verdict, seconds = None, run.seconds
        if run.fates:
            fates = [fate for fate in run.fates if not fate.over]
            verdict = next((fate.verdict for fate in fates if fate.verdict is not None), None)
            seconds += 0 if run.measured else sum(fate.delay for fate in fates)
        if verdict is not None:
            after = seconds if verdict.after is None else verdict.after
            run.due = self.clock.call_later(min(after, job.cost), lambda: self._judge(job, verdict))
        elif seconds > job.cost:
            run.due = self.clock.call_later(job.cost, lambda: self._stop(job))
        else:
            run.future = self._submit(run)
            run.due = self.clock.call_later(seconds, partial(self._end, run))
        self._on_change(job)

    def _submit(self, run: _Run) -> Future[Outcome] | Settled[Outcome]:
        engine = run.script.engine or self.engine
        if type(self._executor) is InlineExecutor:
            return Settled(engine, run.task)
        if isinstance(self._executor, LimitedExecutor):
            settled = self._executor.settle(engine, run.task)
            if settled is not None:
                return settled
            return self._executor.submit_within(run.job.cost, engine, run.task)
        return self._executor.submit(engine, run.task)

    def _end(self, run: _Run) -> None:
        """The run's time is over: finish it, now or when the engine is done."""
        future = run.future
        if future is None or self._runs.get(run.job.id) is not run:
            return
        if self._wait or isinstance(future, Settled) or future.done():
            self._finish(run.job, future)
        else:  # called back in the engine's thread, which must not touch the world
            run.overdue = True
            future.add_done_callback(lambda _done: self.clock.call_later(0, lambda: self._end(run)))

    def _judge(self, job: Job, verdict: Verdict) -> None:
        """End a run as was decided before it began."""
        self.drop(job)
        text, solution = verdict.reason or (None, None)
        job.outcome = verdict.outcome
        job.happen(verdict.event, self.clock.now(), reason=text, reason_code=verdict.code)
        job.reason_solution = solution
        self._on_change(job)

    def _stop(self, job: Job) -> None:
        self.drop(job)
        now = self.clock.now()
        job.happen(JobEvent.RUN_TOO_LONG, now, reason="Ran too long", reason_code=1305)
        self._on_change(job)

    def _finish(self, job: Job, future: Future[Outcome] | Settled[Outcome]) -> None:
        if isinstance(future, Future) and self._timed_out(future):
            self._stop(job)
            return
        run = self._runs.pop(job.id)
        outcome = _outcome(future)
        for fate in run.fates:
            if fate.edit is not None and not (fate.over or outcome.failed):
                outcome = fate.edit(outcome)
        job.outcome = outcome
        job.happen(
            JobEvent.FAIL if outcome.failed else JobEvent.COMPLETE,
            self.clock.now(),
            reason=outcome.reason,
            reason_code=outcome.reason_code,
        )
        self._on_change(job)

    def _timed_out(self, future: Future[Outcome]) -> bool:
        if not isinstance(self._executor, LimitedExecutor):
            return False
        try:
            return isinstance(future.exception(), TimeoutError)
        except CancelledError:
            return False


def _outcome(future: Future[Outcome] | Settled[Outcome]) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - whatever an engine raises fails its job only
        body = "".join(traceback.format_exception(error))
        text = str(error) or type(error).__name__
        return Outcome(failed=True, body=body, reason=f"Internal error: {text}", reason_code=9999)
