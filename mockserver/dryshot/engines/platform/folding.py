"""Noise made stronger by folding: a two-qubit gate, undone and done again, twice the noise more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dryshot.engines.failure import ProgramError
from dryshot.engines.layout import Prepared

__all__ = ["fold", "folded"]

PAIR = 2
MAX_FOLDS = 100_000
"""In one circuit: more would take memory and hours, and show nothing but noise."""


def folded(prepared: Prepared, factor: float, amplifier: str, seed: int) -> Prepared:
    """``prepared`` with ``factor`` times as many two-qubit gates, as nearly as folds can make.

    Where only some gates are folded once more, ``amplifier`` says which: the first, the last, or
    random ones.
    """
    circuit, added = fold(prepared.circuit, factor, amplifier, seed)
    length = prepared.duration * factor
    return replace(prepared, circuit=circuit, duration=length, size=prepared.size + added)


def fold(circuit: Any, factor: float, amplifier: str, seed: int) -> tuple[Any, int]:
    """``circuit`` with its two-qubit gates folded, and how many operations that added."""
    places = [
        place
        for place, item in enumerate(circuit.data)
        if len(item.qubits) == PAIR and item.operation.name not in {"barrier", "delay"}
    ]
    folds = _folds(places, factor, amplifier, seed)
    result = circuit.copy_empty_like()
    for place, item in enumerate(circuit.data):
        result.append(item.operation, item.qubits, item.clbits)
        for _ in range(folds.get(place, 0)):
            result.append(item.operation.inverse(), item.qubits)
            result.append(item.operation, item.qubits)
    return result, PAIR * sum(folds.values())


def _folds(places: list[int], factor: float, amplifier: str, seed: int) -> dict[int, int]:
    """How often the gate at each place is folded."""
    import numpy as np

    wanted = (factor - 1) / 2 * len(places)
    if wanted > MAX_FOLDS:
        raise ProgramError(
            f"noise_factors: {factor} folds {len(places)} gates {wanted:.0f} times, "
            f"of which {MAX_FOLDS} can be simulated"
        )
    total = round(wanted)
    if not total:
        return {}
    every, rest = divmod(total, len(places))
    order = list(places)
    if amplifier == "gate_folding_back":
        order.reverse()
    elif amplifier != "gate_folding_front":
        order = np.random.default_rng(seed).permutation(places).tolist()
    return {place: every + (rank < rest) for rank, place in enumerate(order)}
