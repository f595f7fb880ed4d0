"""A device's calibration data, read once from its JSON documents into plain numbers.

Times are in ns, errors are probabilities. What the documents leave out is taken as perfect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dryshot.world.backends import Backend

__all__ = ["Device", "Gate", "Qubit"]

TO_NS = {"s": 1e9, "ms": 1e6, "us": 1e3, "µs": 1e3, "ns": 1.0, "ps": 1e-3}
REP_DELAY_US = 250.0
PAIR = 2
BROKEN = 0.5
"""An error at or above this means that a gate does not work."""


@dataclass(frozen=True, slots=True)
class Qubit:
    """One qubit; ``p10`` is the chance to read 1 after preparing 0, ``p01`` to read 0 after 1."""

    t1: float = float("inf")
    t2: float = float("inf")
    p10: float = 0.0
    p01: float = 0.0
    readout_length: float = 0.0
    operational: bool = True

    @property
    def readout_error(self) -> float:
        """The mean of both assignment errors."""
        return (self.p10 + self.p01) / 2


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate on given qubits."""

    error: float = 0.0
    length: float = 0.0


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a device. ``fingerprint`` tells two sets of calibration data apart."""

    name: str
    num_qubits: int
    basis: frozenset[str]
    qubits: tuple[Qubit, ...]
    gates: Mapping[tuple[str, tuple[int, ...]], Gate]
    rep_delay: float
    dt: float
    fingerprint: str

    @classmethod
    def of(cls, backend: Backend) -> Device:
        """Read the documents of ``backend``."""
        configuration, properties = backend.configuration, backend.properties
        dt = float(configuration.get("dt") or 1.0)
        gates = _declared(configuration)
        for entry in properties.get("gates", ()):
            values = _values(entry["parameters"], dt)
            gates[entry["gate"], tuple(entry["qubits"])] = Gate(
                min(1.0, values.get("gate_error", 0.0)), values.get("gate_length", 0.0)
            )
        qubits = [_qubit(_values(entry, dt)) for entry in properties.get("qubits", ())]
        qubits += [Qubit()] * (backend.num_qubits - len(qubits))
        delay = configuration.get("default_rep_delay") or REP_DELAY_US
        content = repr((backend.name, sorted(gates.items(), key=repr), qubits, delay, dt))
        return cls(
            name=backend.name,
            num_qubits=backend.num_qubits,
            basis=frozenset(configuration.get("basis_gates", ())),
            qubits=tuple(qubits),
            gates=gates,
            rep_delay=float(delay) * TO_NS["us"],
            dt=dt,
            fingerprint=hashlib.sha256(content.encode()).hexdigest(),
        )

    def gate(self, name: str, qubits: tuple[int, ...]) -> Gate | None:
        """The gate ``name`` on ``qubits``, in this order or, for a symmetric one, in the other."""
        found = self.gates.get((name, qubits))
        if found is None and name in {"cz", "rzz"}:
            found = self.gates.get((name, qubits[::-1]))
        return found

    def amplified(self, factor: float) -> Device:
        """The same device, the noise of its two-qubit gates ``factor`` times as strong."""
        gates = {
            (name, qubits): Gate(min(1.0, gate.error * factor), gate.length * factor)
            if len(qubits) == PAIR
            else gate
            for (name, qubits), gate in self.gates.items()
        }
        return replace(self, gates=gates, fingerprint=f"{self.fingerprint} * {factor}")

    def pairs(self) -> dict[tuple[int, int], Gate]:
        """The two-qubit gate on every directed pair that has a working one.

        Where none is said to work, as in some published snapshots, all are taken as they are.
        """
        every = {
            (qubits[0], qubits[1]): gate
            for (name, qubits), gate in self.gates.items()
            if len(qubits) == PAIR and name in self.basis
        }
        return {pair: gate for pair, gate in every.items() if gate.error < BROKEN} or every


def _declared(configuration: Mapping[str, Any]) -> dict[tuple[str, tuple[int, ...]], Gate]:
    """The gates that the configuration names, still without figures."""
    basis = set(configuration.get("basis_gates", ()))
    gates: dict[tuple[str, tuple[int, ...]], Gate] = {}
    for entry in configuration.get("gates", ()):
        if entry["name"] in basis:
            for qubits in entry.get("coupling_map") or ():
                gates[entry["name"], tuple(qubits)] = Gate()
    return gates


def _qubit(values: Mapping[str, float]) -> Qubit:
    mean = values.get("readout_error", 0.0)
    t1 = values.get("T1") or float("inf")
    return Qubit(
        t1=t1,
        t2=min(values.get("T2") or float("inf"), 2 * t1),
        p10=values.get("prob_meas1_prep0", mean),
        p01=values.get("prob_meas0_prep1", mean),
        readout_length=values.get("readout_length", 0.0),
        operational=values.get("operational", 1.0) > 0,
    )


def _values(entries: Iterable[Mapping[str, Any]], dt: float) -> dict[str, float]:
    """Figures by name, times in ns."""
    units = {**TO_NS, "dt": dt}
    return {
        entry["name"]: float(entry["value"]) * units.get(entry.get("unit", ""), 1.0)
        for entry in entries
        if isinstance(entry.get("value"), int | float)
    }
