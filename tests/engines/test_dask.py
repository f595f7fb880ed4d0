"""Calls on a Dask cluster of two worker processes on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from dryshot.engines import AerEngine
from dryshot.engines.dask import DaskExecutor

from .errands import PATIENCE, answer, once, pid, refuse, signs, stick
from .platform_jobs import bell, encoded, job


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    distributed = import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def dask(address: str) -> Iterator[DaskExecutor]:
    with DaskExecutor(address) as executor:
        yield executor


def test_without_dask_its_extra_is_named() -> None:
    code = """
import sys
sys.modules["distributed"] = None
from dryshot.engines.dask import DaskExecutor
from dryshot.errors import MissingExtra
try:
    DaskExecutor("tcp://127.0.0.1:9")
except MissingExtra as error:
    assert "dryshot[dask]" in str(error)
    print("named")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "named\n"


@pytest.mark.heavy
def test_nobody_at_the_address_is_an_os_error() -> None:
    with pytest.raises(OSError, match="connect"):
        DaskExecutor("tcp://127.0.0.1:9", timeout=1)


@pytest.mark.heavy
def test_results_are_those_of_this_process(dask: DaskExecutor) -> None:
    tasks = [
        job("sampler", {"pubs": encoded([[bell(), None, 100]]), "version": 2}, seed=seed)
        for seed in range(4)
    ]
    engine = AerEngine()
    futures = [dask.submit(engine, task) for task in tasks]
    assert [future.result(60) for future in futures] == [engine(task) for task in tasks]


@pytest.mark.heavy
def test_what_an_engine_raises_fails_its_call_only(dask: DaskExecutor) -> None:
    with pytest.raises(ArithmeticError, match="the engine broke"):
        dask.submit(refuse).result(PATIENCE)
    assert "pickle" in str(dask.submit(lambda: 1).exception(PATIENCE))
    assert dask.submit(answer, 1).result(PATIENCE) == 1


@pytest.mark.heavy
def test_no_job_is_lost_with_a_worker_that_is_killed(dask: DaskExecutor, tmp_path: Path) -> None:
    path = str(tmp_path / "line")
    with signs(path) as line:
        stuck = dask.submit_within(PATIENCE, once, path, str(tmp_path / "mark"))
        others = [dask.submit(answer, number) for number in range(20)]
        worker = line.pid()
        assert worker != os.getpid()
        os.kill(worker, signal.SIGKILL)
        assert line.ended()
        assert stuck.result(PATIENCE) == "done"
    assert [future.result(PATIENCE) for future in others] == list(range(20))


@pytest.mark.heavy
@pytest.mark.parametrize("how", ["cancelled", "too long"])
def test_what_is_given_up_is_over_for_us_though_it_runs_on(
    dask: DaskExecutor, tmp_path: Path, how: str
) -> None:
    path = str(tmp_path / "line")
    with signs(path) as line:
        future = dask.submit_within(0.5 if how == "too long" else None, stick, path)
        worker = line.pid()
        if how == "cancelled":
            assert future.cancel()
        else:
            with pytest.raises(TimeoutError, match=r"stopped after 0\.5 s"):
                future.result(PATIENCE)
        os.kill(worker, signal.SIGKILL)
        assert line.ended()
    assert dask.submit(pid).result(PATIENCE) != worker


@pytest.mark.heavy
def test_leaving_gives_up_what_is_not_done(address: str, tmp_path: Path) -> None:
    path = str(tmp_path / "line")
    executor = DaskExecutor(address)
    with signs(path) as line:
        future = executor.submit(stick, path)
        worker = line.pid()
        executor.shutdown(cancel_futures=True)
        assert future.cancelled()
        os.kill(worker, signal.SIGKILL)
        assert line.ended()
