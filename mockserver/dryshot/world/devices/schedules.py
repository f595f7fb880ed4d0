"""The pulses of a device that takes them: a schedule for each gate, as a defaults document has it.

They have the lengths that the calibration tells. Their amplitudes are drawn, and mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import cos, pi, sin
from typing import Any

from dryshot.world.devices.chip import Chip

__all__ = ["commands", "library"]

_Json = dict[str, Any]
_IDLE = "QId"


def library(chip: Chip) -> list[_Json]:
    """The one pulse that is given in samples, which is none; the others are parametric."""
    return [{"name": _IDLE, "samples": [[0.0, 0.0] for _ in range(chip.family.sx_length)]}]


def commands(chip: Chip, properties: Mapping[str, Any]) -> list[_Json]:
    """A schedule for every gate in ``properties`` that is made of pulses, and for measurements."""
    lengths = {
        tuple(gate["qubits"]): _length(gate, chip.family.dt)
        for gate in properties["gates"]
        if gate["gate"] == chip.two_qubit_gate
    }
    singles = [_Single(chip, qubit) for qubit in range(chip.lattice.num_qubits)]
    driven: dict[int, list[str]] = {qubit: [] for qubit in range(len(singles))}
    for number, (_, target) in enumerate(chip.pairs):
        driven[target].append(f"u{number}")
    listed = [
        command
        for qubit, single in enumerate(singles)
        for command in _single_gates(single, driven[qubit])
    ]
    draw = chip.stream("cross-resonance pulses")
    strengths = {tuple(sorted(pair)): draw.uniform(0.2, 0.6) for pair in chip.lattice.edges}
    channels = {pair: f"u{number}" for number, pair in enumerate(chip.pairs)}
    for pair in chip.pairs:
        strength = strengths[tuple(sorted(pair))]
        sequence = _cross_resonance(chip, singles, channels, pair, lengths[pair], strength)
        listed.append(_command(chip.two_qubit_gate, pair, list(sequence)))
    for qubit, single in enumerate(singles):
        listed.append(_command("measure", [qubit], [single.readout(), single.acquire([qubit])]))
    every = range(len(singles))
    readouts = [single.readout() for single in singles]
    return [*listed, _command("measure", every, [*readouts, singles[0].acquire(every)])]


class _Single:
    """What one qubit is driven and read with."""

    def __init__(self, chip: Chip, qubit: int) -> None:
        draw = chip.stream(f"pulses of qubit {qubit}")
        self.family = chip.family
        self.qubit = qubit
        self.amplitude = draw.uniform(0.1, 0.25)
        self.beta = round(draw.uniform(-2.0, 2.0), 6)
        self.read = draw.uniform(0.1, 0.4)

    def drive(self, at: int, turn: float, angle: float = 0.0) -> _Json:
        """A turn about an axis at ``angle`` from x."""
        length = self.family.sx_length
        parameters = {
            "amp": _complex(self.amplitude * turn / pi, angle),
            "beta": self.beta,
            "duration": length,
            "sigma": length // 4,
        }
        return _pulse("drag", at, f"d{self.qubit}", parameters)

    def readout(self) -> _Json:
        flat = _flat(self.family.readout_length, self.family.min_length, self.read, 0.0)
        return _pulse("gaussian_square", 0, f"m{self.qubit}", flat)

    def acquire(self, qubits: Sequence[int]) -> _Json:
        return {
            "name": "acquire",
            "t0": 0,
            "duration": self.family.readout_length,
            "qubits": [*qubits],
            "memory_slot": [*qubits],
        }


def _single_gates(single: _Single, driven: list[str]) -> Iterator[_Json]:
    """A change of frame is one on every channel at the qubit's frequency."""
    qubit = [single.qubit]
    own = f"d{single.qubit}"
    yield _command("id", qubit, [{"name": _IDLE, "t0": 0, "ch": own}])
    yield _command("rz", qubit, [_frame(0, channel, "-(P0)") for channel in (own, *driven)])
    yield _command("sx", qubit, [single.drive(0, pi / 2)])
    yield _command("x", qubit, [single.drive(0, pi)])


def _cross_resonance(
    chip: Chip,
    singles: Sequence[_Single],
    channels: Mapping[tuple[int, int], str],
    pair: tuple[int, int],
    length: int,
    strength: float,
) -> Iterator[_Json]:
    """Two pulses at the target's frequency, of opposite sign, with an echo between them.

    A ``cx`` begins with a turn of the target; against the native direction it ends with one too.
    """
    single = chip.family.sx_length
    native = chip.frequencies[pair[0]] >= chip.frequencies[pair[1]]
    turned = 0 if chip.two_qubit_gate != "cx" else 1 if native else 2
    control, target = pair if native or not turned else pair[::-1]
    channel = channels[control, target]
    start = single if turned else 0
    half = (length - (1 + turned) * single) // 2
    if turned:
        yield _frame(0, f"d{control}", pi / 2)
        yield singles[target].drive(0, pi / 2)
    for at, angle in ((start, 0.0), (start + half + single, pi)):
        flat = _flat(half, chip.family.min_length, strength, angle)
        yield _pulse("gaussian_square", at, channel, flat)
    yield singles[control].drive(start + half, pi)
    if turned > 1:
        yield singles[control].drive(length - single, pi / 2, -pi / 2)
        yield singles[target].drive(length - single, pi / 2)


def _length(gate: Mapping[str, Any], dt: float) -> int:
    """In units of ``dt`` ns."""
    (value,) = (
        float(item["value"]) for item in gate["parameters"] if item["name"] == "gate_length"
    )
    return round(value / dt)


def _flat(duration: int, sigma: int, strength: float, angle: float) -> _Json:
    width = max(0, duration - 4 * sigma)
    amplitude = _complex(strength, angle)
    return {"amp": amplitude, "duration": duration, "sigma": sigma, "width": width}


def _complex(strength: float, angle: float) -> list[float]:
    return [round(strength * cos(angle), 6), round(strength * sin(angle), 6)]


def _command(name: str, qubits: Sequence[int], sequence: list[_Json]) -> _Json:
    return {"name": name, "qubits": [*qubits], "sequence": sequence}


def _pulse(shape: str, at: int, channel: str, parameters: _Json) -> _Json:
    return {
        "name": "parametric_pulse",
        "t0": at,
        "ch": channel,
        "pulse_shape": shape,
        "parameters": parameters,
    }


def _frame(at: int, channel: str, phase: float | str) -> _Json:
    return {"name": "fc", "t0": at, "ch": channel, "phase": phase}
