"""A device of any size, made up from a seed, in IBM's wire form."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from dryshot.clock import isoformat
from dryshot.world.backends import Backend, BackendData
from dryshot.world.devices.calibration import calibrate
from dryshot.world.devices.chip import Chip, make_chip
from dryshot.world.devices.families import TwoQubitGate, family_for
from dryshot.world.devices.gates import gate
from dryshot.world.devices.pulse import pulse_configuration, pulse_defaults

__all__ = ["device"]

_SMALLEST = 2
_SEGMENTS = {5: "T", 7: "H", 16: "P"}


def device(
    name: str,
    *,
    num_qubits: int = 127,
    seed: int = 0,
    calibrated: datetime,
    online: datetime | None = None,
    two_qubit_gate: TwoQubitGate | None = None,
    family: str | None = None,
) -> Backend:
    """A heavy-hex device whose documents follow from ``seed`` and ``name`` alone, but for dates.

    ``calibrated`` dates its calibration data; ``online`` is when it entered service, by default one
    to three years earlier. ``family`` (Falcon, Hummingbird, Eagle, Heron, Osprey, Condor) follows
    from the size and ``two_qubit_gate`` from the family unless they are given.
    """
    if num_qubits < _SMALLEST:
        raise ValueError(f"{name}: a device has at least {_SMALLEST} qubits, not {num_qubits}")
    for instant in (calibrated, online):
        if instant is not None and instant.tzinfo is None:
            raise ValueError(f"{name}: {instant.isoformat()} has no time zone")
    kind = family_for(num_qubits, family)

    gate_name = two_qubit_gate or kind.two_qubit_gate
    make = partial(make_chip, name, num_qubits, seed, kind, gate_name)

    def load() -> BackendData:
        chip = make()
        draw = chip.stream("history")
        version = f"1.{draw.randrange(10)}.{draw.randrange(60)}"
        service = timedelta(days=draw.randrange(365, 1095))
        return BackendData(
            configuration=_configuration(chip, version, online or calibrated - service),
            properties=calibrate(chip, version, calibrated),
        )

    pulses = partial(pulse_defaults, make) if kind.open_pulse else None
    return Backend(name, simulator=False, load=load, pulses=pulses)


def _configuration(chip: Chip, version: str, online: datetime) -> dict[str, Any]:
    """Backend configuration as JSON: dt in ns, repetition delays in µs."""
    family, qubits = chip.family, [*range(chip.lattice.num_qubits)]
    fractional = ["rx", "rzz"] if family.fractional else []
    basis = sorted([chip.two_qubit_gate, "id", "rz", "sx", "x", *fractional])
    single, pairs = [[qubit] for qubit in qubits], [[*pair] for pair in chip.pairs]
    maps = {chip.two_qubit_gate: pairs, "rzz": pairs}
    processor = {"family": family.name, "revision": family.revision}
    if len(qubits) in _SEGMENTS:
        processor["segment"] = _SEGMENTS[len(qubits)]
    return {
        "backend_name": chip.name,
        "backend_version": version,
        "n_qubits": len(qubits),
        "basis_gates": basis,
        "gates": [*(gate(name, maps.get(name, single)) for name in basis), gate("reset")],
        "local": False,
        "simulator": False,
        "conditional": False,
        "open_pulse": family.open_pulse,
        "memory": True,
        "max_shots": 100_000,
        "max_experiments": 300,
        "coupling_map": pairs,
        "coords": [[x + 1, y + 1] for x, y in chip.lattice.sites],
        "supported_instructions": [
            *basis,
            *("delay", "measure", "reset", "if_else", "for_loop", "switch_case"),
        ],
        "supported_features": ["qobj", "qasm3", "dynamic_circuits", "parameters"],
        "input_allowed": ["job", "runtime", "qasm3"],
        "processor_type": processor,
        "sample_name": ", ".join(f"{key}: {value}" for key, value in processor.items()),
        "description": f"{len(qubits)} qubit device",
        "online_date": isoformat(online, "milliseconds"),
        "quantum_volume": family.quantum_volume,
        "clops": family.clops,
        "clops_h": family.clops_h,
        "dt": family.dt,
        "dtm": family.dt,
        "timing_constraints": {
            "acquire_alignment": family.granularity,
            "granularity": family.granularity,
            "min_length": family.min_length,
            "pulse_alignment": family.granularity,
        },
        "dynamic_reprate_enabled": True,
        "rep_delay_range": [0.0, 500.0],
        "default_rep_delay": 250.0,
        "meas_map": [qubits],
        "n_registers": 1,
        "acquisition_latency": [],
        "conditional_latency": [],
        "n_uchannels": 0,
        "u_channel_lo": [],
        "uchannels_enabled": False,
        "multi_meas_enabled": True,
        "measure_esp_enabled": False,
        "parallel_compilation": True,
        "credits_required": True,
        "allow_q_object": True,
        "allow_object_storage": True,
        "url": "None",
        **(pulse_configuration(chip) if family.open_pulse else {}),
    }
