from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

from dryshot.engines import AerEngine

from .platform_jobs import bell, encoded, heron, job, run

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; bit[2] c; '


def physical(*, coupled: bool = True) -> QuantumCircuit:
    """Two qubits of the device, wide as the device is."""
    pair = heron().configuration["coupling_map"][0] if coupled else [0, 100]
    circuit = QuantumCircuit(QuantumRegister(156, "q"), ClassicalRegister(2, "c"))
    circuit.cz(*pair)
    circuit.measure(pair, [0, 1])
    return circuit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "h $0; c[0] = measure $0;", 1517),
        (HEAD + "cz $0, $100; c[0] = measure $0;", 1517),
        (HEAD + "qubit[157] q; x q[0]; c[0] = measure q[0];", 1517),
        (HEAD + "unheard_of $0;", 1603),
        (HEAD + "rzz(0.1) $0, $1;", 1603),
        (HEAD + "this is not a program", 1603),
        ('include "stdgates.inc"; bit c; c = measure $0;', 1603),
        (base64.b64encode(b"QISKIT and then more").decode(), 1603),
        ("OPENQASM 2.0; qreg q[1]; creg c[1]; measure q -> c;", 1603),
    ],
)
def test_a_text_that_cannot_run_fails_with_its_number(aer: AerEngine, text: str, code: int) -> None:
    outcome = run(aer, "sampler", [[text]])
    assert outcome.failed
    assert outcome.reason_code == code
    assert outcome.body.startswith("Traceback")


@pytest.mark.parametrize(
    ("value", "code"),
    [(base64.b64encode(b"QISKIT").decode(), 1603), ("eJwDAAAAAAE=", 1506)],
)
def test_an_encoded_circuit_that_cannot_be_read_fails_by_its_form(
    aer: AerEngine, value: str, code: int
) -> None:
    circuit = {"__type__": "QuantumCircuit", "__value__": value}
    outcome = aer(job("sampler", {"pubs": [[circuit]], "version": 2}))
    assert outcome.reason_code == code
    assert outcome.quantum_seconds == 0


def test_a_circuit_on_a_pair_that_is_not_coupled_is_charged_for(aer: AerEngine) -> None:
    assert not run(aer, "sampler", [[physical()]]).failed
    outcome = run(aer, "sampler", [[physical(coupled=False)]])
    assert outcome.reason_code == 1517
    assert outcome.quantum_seconds == 2
    assert "transpile" in str(outcome.reason)


@pytest.mark.parametrize(("angle", "fits"), [(0.5, True), (-0.1, False), (2.0, False)])
def test_rzz_turns_by_angles_up_to_half_pi_only(aer: AerEngine, angle: float, fits: bool) -> None:  # noqa: FBT001 - a row of the table
    from qiskit.circuit import Parameter

    pair = heron().configuration["coupling_map"][0]
    free = Parameter("free")
    for bound in (True, False):
        circuit = QuantumCircuit(QuantumRegister(156, "q"), ClassicalRegister(1, "c"))
        circuit.rzz(angle if bound else free, *pair)
        circuit.measure(pair[0], 0)
        outcome = run(aer, "sampler", [[circuit, [] if bound else [angle], 10]])
        assert outcome.failed is not fits
        assert outcome.reason_code == (None if fits else 1517)


def test_observables_of_another_width_fail(aer: AerEngine) -> None:
    outcome = run(aer, "estimator", [[bell(measured=False), "ZZ"]])
    assert outcome.reason_code == 1501


def test_an_estimator_takes_no_dynamic_circuit(aer: AerEngine) -> None:
    circuit = physical()
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    assert run(aer, "estimator", [[circuit, "Z" + "I" * 155]]).reason_code == 1522


@pytest.mark.parametrize(
    "options",
    [
        {"twirling": {"enable_gates": True}},
        {"resilience": {"pec_mitigation": True}},
        {"resilience": {"zne_mitigation": True, "zne": {"amplifier": "pea"}}},
    ],
)
def test_fractional_gates_cannot_be_twirled(aer: AerEngine, options: Any) -> None:
    circuit = QuantumCircuit(QuantumRegister(156, "q"))
    circuit.rx(0.3, 0)
    pub = [circuit, "I" * 155 + "Z"]
    assert run(aer, "estimator", [pub], options=options).reason_code == 1519
    assert not run(aer, "estimator", [pub]).failed


@pytest.mark.parametrize(
    "options",
    [
        {"resilience": {"pec_mitigation": True, "zne_mitigation": True}},
        {"resilience": {"zne_mitigation": True, "zne": {"noise_factors": [1]}}},
        {"resilience": {"zne_mitigation": True, "zne": {"extrapolator": "guess"}}},
        {"dynamical_decoupling": {"sequence_type": "YY"}},
        {"twirling": {"num_randomizations": 0}},
        {"twirling": {"enable_gates": "yes"}},
        {"default_precision": "high"},
    ],
)
def test_options_that_do_not_go_together_fail(aer: AerEngine, options: Any) -> None:
    pub = [bell(measured=False), "I" * 156]
    assert run(aer, "estimator", [pub], options=options).reason_code == 1521


def test_twirled_readout_and_kerneled_results_do_not_go_together(aer: AerEngine) -> None:
    options = {"execution": {"meas_type": "kerneled"}, "twirling": {"enable_measure": True}}
    assert run(aer, "sampler", [[bell()]], options=options).reason_code == 1521


@pytest.mark.parametrize(
    ("program", "pub"),
    [("sampler", [None, None, 10_000_001]), ("estimator", [None, "Z", None, 1e-4])],
)
def test_more_executions_than_the_system_allows_fail_and_name_the_limit(
    aer: AerEngine, program: str, pub: list[Any]
) -> None:
    outcome = run(aer, program, [[bell(), *pub[1:]]])
    assert outcome.reason_code == 1520
    assert "10000000" in str(outcome.reason)


def test_sweeps_count_towards_the_limit(aer: AerEngine) -> None:
    text = HEAD + "input float[64] theta; rz(theta) $0; c[0] = measure $0;"
    outcome = run(aer, "sampler", [[text, [[0.1], [0.2], [0.3]], 4_000_000]])
    assert outcome.reason_code == 1520


def test_missing_values_fail_without_a_charge(aer: AerEngine) -> None:
    outcome = run(aer, "sampler", [[HEAD + "input float theta; rz(theta) $0; c[0] = measure $0;"]])
    assert outcome.reason_code == 5203
    assert outcome.quantum_seconds == 0
    assert "no values for theta" in str(outcome.reason)


def test_a_program_that_is_not_simulated_says_so(aer: AerEngine) -> None:
    outcome = aer(job("unheard-of", {"schema_version": "v0.1", "options": {}}))
    assert outcome.failed
    assert "unheard-of" in str(outcome.reason)
    assert "not simulated" in str(outcome.reason)


def test_failures_are_the_same_for_equal_tasks(aer: AerEngine) -> None:
    pubs = encoded([[physical(coupled=False)]])
    first, second = (aer(job("sampler", json.loads(json.dumps({"pubs": pubs})))) for _ in "ab")
    assert first == second
