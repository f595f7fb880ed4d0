"""Which way a circuit is simulated: exact where it can be, and never without an end."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose, pi, remainder
from typing import Any, Literal

from dryshot.engines.failure import ProgramError, Reason
from dryshot.engines.layout import ALWAYS, Prepared

__all__ = [
    "BOND",
    "SMALL",
    "Plan",
    "choose_exact",
    "choose_noisy",
    "is_clifford",
    "limit_entangled",
]

MAX_STATEVECTOR = 28
MAX_DENSITY = 10
SMALL = 16
"""Up to this many qubits a state vector costs nothing worth saving."""
WORK = 5e10
"""Amplitudes that may be touched for one circuit: about a minute of two cores."""
TRAJECTORY_WORK = 4e9
PER_SHOT = 5e4
"""What starting one shot costs, in amplitudes."""
BOND = 64
"""The largest bond of a matrix product state."""
_GATES = ("cx", "cy", "cz", "ecr", "h", "id", "s", "sdg", "swap", "sx", "sxdg", "x", "y", "z")
CLIFFORD = ALWAYS.union(_GATES)

Noise = Literal["none", "full", "pauli", "global"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Aer's ``method``, and how noise comes in.

    "full" and "pauli" act gate by gate; "global" spoils the results of a noiseless run by the
    chance that some gate failed.
    """

    method: str
    noise: Noise = "none"


def is_clifford(circuit: Any) -> bool:
    """Whether ``circuit``, with all parameters bound, is one for the stabilizer method."""
    for item in circuit.data:
        operation = item.operation
        if operation.name == "rz":
            if not isclose(remainder(float(operation.params[0]), pi / 2), 0, abs_tol=1e-9):
                return False
        elif operation.name not in CLIFFORD:
            return False
        if not all(is_clifford(block) for block in getattr(operation, "blocks", ())):
            return False
    return True


def limit_entangled(circuit: Any, most: int) -> None:
    """``ProgramError`` if more than ``most`` qubits of ``circuit`` are joined by gates."""
    from rustworkx import PyGraph, connected_components

    graph: Any = PyGraph(multigraph=False)
    graph.add_nodes_from(range(circuit.num_qubits))
    index = {bit: place for place, bit in enumerate(circuit.qubits)}
    for item in circuit.data:
        if item.operation.name != "barrier":
            first, *others = (index[bit] for bit in item.qubits)
            graph.add_edges_from_no_data([(first, other) for other in others])
    found = max(map(len, connected_components(graph)), default=0)
    if found > most:
        raise ProgramError(
            f"{found} qubits are joined by gates; this engine was told to take {most} at most",
            reason=Reason.SIMULATION,
            kind="qiskit_aer.aererror.AerError",
        )


def choose_exact(wanted: str, prepared: Prepared, circuit: Any, shots: int) -> Plan:
    """The method of a simulator: the ``wanted`` one, or for "automatic" what suits."""
    qubits = circuit.num_qubits
    if wanted == "stabilizer" and not is_clifford(circuit):
        raise ProgramError(
            "the circuit has gates outside of the Clifford group; a stabilizer simulator has none",
            reason=Reason.SIMULATION,
            kind="qiskit_aer.aererror.AerError",
        )
    if wanted not in {"stabilizer", "matrix_product_state"}:
        by_vector = wanted == "statevector" or qubits <= SMALL
        if not by_vector and is_clifford(circuit):
            wanted = "stabilizer"
        elif by_vector or qubits <= MAX_STATEVECTOR:
            wanted = "statevector"
        else:
            wanted = "matrix_product_state"
    if wanted == "statevector":
        _limit_vector(qubits)
    _limit_work(_cost(wanted, prepared, qubits, shots))
    return Plan(wanted)


def choose_noisy(prepared: Prepared, circuit: Any, shots: int) -> Plan:
    """How to run ``circuit`` as a device would."""
    qubits, dynamic = circuit.num_qubits, prepared.dynamic
    if not dynamic and qubits <= MAX_DENSITY and prepared.size * 4**qubits <= TRAJECTORY_WORK:
        return Plan("density_matrix", "full")
    trajectories = shots * (prepared.size * 2**qubits + PER_SHOT)
    if qubits <= SMALL and trajectories <= TRAJECTORY_WORK:
        return Plan("statevector", "full")
    if is_clifford(circuit):
        _limit_work(shots * (prepared.size * qubits + PER_SHOT))
        return Plan("stabilizer", "pauli")
    if dynamic:
        _limit_vector(qubits)
        _limit_work(trajectories)
        return Plan("statevector", "full")
    vector = qubits <= MAX_STATEVECTOR and prepared.size * 2**qubits <= WORK
    method = "statevector" if vector else "matrix_product_state"
    _limit_work(_cost(method, prepared, qubits, shots))
    return Plan(method, "global")


def _cost(method: str, prepared: Prepared, qubits: int, shots: int) -> float:
    """The work of one circuit; the shots count where each is run, or drawn, by itself."""
    repeats = shots if prepared.dynamic else 1
    if method == "statevector":
        return float(repeats * prepared.size * 2**qubits)
    if method == "stabilizer":
        return float(repeats * prepared.size * qubits + shots * qubits * qubits)
    return float(repeats * prepared.size * BOND**3 + shots * qubits * BOND**2)


def _limit_vector(qubits: int) -> None:
    if qubits > MAX_STATEVECTOR:
        raise ProgramError(
            f"a state of {qubits} qubits does not fit into memory; {MAX_STATEVECTOR} do",
            reason=Reason.SIMULATION,
            kind="qiskit_aer.aererror.AerError",
        )


def _limit_work(work: float) -> None:
    if work > WORK:
        raise ProgramError(
            f"simulating this takes about {work:.0e} steps; at most {WORK:.0e} are made",
            reason=Reason.SIMULATION,
            kind="qiskit_aer.aererror.AerError",
        )
