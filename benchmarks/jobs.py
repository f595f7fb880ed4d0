"""What a whole job takes: ``python -m benchmarks.jobs [--quick]``.

A classic job over HTTP, a Bell pair through the official SDK, and a batch in worker processes. A
job alone is told by its fastest run, which is the one that nothing else on the machine disturbed.
A batch is told by the computing time of everybody who takes part, so that cores that others use
do not count.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from datetime import UTC, datetime

import httpx

import dryshot
from benchmarks.processor import computing
from benchmarks.results import Row, show, unmeasured
from dryshot import AerEngine
from dryshot.engines.pool import WorkerPool
from dryshot.server.serving import serve
from dryshot.world.devices import device
from dryshot.world.work import Task

AUTH = "auth.quantum-computing.ibm.com"
RUNTIME = "runtime-us-east.quantum-computing.ibm.com"
X = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'
CLASSIC = {"program_id": "sampler", "backend": "ibm_wellington", "params": {"circuits": [X]}}
BATCH = 200
DEVICE = device("ibm_bench", num_qubits=156, calibrated=datetime(2026, 9, 1, tzinfo=UTC))
FIRST, SECOND = DEVICE.configuration["coupling_map"][0]
BELL = (
    'OPENQASM 3; include "stdgates.inc"; bit[2] c; '
    f"rz(pi/2) ${FIRST}; sx ${FIRST}; rz(pi/2) ${FIRST}; "
    f"rz(pi/2) ${SECOND}; sx ${SECOND}; rz(pi/2) ${SECOND}; cz ${FIRST}, ${SECOND}; "
    f"rz(pi/2) ${SECOND}; sx ${SECOND}; rz(pi/2) ${SECOND}; "
    f"c[0] = measure ${FIRST}; c[1] = measure ${SECOND};"
)


def rows(*, quick: bool) -> Iterator[Row]:
    """Every row, as it is measured."""
    yield seed(200 if quick else 600)
    yield from sdk(25 if quick else 60)
    yield from batches(quick=quick)


def seed(times: int) -> Row:
    """A classic job from its submission to its results, on a socket, by a clock of requests."""
    with serve(dryshot.Mock(engine="aer")) as server, httpx.Client(trust_env=False) as http:

        def ask(method: str, host: str, path: str, **options: object) -> httpx.Response:
            request = http.build_request(method, server.url + path, **options)  # type: ignore[arg-type]
            request.headers["host"] = host
            return http.send(request).raise_for_status()

        login = ask("POST", AUTH, "/api/users/loginWithToken", json={"apiToken": "key"}).json()
        headers = {"x-access-token": login["id"]}

        def job() -> None:
            made = ask("POST", RUNTIME, "/jobs", json=CLASSIC, headers=headers).json()["id"]
            path = f"/jobs/{made}"
            while ask("GET", RUNTIME, path, headers=headers).json()["status"] != "Completed":
                pass
            ask("GET", RUNTIME, f"{path}/results", headers=headers).json()

        return alone("classic job over HTTP, submission to results", 8.0, job, times)


def sdk(times: int) -> Iterator[Row]:
    """The rows of :func:`samplers`, in a thread.

    With each request the SDK looks for its caller (``inspect.stack``), and where a frame is of no
    file, as those of ``python -m`` are, it goes through all modules, longer than the job takes.
    """
    with ThreadPoolExecutor(1) as pool:
        yield from pool.submit(lambda: list(samplers(times))).result()


def samplers(times: int) -> Iterator[Row]:
    """Both generations of the SDK's sampler on a device of 156 qubits, in this process."""
    title = "SamplerV2, Bell on 156 qubits, submission to result"
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # the older class is deprecated; both are measured
    try:
        from qiskit import QuantumCircuit, transpile
        from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2
        from qiskit_ibm_runtime.executor_sampler import Sampler
    except ImportError:
        yield unmeasured(title, 60.0, "ms", note='pip install "dryshot[sdk]"')
        return
    with dryshot.Mock().activate():
        service = QiskitRuntimeService(
            channel="ibm_quantum_platform", token="anything", instance="premium-instance"
        )
        backend = service.backend("ibm_fez")
        bell = QuantumCircuit(2)
        bell.h(0)
        bell.cx(0, 1)
        bell.measure_all()
        bell = transpile(bell, backend)
        for name, sampler in (("", SamplerV2(mode=backend)), (", executor", Sampler(mode=backend))):

            def job(sampler: SamplerV2 | Sampler = sampler) -> None:
                with contextlib.redirect_stderr(io.StringIO()):
                    sampler.run([bell], shots=4096).result()

            yield alone(f"{title}{name}", 60.0, job, times)


