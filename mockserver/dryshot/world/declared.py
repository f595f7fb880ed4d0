"""Devices as a user declares them: from a snapshot, from the generator, or document by document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dryshot.world.backends import Backend, BackendData
from dryshot.world.devices import device, snapshots
from dryshot.world.devices.families import TwoQubitGate, family_for

__all__ = ["DeclaredDevice", "FromDocuments", "FromGenerator", "FromSnapshot"]


@dataclass(frozen=True, slots=True)
class FromSnapshot:
    """``name`` is a copy of ``snapshot``, such as ``fake_kyoto``; ``ValueError`` without it."""

    name: str
    snapshot: str

    def __post_init__(self) -> None:
        known = snapshots()
        if not known:
            raise ValueError("snapshots are read from qiskit-ibm-runtime, which is not installed")
        if self.snapshot not in known:
            raise ValueError(f"there is no snapshot {self.snapshot!r}")

    def backend(self, *, seed: int, calibrated: datetime) -> Backend:
        """The device; a snapshot has its own seed and date."""
        del seed, calibrated
        source = snapshots()[self.snapshot]

        def load() -> BackendData:
            return BackendData(
                configuration=_renamed(source.configuration, self.name),
                properties=_renamed(source.properties, self.name),
                defaults=source.defaults,
            )

        return Backend(self.name, simulator=False, load=load)


@dataclass(frozen=True, slots=True)
class FromGenerator:
    """A made-up device; ``seed`` None is the world's. ``ValueError`` for an unknown family."""

    name: str
    num_qubits: int = 127
    family: str | None = None
    two_qubit_gate: TwoQubitGate | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        family_for(self.num_qubits, self.family)

    def backend(self, *, seed: int, calibrated: datetime) -> Backend:
        """The device, calibrated at that instant."""
        return device(
            self.name,
            num_qubits=self.num_qubits,
            seed=seed if self.seed is None else self.seed,
            calibrated=calibrated,
            family=self.family,
            two_qubit_gate=self.two_qubit_gate,
        )


@dataclass(frozen=True, slots=True)
class FromDocuments:
    """A device of which the documents are given, as IBM writes them but for its name."""

    name: str
    configuration: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.configuration.get("n_qubits"), int):
            raise ValueError("the configuration has no n_qubits")  # noqa: TRY004 - a bad document

    def backend(self, *, seed: int, calibrated: datetime) -> Backend:
        """The device; its documents say everything."""
        del seed, calibrated
        data = BackendData(
            configuration=_renamed(self.configuration, self.name),
            properties=_renamed(self.properties, self.name),
            defaults=self.defaults,
        )
        simulator = bool(self.configuration.get("simulator"))
        return Backend(self.name, simulator=simulator, load=lambda: data)


DeclaredDevice = FromSnapshot | FromGenerator | FromDocuments


def _renamed(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return {**document, "backend_name": name} if document else {}
