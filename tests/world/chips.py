"""Devices of every family, and ways to read their documents, for the tests in this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dryshot.world.backends import Backend
from dryshot.world.devices import device

__all__ = ["CALIBRATED", "SIZES", "made", "value", "values"]

CALIBRATED = datetime(2023, 9, 11, 16, 30, tzinfo=UTC)
SIZES = (2, 5, 7, 16, 27, 40, 65, 127, 133, 156, 433)


def made(num_qubits: int = 27, name: str = "ibm_made_up", *, seed: int = 0) -> Backend:
    """A device of that size, its documents not yet computed."""
    return device(name, num_qubits=num_qubits, seed=seed, calibrated=CALIBRATED)


def value(items: Sequence[Mapping[str, Any]], name: str) -> Any:
    """The value of the item of that name."""
    (item,) = (item for item in items if item["name"] == name)
    return item["value"]


def values(backend: Backend, name: str) -> list[Any]:
    """The values of that name over all qubits."""
    return [value(items, name) for items in backend.properties["qubits"]]
