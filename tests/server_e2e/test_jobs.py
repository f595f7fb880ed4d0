"""Jobs of a served world: computed in processes of their own, while all else goes on."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dryshot_client.errors import JobCancelled
from tests.server_e2e.program import BELL, SLOW, Program, children, log_in, pubs, until


@pytest.mark.heavy
def test_no_worker_lives_before_the_first_job_and_none_after_the_end() -> None:
    with Program() as program, log_in(program.url) as runtime:
        assert runtime.jobs.list() is not None
        assert children(program.process.pid) == []
        job = runtime.jobs.create(program="sampler", backend="ibm_fez", params=pubs(BELL))
        assert runtime.jobs.wait(job.id, timeout=60).status == "Completed"
        (result,) = runtime.jobs.results(job.id)["results"]
        samples = result["data"]["c"]["samples"]
        assert len(samples) == 100
        assert len(set(samples)) > 1
        workers = children(program.process.pid)
        assert len(workers) > 1
        assert (program.end(), program.errors) == (0, "")
        until(lambda: not any(alive(worker) for worker in workers))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_long_job_runs_while_others_are_served_and_is_killed_when_cancelled() -> None:
    with (
        Program("--workers", "1") as program,
        log_in(program.url) as runtime,
        log_in(program.url, "another") as other,
    ):
        long = runtime.jobs.create(program="sampler", backend="ibm_fez", params=pubs(SLOW, 50))
        until(lambda: runtime.jobs.get(long.id).status == "Running")
        behind = other.jobs.create(program="sampler", backend="ibm_fez", params=pubs(BELL))
        began = time.monotonic()
        assert other.jobs.get(behind.id).status in {"Queued", "Running"}
        assert runtime.jobs.get(long.id).status == "Running"
        assert time.monotonic() - began < 5  # nobody waits for the simulation
        runtime.jobs.cancel(long.id)
        assert runtime.jobs.get(long.id).status == "Cancelled"
        # there is one worker only: this one ends because the other was killed
        assert other.jobs.wait(behind.id, timeout=60).status == "Completed"
        assert (program.end(), program.errors) == (0, "")


def test_a_job_that_takes_longer_than_its_cost_is_stopped() -> None:
    with Program("--workers", "1") as program, log_in(program.url) as runtime:
        job = runtime.jobs.create(
            program="sampler", backend="ibm_fez", params=pubs(SLOW, 50), cost=1
        )
        ended = runtime.jobs.wait(job.id, timeout=60)
        assert ended.status == "Cancelled - Ran too long"
        assert ended.state.reason_code == 1305
        with pytest.raises(JobCancelled):
            runtime.jobs.results(job.id)


@pytest.mark.heavy
def test_without_workers_jobs_are_computed_in_the_server() -> None:
    with Program("--workers", "0") as program, log_in(program.url) as runtime:
        job = runtime.jobs.create(program="sampler", backend="ibm_fez", params=pubs(BELL))
        assert runtime.jobs.wait(job.id, timeout=60).status == "Completed"
        assert children(program.process.pid) == []
        assert (program.end(), program.errors) == (0, "")


@pytest.mark.heavy
def test_a_hundred_keys_in_parallel_never_meet() -> None:
    together = threading.Barrier(16, timeout=60)

    def work(number: int) -> None:
        if number < 16:
            together.wait()
        with log_in(url, f"key-{number}") as runtime:
            made = runtime.jobs.create(
                program="sampler", backend="ibm_fez", params=pubs(BELL), tags=[f"of-{number}"]
            )
            assert runtime.jobs.wait(made.id, timeout=60).status == "Completed"
            (found,) = runtime.jobs.list()
            assert (found.id, found.tags) == (made.id, [f"of-{number}"])

    with Program("--engine", "stub") as program, ThreadPoolExecutor(16) as pool:
        url = program.url
        list(pool.map(work, range(100)))
        assert (program.end(), program.errors) == (0, "")
