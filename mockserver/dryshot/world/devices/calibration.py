"""The properties document: what a calibration measured, drawn around what the family has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from dryshot.clock import isoformat
from dryshot.world.devices.chip import Chip
from dryshot.world.devices.families import Family

__all__ = ["calibrate", "nanoseconds"]

_BAD_QUBITS = 0.02
_BAD_PAIRS = 0.02
_DEAD_PAIRS = 0.005
_LARGE = 100  # a dead pair is left in service on large devices only

_Json = dict[str, Any]


def calibrate(chip: Chip, version: str, calibrated: datetime) -> _Json:
    """BackendProperties as JSON: times in µs, lengths in ns, frequencies in GHz.

    Each item is dated at most a day before ``calibrated``. A few qubits and pairs are bad; on large
    devices a pair may be dead, with an error of 1.
    """
    return {
        "backend_name": chip.name,
        "backend_version": version,
        "last_update_date": isoformat(calibrated, "seconds"),
        "qubits": list(_qubits(chip, calibrated)),
        "gates": [*_single_gates(chip, calibrated), *_pair_gates(chip, calibrated)],
        "general": [],
    }


def nanoseconds(length: float, dt: float) -> float:
    """``length`` in units of ``dt`` ns as a JSON number, whole if it can be."""
    value = length * dt
    return int(value) if value.is_integer() else value


def _item(date: str, name: str, unit: str, value: float) -> _Json:
    return {"date": date, "name": name, "unit": unit, "value": value}


def _around(draw: Random, median: float, spread: float, most: float) -> float:
    """A draw from a log-normal distribution, not above ``most``; six digits."""
    return float(f"{min(most, median * draw.lognormvariate(0.0, spread)):.6g}")


def _date(draw: Random, calibrated: datetime) -> str:
    return isoformat(calibrated - timedelta(seconds=draw.randrange(86_400)), "seconds")


def _bad_qubits(chip: Chip) -> list[bool]:
    draw = chip.stream("bad qubits")
    return [draw.random() < _BAD_QUBITS for _ in range(chip.lattice.num_qubits)]


def _qubits(chip: Chip, calibrated: datetime) -> Iterator[list[_Json]]:
    family, draw = chip.family, chip.stream("qubits")
    updated = isoformat(calibrated, "seconds")
    length = nanoseconds(family.readout_length, family.dt)
    for frequency, bad in zip(chip.frequencies, _bad_qubits(chip), strict=True):
        coherence, readout = _date(draw, calibrated), _date(draw, calibrated)
        t1, t2 = _coherence_times(draw, family, bad=bad)
        prep1, prep0 = _readout_errors(draw, family, bad=bad)
        items = [_item(coherence, "T1", "us", t1), _item(coherence, "T2", "us", t2)]
        anharmonicity = round(draw.gauss(family.anharmonicity, 0.002), 9)
        if family.open_pulse:  # the others do not publish them
            items += [
                _item(updated, "frequency", "GHz", frequency),
                _item(updated, "anharmonicity", "GHz", anharmonicity),
            ]
        items += [
            _item(readout, "readout_error", "", round((prep1 + prep0) / 2, 5)),
            _item(readout, "prob_meas0_prep1", "", prep1),
            _item(readout, "prob_meas1_prep0", "", prep0),
            _item(readout, "readout_length", "ns", length),
        ]
        yield items


def _coherence_times(draw: Random, family: Family, *, bad: bool) -> tuple[float, float]:
    """T1 and T2 in µs; T2 cannot exceed twice T1."""
    scale = 0.15 if bad else 1.0
    t1 = round(max(1.0, _around(draw, scale * family.t1, 0.35, 2.5 * family.t1)), 3)
    t2 = round(max(0.5, _around(draw, scale * family.t2, 0.55, 3.0 * family.t2)), 3)
    return t1, min(t2, 2 * t1)


def _readout_errors(draw: Random, family: Family, *, bad: bool) -> tuple[float, float]:
    """The probabilities of reading 0 after preparing 1, and 1 after 0, out of 10 000 shots.

    The first is usually the greater: an excited qubit may decay while it is read.
    """
    error = _around(draw, (6.0 if bad else 1.0) * family.readout_error, 0.6, 0.3)
    excess = draw.uniform(-0.1, 0.5)
    return max(1e-4, round(error * (1 + excess), 4)), max(1e-4, round(error * (1 - excess), 4))


def _gate(name: str, qubits: tuple[int, ...], parameters: list[_Json]) -> _Json:
    number = "_".join(map(str, qubits))
    return {
        "qubits": [*qubits],
        "gate": name,
        "parameters": parameters,
        "name": f"{name}{number}",
    }


def _parameters(date: str, error: float, length: float) -> list[_Json]:
    return [_item(date, "gate_error", "", error), _item(date, "gate_length", "ns", length)]


def _single_gates(chip: Chip, calibrated: datetime) -> Iterator[_Json]:
    """Gates on one qubit; all that are made of the same pulse have the same error."""
    family, draw = chip.family, chip.stream("single gates")
    updated = isoformat(calibrated, "seconds")
    length = nanoseconds(family.sx_length, family.dt)
    measured = [
        (_date(draw, calibrated), _around(draw, (8 if bad else 1) * family.sx_error, 0.5, 0.1))
        for bad in _bad_qubits(chip)
    ]
    for name in ("id", *(("rx",) if family.fractional else ()), "rz", "sx", "x"):
        for qubit, (date, error) in enumerate(measured):
            if name == "rz":  # a change of frame: exact and at once
                yield _gate(name, (qubit,), _parameters(updated, 0, 0))
            else:
                yield _gate(name, (qubit,), _parameters(date, error, length))
    reset = nanoseconds(family.reset_length, family.dt)
    for qubit in range(chip.lattice.num_qubits):
        yield _gate("reset", (qubit,), [_item(updated, "gate_length", "ns", reset)])


def _pair_gates(chip: Chip, calibrated: datetime) -> Iterator[_Json]:
    """Gates on two qubits; both directions of a pair share their error.

    ``cx`` against the native direction takes a single-qubit pulse more.
    """
    family, draw = chip.family, chip.stream("pair gates")
    step = 2 * family.granularity
    measured: dict[tuple[int, int], tuple[str, float, float]] = {}
    for edge in chip.lattice.edges:
        chance, date = draw.random(), _date(draw, calibrated)
        worse = 6.0 if chance < _BAD_PAIRS else 1.0
        error = _around(draw, worse * family.two_qubit_error, 0.45, 0.3)
        if chance > 1 - _DEAD_PAIRS and chip.lattice.num_qubits >= _LARGE:
            error = 1.0
        length: float = family.two_qubit_length
        if family.spread:
            length = step * round(_around(draw, length, family.spread, 2 * length) / step)
        measured[edge] = date, error, length
    for name in (chip.two_qubit_gate, *(("rzz",) if family.fractional else ())):
        for first, second in chip.pairs:
            date, error, length = measured[min(first, second), max(first, second)]
            native = chip.frequencies[first] >= chip.frequencies[second]
            if name == "cx" and not native:
                length += family.sx_length
            values = _parameters(date, error, nanoseconds(length, family.dt))
            yield _gate(name, (first, second), values)
