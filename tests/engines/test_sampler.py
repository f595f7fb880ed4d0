from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Callable
from math import cos, pi, sin, sqrt
from typing import Any

import pytest

from dryshot.engines import AerEngine
from dryshot.world.backends import Backend

from .backends import BELL, SEED, line, simulator, task

Run = Callable[..., Any]
ROTATION = (
    'OPENQASM 3; include "stdgates.inc"; input angle a; qubit q; bit c; rx(a) q; c = measure q;'
)


def ghz(size: int) -> str:
    links = "".join(f"cx q[{place}], q[{place + 1}];" for place in range(size - 1))
    return (
        f'OPENQASM 3; include "stdgates.inc"; qubit[{size}] q; bit[{size}] c; h q[0]; {links} '
        "c = measure q;"
    )


def total_variation(quasi: dict[str, float], ideal: dict[str, float]) -> float:
    return sum(abs(quasi.get(key, 0) - ideal.get(key, 0)) for key in quasi | ideal) / 2


def test_the_first_program_on_a_device_gives_what_the_device_gave(
    run: Run, sherbrooke: Backend
) -> None:
    result = run("sampler", sherbrooke, circuits=[SEED])
    (quasi,) = result["quasi_dists"]
    assert list(quasi) == ["0", "1"]
    assert quasi["1"] >= 0.99
    assert sum(quasi.values()) == pytest.approx(1)
    (metadata,) = result["metadata"]
    assert list(metadata) == ["shots", "readout_mitigation_overhead", "readout_mitigation_time"]
    assert metadata["shots"] == 4000
    assert 1 < metadata["readout_mitigation_overhead"] < 1.1
    assert 0 < metadata["readout_mitigation_time"] < 1


def test_a_simulator_leaves_out_what_never_came_and_has_nothing_to_mitigate(run: Run) -> None:
    result = run("sampler", simulator(), circuits=[SEED])
    assert result["quasi_dists"] == [{"1": 1.0}]
    assert result["metadata"][0]["shots"] == 1024
    assert result["metadata"][0]["readout_mitigation_overhead"] == 1.0


def test_level_zero_reports_shots_only(run: Run, sherbrooke: Backend) -> None:
    params = {"circuits": SEED, "resilience_settings": {"level": 0}, "run_options": {"shots": 100}}
    assert run("sampler", sherbrooke, **params)["metadata"] == [{"shots": 100}]


def test_equal_tasks_give_equal_bytes_and_other_seeds_do_not(sherbrooke: Backend) -> None:
    first, second = AerEngine(), AerEngine()
    one = task("sampler", sherbrooke, circuits=[BELL, SEED])
    assert first(one) == second(one) == first(one)
    assert first(one) != first(task("sampler", sherbrooke, 8, circuits=[BELL, SEED]))


def test_the_users_seed_is_used_instead_of_the_tasks(run: Run) -> None:
    params = {"circuits": [BELL], "run_options": {"seed_simulator": 3}}
    assert run("sampler", simulator(), 1, **params) == run("sampler", simulator(), 2, **params)


def test_an_engine_and_a_backend_survive_pickling(lagos: Backend) -> None:
    engine = AerEngine()
    before = engine(task("sampler", lagos, circuits=[SEED]))
    copy, backend = pickle.loads(pickle.dumps((engine, lagos)))  # noqa: S301 - made here
    assert copy(task("sampler", backend, circuits=[SEED])) == before


def test_a_bell_pair_is_even_and_perfectly_correlated(run: Run) -> None:
    params = {"circuits": [BELL], "run_options": {"shots": 10_000}}
    (quasi,) = run("sampler", simulator(), **params)["quasi_dists"]
    assert set(quasi) == {"00", "11"}
    assert quasi["00"] == pytest.approx(0.5, abs=5 * sqrt(0.25 / 10_000))


@pytest.mark.parametrize(
    ("name", "size"),
    [("simulator_statevector", 6), ("simulator_mps", 30), ("simulator_stabilizer", 60)],
)
def test_every_simulator_makes_a_cat_state(run: Run, name: str, size: int) -> None:
    backend = simulator(name, n_qubits=100)
    (quasi,) = run("sampler", backend, circuits=[ghz(size)])["quasi_dists"]
    assert set(quasi) == {"0" * size, "1" * size}
    assert quasi["0" * size] == pytest.approx(0.5, abs=5 * sqrt(0.25 / 1024))


