"""Calls in worker processes: stopped, crashed, and answered as ever."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dryshot.engines.pool import WorkerPool
from dryshot.engines.worker import RemoteError, WorkerDied

from .backends import line, task
from .errands import PATIENCE, Counter, answer, clog, die, pid, refuse, seen, sign, signs, stick

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(1, preload=()) as pool:
        yield pool


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "line")


def test_calls_are_made_in_another_process(pool: WorkerPool) -> None:
    assert pool.submit(pid).result(PATIENCE) != os.getpid()
    futures = [pool.submit(answer, number) for number in range(20)]
    assert [future.result(PATIENCE) for future in futures] == list(range(20))


@pytest.mark.parametrize("how", ["pause", "spin"])
def test_cancelling_what_runs_kills_it_at_once_and_the_pool_goes_on(
    pool: WorkerPool, path: str, how: str
) -> None:
    with signs(path) as line:
        future = pool.submit(stick, path, how)
        worker = line.pid()
        assert future.cancel()
        assert future.cancelled()
        assert line.ended()
    assert pool.submit(pid).result(PATIENCE) != worker


def test_what_is_cancelled_in_the_queue_never_runs(pool: WorkerPool, tmp_path: Path) -> None:
    with signs(str(tmp_path / "first")) as line, signs(str(tmp_path / "second")) as other:
        busy = pool.submit(stick, str(tmp_path / "first"))
        queued = pool.submit(sign, str(tmp_path / "second"))
        line.pid()
        assert queued.cancel()
        assert busy.cancel()
        assert pool.submit(answer, 1).result(PATIENCE) == 1
        assert other.empty()


def test_what_takes_too_long_is_killed(pool: WorkerPool, path: str) -> None:
    worker = pool.submit(pid).result(PATIENCE)
    with signs(path) as line:
        future = pool.submit_within(0.5, stick, path, "spin")
        with pytest.raises(TimeoutError, match=r"stopped after 0\.5 s"):
            future.result(PATIENCE)
        assert pool.submit_within(PATIENCE, pid).result(PATIENCE) != worker
        assert line.ended()


@pytest.mark.parametrize(
    ("code", "how"),
    [
        (0, "ended with exit code 0"),
        (3, "ended with exit code 3"),
        (-signal.SIGSEGV, "was killed by SIGSEGV"),
        (-signal.SIGKILL, "was killed by SIGKILL"),
    ],
)
def test_a_crash_fails_its_own_call_only(pool: WorkerPool, code: int, how: str) -> None:
    crash, after = pool.submit(die, code), pool.submit(answer, 1)
    with pytest.raises(WorkerDied, match=how):
        crash.result(PATIENCE)
    assert after.result(PATIENCE) == 1


def test_an_idle_worker_that_is_killed_is_replaced(pool: WorkerPool, path: str) -> None:
    with signs(path) as line:
        worker = pool.submit(sign, path).result(PATIENCE)
        os.kill(worker, signal.SIGKILL)
        assert line.pid() == worker
        assert line.ended()
    assert pool.submit(pid).result(PATIENCE) != worker


def test_what_an_engine_raises_comes_with_its_traceback(pool: WorkerPool) -> None:
    with pytest.raises(RemoteError, match="the engine broke") as caught:
        pool.submit(refuse).result(PATIENCE)
    assert "in refuse" in "".join(caught.value.__notes__)


def test_what_cannot_be_pickled_fails_its_call_only(pool: WorkerPool) -> None:
    there = pool.submit(lambda: 1)
    back = pool.submit(clog)
    assert "pickle" in str(there.exception(PATIENCE))
    assert "pickle" in str(back.exception(PATIENCE))
    assert pool.submit(answer, 1).result(PATIENCE) == 1


def test_an_engine_keeps_what_it_learned(pool: WorkerPool) -> None:
    counts = [pool.submit(Counter()).result(PATIENCE) for _ in range(3)]
    assert counts == [counts[0], counts[0] + 1, counts[0] + 2]


def test_equal_devices_are_unpacked_once(pool: WorkerPool) -> None:
    first, same, other = line((0.1, 0.1)), line((0.1, 0.1)), line((0.1, 0.1, 0.1))
    places = [
        pool.submit(seen, task("sampler", backend)).result(PATIENCE)
        for backend in (first, same, other, first)
    ]
    assert places[0] == places[1] == places[3]
    assert places[2] != places[0]
    assert [qubits for _, qubits in places] == [2, 2, 3, 2]


def test_a_pool_has_workers() -> None:
    with pytest.raises(ValueError, match="0 workers"):
        WorkerPool(0)


def test_shutting_down_stops_what_runs_and_takes_no_more(path: str) -> None:
    before = set(multiprocessing.active_children())
    pool = WorkerPool(2, preload=())
    with signs(path) as line:
        futures = [pool.submit(stick, path) for _ in range(3)]
        line.pid()
        pool.shutdown(cancel_futures=True)
        assert line.ended()
    assert all(future.cancelled() for future in futures)
    assert set(multiprocessing.active_children()) <= before
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(answer, 1)


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
@pytest.mark.parametrize("end", ["killed", "simply"])
def test_no_worker_outlives_its_program_or_spoils_its_output(
    path: str, method: str, end: str
) -> None:
    if sys.platform != "linux" and end == "killed":
        pytest.skip("C code that holds the GIL keeps a worker from seeing that its parent died")
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "tests.engines.pool_program"]
    with (
        signs(path) as line,
        subprocess.Popen(
            [*command, end, method, path],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as program,
    ):
        line.pid()
        if end == "killed":
            line.pid()
            program.kill()
        assert line.ended()
        out, err = program.communicate(timeout=PATIENCE)
    assert out == ""
    assert err == "from a worker\n"
    assert program.returncode == (-signal.SIGKILL if end == "killed" else 0)
