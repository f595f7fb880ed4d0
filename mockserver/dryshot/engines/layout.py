"""From a circuit as sent to one that a backend runs: placed, translated, without idle qubits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dryshot.engines.circuits import unrolled
from dryshot.engines.device import Device
from dryshot.engines.failure import ProgramError
from dryshot.engines.hardware import with_hardware_gates
from dryshot.engines.region import best_region

__all__ = [
    "ALWAYS",
    "Prepared",
    "compact",
    "fits",
    "for_device",
    "for_simulator",
    "operation_names",
    "operations",
]

CONTROL_FLOW = frozenset({"if_else", "for_loop", "switch_case"})
ALWAYS = frozenset({"measure", "reset", "delay", "barrier"}) | CONTROL_FLOW
TRANSPILER_SEED = 2023


@dataclass(frozen=True, slots=True)
class Prepared:
    """A circuit ready to be simulated.

    ``physical`` gives the device's qubit for each qubit of ``circuit``; ``position`` the qubit of
    ``circuit`` for each qubit of the circuit as it was ``sent``, where it has one. ``duration`` is
    in ns. ``size`` counts operations with loops written out.
    """

    sent: Any
    circuit: Any
    physical: tuple[int, ...]
    position: dict[int, int]
    duration: float
    size: int

    @property
    def final_measurements(self) -> dict[int, int]:
        """The qubit that was last measured into each classical bit, outside of control flow."""
        found = {}
        for item in self.circuit.data:
            if item.operation.name == "measure":
                bit = self.circuit.find_bit(item.clbits[0]).index
                found[bit] = self.circuit.find_bit(item.qubits[0]).index
        return found

    @property
    def dynamic(self) -> bool:
        """Whether a result may depend on an earlier one, so that every shot is run by itself."""
        measured: set[Any] = set()
        for item in self.circuit.data:
            name = item.operation.name
            if name in CONTROL_FLOW or name in {"reset", "initialize"}:
                return True
            if name != "barrier" and not measured.isdisjoint(item.qubits):
                return True
            if name == "measure":
                measured.add(item.qubits[0])
        return False


def fits(circuit: Any, device: Device) -> bool:
    """Whether every operation of ``circuit`` is one that ``device`` has on those very qubits."""
    if circuit.num_qubits > device.num_qubits:
        return False
    return all(
        name in ALWAYS or device.gate(name, qubits) is not None
        for name, qubits in operations(circuit)
    )


def for_device(circuit: Any, device: Device, keep: frozenset[int] = frozenset()) -> Prepared:
    """Prepare ``circuit`` for ``device``; the qubits in ``keep`` stay though they are idle.

    A circuit on physical qubits stays where it is; another one is laid out on good qubits.
    """
    _check_width(circuit, device.num_qubits, device.name)
    unrolled(circuit)
    circuit = with_hardware_gates(circuit, device.basis)
    placed = circuit.layout is not None or circuit.num_qubits == device.num_qubits
    if placed and fits(circuit, device):
        return compact(circuit, circuit, range(circuit.num_qubits), keep, device)
    if circuit.layout is not None:
        pairs = sorted(device.pairs())
        moved = _transpile(circuit, device.basis, pairs, initial_layout=range(circuit.num_qubits))
        return compact(circuit, moved, range(device.num_qubits), keep, device)
    used = sorted(_active(circuit) | keep) or [0]
    region = best_region(device, len(used))
    index = {qubit: place for place, qubit in enumerate(region)}
    pairs = sorted((index[a], index[b]) for a, b in device.pairs() if a in index and b in index)
    moved = _transpile(_narrow(circuit, used), device.basis, pairs)
    final = moved.layout.final_index_layout() if moved.layout else range(len(used))
    position = dict(zip(used, final, strict=False))
    return Prepared(
        circuit,
        moved,
        region,
        position,
        _duration(moved, region, device),
        unrolled(moved),
    )


def for_simulator(
    circuit: Any, num_qubits: int, name: str, keep: frozenset[int], noise_basis: frozenset[str]
) -> Prepared:
    """Prepare ``circuit`` for a simulator; a noise model's own basis keeps every qubit in place."""
    unrolled(circuit)
    active = _active(circuit) | keep
    if len(active) > num_qubits:
        raise ProgramError(f"the circuit needs {len(active)} qubits; {name} has {num_qubits}")
    basis = noise_basis or _simulator_basis()
    ready = circuit
    if any(op not in basis and op not in ALWAYS for op, _ in operations(circuit)):
        ready = _transpile(circuit, basis, None)
    if noise_basis:
        keep = frozenset(range(circuit.num_qubits))
    return compact(circuit, ready, range(circuit.num_qubits), keep, None)


