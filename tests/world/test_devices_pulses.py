"""The schedules of devices that take pulses."""

from __future__ import annotations

import pickle
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from dryshot.world.backends import Backend
from dryshot.world.devices.recalibration import recalibrated
from tests.world.chips import CALIBRATED, SIZES, made

OPEN = (2, 7, 27, 65, 127)


def commands(backend: Backend) -> dict[tuple[str, tuple[int, ...]], list[dict[str, Any]]]:
    found = backend.defaults["cmd_def"]
    listed = {(one["name"], tuple(one["qubits"])): one["sequence"] for one in found}
    assert len(listed) == len(found)
    return listed


def spans(backend: Backend, sequence: list[dict[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """When each channel is busy, in units of dt."""
    samples = {one["name"]: len(one["samples"]) for one in backend.defaults["pulse_library"]}
    busy = defaultdict(list)
    for item in sequence:
        if item["name"] == "fc":
            continue
        length = samples.get(item["name"]) or item.get("duration")
        length = item["parameters"]["duration"] if length is None else length
        busy[item.get("ch", "acquire")].append((item["t0"], item["t0"] + length))
    return busy


def test_only_devices_that_take_pulses_have_schedules() -> None:
    for size in SIZES:
        backend = made(size)
        assert bool(backend.defaults) == backend.configuration["open_pulse"], size


@pytest.mark.parametrize("size", OPEN)
def test_every_gate_has_a_schedule_as_long_as_its_calibration_says(size: int) -> None:
    backend = made(size)
    dt = backend.configuration["dt"]
    listed = commands(backend)
    for gate in backend.properties["gates"]:
        if gate["gate"] == "reset":
            continue
        (length,) = (one["value"] for one in gate["parameters"] if one["name"] == "gate_length")
        busy = spans(backend, listed.pop((gate["gate"], tuple(gate["qubits"]))))
        ends = [end for times in busy.values() for _, end in times]
        assert max(ends, default=0) * dt == pytest.approx(length), gate["name"]
    assert {name for name, _ in listed} == {"measure"}
    every = tuple(range(size))
    assert {qubits for _, qubits in listed} == {*((qubit,) for qubit in every), every}


@pytest.mark.parametrize("size", OPEN)
def test_no_channel_plays_two_pulses_at_once_and_every_channel_exists(size: int) -> None:
    backend = made(size)
    channels = {"acquire", *backend.configuration["channels"]}
    for key, sequence in commands(backend).items():
        for channel, times in spans(backend, sequence).items():
            assert channel in channels, key
            ordered = sorted(times)
            for (_, end), (start, _) in pairwise(ordered):
                assert end <= start, (key, channel)


@pytest.mark.parametrize("size", OPEN)
def test_amplitudes_are_such_as_a_generator_can_make(size: int) -> None:
    for key, sequence in commands(made(size)).items():
        for item in sequence:
            if "parameters" in item:
                real, imaginary = item["parameters"]["amp"]
                assert 0 < real**2 + imaginary**2 <= 1, key


def test_pulses_follow_from_the_seed_and_survive_pickling_and_calibration() -> None:
    backend = made(7)
    assert backend.defaults == made(7).defaults == pickle.loads(pickle.dumps(backend)).defaults  # noqa: S301 - made here
    later = recalibrated(backend, CALIBRATED + timedelta(days=1), 0.1, 3)
    assert later.properties != backend.properties
    assert later.defaults == backend.defaults