@pytest.mark.parametrize("angle", [0.3, 1.1, pi / 2, 2.9])
def test_rotations_give_their_probabilities(run: Run, angle: float) -> None:
    params = {"circuits": [ROTATION], "parameter_values": [[angle]], "run_options": {"shots": 9000}}
    (quasi,) = run("sampler", simulator(), **params)["quasi_dists"]
    exact = sin(angle / 2) ** 2
    assert quasi.get("1", 0) == pytest.approx(exact, abs=5 * sqrt(exact * (1 - exact) / 9000))


def test_indices_names_and_values_choose_what_runs(run: Run) -> None:
    two = (
        'OPENQASM 3; include "stdgates.inc"; input float a; input float b; qubit[2] q; bit[2] c;'
        "rx(a) q[0]; rx(b) q[1]; c = measure q;"
    )
    params = {
        "circuits": [SEED, two],
        "parameters": [[], ["b", "a"]],
        "circuit_indices": [1, 0, 1],
        "parameter_values": [[pi, 0], [], [0, pi]],
    }
    result = run("sampler", simulator(), **params)
    assert result["quasi_dists"] == [{"10": 1.0}, {"1": 1.0}, {"01": 1.0}]


def test_mitigation_brings_a_cat_state_nearer_to_the_ideal(run: Run) -> None:
    backend = line((0.03, 0.05, 0.04, 0.06))
    ideal = {"0000": 0.5, "1111": 0.5}
    raw, better = (
        run("sampler", backend, circuits=[ghz(4)], resilience_settings={"level": level})
        for level in (0, 1)
    )
    assert total_variation(raw["quasi_dists"][0], ideal) > 0.12
    assert total_variation(better["quasi_dists"][0], ideal) < 0.04
    assert better["metadata"][0]["readout_mitigation_overhead"] > 1.3


def test_mid_circuit_measurements_steer_later_gates(run: Run, lagos: Backend) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; c[0] = measure q[0];'
        "if (c[0]) { x q[1]; } c[1] = measure q[1];"
    )
    (exact,) = run("sampler", simulator(), circuits=[text])["quasi_dists"]
    assert set(exact) == {"00", "11"}
    params = {"run_options": {"shots": 500}}
    (noisy,) = run("sampler", lagos, circuits=[text], **params)["quasi_dists"]
    assert noisy["00"] + noisy["11"] > 0.9


def test_second_version_gives_every_shot_of_every_register(run: Run) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; qubit[3] q; bit[2] low; bit high; x q[1]; x q[2];'
        "low = measure q[0:1]; high = measure q[2];"
    )
    result = run("sampler", simulator(), pubs=[[text], [text, None, 5]], version=2)
    first, second = result["results"]
    assert first["data"]["low"] == {"samples": ["0x2"] * 4096, "num_bits": 2}
    assert first["data"]["high"] == {"samples": ["0x1"] * 4096, "num_bits": 1}
    assert second["data"]["low"]["samples"] == ["0x2"] * 5
    assert first["metadata"] == {"circuit_metadata": {}}
    assert result["metadata"] == {"version": 2}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([pi], ["0x1"]),
        ([[0.0], [pi]], [["0x0"], ["0x1"]]),
        ({"a": pi}, ["0x1"]),
        ({"a": [0.0, pi, 0.0]}, [["0x0"], ["0x1"], ["0x0"]]),
        ({"a": [[0.0, pi], [pi, 0.0]]}, [[["0x0"], ["0x1"]], [["0x1"], ["0x0"]]]),
    ],
)
def test_second_version_nests_samples_by_the_shape_of_the_values(
    run: Run, values: Any, expected: Any
) -> None:
    result = run("sampler", simulator(), pubs=[[ROTATION, values, 1]], version=2)
    assert result["results"][0]["data"]["c"]["samples"] == expected


def test_names_joined_by_commas_take_the_last_axis(run: Run) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; input float a; input float b; qubit[2] q; bit[2] c;'
        "rx(a) q[0]; rx(b) q[1]; c = measure q;"
    )
    pub = [text, {"b,a": [[pi, 0], [0, pi]]}, 1]
    result = run("sampler", simulator(), pubs=[pub], version="2")
    assert result["results"][0]["data"]["c"]["samples"] == [["0x2"], ["0x1"]]