def alone(name: str, target: float, job: Callable[[], object], times: int) -> Row:
    """The fastest of some runs, after a few that warm everything up."""
    for _ in range(3):
        job()
    taken, computed = [], []
    for _ in range(times):
        start, begun = time.perf_counter(), time.process_time()
        job()
        taken.append((time.perf_counter() - start) * 1000)
        computed.append((time.process_time() - begun) * 1000)
    note = f"fastest of {times}; median {statistics.median(taken):.1f} ms"
    return Row(name, target, min(taken), "ms", note=f"{note}, {min(computed):.1f} ms of computing")


def batches(*, quick: bool) -> Iterator[Row]:
    """A batch here, and in pools of one and of two workers; all give the same results."""
    engine, title = AerEngine(), f"{BATCH} Bell jobs of 1024 shots on 156 qubits"
    DEVICE.data  # noqa: B018 - made before anything is timed
    expected = [engine(task(seed)).body for seed in range(8)]
    start = time.process_time()
    for seed in range(BATCH):
        engine(task(seed))
    here = BATCH / (time.process_time() - start)
    yield Row(f"{title}, no pool", None, here, "/s", "more", note="a second of computing")
    for count in (1, 2):
        name = f"{title}, {count} worker{'s'[: count - 1]}"
        with WorkerPool(count) as pool:
            if bodies(pool, engine, range(8)) != expected:
                raise SystemExit("a worker's results are not those of this process")
            found = [batch(pool, engine) for _ in range(1 if quick else 5)]
        rate, elapsed = max(found)
        note = f"a second of computing, the pool's own included; {elapsed:.0f} a second passed"
        if rate:
            yield Row(name, 100.0, rate, "/s", "more", "for each core", note)
        else:
            yield Row(name, 100.0, elapsed / count, "/s", "more", "for each core")


def batch(pool: WorkerPool, engine: AerEngine) -> tuple[float, float]:
    """Jobs for a second of computing, 0 where the system does not tell, and for one that passes."""
    idle = [pool.submit(os.getpid) for _ in range(50)]
    workers = {future.result() for future in idle}
    told = computing(workers)
    before, start = told + time.process_time(), time.perf_counter()
    bodies(pool, engine, range(BATCH))
    passed, spent = time.perf_counter() - start, computing(workers) + time.process_time() - before
    return BATCH / spent if told else 0.0, BATCH / passed


def task(seed: int) -> Task:
    """A Bell pair on a device of 156 qubits, 1024 shots, with its noise."""
    params = {"pubs": [[BELL, None, 1024]], "version": 2}
    return Task(f"job{seed}", "sampler", params, DEVICE, seed, dialect="platform")


def bodies(executor: Executor, engine: AerEngine, seeds: Iterable[int]) -> list[str]:
    """The results of jobs that were all submitted at once."""
    futures = [executor.submit(engine, task(seed)) for seed in seeds]
    wait(futures)
    outcomes = [future.result() for future in futures]
    failed = [outcome.body for outcome in outcomes if outcome.failed]
    if failed:
        raise SystemExit(failed[0])
    return [outcome.body for outcome in outcomes]


if __name__ == "__main__":
    sys.exit(show(rows(quick="--quick" in sys.argv)))
