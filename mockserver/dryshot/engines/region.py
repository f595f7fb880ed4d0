"""Where to put a circuit on a device: a connected group of its best qubits."""

from __future__ import annotations

import heapq

from dryshot.engines.device import BROKEN, Device
from dryshot.engines.failure import ProgramError

__all__ = ["best_region"]

STARTS = 12
"""From how many of the best qubits a region is grown; the cheapest is taken."""


def best_region(device: Device, size: int) -> tuple[int, ...]:
    """``size`` connected qubits with small readout and gate errors, in growing order."""
    costs = {
        qubit: _cost(device, qubit)
        for qubit, values in enumerate(device.qubits)
        if values.operational and values.readout_error < BROKEN / 2
    }
    links: dict[int, dict[int, float]] = {qubit: {} for qubit in costs}
    for (first, second), gate in device.pairs().items():
        if first in costs and second in costs:
            links[first][second] = links[second][first] = gate.error
    grown = (
        _grow(start, size, costs, links) for start in sorted(costs, key=costs.__getitem__)[:STARTS]
    )
    regions = [region for region in grown if region is not None]
    if not regions:  # the good ones may lie in a corner too small: look from everywhere
        everywhere = (_grow(start, size, costs, links) for start in costs)
        regions = [region for region in everywhere if region is not None]
    if not regions:
        raise ProgramError(f"{device.name} has no {size} working qubits that are connected")
    return tuple(sorted(min(regions)[1]))


def _cost(device: Device, qubit: int) -> float:
    values = device.qubits[qubit]
    gate = device.gate("sx", (qubit,)) or device.gate("x", (qubit,))
    return values.readout_error + (2 * gate.error if gate else 0.0)


def _grow(
    start: int, size: int, costs: dict[int, float], links: dict[int, dict[int, float]]
) -> tuple[float, list[int]] | None:
    """The cheapest qubits next to ``start``, taken one by one, with their total cost."""
    total, seen = 0.0, {start}
    taken: list[int] = []
    frontier = [(costs[start], start)]
    while frontier and len(taken) < size:
        cost, qubit = heapq.heappop(frontier)
        total += cost
        taken.append(qubit)
        for neighbour, error in links[qubit].items():
            if neighbour not in seen:
                seen.add(neighbour)
                heapq.heappush(frontier, (costs[neighbour] + error, neighbour))
    return (total, taken) if len(taken) == size else None
