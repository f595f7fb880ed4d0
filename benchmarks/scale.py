"""Whether jobs go faster with more workers: ``python -m benchmarks.scale [--quick]``.

State vectors on a Dask cluster of this machine, with one worker process and with two, one thread
each; then one of two workers is killed in the middle of a batch.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from benchmarks.processor import computing
from benchmarks.results import Row, show, unmeasured
from dryshot import AerEngine, Mock
from dryshot.engines.dask import DaskExecutor
from dryshot.world.work import Outcome, Task

WORKERS = 2
LAYERS = 4
PATIENCE = 300.0
"""Seconds for a batch."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Every row, as it is measured."""
    qubits, jobs = (18, 8) if quick else (24, 6)
    growth = f"jobs a second with {WORKERS} Dask workers, {qubits} qubits"
    lost = "jobs lost with a Dask worker that is killed"
    if find_spec("distributed") is None or find_spec("qiskit_aer") is None:
        note = 'pip install "dryshot[dask,sim]"'
        yield unmeasured(growth, 0.8 * WORKERS, "x", "more", note=note)
        yield unmeasured(lost, 0.0, "jobs", note=note)
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    tasks = [entangled(qubits, seed) for seed in range(jobs)]
    one, two = Cluster(1), Cluster(WORKERS)
    with one, two:
        pairs = [(one.rate(tasks), two.rate(tasks)) for _ in range(3)]
        peer = "those with one worker"
        alone, together = (max(rates) for rates in zip(*pairs, strict=True))
        note = f"best of {len(pairs)}, {alone.passed:.2f} and {together.passed:.2f} a second"
        ratio = together.passed / alone.passed
        yield Row(growth, 0.8 * WORKERS, ratio, "x", "more", peer, f"{note}; needs idle cores")
        ratio = max(two.computed for _, two in pairs) / max(one.computed for one, _ in pairs)
        note = "for a second that the busiest worker computes, whatever else the cores do"
        yield Row(
            f"the same by computing time, {qubits} qubits", None, ratio, "x", "more", peer, note
        )
        count = two.lost(tasks * 2)
        yield Row(lost, 0.0, float(count), "jobs", note=f"of {2 * jobs}, submitted at once")


def entangled(qubits: int, seed: int) -> Task:
    """Layers of rotations and of entangling gates on a state vector."""
    lines = [f'OPENQASM 3; include "stdgates.inc"; qubit[{qubits}] q; bit[{qubits}] c;']
    for layer in range(LAYERS):
        lines += [f"ry({0.1 * (layer + place + 1):.2f}) q[{place}];" for place in range(qubits)]
        lines += [f"cx q[{place}], q[{place + 1}];" for place in range(qubits - 1)]
    lines.append("c = measure q;")
    backend = Mock().world.backend("simulator_statevector")
    return Task(f"job{seed}", "sampler", {"circuits": ["\n".join(lines)]}, backend, seed)


class Rate(NamedTuple):
    """Jobs for a second that passes, and for one that the busiest worker computes."""

    passed: float
    computed: float


class Cluster:
    """Worker processes on loopback, warm, and what brings jobs to them."""

    def __init__(self, workers: int) -> None:
        self._made = import_module("distributed").LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            env={"OMP_NUM_THREADS": "1"},
        )
        self._dask = DaskExecutor(self._made.scheduler_address)
        self._engine = AerEngine()
        self._settle([self._submit(entangled(4, seed)) for seed in range(8 * workers)])

    def __enter__(self) -> None:
        """It is up."""

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self._dask.shutdown(cancel_futures=True)
        self._made.close()

    def rate(self, tasks: list[Task]) -> Rate:
        """How fast a batch goes."""
        workers = [worker.pid for worker in self._made.workers.values()]
        before, start = [computing([pid]) for pid in workers], time.perf_counter()
        self._settle([self._submit(task) for task in tasks])
        passed, after = time.perf_counter() - start, [computing([pid]) for pid in workers]
        busiest = max(end - begin for begin, end in zip(before, after, strict=True))
        return Rate(len(tasks) / passed, len(tasks) / busiest if busiest else float("nan"))

    def lost(self, tasks: list[Task]) -> int:
        """How many jobs of a batch have no result, a worker being killed after the first."""
        pid = self._dask.submit(os.getpid).result(PATIENCE)
        futures = [self._submit(task) for task in tasks]
        futures[0].result(PATIENCE)
        os.kill(pid, 9)
        return sum(
            future.exception(PATIENCE) is not None or future.result().failed for future in futures
        )

    def _submit(self, task: Task) -> Future[Outcome]:
        return self._dask.submit(self._engine, task)

    def _settle(self, futures: list[Future[Outcome]]) -> None:
        for future in futures:
            outcome = future.result(PATIENCE)
            if outcome.failed:
                raise SystemExit(outcome.body)


if __name__ == "__main__":
    sys.exit(show(rows(quick="--quick" in sys.argv)))
