"""Noise for circuits too wide to simulate it gate by gate: the results of a perfect run, spoilt.

With the chance that some gate failed, a shot is replaced by an even one; then each readout flips
with its own chance.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from dryshot.engines.noise import Readout

__all__ = ["scramble"]


def scramble(
    memory: list[int], circuit: Any, readout: Readout, kept: float, seed: int
) -> tuple[dict[int, int], list[int]]:
    """Counts and memory after noise; ``kept`` is the chance that no gate failed."""
    import numpy as np

    rng = np.random.default_rng(seed)
    qubit_of: dict[int, int] = {}
    for item in circuit.data:
        if item.operation.name == "measure":
            bit = circuit.find_bit(item.clbits[0]).index
            qubit_of[bit] = circuit.find_bit(item.qubits[0]).index
    bits = sorted(qubit_of)
    table = np.array([[shot >> bit & 1 for bit in bits] for shot in memory], dtype=np.uint8)
    lost = rng.random(len(memory)) >= kept
    even = rng.integers(0, 2, size=table.shape, dtype=np.uint8)
    table = np.where(lost[:, None], even, table)
    chances = np.array([readout[qubit_of[bit]] for bit in bits])
    flips = rng.random(table.shape) < np.where(table == 0, chances[:, 0], chances[:, 1])
    table ^= flips.astype(np.uint8)
    spoilt = [
        sum(1 << bit for bit, value in zip(bits, row, strict=True) if value)
        for row in table.tolist()
    ]
    return dict(sorted(Counter(spoilt).items())), spoilt
