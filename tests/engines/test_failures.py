"""Whatever a user sends, an engine answers with an outcome that says what is wrong."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import pytest

from dryshot.engines import AerEngine
from dryshot.world.backends import Backend, BackendData

from .backends import BELL, SEED, line, simulator, task

HEAD = 'OPENQASM 3; include "stdgates.inc"; '
ANGLE = HEAD + "input angle a; qubit q; bit c; rx(a) q; c = measure q;"


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        ("garbage", "1,7: no viable alternative"),
        ("", "empty"),
        ("// nothing\n", "empty"),
        ("OPENQASM 4; qubit q;", "OpenQASM 4"),
        (HEAD + "qubit q; bit c; foo q; c = measure q;", "gate 'foo' is not defined"),
        ("OPENQASM 3; qubit[2] q; bit c; ecr q[0], q[1]; c = measure q[0];", "stdgates.inc"),
        (HEAD + "qubit q; h q;", "no measurement"),
        (HEAD + "qubit q; bit c; h q;", "no measurement"),
        (HEAD + "qubit q; bit c; c = measure q; while (c) { h q; c = measure q; }", "while"),
        ('OPENQASM 2.0; include "/etc/hostname"; qreg q[1];', "unable to find"),
        ("OPENQASM 2.0; qreg q[1]; creg c[1]; h q[0]; measure q -> c;", "before definition"),
        (ANGLE, "no values for a"),
        (5, "found int"),
        (None, "found NoneType"),
        ({"__type__": "QuantumCircuit", "__value__": "AAAA"}, "cannot be read"),
        ({"__type__": "complex", "__value__": [0, 1]}, "found complex"),
    ],
)
def test_a_circuit_that_cannot_run_fails_the_job_and_is_named(
    aer: AerEngine, circuit: Any, message: str
) -> None:
    outcome = aer(task("sampler", simulator(), circuits=[SEED, circuit]))
    assert outcome.failed
    assert outcome.reason is not None
    assert outcome.reason.startswith("circuit 1: ")
    assert message in outcome.reason
    assert "\n" not in outcome.reason
    assert outcome.reason_code == 3211
    lines = outcome.body.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert outcome.reason in lines[-1]


def test_a_bomb_of_nested_gates_is_refused_at_once(aer: AerEngine) -> None:
    gates = "gate g0 a { x a; x a; } " + " ".join(
        f"gate g{level} a {{ g{level - 1} a; g{level - 1} a; }}" for level in range(1, 60)
    )
    text = HEAD + gates + " qubit q; bit c; g59 q; c = measure q;"
    outcome = aer(task("sampler", simulator(), circuits=[text]))
    assert "operations when written out" in str(outcome.reason)


def test_a_bomb_of_loops_is_refused_at_once(aer: AerEngine) -> None:
    loops = "for int i in [0:99999] { for int j in [0:99999] { x q; } }"
    outcome = aer(
        task("sampler", simulator(), circuits=[f"{HEAD} qubit q; bit c; {loops} c = measure q;"])
    )
    assert "operations when written out" in str(outcome.reason)


def test_a_compressed_bomb_is_refused(aer: AerEngine) -> None:
    packer = zlib.compressobj(9)
    block = bytes(2**20)
    packed = b"".join(packer.compress(block) for _ in range(300)) + packer.flush()
    circuit = {"__type__": "QuantumCircuit", "__value__": base64.b64encode(packed).decode()}
    outcome = aer(task("sampler", simulator(), circuits=[circuit]))
    assert "larger than" in str(outcome.reason)


def test_a_state_that_does_not_fit_into_memory_is_refused(aer: AerEngine) -> None:
    text = f"{HEAD} qubit[40] q; bit[40] c; t q; h q; c = measure q;"
    backend = simulator("simulator_statevector", n_qubits=100)
    outcome = aer(task("sampler", backend, circuits=[text]))
    assert "40 qubits does not fit" in str(outcome.reason)
    assert outcome.reason_code == 5204


def test_a_stabilizer_simulator_refuses_other_gates(aer: AerEngine) -> None:
    text = f"{HEAD} qubit q; bit c; t q; c = measure q;"
    outcome = aer(task("sampler", simulator("simulator_stabilizer"), circuits=[text]))
    assert "Clifford" in str(outcome.reason)
    assert outcome.reason_code == 5204


def test_too_many_qubits_are_refused(aer: AerEngine) -> None:
    text = f"{HEAD} qubit[3] q; bit[3] c; x q; c = measure q;"
    for backend in (line((0.01, 0.01)), simulator(n_qubits=2)):
        outcome = aer(task("sampler", backend, circuits=[text]))
        assert "needs 3 qubits" in str(outcome.reason)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "no circuits"),
        ({"circuits": []}, "no circuit"),
        ({"circuits": [SEED], "run_options": {"shots": 0}}, "shots is 0"),
        ({"circuits": [SEED], "run_options": {"shots": 10**9}}, "1 to 100000"),
        ({"circuits": [SEED], "run_options": {"shots": True}}, "shots is True"),
        ({"circuits": [SEED] * 300, "run_options": {"shots": 100_000}}, "in one job"),
        ({"circuits": [SEED], "run_options": []}, "run_options is not an object"),
        ({"circuits": [SEED], "circuit_indices": [3]}, "circuit 3"),
        ({"circuits": [SEED], "circuit_indices": 0}, "not a list"),
        ({"circuits": [SEED], "parameter_values": [[], []]}, "2 entries for 1"),
        ({"circuits": [SEED], "parameter_values": [[1.0]]}, "1"),
        ({"circuits": [ANGLE], "parameter_values": [["x"]]}, "real numbers"),
        ({"circuits": [ANGLE], "parameter_values": [[float("nan")]]}, "not finite"),
        ({"circuits": [ANGLE], "parameter_values": [[[1], [2]]]}, "one set"),
        ({"circuits": [SEED], "resilience_settings": {"level": 9}}, "level 9"),
        ({"circuits": [SEED], "run_options": {"seed_simulator": "x"}}, "seed_simulator"),
        ({"circuits": [SEED], "run_options": {"noise_model": {}}}, "noise_model"),
        ({"pubs": "x"}, "pubs is not a list"),
        ({"pubs": [[]]}, "0 parts"),
        ({"pubs": [[SEED, None, None, None]]}, "4 parts"),
        ({"pubs": [[ANGLE, {"b": 1}]]}, "no values for a; values for unknown b"),
        ({"pubs": [[ANGLE, {"a": [1, 2], "b": 3}]]}, "consistent shape"),
    ],
)
def test_a_job_that_makes_no_sense_fails(
    aer: AerEngine, params: dict[str, Any], message: str
) -> None:
    outcome = aer(task("sampler", simulator(), **params))
    assert outcome.failed
    assert message in str(outcome.reason)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"circuits": [BELL]}, "observables"),
        ({"circuits": [BELL], "observables": ["ZZ", "XX"]}, "2 observables for 1"),
        ({"circuits": [BELL], "observables": ["ZZ"], "observable_indices": [1]}, "not there"),
        ({"circuits": [BELL], "observables": ["ZZZ"]}, "for 3 qubits; the circuit has 2"),
        ({"circuits": [BELL], "observables": ["QQ"]}, "not an observable"),
        ({"pubs": [[BELL]]}, "1 parts"),
        ({"pubs": [[BELL, "ZZ", None, -1]]}, "precision is -1"),
        ({"pubs": [[BELL, [["ZZ"], "ZZ"]]]}, "unevenly"),
        ({"pubs": [[BELL, []]]}, "none"),
        ({"pubs": [[ANGLE, ["X", "Y"], [[1], [2], [3]]]]}, "do not fit"),
    ],
)
def test_observables_that_do_not_fit_fail(
    aer: AerEngine, params: dict[str, Any], message: str
) -> None:
    outcome = aer(task("estimator", simulator(), **params))
    assert outcome.failed
    assert message in str(outcome.reason)


def test_unknown_programs_and_levels_of_measurement_fail(aer: AerEngine) -> None:
    assert aer(task("magic", simulator(), circuits=[SEED])).failed
    outcome = aer(task("circuit-runner", simulator(), circuits=[SEED], meas_level=1))
    assert "meas_level 1" in str(outcome.reason)
    assert aer(task("circuit-runner", simulator(), circuits=[ANGLE])).failed


def test_a_fault_in_calibration_data_is_a_failed_job_too(aer: AerEngine) -> None:
    backend = Backend("ibm_empty", simulator=False, load=lambda: BackendData({}))
    assert aer(task("sampler", backend, circuits=[SEED])).failed
