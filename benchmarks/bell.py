"""A Bell circuit on a 156-qubit device through the official SDK: ``python benchmarks/bell.py``.

From submission to result, in this process, after the first job has warmed everything up.
"""

from __future__ import annotations

import logging
import statistics
import time
import warnings

from qiskit import QuantumCircuit, transpile
from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2
from qiskit_ibm_runtime.executor_sampler import Sampler

import dryshot

JOBS = 11


def main() -> None:
    """Print the median for both generations of the sampler, in milliseconds."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # the older class is deprecated; both are measured
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
        for sampler in (SamplerV2(mode=backend), Sampler(mode=backend)):
            taken = []
            for _ in range(JOBS + 1):
                start = time.perf_counter()
                sampler.run([bell], shots=4096).result()
                taken.append((time.perf_counter() - start) * 1000)
            name = f"{type(sampler).__module__}.{type(sampler).__name__}"
            print(f"{name:52} {statistics.median(taken[1:]):7.1f} ms")


if __name__ == "__main__":
    main()