def _check_width(circuit: Any, num_qubits: int, name: str) -> None:
    if circuit.num_qubits > num_qubits and len(_active(circuit)) > num_qubits:
        raise ProgramError(
            f"the circuit needs {circuit.num_qubits} qubits; {name} has {num_qubits}"
        )


def operations(circuit: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every operation with the outermost indices of its qubits, those in control flow too."""
    yield from _inner(circuit, {bit: index for index, bit in enumerate(circuit.qubits)})


def operation_names(circuit: Any) -> set[str]:
    """The names of the operations in ``circuit``, those in control flow too."""
    return {name for name, _ in operations(circuit)}


def _inner(circuit: Any, index: dict[Any, int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    for item in circuit.data:
        qubits = tuple(index[bit] for bit in item.qubits)
        yield item.operation.name, qubits
        for block in getattr(item.operation, "blocks", ()):
            yield from _inner(block, dict(zip(block.qubits, qubits, strict=True)))


def _active(circuit: Any) -> set[int]:
    """The qubits on which something happens."""
    idle = {"barrier", "delay"}
    return {qubit for name, qubits in operations(circuit) if name not in idle for qubit in qubits}


def compact(
    sent: Any, circuit: Any, physical: Iterable[int], keep: frozenset[int], device: Device | None
) -> Prepared:
    """``circuit``, made from ``sent`` and placed on ``physical``, without its idle qubits."""
    places = tuple(physical)
    routed = circuit is not sent and circuit.layout is not None
    final = circuit.layout.final_index_layout() if routed else list(range(sent.num_qubits))
    used = sorted(_active(circuit) | {final[qubit] for qubit in keep}) or [0]
    narrow = circuit if len(used) == circuit.num_qubits else _narrow(circuit, used)
    region = tuple(places[qubit] for qubit in used)
    duration = _duration(narrow, region, device) if device else 0.0
    index = {qubit: place for place, qubit in enumerate(used)}
    position = {qubit: index[place] for qubit, place in enumerate(final) if place in index}
    return Prepared(sent, narrow, region, position, duration, unrolled(narrow))


def _narrow(circuit: Any, used: list[int]) -> Any:
    """``circuit`` on the qubits ``used`` alone; its classical bits and registers stay."""
    from qiskit import QuantumCircuit, QuantumRegister

    register = QuantumRegister(len(used), "q")
    narrow = QuantumCircuit(register, name=circuit.name, global_phase=circuit.global_phase)
    narrow.add_bits(circuit.clbits)
    narrow.add_register(*circuit.cregs)
    for variable in circuit.iter_input_vars():
        narrow.add_input(variable)
    for variable in circuit.iter_declared_vars():
        narrow.add_uninitialized_var(variable)
    index = {circuit.qubits[qubit]: register[place] for place, qubit in enumerate(used)}
    for item in circuit.data:
        qubits = [index[bit] for bit in item.qubits if bit in index]
        if len(qubits) == len(item.qubits):
            narrow.append(item.operation, qubits, item.clbits, copy=False)
    return narrow


def _transpile(
    circuit: Any,
    basis: Iterable[str],
    pairs: list[tuple[int, int]] | None,
    initial_layout: Iterable[int] | None = None,
) -> Any:
    from qiskit import transpile
    from qiskit.exceptions import QiskitError

    coupling: dict[str, Any] = {"coupling_map": [list(pair) for pair in pairs]} if pairs else {}
    if initial_layout is not None:
        coupling["initial_layout"] = list(initial_layout)
    try:
        return transpile(
            circuit,
            basis_gates=sorted({*basis, *CONTROL_FLOW}),
            optimization_level=1,
            seed_transpiler=TRANSPILER_SEED,
            **coupling,
        )
    except QiskitError as error:
        kind = f"{type(error).__module__}.{type(error).__name__}"
        raise ProgramError(error.message, kind=kind) from error


def _simulator_basis() -> frozenset[str]:
    """What every method of the simulator understands or rewrites for itself."""
    from qiskit_aer import AerSimulator

    plain = AerSimulator(method="matrix_product_state").configuration().basis_gates
    return frozenset(plain) - {"while_loop"}


def _duration(circuit: Any, physical: tuple[int, ...], device: Device) -> float:
    """The time in ns that ``circuit`` takes, each operation as soon as its qubits are free."""
    free = [0.0] * len(physical)
    for name, qubits in operations(circuit):
        if name == "measure":
            length = max(device.qubits[physical[qubit]].readout_length for qubit in qubits)
        else:
            gate = device.gate(name, tuple(physical[qubit] for qubit in qubits))
            length = gate.length if gate else 0.0
        end = max((free[qubit] for qubit in qubits), default=0.0) + length
        for qubit in qubits:
            free[qubit] = end
    return max(free, default=0.0)
