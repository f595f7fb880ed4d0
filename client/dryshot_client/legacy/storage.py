"""What the service keeps beside its API, as types."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["Place", "StoredCircuits", "TranspiledCircuits"]


class Place(TypedDict):
    """Where something is kept; no token is needed there."""

    url: str


class TranspiledCircuits(TypedDict):
    """Circuits in both forms: Qiskit's objects as they travel, and OpenQASM 2."""

    qpy: list[Any]
    qasm2: list[str]


class StoredCircuits(TypedDict):
    """The file that a job's circuits are in."""

    transpiled_circuits: TranspiledCircuits
