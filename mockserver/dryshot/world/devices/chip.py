"""What is fixed in a device once it is made: its lattice, its frequencies, its directions."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from dryshot.world.devices.families import Family, TwoQubitGate
from dryshot.world.devices.lattice import Lattice, heavy_hex
from dryshot.world.ids import stream

__all__ = ["Chip", "make_chip"]


@dataclass(frozen=True, slots=True)
class Chip:
    """A processor; ``frequencies`` in GHz, ``pairs`` the directed pairs that have a gate."""

    name: str
    seed: int
    family: Family
    two_qubit_gate: TwoQubitGate
    lattice: Lattice
    frequencies: tuple[float, ...]
    pairs: tuple[tuple[int, int], ...]

    def stream(self, subject: str) -> Random:
        """Random numbers that depend on seed, name and ``subject``, and on nothing else."""
        return stream(self.seed, self.name, subject)


def make_chip(
    name: str, num_qubits: int, seed: int, family: Family, two_qubit_gate: TwoQubitGate
) -> Chip:
    """Lay out a chip; where the gate has one direction, the faster qubit is the control."""
    lattice = heavy_hex(num_qubits)
    draw = stream(seed, name, "frequencies")
    frequencies = tuple(
        round(family.frequency + max(-0.3, min(0.3, draw.gauss(0.0, 0.11))), 9)
        for _ in range(num_qubits)
    )
    if two_qubit_gate == "ecr":
        pairs = [(a, b) if frequencies[a] >= frequencies[b] else (b, a) for a, b in lattice.edges]
    else:
        pairs = [pair for a, b in lattice.edges for pair in ((a, b), (b, a))]
    return Chip(name, seed, family, two_qubit_gate, lattice, frequencies, tuple(sorted(pairs)))
