"""Probabilistic error cancellation: what is left of the noise, and what its removal costs.

A layer of two-qubit gates whose noise is a Pauli channel of total rate r is undone, but for the
part ``gain``, by sampling; the variance of what is measured grows by exp(4 r (1 - gain)).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import exp, log
from typing import Any

from dryshot.engines.device import Device, Gate
from dryshot.engines.layout import Prepared
from dryshot.engines.platform.options import Pec

__all__ = ["Cancellation", "Layer", "cancel", "layers_of", "process_error"]

PAIR = 2
AVERAGE_TO_PROCESS = 1.25
"""From the average infidelity of a two-qubit gate to its chance of a Pauli error."""
CERTAIN = 0.499

Layer = frozenset[tuple[str, tuple[int, ...]]]
"""Two-qubit gates that run at the same time: each a name, and physical qubits."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """``gain`` is the part of the noise that stays; ``scaling`` how many times more it samples."""

    gain: float
    scaling: float
    layers: int
    overheads: tuple[float, ...]

    def metadata(self) -> dict[str, Any]:
        """As a pub's result reports it."""
        total = exp(sum(log(overhead) for overhead in self.overheads)) if self.overheads else 1.0
        return {
            "pec": {"num_randomizations_scaling": self.scaling},
            "layer_noise": {
                "noise_overhead": max(total, self.scaling),
                "total_mitigated_layers": self.layers,
                "unique_mitigated_layers": len(self.overheads),
                "unique_mitigated_layers_noise_overhead": list(self.overheads),
            },
        }


def cancel(prepared: Prepared, device: Device | None, pec: Pec) -> Cancellation:
    """What PEC does to ``prepared`` within the overhead that is allowed."""
    layers = Counter(layers_of(prepared))
    rates = {layer: sum(_rate(device, *gate) for gate in sorted(layer)) for layer in layers}
    total = sum(rates[layer] * times for layer, times in layers.items())
    gain = pec.noise_gain
    if gain is None:
        allowed = log(max(pec.max_overhead, 1.0)) / (4 * total) if total else 1.0
        gain = max(0.0, 1.0 - allowed)
    return Cancellation(
        gain=gain,
        scaling=min(exp(4 * total * max(0.0, 1 - gain)), max(pec.max_overhead, 1.0)),
        layers=layers.total(),
        overheads=tuple(exp(4 * rates[layer]) for layer in layers),
    )


def layers_of(prepared: Prepared) -> list[Layer]:
    """Two-qubit gates that can run at the same time, layer by layer, on physical qubits."""
    circuit = prepared.circuit
    index = {bit: place for place, bit in enumerate(circuit.qubits)}
    depth = [0] * circuit.num_qubits
    layers: list[set[tuple[str, tuple[int, ...]]]] = []
    for item in circuit.data:
        if len(item.qubits) != PAIR or item.operation.name in {"barrier", "delay"}:
            continue
        places = [index[bit] for bit in item.qubits]
        level = max(depth[place] for place in places)
        for place in places:
            depth[place] = level + 1
        if level == len(layers):
            layers.append(set())
        gate = item.operation.name, tuple(prepared.physical[place] for place in places)
        layers[level].add(gate)
    return [frozenset(layer) for layer in layers]


def _rate(device: Device | None, name: str, qubits: tuple[int, ...]) -> float:
    gate = device.gate(name, qubits) if device else None
    if gate is None:
        return 0.0
    return -log(1 - 2 * process_error(gate)) / 2


def process_error(gate: Gate) -> float:
    """The chance that a two-qubit gate is followed by a Pauli error."""
    return min(CERTAIN, gate.error * AVERAGE_TO_PROCESS)
