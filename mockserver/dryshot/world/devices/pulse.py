"""What a device that takes pulses tells of its channels, and its defaults document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dryshot.world.devices.chip import Chip
from dryshot.world.devices.schedules import commands, library

__all__ = ["pulse_configuration", "pulse_defaults"]

_HALF_WIDTH = 0.5  # GHz, of the range in which an oscillator can be tuned
_SHAPES = ["gaussian", "gaussian_square", "gaussian_square_drag", "drag", "constant"]


def _readout_frequencies(chip: Chip) -> list[float]:
    draw = chip.stream("readout frequencies")
    return [round(draw.uniform(6.2, 7.4), 9) for _ in chip.frequencies]


def _ranges(frequencies: list[float]) -> list[list[float]]:
    return [[round(f - _HALF_WIDTH, 9), round(f + _HALF_WIDTH, 9)] for f in frequencies]


def _channel(kind: str, purpose: str, *qubits: int) -> dict[str, Any]:
    return {"operates": {"qubits": [*qubits]}, "purpose": purpose, "type": kind}


def pulse_configuration(chip: Chip) -> dict[str, Any]:
    """The keys of a configuration that only a device with open pulse has; frequencies in GHz.

    Control channel ``u<n>`` drives the first qubit of the n-th pair at the second's frequency.
    """
    qubits = range(chip.lattice.num_qubits)
    controls = list(enumerate(chip.pairs))
    channels: dict[str, Any] = {}
    for qubit in qubits:
        channels[f"acquire{qubit}"] = _channel("acquire", "acquire", qubit)
        channels[f"d{qubit}"] = _channel("drive", "drive", qubit)
        channels[f"m{qubit}"] = _channel("measure", "measure", qubit)
    mapping = [[f"d{qubit}", f"m{qubit}"] for qubit in qubits]
    for number, pair in controls:
        channels[f"u{number}"] = _channel("control", "cross-resonance", *pair)
        for qubit in pair:
            mapping[qubit].append(f"u{number}")
    return {
        "parametric_pulses": [*_SHAPES],
        "meas_levels": [1, 2],
        "meas_kernels": ["hw_qmfk"],
        "discriminators": ["linear_discriminator", "quadratic_discriminator", "hw_qmfk"],
        "rep_times": [1000.0],
        "qubit_lo_range": _ranges([*chip.frequencies]),
        "meas_lo_range": _ranges(_readout_frequencies(chip)),
        "n_uchannels": len(controls),
        "u_channel_lo": [[{"q": target, "scale": [1.0, 0.0]}] for _, (_, target) in controls],
        "uchannels_enabled": True,
        "qubit_channel_mapping": mapping,
        "channels": channels,
    }


def pulse_defaults(make: Callable[[], Chip], properties: Mapping[str, Any]) -> dict[str, Any]:
    """PulseDefaults as JSON, frequencies in GHz; gates take as long as ``properties`` tell."""
    chip = make()
    return {
        "qubit_freq_est": [*chip.frequencies],
        "meas_freq_est": _readout_frequencies(chip),
        "buffer": 0,
        "pulse_library": library(chip),
        "cmd_def": commands(chip, properties),
        "meas_kernel": {"name": "hw_qmfk", "params": {}},
        "discriminator": {"name": "hw_qmfk", "params": {}},
    }
