"""Programs that define a device's gates in their own text, as exported ones do."""

from __future__ import annotations

from typing import Any

__all__ = ["with_hardware_gates"]


def with_hardware_gates(circuit: Any, basis: frozenset[str]) -> Any:
    """``circuit`` with its own definitions of the device's gates replaced by those gates.

    One that defines something else under such a name keeps its own meaning.
    """
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known = get_standard_gate_name_mapping()
    if not any(
        item.operation.name in basis and getattr(item.operation, "_standard_gate", 1) is None
        for item in circuit.data
    ):
        return circuit
    result = circuit.copy_empty_like()
    for item in circuit.data:
        operation = item.operation
        if operation.name in basis & known.keys() and operation._standard_gate is None:  # noqa: SLF001 - no public way to tell
            gate = type(known[operation.name])(*operation.params)
            operation = gate if _same(operation, gate) else operation.to_mutable()
            if operation is not gate:
                operation.name += "_defined"
        result.append(operation, item.qubits, item.clbits)
    result._layout = circuit.layout  # noqa: SLF001 - copy_empty_like drops what $n said
    return result


def _same(custom: Any, gate: Any) -> bool:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Operator

    pair = []
    for operation in (custom, gate):
        circuit = QuantumCircuit(operation.num_qubits)
        circuit.append(operation, circuit.qubits)
        angles = {name: 0.3 + 0.1 * place for place, name in enumerate(circuit.parameters)}
        pair.append(Operator(circuit.assign_parameters(angles)))
    return bool(pair[0].equiv(pair[1]))
