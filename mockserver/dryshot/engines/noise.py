"""Noise as a device's calibration data describe it.

Every gate is followed by the relaxation of its qubits during its length and by as much
depolarization as makes its average error the calibrated one; every readout may flip.
"""

from __future__ import annotations

from math import exp
from typing import Any

from dryshot.engines.device import Device, Gate, Qubit

__all__ = ["Readout", "contraction", "fidelity", "gate_noise", "readout_of"]

Readout = tuple[tuple[float, float], ...]
"""For each qubit the chance to read 1 for 0, and to read 0 for 1."""

NOISELESS = frozenset({"reset", "measure", "delay"})
WORTH = 1e-9
"""Errors below this are left out."""


def readout_of(device: Device, physical: tuple[int, ...], *, twirled: bool = False) -> Readout:
    """The readout errors of the qubits ``physical``; twirling makes both directions equal."""
    values = [device.qubits[qubit] for qubit in physical]
    if twirled:
        return tuple((value.readout_error, value.readout_error) for value in values)
    return tuple((value.p10, value.p01) for value in values)


def gate_noise(
    device: Device,
    physical: tuple[int, ...],
    names: frozenset[str],
    readout: Readout,
    *,
    pauli: bool = False,
) -> Any:
    """A noise model for circuits of the gates ``names`` on the qubits ``physical``.

    ``pauli`` leaves relaxation out, so that the model is fit for Clifford simulation.
    """
    from qiskit_aer.noise import NoiseModel, ReadoutError

    index = {qubit: place for place, qubit in enumerate(physical)}
    model = NoiseModel(basis_gates=sorted(device.basis))
    for (name, qubits), gate in device.gates.items():
        if name not in names - NOISELESS or any(qubit not in index for qubit in qubits):
            continue
        error = _error(gate, [device.qubits[qubit] for qubit in qubits], pauli=pauli)
        if error is not None:
            places = [index[qubit] for qubit in qubits]
            model.add_quantum_error(error, [name], places, warnings=False)
            if name == "cz" and ("cz", qubits[::-1]) not in device.gates:
                model.add_quantum_error(error, [name], places[::-1], warnings=False)
    for place, (p10, p01) in enumerate(readout):
        if p10 > WORTH or p01 > WORTH:
            model.add_readout_error(ReadoutError([[1 - p10, p10], [p01, 1 - p01]]), [place])
    return model


def fidelity(device: Device, circuit: Any, physical: tuple[int, ...]) -> float:
    """The chance that no gate of ``circuit`` fails, from the errors of its gates."""
    kept = 1.0
    index = {bit: place for place, bit in enumerate(circuit.qubits)}
    for item in circuit.data:
        gate = device.gate(item.operation.name, tuple(physical[index[bit]] for bit in item.qubits))
        if gate is not None:
            dimension = 2 ** len(item.qubits)
            kept *= 1 - min(1.0, gate.error * (dimension + 1) / dimension)
    return kept


def contraction(gate: Gate, qubit: Qubit) -> tuple[float, float, float]:
    """What the noise of a one-qubit gate does to a Bloch vector.

    By which factor it shortens x and y, by which z, and what it then adds to z.
    """
    left = 1 - _depolarization(gate, [qubit], pauli=False)
    decayed = exp(-gate.length / qubit.t1)
    return left * exp(-gate.length / qubit.t2), left * decayed, left * (1 - decayed)


def _depolarization(gate: Gate, qubits: list[Qubit], *, pauli: bool) -> float:
    """How strong depolarization makes up for what relaxation leaves of the calibrated error."""
    dimension: int = 2 ** len(qubits)
    relaxed = 1.0  # the average fidelity that relaxation leaves
    if not pauli and gate.length > 0:
        process = 1.0
        for qubit in qubits:
            process *= _kept(qubit, gate.length)
        relaxed = (dimension * process + 1) / (dimension + 1)
    strength = (relaxed - (1 - gate.error)) / (relaxed - 1 / dimension)
    return min(1.0, max(0.0, strength))


def _error(gate: Gate, qubits: list[Qubit], *, pauli: bool) -> Any:
    from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error

    relaxation = None
    if not pauli and gate.length > 0:
        for qubit in qubits:
            one = thermal_relaxation_error(_finite(qubit.t1), _finite(qubit.t2), gate.length)
            relaxation = one if relaxation is None else one.tensor(relaxation)
    strength = _depolarization(gate, qubits, pauli=pauli)
    if strength < WORTH:
        return relaxation
    depolarization = depolarizing_error(strength, len(qubits))
    return depolarization if relaxation is None else relaxation.compose(depolarization)


def _kept(qubit: Qubit, length: float) -> float:
    """The process fidelity of one qubit that relaxes for ``length`` ns."""
    return (1 + exp(-length / qubit.t1) + 2 * exp(-length / qubit.t2)) / 4


def _finite(time: float) -> float:
    return min(time, 1e15)
