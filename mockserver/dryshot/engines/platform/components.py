"""Wide circuits in parts that have nothing to do with each other, so that each can be exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dryshot.engines.circuits import unrolled
from dryshot.engines.layout import Prepared

__all__ = ["ROTATIONS", "Lone", "Part", "split"]

ROTATIONS = frozenset({"id", "rx", "rz", "sx", "x"})
"""Gates of a lone qubit that need no simulator."""


@dataclass(frozen=True, slots=True)
class Lone:
    """A qubit that meets no other: its gates, each a name and an angle, and where it is read."""

    physical: int
    gates: tuple[tuple[str, Any], ...]
    clbit: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Qubits that meet; bit k of ``prepared`` is bit ``clbits[k]`` of the whole."""

    prepared: Prepared
    clbits: tuple[int, ...]


def split(prepared: Prepared) -> tuple[list[Lone], list[Part]]:
    """The parts of a circuit in which nothing depends on a result."""
    circuit = prepared.circuit
    index = {bit: place for place, bit in enumerate(circuit.qubits)}
    root = list(range(circuit.num_qubits))

    def find(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    items = [item for item in circuit.data if item.operation.name != "barrier"]
    for item in items:
        first, *others = (find(index[bit]) for bit in item.qubits)
        for other in others:
            root[find(other)] = first
    grouped: dict[int, list[Any]] = {}
    for item in items:
        grouped.setdefault(find(index[item.qubits[0]]), []).append(item)
    lone, parts = [], []
    for members in grouped.values():
        single = _lone(prepared, members, index)
        if single is not None:
            lone.append(single)
        else:
            parts.append(_part(prepared, members, index))
    return lone, parts


def _lone(prepared: Prepared, items: list[Any], index: dict[Any, int]) -> Lone | None:
    clbits = [item.clbits[0] for item in items if item.operation.name == "measure"]
    gates = [item.operation for item in items if item.operation.name != "measure"]
    if len({bit for item in items for bit in item.qubits}) > 1 or len(clbits) > 1:
        return None
    if any(gate.name not in ROTATIONS for gate in gates):
        return None
    return Lone(
        physical=prepared.physical[index[items[0].qubits[0]]],
        gates=tuple((gate.name, gate.params[0] if gate.params else 0.0) for gate in gates),
        clbit=prepared.circuit.find_bit(clbits[0]).index if clbits else None,
    )


def _part(prepared: Prepared, items: list[Any], index: dict[Any, int]) -> Part:
    from qiskit import QuantumCircuit

    circuit = prepared.circuit
    qubits = sorted({index[bit] for item in items for bit in item.qubits})
    clbits = sorted({circuit.find_bit(bit).index for item in items for bit in item.clbits})
    at = {qubit: place for place, qubit in enumerate(qubits)}
    narrow = QuantumCircuit(len(qubits), len(clbits))
    for item in items:
        narrow.append(
            item.operation,
            [at[index[bit]] for bit in item.qubits],
            [clbits.index(circuit.find_bit(bit).index) for bit in item.clbits],
        )
    own = Prepared(
        sent=narrow,
        circuit=narrow,
        physical=tuple(prepared.physical[qubit] for qubit in qubits),
        position={},
        duration=prepared.duration,
        size=unrolled(narrow),
    )
    return Part(own, tuple(clbits))
