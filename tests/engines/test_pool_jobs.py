"""Jobs in worker processes: the same results, and a runner that waits for none of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dryshot.clock import Event, WallClock
from dryshot.engines import AerEngine
from dryshot.engines.pool import WorkerPool
from dryshot.world import Job, JobStatus, Pace, Submission, Task
from dryshot.world.lifecycle import JobEvent
from dryshot.world.runner import Runner

from .backends import BELL, line, simulator, task
from .errands import PATIENCE, obey, signs
from .platform_jobs import bell, encoded, job


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(1, preload=()) as pool:
        yield pool


class Alarm(WallClock):
    """A clock that tells when there is something to do."""

    def __init__(self) -> None:
        super().__init__()
        self.due = threading.Event()

    def call_later(self, seconds: float, action: Callable[[], object]) -> Event:
        event = super().call_later(seconds, action)
        self.due.set()
        return event


class Desk:
    """A runner on a pool, and a way to wait until a job is final."""

    def __init__(self, pool: WorkerPool) -> None:
        self.clock = Alarm()
        self.runner = Runner(
            self.clock,
            obey,
            Pace(0, 0),
            executor=pool,
            on_change=lambda _job: None,
            wait=False,
        )

    def start(self, *, cost: int = 100, **params: object) -> Job:
        submission = Submission("sampler", "box", params)
        job = Job("job", "account", submission, "h/g/p", self.clock.now(), cost)
        self.runner.enqueue(job, Task(job.id, "sampler", params, line((0.1,)), 7))
        self.clock.keep_up()
        assert job.status is JobStatus.RUNNING
        return job

    def end(self, job: Job) -> Job:
        """Look after the clock whenever there is something to do."""
        while not job.status.final:
            assert self.clock.due.wait(PATIENCE), f"the job is still {job.status}"
            self.clock.due.clear()
            self.clock.keep_up()
        return job


def test_results_are_those_of_the_callers_process() -> None:
    on_device = {"pubs": encoded([[bell(), None, 200]]), "version": 2}
    tasks = [job("sampler", on_device, seed=seed) for seed in range(3)]
    tasks += [task("sampler", simulator(), seed, circuits=[BELL]) for seed in range(3)]
    tasks += [task("sampler", simulator(), 1, circuits=["nonsense"])]
    aer = AerEngine()
    with WorkerPool(2) as pool:
        futures = [pool.submit(aer, one) for one in tasks]
        here = [aer(one) for one in tasks]
        assert [future.result(60) for future in futures] == here


def test_a_job_ends_when_its_worker_is_done(pool: WorkerPool) -> None:
    desk = Desk(pool)
    done = desk.end(desk.start())
    assert done.status is JobStatus.COMPLETED
    assert done.outcome is not None


def test_a_job_whose_worker_crashes_fails(pool: WorkerPool) -> None:
    desk = Desk(pool)
    failed = desk.end(desk.start(die=3))
    assert (failed.status, failed.reason_code) == ("Failed", 9999)
    assert failed.reason == "Internal error: the worker process ended with exit code 3"
    assert desk.end(desk.start()).status is JobStatus.COMPLETED


def test_a_job_that_computes_for_longer_than_its_cost_ran_too_long(
    pool: WorkerPool, tmp_path: Path
) -> None:
    path = str(tmp_path / "line")
    desk = Desk(pool)
    with signs(path):
        stopped = desk.end(desk.start(cost=1, stick=path))
    assert (stopped.status, stopped.reason, stopped.reason_code) == (
        "Cancelled",
        "Ran too long",
        1305,
    )
    assert stopped.ended is not None
    assert stopped.ended - stopped.created >= timedelta(seconds=1)


def test_cancelling_a_job_kills_what_computes_it(pool: WorkerPool, tmp_path: Path) -> None:
    path = str(tmp_path / "line")
    desk = Desk(pool)
    with signs(path) as line:
        running = desk.start(stick=path)
        line.pid()
        desk.runner.drop(running)
        running.happen(JobEvent.CANCEL, desk.clock.now())
        assert line.ended()
    desk.clock.advance(10)
    assert running.status is JobStatus.CANCELLED
    assert running.outcome is None
