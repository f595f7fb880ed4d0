"""A runner that waits for nobody: the engine's time is real, the run's is the clock's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import timedelta
from typing import Any

import pytest

from dryshot.clock import Clock
from dryshot.world import Job, JobStatus, Outcome, Pace, Task
from dryshot.world.lifecycle import JobEvent
from dryshot.world.runner import LimitedExecutor, Runner
from tests.world.worlds import START, backend, echo, submission

DONE = Outcome(failed=False, body="{}")


class Slow(Executor):
    """Takes what is submitted, and is done when a test says so."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *_args: Any, **_kwargs: Any) -> Future[Any]:
        del fn
        self.futures.append(Future())
        return self.futures[-1]


class Limited(LimitedExecutor):
    """The same, and keeps the limits."""

    def __init__(self) -> None:
        self.slow = Slow()
        self.limits: list[float | None] = []

    def submit_within(
        self, seconds: float | None, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        self.limits.append(seconds)
        return self.slow.submit(fn, *args, **kwargs)


class Desk:
    """A runner, and what it told of its jobs."""

    def __init__(self, executor: Executor, *, wait: bool = False, run: float = 1.0) -> None:
        self.clock = Clock(START)
        self.told: list[JobStatus] = []
        self.runner = Runner(
            self.clock,
            echo,
            Pace(0.5, run),
            executor=executor,
            on_change=lambda job: self.told.append(job.status),
            wait=wait,
        )

    def submit(self, cost: int = 100) -> Job:
        job = Job("job", "account", submission(), "h/g/p", self.clock.now(), cost)
        self.runner.enqueue(job, Task(job.id, "sampler", {}, backend("box"), 7))
        return job


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in another thread, as an executor does."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_a_job_runs_until_the_engine_is_done_and_nobody_waits() -> None:
    slow = Slow()
    desk = Desk(slow)
    job = desk.submit()
    desk.clock.advance(60)
    assert job.status == "Running"
    elsewhere(lambda: slow.futures[0].set_result(DONE))
    assert job.status == "Running"
    desk.clock.advance(0)
    assert job.status == "Completed"
    assert job.outcome is DONE
    assert job.ended == job.created + timedelta(seconds=60)
    assert desk.told == ["Running", "Completed"]


def test_a_job_whose_engine_is_done_early_runs_for_its_time() -> None:
    slow = Slow()
    desk = Desk(slow)
    job = desk.submit()
    desk.clock.advance(0.5)
    elsewhere(lambda: slow.futures[0].set_result(DONE))
    desk.clock.advance(0.9)
    assert job.status == "Running"
    desk.clock.advance(60)
    assert job.status == "Completed"
    assert job.ended == job.created + timedelta(seconds=1.5)


@pytest.mark.parametrize("seconds", [0, 1, 60])
def test_dropping_a_job_cancels_what_computes_it(seconds: float) -> None:
    slow = Slow()
    desk = Desk(slow)
    job = desk.submit()
    desk.clock.advance(0.5)
    desk.clock.advance(seconds)
    desk.runner.drop(job)
    assert slow.futures[0].cancelled()
    desk.clock.advance(60)
    assert job.status == "Running"  # its end is told by whoever dropped it
    assert desk.told == ["Running"]


def test_an_engine_that_is_done_as_its_job_is_dropped_changes_nothing() -> None:
    slow = Slow()
    desk = Desk(slow)
    job = desk.submit()
    desk.clock.advance(60)
    elsewhere(lambda: slow.futures[0].set_result(DONE))
    desk.runner.drop(job)
    job.happen(JobEvent.CANCEL, desk.clock.now())
    desk.clock.advance(0)
    assert job.status == "Cancelled"
    assert job.outcome is None


@pytest.mark.parametrize("wait", [True, False])
def test_a_job_that_is_stopped_at_its_cost_ran_too_long(wait: bool) -> None:  # noqa: FBT001 - a parameter of the test
    limited = Limited()
    desk = Desk(limited, wait=wait)
    job = desk.submit(cost=30)
    desk.clock.advance(0.5)
    assert limited.limits == [30]
    elsewhere(lambda: limited.slow.futures[0].set_exception(TimeoutError("stopped")))
    desk.clock.advance(60)
    assert (job.status, job.reason, job.reason_code) == ("Cancelled", "Ran too long", 1305)
    assert job.outcome is None
    assert desk.told == ["Running", "Cancelled"]


@pytest.mark.parametrize("executor", [Slow, Limited])
@pytest.mark.parametrize("wait", [True, False])
def test_what_breaks_otherwise_fails_its_job(executor: Callable[[], Any], wait: bool) -> None:  # noqa: FBT001 - a parameter of the test
    broken = executor()
    slow = broken if isinstance(broken, Slow) else broken.slow
    desk = Desk(broken, wait=wait)
    job = desk.submit()
    desk.clock.advance(0.5)
    error = TimeoutError("its own") if isinstance(broken, Slow) else OSError("gone")
    elsewhere(lambda: slow.futures[0].set_exception(error))
    desk.clock.advance(60)
    assert (job.status, job.reason_code) == ("Failed", 9999)
    assert job.reason == f"Internal error: {error}"


@pytest.mark.parametrize("wait", [True, False])
def test_a_job_whose_executor_gave_it_up_fails(wait: bool) -> None:  # noqa: FBT001 - a parameter of the test
    limited = Limited()
    desk = Desk(limited, wait=wait)
    job = desk.submit()
    desk.clock.advance(0.5)
    elsewhere(limited.slow.futures[0].cancel)
    desk.clock.advance(60)
    assert (job.status, job.reason_code) == ("Failed", 9999)
    assert job.reason == "Internal error: CancelledError"


def test_a_run_longer_than_the_cost_needs_no_engine() -> None:
    slow = Slow()
    desk = Desk(slow, run=60)
    job = desk.submit(cost=10)
    desk.clock.advance(10.5)
    assert (job.status, job.reason_code) == ("Cancelled", 1305)
    assert slow.futures == []
