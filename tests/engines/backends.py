"""Backends for the tests: published snapshots of devices, a small invented one, simulators."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dryshot.world.backends import Backend, BackendData
from dryshot.world.work import Task

__all__ = ["BELL", "SEED", "Documents", "line", "simulator", "snapshot", "task"]

SEED = """
OPENQASM 3;
include "stdgates.inc";
qreg q[1];
creg c[1];
x q[0];
c[0] = measure q[0]; 
"""  # noqa: W291 - the blank at the end of the line is in the text that users sent
BELL = (
    'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; cx q[0],q[1]; measure q->c;'
)


class Documents:
    """Loads given documents; a class, so that a backend with it can be pickled."""

    def __init__(self, configuration: dict[str, Any], properties: dict[str, Any]) -> None:
        self.data = BackendData(configuration, properties)

    def __call__(self) -> BackendData:
        return self.data


def snapshot(name: str) -> Backend:
    """A device as qiskit-ibm-runtime published it."""
    spec = find_spec("qiskit_ibm_runtime")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "fake_provider" / "backends" / name
    configuration, properties = (
        json.loads((folder / f"{kind}_{name}.json").read_text()) for kind in ("conf", "props")
    )
    load = Documents(configuration, properties)
    return Backend(f"ibm_{name}", simulator=False, load=load)


def simulator(name: str = "ibmq_qasm_simulator", **configuration: Any) -> Backend:
    load = Documents({"n_qubits": 32, "max_shots": 100_000, **configuration}, {})
    return Backend(name, simulator=True, load=load)


def line(
    readout: tuple[float, ...],
    *,
    gate_error: float = 0.0,
    pair_error: float = 0.0,
    t1: float = 300.0,
    name: str = "ibm_line",
) -> Backend:
    """Qubits in a row, with a cx from each to the next; both readout errors are the same."""

    def value(label: str, number: float, unit: str = "") -> dict[str, Any]:
        return {"date": "2023-09-11T00:00:00Z", "name": label, "unit": unit, "value": number}

    qubits = [
        [
            value("T1", t1, "us"),
            value("T2", t1, "us"),
            value("prob_meas1_prep0", error),
            value("prob_meas0_prep1", error),
            value("readout_length", 1000, "ns"),
        ]
        for error in readout
    ]
    pairs = [[place, place + 1] for place in range(len(readout) - 1)]
    gates = [
        {
            "gate": gate,
            "qubits": [place],
            "parameters": [
                value("gate_error", gate_error if gate != "rz" else 0.0),
                value("gate_length", 0.035 if gate != "rz" else 0.0, "us"),
            ],
        }
        for gate in ("rz", "sx", "x")
        for place in range(len(readout))
    ] + [
        {
            "gate": "cx",
            "qubits": pair,
            "parameters": [value("gate_error", pair_error), value("gate_length", 300, "ns")],
        }
        for pair in pairs
    ]
    configuration = {
        "backend_version": "1.0.0",
        "n_qubits": len(readout),
        "basis_gates": ["cx", "rz", "sx", "x"],
        "coupling_map": pairs,
        "max_shots": 100_000,
        "default_rep_delay": 250.0,
        "dt": 0.5,
        "gates": [],
    }
    load = Documents(configuration, {"qubits": qubits, "gates": gates})
    return Backend(name, simulator=False, load=load)


def task(program: str, backend: Backend, seed: int = 7, **params: Any) -> Task:
    return Task("cjvks5fp8blo0kgog530", program, params, backend, seed)
