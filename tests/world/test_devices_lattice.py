from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot.world.devices import device, snapshots
from dryshot.world.devices.lattice import Lattice, heavy_hex
from tests.world.chips import CALIBRATED

SHAPES = {
    "fake_lima": 5,
    "fake_perth": 7,
    "fake_guadalupe": 16,
    "fake_cairo": 27,
    "fake_brooklyn": 65,
    "fake_kyoto": 127,
    "fake_torino": 133,
    "fake_fez": 156,
}
"""Devices of each real shape."""


def reached(lattice: Lattice) -> set[int]:
    """The qubits that a walk from qubit 0 comes to."""
    seen, ahead = {0}, [0]
    while ahead:
        here = ahead.pop()
        for edge in lattice.edges:
            if here in edge:
                there = sum(edge) - here
                if there not in seen:
                    seen.add(there)
                    ahead.append(there)
    return seen


@given(st.integers(2, 180))
def test_any_size_is_one_connected_piece_of_heavy_hex(num_qubits: int) -> None:
    lattice = heavy_hex(num_qubits)
    assert lattice.num_qubits == len(set(lattice.sites)) == num_qubits
    assert reached(lattice) == set(range(num_qubits))
    assert max(Counter(qubit for edge in lattice.edges for qubit in edge).values()) <= 3
    assert all(low < high for low, high in lattice.edges)
    assert min(x for x, _ in lattice.sites) == min(y for _, y in lattice.sites) == 0


@pytest.mark.parametrize(
    ("num_qubits", "edges"),
    [(2, 1), (5, 4), (7, 6), (16, 16), (27, 28), (65, 72), (127, 144), (133, 150), (156, 176)],
)
def test_known_sizes_have_the_known_number_of_pairs(num_qubits: int, edges: int) -> None:
    assert len(heavy_hex(num_qubits).edges) == edges


def test_osprey_has_thirteen_full_rows_of_27_without_two_corners() -> None:
    lattice = heavy_hex(433)
    per_row = Counter(y for _, y in lattice.sites)
    assert [per_row[y] for y in range(25)] == [26, *([7, 27] * 11), 7, 26]
    assert reached(lattice) == set(range(433))


@pytest.mark.skipif(not snapshots(), reason="the extra sdk is not installed")
@pytest.mark.parametrize(("name", "num_qubits"), SHAPES.items())
def test_real_shapes_are_numbered_as_the_real_devices_are(name: str, num_qubits: int) -> None:
    real = snapshots()[name].configuration
    ours = device("ibm_made_up", num_qubits=num_qubits, calibrated=CALIBRATED).configuration
    pairs = {frozenset(pair) for pair in ours["coupling_map"]}
    assert pairs == {frozenset(pair) for pair in real["coupling_map"]}


@pytest.mark.skipif(not snapshots(), reason="the extra sdk is not installed")
@pytest.mark.parametrize("name", ["fake_cairo", "fake_kyoto", "fake_torino", "fake_fez"])
def test_coordinates_are_those_of_the_real_devices(name: str) -> None:
    real = snapshots()[name]
    ours = device("ibm_made_up", num_qubits=real.num_qubits, calibrated=CALIBRATED)
    rows = [[x, y] for x, y in ours.configuration["coords"]]
    assert rows == real.configuration["coords"]
