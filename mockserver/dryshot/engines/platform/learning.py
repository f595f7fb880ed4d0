"""Noise as learning experiments find it: a device's errors as rates of Pauli generators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import log, sqrt
from typing import Any

from dryshot.engines.device import Device
from dryshot.engines.failure import ProgramError, Reason
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.cancellation import Layer, process_error

__all__ = ["Effort", "Generator", "learn_layer", "learn_readout", "physical"]

FRACTIONAL = frozenset({"rx", "rzz"})
PAULIS = 15
ANTICOMMUTING = 8
BASES = 9
SECOND = 1e9


@dataclass(frozen=True, slots=True)
class Generator:
    """A Pauli string on ``qubits``, by their places in the layer, its rate and how sure that is."""

    pauli: str
    qubits: tuple[int, ...]
    rate: float
    std: float


@dataclass(frozen=True, slots=True)
class Effort:
    """What a learning experiment spends on a layer; ``depths`` are pairs of layers."""

    shots: int
    randomizations: int
    depths: tuple[int, ...]


def learn_layer(
    bench: TargetBench, layer: Layer, qubits: Sequence[int], effort: Effort, seed: int
) -> list[Generator]:
    """The generators of ``layer`` on the physical ``qubits``: on one, and on two that are coupled.

    Each gate's error is taken as depolarization; what is found scatters as its shots let it.
    """
    device = _device(bench)
    rates: dict[tuple[tuple[int, ...], str], float] = {}
    place = {qubit: at for at, qubit in enumerate(qubits)}
    for at in range(len(qubits)):
        rates.update({((at,), letter): 0.0 for letter in "XYZ"})
    for first, second in sorted({(min(pair), max(pair)) for pair in device.pairs()}):
        if first in place and second in place:
            both = (place[first], place[second])
            rates.update({(both, a + b): 0.0 for a, b in product("XYZ", repeat=2)})
    longest = 0.0
    for name, pair in sorted(layer):
        gate = device.gate(name, pair)
        if name in FRACTIONAL:
            raise ProgramError(f"the noise of {name} cannot be learned", reason=Reason.FRACTIONAL)
        if gate is None or not set(pair) <= set(place):
            raise ProgramError(
                f"the instruction {name} on qubits {pair} is not supported by the target",
                reason=Reason.NOT_IN_TARGET,
            )
        longest = max(longest, gate.length)
        fidelity = max(1e-6, 1 - process_error(gate) * (PAULIS + 1) / PAULIS)
        rate = -log(fidelity) / (2 * ANTICOMMUTING)
        ends = (place[pair[0]], place[pair[1]])
        for letters in product("IXYZ", repeat=2):
            touched = [
                (at, letter) for at, letter in zip(ends, letters, strict=True) if letter != "I"
            ]
            if touched:
                touched.sort()
                key = tuple(at for at, _ in touched), "".join(letter for _, letter in touched)
                rates[key] = rates.get(key, 0.0) + rate
    total = effort.shots * effort.randomizations
    _account(bench, device, total * BASES, effort.depths, longest)
    deepest = max([*effort.depths, 1])
    return _found(rates, 1 / (4 * deepest * sqrt(max(total, 1))), seed)


def learn_readout(
    bench: TargetBench, qubits: Sequence[int], effort: Effort, seed: int
) -> list[Generator]:
    """A generator X for each of the physical ``qubits``: how often its twirled readout flips."""
    device = _device(bench)
    rates: dict[tuple[tuple[int, ...], str], float] = {
        ((at,), "X"): -log(max(1e-6, 1 - 2 * device.qubits[qubit].readout_error)) / 2
        for at, qubit in enumerate(qubits)
    }
    total = effort.shots * effort.randomizations
    _account(bench, device, total, (0,), 0.0)
    return _found(rates, 1 / (2 * sqrt(max(total, 1))), seed)


def _found(
    rates: dict[tuple[tuple[int, ...], str], float], std: float, seed: int
) -> list[Generator]:
    import numpy as np

    noise = np.random.default_rng(seed).normal(scale=std, size=len(rates)).tolist()
    return [
        Generator(pauli, qubits, max(0.0, rate + error), std)
        for ((qubits, pauli), rate), error in zip(rates.items(), noise, strict=True)
    ]


def _device(bench: TargetBench) -> Device:
    if bench.device is None:
        raise ProgramError("a simulator has no noise that could be learned")
    return bench.device


def _account(
    bench: TargetBench, device: Device, shots: int, depths: Iterable[int], length: float
) -> None:
    for depth in depths:
        bench.executions += shots
        bench.seconds += shots * (device.rep_delay + 2 * depth * length) / SECOND


def physical(bit: Any, place: int) -> int:
    """The device's qubit that ``bit`` is, as its register tells; else its place."""
    index = getattr(bit, "_index", None)
    return place if index is None else int(index)
