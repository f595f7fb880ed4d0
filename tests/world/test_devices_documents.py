from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from dryshot.clock import isoformat
from dryshot.world.backends import Backend
from dryshot.world.devices import device, simulator
from dryshot.world.devices.families import FAMILIES, TwoQubitGate, family_for
from tests.world.chips import CALIBRATED, SIZES, made, value, values

REQUIRED = {
    *("backend_name", "backend_version", "n_qubits", "basis_gates", "gates", "local", "simulator"),
    *("conditional", "open_pulse", "memory", "max_shots", "max_experiments", "coupling_map"),
    "online_date",
}
"""Without these a client of 2023 builds no backend."""
PULSE = {
    *("dt", "dtm", "n_uchannels", "u_channel_lo", "meas_levels", "qubit_lo_range"),
    *("meas_lo_range", "meas_kernels", "discriminators", "rep_times"),
}
"""Without these it builds none that takes pulses."""


def documents(backend: Backend) -> list[Any]:
    return [backend.configuration, backend.properties, backend.defaults]


def pair_gates(backend: Backend, name: str) -> dict[tuple[int, ...], list[dict[str, Any]]]:
    gates = backend.properties["gates"]
    return {tuple(gate["qubits"]): gate["parameters"] for gate in gates if gate["gate"] == name}


@pytest.mark.parametrize("num_qubits", SIZES)
def test_documents_are_json_and_survive_it_unchanged(num_qubits: int) -> None:
    ours = documents(made(num_qubits))
    assert json.loads(json.dumps(ours)) == ours


@pytest.mark.parametrize("num_qubits", SIZES)
def test_a_configuration_has_what_a_client_cannot_do_without(num_qubits: int) -> None:
    backend = made(num_qubits)
    configuration = backend.configuration
    assert configuration.keys() >= REQUIRED
    assert configuration["backend_name"] == backend.name
    assert configuration["n_qubits"] == backend.num_qubits == num_qubits
    assert len(configuration["coords"]) == num_qubits
    if configuration["open_pulse"]:
        assert configuration.keys() >= PULSE
        assert backend.defaults.keys() >= {"qubit_freq_est", "meas_freq_est", "cmd_def"}
        assert len(configuration["u_channel_lo"]) == configuration["n_uchannels"]
    else:
        assert backend.defaults == {}


@pytest.mark.parametrize("num_qubits", SIZES)
def test_gates_and_calibrations_cover_the_same_qubits(num_qubits: int) -> None:
    backend = made(num_qubits)
    configuration, properties = backend.configuration, backend.properties
    for gate in configuration["gates"]:
        wanted = gate.get("coupling_map", [[qubit] for qubit in range(num_qubits)])
        found = [item["qubits"] for item in properties["gates"] if item["gate"] == gate["name"]]
        assert sorted(found) == sorted(wanted), gate["name"]
    assert {gate["name"] for gate in configuration["gates"]} == {
        *configuration["basis_gates"],
        "reset",
    }
    assert len(properties["qubits"]) == num_qubits


@pytest.mark.parametrize("num_qubits", SIZES)
def test_calibrations_are_physical(num_qubits: int) -> None:
    backend = made(num_qubits)
    for t1, t2 in zip(values(backend, "T1"), values(backend, "T2"), strict=True):
        assert 1 <= t1 <= 600
        assert 0.5 <= t2 <= 2 * t1
    for items in backend.properties["qubits"]:
        prep0, prep1 = value(items, "prob_meas1_prep0"), value(items, "prob_meas0_prep1")
        assert 0 < prep0 < 0.5
        assert 0 < prep1 < 0.5
        assert value(items, "readout_error") == pytest.approx((prep0 + prep1) / 2)
        assert 500 <= value(items, "readout_length") <= 6000
    if backend.configuration["open_pulse"]:
        assert all(4.3 < frequency < 5.7 for frequency in values(backend, "frequency"))
        assert all(-0.4 < value < -0.25 for value in values(backend, "anharmonicity"))
    for gate in backend.properties["gates"]:
        length = value(gate["parameters"], "gate_length")
        error = 0 if gate["gate"] == "reset" else value(gate["parameters"], "gate_error")
        if gate["gate"] == "rz":
            assert (error, length) == (0, 0)
        else:
            assert 20 <= length <= 6000
            assert 0 <= error <= 0.3 or (error == 1 and num_qubits > 100)


@pytest.mark.parametrize("num_qubits", [27, 65, 127, 133, 156, 433])
def test_most_values_lie_near_what_is_typical_of_the_family(num_qubits: int) -> None:
    family, devices = family_for(num_qubits), [made(num_qubits, seed=seed) for seed in range(5)]

    def middle(name: str) -> float:
        return median(float(value) for backend in devices for value in values(backend, name))

    assert middle("T1") == pytest.approx(family.t1, rel=0.15)
    assert middle("T2") == pytest.approx(family.t2, rel=0.2)
    assert middle("readout_error") == pytest.approx(family.readout_error, rel=0.25)
    errors = [
        value(parameters, "gate_error")
        for backend in devices
        for parameters in pair_gates(backend, family.two_qubit_gate).values()
    ]
    assert median(errors) == pytest.approx(family.two_qubit_error, rel=0.15)
    assert max(errors) > 3 * family.two_qubit_error, "no pair is bad"
    assert min(value for backend in devices for value in values(backend, "T1")) < family.t1 / 3


