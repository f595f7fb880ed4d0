"""Observables: from their forms on the wire to Pauli terms, and those to measurable groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dryshot.engines.encoding import decode
from dryshot.engines.failure import ProgramError
from dryshot.engines.inputs import Pub

__all__ = ["Terms", "measure_group", "observables", "qubitwise_groups", "support"]

Terms = Mapping[str, float]
"""Coefficients by Pauli label; the rightmost letter is for qubit 0."""

WORTH = 1e-12


def observables(pub: Pub, circuit: Any) -> Any:
    """The observables of ``pub`` as a numpy array of :data:`Terms`, of any shape."""
    import numpy as np

    raw = decode(pub.observables)
    nested = raw.tolist() if hasattr(raw, "tolist") and not _is_operator(raw) else raw
    if type(nested).__name__ == "PauliList":
        nested = list(nested)
    shape = _shape(nested)
    flat: list[Any] = [nested]
    for _ in shape:
        flat = [item for part in flat for item in part]
    result = np.empty(len(flat), dtype=object)
    for place, item in enumerate(flat):
        result[place] = _terms(item, circuit.num_qubits)
    return result.reshape(shape)


def _is_operator(value: Any) -> bool:
    return hasattr(value, "num_qubits") and not hasattr(value, "sparse_observables_array")


def _shape(nested: Any) -> tuple[int, ...]:
    if not isinstance(nested, list):
        return ()
    shapes = {_shape(item) for item in nested}
    if len(shapes) != 1:
        raise ProgramError("observables are nested unevenly, or there are none")
    return (len(nested), *shapes.pop())


def _terms(item: Any, num_qubits: int) -> Terms:
    from qiskit.exceptions import QiskitError
    from qiskit.primitives.containers.observables_array import ObservablesArray
    from qiskit.quantum_info import Operator, SparsePauliOp

    try:
        if isinstance(item, Operator):
            item = SparsePauliOp.from_operator(item)
        array = ObservablesArray([item])
        operator = SparsePauliOp.from_sparse_observable(array.sparse_observables_array()[0])
    except (QiskitError, TypeError, ValueError) as error:
        raise ProgramError(f"not an observable: {error}") from error
    if operator.num_qubits != num_qubits:
        raise ProgramError(
            f"the observable is for {operator.num_qubits} qubits; the circuit has {num_qubits}"
        )
    simple = operator.simplify()
    labels = simple.paulis.to_labels()
    terms = zip(labels, simple.coeffs.tolist(), strict=True)
    return {label: float(value.real) for label, value in terms if abs(value) > WORTH}


def support(label: str) -> list[int]:
    """The qubits on which a Pauli label is not the identity."""
    return [qubit for qubit, letter in enumerate(reversed(label)) if letter != "I"]


def qubitwise_groups(labels: Iterable[str]) -> list[tuple[dict[int, str], list[str]]]:
    """Labels that one circuit can measure together, with the letter to measure on each qubit."""
    groups: list[tuple[dict[int, str], list[str]]] = []
    for label in sorted(labels, key=lambda text: (text.count("I"), text)):
        letters = {qubit: label[-1 - qubit] for qubit in support(label)}
        for basis, members in groups:
            if all(basis.get(qubit, letter) == letter for qubit, letter in letters.items()):
                basis.update(letters)
                members.append(label)
                break
        else:
            groups.append((letters, [label]))
    return groups


def measure_group(circuit: Any, basis: Mapping[int, str], position: Mapping[int, int]) -> Any:
    """``circuit`` with the qubits of ``basis`` measured into new bits, turned with rz and sx alone.

    Bit ``k`` of the new register, which comes after the others, is the k-th qubit of ``basis``.
    """
    from math import pi

    from qiskit import ClassicalRegister

    measured = circuit.copy()
    register = ClassicalRegister(len(basis), "_observed")
    measured.add_register(register)
    for bit, (qubit, letter) in enumerate(basis.items()):
        place = position[qubit]
        if letter == "X":  # a Hadamard gate, as devices make it
            measured.rz(pi / 2, place)
        if letter in "XY":
            measured.sx(place)
        measured.measure(place, register[bit])
    return measured