@pytest.mark.parametrize(
    "params",
    [{"shots": 9}, {"options": {"default_shots": 9}}, {"shots": None, "options": {}}],
)
def test_shots_come_from_the_job_or_its_options(run: Run, params: dict[str, Any]) -> None:
    result = run("sampler", simulator(), pubs=[SEED], version=2, **params)
    wanted = 9 if params != {"shots": None, "options": {}} else 4096
    assert len(result["results"][0]["data"]["c"]["samples"]) == wanted


def test_runners_give_counts_and_memory(run: Run) -> None:
    params = {"circuits": [BELL, SEED], "shots": 300, "memory": True, "seed_simulator": 5}
    result = run("circuit-runner", simulator(), **params)
    assert result["success"] is True
    bell, one = result["results"]
    assert set(bell["data"]["counts"]) == {"0x0", "0x3"}
    assert Counter(bell["data"]["memory"]) == bell["data"]["counts"]
    assert one["data"]["counts"] == {"0x1": 300}
    assert bell["header"]["creg_sizes"] == [["c", 2]]
    assert bell["header"]["memory_slots"] == 2


def test_the_clients_result_class_reads_what_a_runner_gives(run: Run) -> None:
    from qiskit.result import Result

    body = run("qasm3-runner", simulator(), circuits=[BELL], shots=50)
    counts = Result.from_dict(body).get_counts(0)
    assert set(counts) == {"00", "11"}
    assert sum(counts.values()) == 50


def test_device_time_follows_from_shots_and_durations() -> None:
    backend = line((0.0, 0.0))
    outcome = AerEngine()(task("sampler", backend, circuits=[SEED]))
    # each shot: 250 us of waiting, an x gate of 35 ns, a readout of 1 us
    assert outcome.quantum_seconds == pytest.approx(4000 * (250e-6 + 35e-9 + 1e-6))
    assert (outcome.executions, outcome.num_circuits) == (4000, 1)
    assert (outcome.num_qubits, outcome.circuit_depths) == ((1,), (2,))
    assert AerEngine()(task("sampler", simulator(), circuits=[SEED])).quantum_seconds == 0.0


def test_gate_errors_show_as_they_were_calibrated(run: Run) -> None:
    backend = line((0.0,), gate_error=0.02, t1=1e9)
    text = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c;' + "x q;" * 1 + "c = measure q;"
    params = {"resilience_settings": {"level": 0}, "run_options": {"shots": 50_000}}
    (quasi,) = run("sampler", backend, circuits=[text], **params)["quasi_dists"]
    # an average error e of a depolarized gate leaves 1 - e on any state
    assert quasi["0"] == pytest.approx(0.02, abs=5 * sqrt(0.02 * 0.98 / 50_000))


def test_relaxation_limits_what_gates_can_do(run: Run) -> None:
    from math import exp

    backend = line((0.0,), t1=1.0)  # us; an x gate takes 35 ns
    text = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'
    params = {"resilience_settings": {"level": 0}, "run_options": {"shots": 50_000}}
    (quasi,) = run("sampler", backend, circuits=[text], **params)["quasi_dists"]
    kept = exp(-0.035)
    assert quasi["1"] == pytest.approx(kept, abs=5 * sqrt(kept * (1 - kept) / 50_000))


def test_wide_clifford_circuits_run_on_devices(run: Run, sherbrooke: Backend) -> None:
    (quasi,) = run("sampler", sherbrooke, circuits=[ghz(20)], run_options={"shots": 400})[
        "quasi_dists"
    ]
    assert sum(quasi.values()) == pytest.approx(1)
    assert 0.2 < quasi["0" * 20] + quasi["1" * 20] < 1.05


def test_wide_circuits_outside_of_the_clifford_group_run_on_devices(
    run: Run, sherbrooke: Backend
) -> None:
    size, angle = 18, 0.4
    turns = "".join(f"rx({angle}) q[{place}];" for place in range(size))
    text = (
        f'OPENQASM 3; include "stdgates.inc"; qubit[{size}] q; bit[{size}] c; {turns}c = measure q;'
    )
    params = {"resilience_settings": {"level": 0}, "run_options": {"shots": 4000}}
    (quasi,) = run("sampler", sherbrooke, circuits=[text], **params)["quasi_dists"]
    ones = sum(key.count("1") * share for key, share in quasi.items()) / size
    # readout errors and lost shots push towards one half
    exact = (1 - cos(angle)) / 2
    assert exact < ones < exact + 0.06


def test_json_has_no_blanks(aer: AerEngine) -> None:
    body = aer(task("sampler", simulator(), circuits=[SEED])).body
    assert body == json.dumps(json.loads(body), separators=(",", ":"))
