"""Jobs in worker processes beside jobs in the caller's thread: ``python benchmarks/pool.py``.

For each way: seconds from a cold start until the first job is done, jobs per second, milliseconds
for a job alone, seconds from killing what runs until the next job is done, and memory.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, wait
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from dryshot import AerEngine
from dryshot.engines.pool import WorkerPool
from dryshot.world.devices import device
from dryshot.world.runner import InlineExecutor
from dryshot.world.work import Outcome, Task

JOBS = 200
KINDS = ("rss", "pss", "own")
"""MB of a worker that has worked: in all, its share, its own."""
DEVICE = device("ibm_bench", num_qubits=156, calibrated=datetime(2026, 9, 1, tzinfo=UTC))
FIRST, SECOND = DEVICE.configuration["coupling_map"][0]
QASM = (
    'OPENQASM 3; include "stdgates.inc"; bit[2] c; '
    f"rz(pi/2) ${FIRST}; sx ${FIRST}; rz(pi/2) ${FIRST}; "
    f"rz(pi/2) ${SECOND}; sx ${SECOND}; rz(pi/2) ${SECOND}; cz ${FIRST}, ${SECOND}; "
    f"rz(pi/2) ${SECOND}; sx ${SECOND}; rz(pi/2) ${SECOND}; "
    f"c[0] = measure ${FIRST}; c[1] = measure ${SECOND};"
)


def bell(seed: int) -> Task:
    """A Bell pair on a device of 156 qubits, 1024 shots, with its noise."""
    params = {"pubs": [[QASM, None, 1024]], "version": 2}
    return Task(f"job{seed}", "sampler", params, DEVICE, seed, dialect="platform")


def bodies(executor: Executor, engine: AerEngine, seeds: Iterable[int]) -> list[str]:
    """The results of jobs that were all submitted at once."""
    futures = [executor.submit(engine, bell(seed)) for seed in seeds]
    wait(futures)
    outcomes: list[Outcome] = [future.result() for future in futures]
    failed = [outcome.body for outcome in outcomes if outcome.failed]
    if failed:
        raise SystemExit(failed[0])
    return [outcome.body for outcome in outcomes]


def megabytes(pid: int) -> dict[str, float]:
    """What a process has in memory, where the system tells: all, its share, its own."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        values = {line.split(":")[0]: float(line.split()[1]) / 1024 for line in lines}
        own = values["Private_Clean"] + values["Private_Dirty"]
        return {"rss": values["Rss"], "pss": values["Pss"], "own": own}
    return dict.fromkeys(KINDS, float("nan"))


def measure(name: str, make: Callable[[], Executor]) -> list[str]:
    """Print one line, and give the results."""
    start = time.perf_counter()
    with make() as executor:
        engine = AerEngine()
        bodies(executor, engine, [0])
        cold = time.perf_counter() - start
        bodies(executor, engine, range(8))
        start = time.perf_counter()
        results = bodies(executor, engine, range(JOBS))
        each = (time.perf_counter() - start) / JOBS
        start = time.perf_counter()
        for seed in range(20):
            bodies(executor, engine, [seed])
        alone = (time.perf_counter() - start) / 20
        workers = [process.pid or 0 for process in multiprocessing.active_children()]
        memory = [megabytes(pid) for pid in workers]
        resumed = float("nan")
        if workers:
            stuck = [executor.submit(time.sleep, 60) for _ in workers]
            time.sleep(0.2)
            start = time.perf_counter()
            for one in stuck:
                one.cancel()
            bodies(executor, engine, [1])
            resumed = time.perf_counter() - start
    cells = [f"{name:24}", f"{cold:8.3f}", f"{1 / each:8.0f}", f"{alone * 1000:8.2f}"]
    cells.append(f"{resumed:8.3f}")
    for kind in KINDS:
        mean = sum(one[kind] for one in memory) / len(memory) if memory else float("nan")
        cells.append(f"{mean:6.0f}")
    print(" ".join(cells))
    return results


def main() -> None:
    """Print the table; results that differ end it."""
    DEVICE.data  # noqa: B018 - made before anything is timed
    print(f"{JOBS} Bell jobs on 156 qubits, Python {sys.version.split()[0]}")
    print(
        f"{'':24} {'first s':>8} {'jobs/s':>8} {'alone ms':>8} {'killed s':>8}    rss    pss    own"
    )
    ways: dict[str, Callable[[], Executor]] = {
        "forkserver, 1 worker": lambda: WorkerPool(1, method="forkserver"),
        "forkserver, 2 workers": lambda: WorkerPool(2, method="forkserver"),
        "spawn, 1 worker": lambda: WorkerPool(1, method="spawn"),
        "spawn, 2 workers": lambda: WorkerPool(2, method="spawn"),
        "inline": InlineExecutor,
    }
    results = [measure(name, make) for name, make in ways.items()]
    if any(result != results[0] for result in results):
        raise SystemExit("results differ")


if __name__ == "__main__":
    main()
