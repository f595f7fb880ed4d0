"""Jobs of the platform as the SDK sends them, and their results as the SDK reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any

from qiskit import QuantumCircuit, transpile

from dryshot.engines import AerEngine
from dryshot.world.backends import Backend
from dryshot.world.devices import device
from dryshot.world.work import Outcome, Task

__all__ = ["JOB_ID", "bell", "decoded", "encoded", "heron", "isa", "job", "run"]

JOB_ID = "d9k2m4t0c7vs73f1q8ag"


@cache
def heron() -> Backend:
    """A device of 156 qubits with cz gates."""
    return device("ibm_tests", num_qubits=156, calibrated=datetime(2026, 9, 1, tzinfo=UTC))


def isa(circuit: QuantumCircuit) -> Any:
    """``circuit`` in the gates and on the pairs of the device, without fractional gates."""
    return transpile(
        circuit,
        basis_gates=["cz", "rz", "sx", "x"],
        coupling_map=heron().configuration["coupling_map"],
        optimization_level=1,
        seed_transpiler=1,
    )


def bell(*, measured: bool = True) -> Any:
    """A Bell pair on the device."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return isa(circuit)


def encoded(value: Any) -> Any:
    """``value`` as the SDK puts it into a request."""
    encoder = import_module("qiskit_ibm_runtime").RuntimeEncoder
    return json.loads(json.dumps(value, cls=encoder))


def decoded(outcome: Outcome) -> Any:
    """The result as the SDK builds it from the answer."""
    assert not outcome.failed, outcome.body
    return import_module("qiskit_ibm_runtime").RuntimeDecoder().decode(outcome.body)


def job(program: str, params: Any, backend: Backend | None = None, seed: int = 7) -> Task:
    return Task(JOB_ID, program, params, backend or heron(), seed, dialect="platform")


def run(engine: AerEngine, program: str, pubs: Any, **params: Any) -> Outcome:
    """Run pubs, already encoded or plain text, with the SDK's version."""
    return engine(job(program, {"pubs": encoded(pubs), "version": 2, **params}))