@pytest.mark.parametrize(
    ("num_qubits", "family", "gate"),
    [
        (2, "Falcon", "cx"),
        (27, "Falcon", "cx"),
        (65, "Hummingbird", "cx"),
        (127, "Eagle", "ecr"),
        (133, "Heron", "cz"),
        (156, "Heron", "cz"),
        (433, "Osprey", "ecr"),
        (434, "Condor", "ecr"),
    ],
)
def test_family_and_gate_follow_from_the_size(num_qubits: int, family: str, gate: str) -> None:
    configuration = made(num_qubits).configuration
    assert configuration["processor_type"]["family"] == family
    assert gate in configuration["basis_gates"]


def test_family_and_gate_can_be_chosen() -> None:
    backend = device(
        "ibm_x", num_qubits=27, calibrated=CALIBRATED, family="Heron", two_qubit_gate="ecr"
    )
    assert backend.configuration["processor_type"] == {"family": "Heron", "revision": "1"}
    assert backend.configuration["dt"] == 4.0
    assert "ecr" in backend.configuration["basis_gates"]


@pytest.mark.parametrize("gate", ["cx", "cz", "ecr"])
def test_only_ecr_has_one_direction(gate: TwoQubitGate) -> None:
    backend = device("ibm_x", num_qubits=27, calibrated=CALIBRATED, two_qubit_gate=gate)
    pairs = {(a, b) for a, b in backend.configuration["coupling_map"]}
    assert len(pairs) == (28 if gate == "ecr" else 56)
    assert {pair[::-1] for pair in pairs}.isdisjoint(pairs) == (gate == "ecr")
    assert pair_gates(backend, gate).keys() == pairs


def test_both_directions_of_a_pair_share_their_error_and_cx_takes_longer_backwards() -> None:
    pairs = pair_gates(made(27), "cx")
    for (a, b), parameters in pairs.items():
        back = pairs[b, a]
        assert value(parameters, "gate_error") == value(back, "gate_error")
        lengths = value(parameters, "gate_length"), value(back, "gate_length")
        assert abs(lengths[0] - lengths[1]) == pytest.approx(160 * 2 / 9)


def test_dates_are_utc_and_at_most_a_day_before_the_calibration() -> None:
    properties = made().properties
    assert properties["last_update_date"] == "2023-09-11T16:30:00Z"
    items = [item for items in properties["qubits"] for item in items]
    items += [item for gate in properties["gates"] for item in gate["parameters"]]
    dates = {datetime.fromisoformat(item["date"]) for item in items}
    assert len(dates) > 20
    assert all(timedelta() <= CALIBRATED - date < timedelta(days=1) for date in dates)


def test_a_device_was_online_before_it_was_calibrated_unless_said_otherwise() -> None:
    assert datetime.fromisoformat(made().configuration["online_date"]) < CALIBRATED
    backend = device("ibm_x", num_qubits=5, calibrated=CALIBRATED, online=CALIBRATED)
    assert backend.configuration["online_date"] == isoformat(CALIBRATED, "milliseconds")


def test_the_same_seed_and_name_give_the_same_documents_and_others_do_not() -> None:
    assert documents(made()) == documents(made())
    assert values(made(seed=1), "T1") != values(made(seed=2), "T1")
    assert values(made(name="ibm_one"), "T1") != values(made(name="ibm_two"), "T1")


def test_only_dates_depend_on_when_it_was_calibrated() -> None:
    before, after = (
        device("ibm_x", num_qubits=7, calibrated=CALIBRATED + timedelta(days=days))
        for days in (0, 30)
    )
    text = [
        re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", json.dumps(documents(b))) for b in (before, after)
    ]
    assert before.properties != after.properties
    assert text[0] == text[1]


def test_documents_do_not_depend_on_python_hash_seed() -> None:
    program = (
        "import hashlib, json; from tests.world.chips import made; b = made(16, seed=5);"
        "print(hashlib.sha256(json.dumps([b.configuration, b.properties]).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


@pytest.mark.parametrize("backend", [made(7), simulator("simulator_any", 12)], ids=repr)
def test_a_pickled_backend_keeps_its_documents(backend: Backend) -> None:
    copy: Backend = pickle.loads(pickle.dumps(backend))  # noqa: S301 - our own bytes
    assert (copy.name, copy.num_qubits, copy.simulator) == (
        backend.name,
        backend.num_qubits,
        backend.simulator,
    )
    assert documents(copy) == documents(backend)


def test_two_devices_share_nothing_that_could_be_changed() -> None:
    first, second = made(5), made(5)
    first.configuration["gates"][0]["coupling_map"].clear()
    first.configuration["coupling_map"].clear()
    assert second.configuration["gates"][0]["coupling_map"]
    assert second.configuration["coupling_map"]


@pytest.mark.parametrize("num_qubits", [-1, 0, 1])
def test_a_device_has_at_least_two_qubits(num_qubits: int) -> None:
    with pytest.raises(ValueError, match="at least 2 qubits"):
        made(num_qubits)


def test_a_date_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        device("ibm_x", calibrated=CALIBRATED.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        device("ibm_x", calibrated=CALIBRATED, online=CALIBRATED.replace(tzinfo=None))


def test_an_unknown_family_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="Falcon, Hummingbird, Eagle, Heron, Osprey, Condor"):
        device("ibm_x", calibrated=CALIBRATED, family="Pelican")


def test_families_stand_in_the_order_of_their_size() -> None:
    assert all(small.largest < large.largest for small, large in pairwise(FAMILIES))
