"""The simulators that the service offered beside its devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from dryshot.world.backends import Backend, BackendData
from dryshot.world.devices.gates import gate

__all__ = ["SIMULATORS", "Method", "simulator"]

Method = Literal["statevector", "matrix_product_state", "stabilizer", "extended_stabilizer"]

SIMULATORS: Mapping[str, tuple[int, Method | None]] = {
    "ibmq_qasm_simulator": (32, None),
    "simulator_statevector": (32, "statevector"),
    "simulator_mps": (100, "matrix_product_state"),
    "simulator_stabilizer": (5000, "stabilizer"),
    "simulator_extended_stabilizer": (63, "extended_stabilizer"),
}
"""Names with their number of qubits and their method; the first chooses a method for each job."""

_CLIFFORD = ("cx", "cz", "h", "id", "s", "sdg", "swap", "sx", "x", "y", "z")
_EXTENDED = (*_CLIFFORD, "ccx", "p", "t", "tdg", "u1")
_UNIVERSAL = (
    *(*_EXTENDED, "cp", "cy", "r", "rx", "rxx", "ry", "rz", "rzx", "rzz"),
    *("u", "u2", "u3"),
)
_DESCRIPTIONS: Mapping[Method | None, str] = {
    None: "A general simulator of quantum circuits, with or without noise",
    "statevector": "A simulator that keeps the whole state vector",
    "matrix_product_state": "A simulator by matrix product states, for little entanglement",
    "stabilizer": "A simulator of Clifford circuits",
    "extended_stabilizer": "A simulator of circuits that are Clifford but for a few gates",
}


def simulator(name: str, num_qubits: int, *, method: Method | None = None) -> Backend:
    """A simulator; without a ``method`` it simulates any circuit, OpenQASM 3 programs too."""

    def load() -> BackendData:
        return BackendData(configuration=_configuration(name, num_qubits, method))

    return Backend(name, simulator=True, load=load)


def _configuration(name: str, num_qubits: int, method: Method | None) -> dict[str, Any]:
    match method:
        case "stabilizer":
            gates: tuple[str, ...] = ("cy", *_CLIFFORD)
        case "extended_stabilizer":
            gates = _EXTENDED
        case _:
            gates = _UNIVERSAL
    # a client of 2023 fails on a simulator that lists no gate called delay
    basis = sorted((*gates, "delay"))
    return {
        "backend_name": name,
        "backend_version": "0.1.547",
        "n_qubits": num_qubits,
        "basis_gates": basis,
        "gates": [gate(name) for name in basis],
        "local": False,
        "simulator": True,
        "conditional": True,
        "open_pulse": False,
        "memory": True,
        "max_shots": 100_000,
        "max_experiments": 300,
        "coupling_map": None,
        "supported_instructions": [*basis, "measure", "reset"],
        "input_allowed": ["job", "runtime", *(() if method else ("qasm3",))],
        "online_date": "2019-05-02T08:15:00.000Z",
        "description": _DESCRIPTIONS[method],
        "sample_name": None,
        "n_registers": 1,
        "dynamic_reprate_enabled": False,
        "credits_required": False,
        "allow_q_object": True,
        "allow_object_storage": True,
        "url": "None",
        **({"simulation_method": method} if method else {}),
    }
