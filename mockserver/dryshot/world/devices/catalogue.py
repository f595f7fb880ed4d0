"""The backends that a new world knows, and which instance may use which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dryshot.world.backends import Backend
from dryshot.world.devices.device import device
from dryshot.world.devices.families import TwoQubitGate
from dryshot.world.devices.simulator import SIMULATORS, simulator

__all__ = ["DEFAULT_INSTANCES", "catalogue", "listing"]

# Sizes marked "inferred" were never published, or not for the time when the name was in use.
_DEVICES: Mapping[str, int] = {
    "ibm_wellington": 27,  # inferred
    "ibm_perth": 7,
    "ibm_nairobi": 7,
    "ibm_lagos": 7,
    "ibm_hanoi": 27,
    "ibm_algiers": 27,
    "ibm_peekskill": 27,
    "ibm_brisbane": 127,
    "ibm_kyoto": 127,
    "ibm_kyiv": 127,
    "ibm_cusco": 127,
    "ibm_nazca": 127,
    "ibm_quebec": 127,
    "alt_kawasaki": 127,  # inferred from the later ibm_kawasaki
    "ibm_pinguino1": 27,  # inferred
    "ibm_pinguino2": 27,  # inferred
    "ibm_torino": 133,
    "ibm_fez": 156,
    "ibm_marrakesh": 156,
    "ibm_kingston": 156,
}
_GATES: Mapping[str, TwoQubitGate] = {"ibm_peekskill": "ecr"}

DEFAULT_INSTANCES: Mapping[str, tuple[str, ...]] = {
    "ibm-q-internal/dev-sys-software/internal-test": (
        "simulator_stabilizer",
        "simulator_extended_stabilizer",
        "simulator_statevector",
        "simulator_mps",
        "ibm_wellington",
        "ibm_peekskill",
        "ibm_hanoi",
        "ibm_algiers",
        "ibm_kyiv",
        "ibm_cusco",
        "ibm_nazca",
        "ibm_quebec",
        "alt_kawasaki",
        "ibm_pinguino1",
        "ibm_pinguino2",
        "ibm_brisbane",
        "ibm_kyoto",
    ),
    "ibm-q/open/main": (
        "simulator_stabilizer",
        "simulator_extended_stabilizer",
        "simulator_statevector",
        "simulator_mps",
        "ibmq_qasm_simulator",
        "ibm_perth",
        "ibm_nairobi",
        "ibm_lagos",
        "ibm_brisbane",
        "ibm_kyoto",
    ),
}
"""Backends of each ``hub/group/project`` of the classic service, in that instance's own order."""


def catalogue(*, seed: int, calibrated: datetime) -> Mapping[str, Backend]:
    """Simulators first, then devices of the classic service, then newer ones; always in this order.

    Nothing is computed before a backend is asked for its documents.
    """
    simulators = [simulator(name, n, method=method) for name, (n, method) in SIMULATORS.items()]
    devices = [
        device(
            name,
            num_qubits=size,
            seed=seed,
            calibrated=calibrated,
            two_qubit_gate=_GATES.get(name),
        )
        for name, size in _DEVICES.items()
    ]
    return {backend.name: backend for backend in (*simulators, *devices)}


def listing(instances: Mapping[str, Sequence[str]], backends: Mapping[str, Backend]) -> list[str]:
    """What the classic service lists when no instance is named: all of them, repeats kept.

    The simulators of every instance come first, then the devices of every instance.
    """
    names = [name for own in instances.values() for name in own]
    return sorted(names, key=lambda name: not backends[name].simulator)  # sorting is stable
