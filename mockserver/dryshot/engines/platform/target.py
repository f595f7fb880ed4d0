"""Circuits as a platform's device takes them: already placed, in its own gates, or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from math import pi
from typing import Any

from dryshot.engines.circuits import load, unrolled
from dryshot.engines.device import Device
from dryshot.engines.failure import ProgramError, Reason
from dryshot.engines.hardware import with_hardware_gates
from dryshot.engines.layout import ALWAYS, Prepared, compact, operation_names, operations
from dryshot.engines.shapes import strip_comments

__all__ = ["check_angles", "check_twirling", "for_target", "load_strictly"]

FRACTIONAL = frozenset({"rx", "rzz"})
ROUNDING = 1e-9
SLOW = "xslow"


def load_strictly(raw: Any) -> Any:
    """The circuit that ``raw`` describes: OpenQASM 3 that says so, or an encoded circuit.

    A text, or what is not packed as it should be, fails with 1603; QPY that cannot be read
    with 1506.
    """
    if isinstance(raw, str):
        if not strip_comments(raw).lstrip().startswith("OPENQASM 3"):
            raise ProgramError(
                "the text does not begin with OPENQASM 3",
                reason=Reason.UNLOADABLE,
                kind="qiskit.qasm3.exceptions.QASM3ImporterError",
            )
        return _loaded(raw, Reason.UNLOADABLE)
    return _loaded(raw, Reason.UNREADABLE)


def _loaded(raw: Any, reason: Reason) -> Any:
    try:
        return load(raw, define=False)
    except ProgramError as error:
        packed = not isinstance(error.__cause__, zlib.error) and error.kind != "zlib.error"
        error.reason = reason if packed else Reason.UNLOADABLE
        raise
    except Exception as error:
        kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
        raise ProgramError(str(error) or "no message", reason=reason, kind=kind) from error


def for_target(circuit: Any, device: Device, keep: frozenset[int] = frozenset()) -> Prepared:
    """Prepare ``circuit``, whose qubit n is the device's qubit n; a misfit fails with 1517."""
    unrolled(circuit)
    circuit = with_hardware_gates(circuit, device.basis)
    if circuit.num_qubits > device.num_qubits:
        raise _misfit(f"a circuit of {circuit.num_qubits} qubits", device)
    for name, qubits in operations(circuit):
        if name not in ALWAYS and device.gate(name, qubits) is None:
            raise _misfit(f"the instruction {name} on qubits {qubits}", device)
    check_angles([circuit])
    return compact(circuit, _known(circuit), range(circuit.num_qubits), keep, device)


def _misfit(what: str, device: Device) -> ProgramError:
    return ProgramError(
        f"{what} is not supported by the target of {device.name}; "
        "transpile the circuit for it first",
        reason=Reason.NOT_IN_TARGET,
        kind="qiskit_ibm_runtime.exceptions.IBMInputValueError",
    )


def _known(circuit: Any) -> Any:
    """``circuit`` as a simulator knows it: without delays, and slow pulses like others."""
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import XGate

    if operation_names(circuit).isdisjoint({SLOW, "delay"}) or circuit.num_vars:
        return circuit
    known = QuantumCircuit(circuit.qubits, circuit.clbits, *circuit.qregs, *circuit.cregs)
    known.global_phase = circuit.global_phase
    for item in circuit.data:
        if item.operation.name != "delay":
            operation = XGate() if item.operation.name == SLOW else item.operation
            known.append(operation, item.qubits, item.clbits)
    return known


def check_angles(circuits: Iterable[Any]) -> None:
    """A device's rzz turns by angles from 0 to pi/2 only; those still unbound are passed over."""
    for circuit in circuits:
        for angle in _angles(circuit):
            if not -ROUNDING <= angle <= pi / 2 + ROUNDING:
                raise ProgramError(
                    f"rzz by {angle:g} is not supported: its angle is from 0 to pi/2",
                    reason=Reason.NOT_IN_TARGET,
                )


def _angles(circuit: Any) -> Iterable[float]:
    for item in circuit.data:
        if item.operation.name == "rzz":
            angle = item.operation.params[0]
            if not getattr(angle, "parameters", ()):
                yield float(angle)
        for block in getattr(item.operation, "blocks", ()):
            yield from _angles(block)


def check_twirling(circuit: Any) -> None:
    """Fractional gates cannot be twirled, and so their noise cannot be learned."""
    used = sorted(FRACTIONAL & operation_names(circuit))
    if used:
        raise ProgramError(
            f"gate twirling, PEA and PEC do not work with the fractional gates {', '.join(used)}",
            reason=Reason.FRACTIONAL,
        )
