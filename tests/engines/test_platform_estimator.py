from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

from dryshot.engines import AerEngine
from dryshot.engines.failure import ProgramError
from dryshot.engines.platform.extrapolation import extrapolate
from dryshot.engines.platform.folding import fold

from .platform_jobs import bell, decoded, heron, run

LEVELS = {
    "dynamical_decoupling": {
        "enable": False,
        "sequence_type": "XX",
        "extra_slack_distribution": "middle",
        "scheduling_method": "alap",
    },
    "twirling": {
        "enable_gates": False,
        "enable_measure": True,
        "num_randomizations": "auto",
        "shots_per_randomization": "auto",
        "interleave_randomizations": True,
        "strategy": "active-accum",
    },
    "resilience": {
        "measure_mitigation": True,
        "zne_mitigation": False,
        "pec_mitigation": False,
    },
    "version": 2,
}


def chain(pairs: int) -> Any:
    """An even number of cz on one pair, which do nothing but be noisy."""
    pair = heron().configuration["coupling_map"][0]
    circuit = QuantumCircuit(QuantumRegister(156, "q"))
    for _ in range(2 * pairs):
        circuit.cz(*pair)
    return circuit


def label(*letters: str) -> str:
    """``letters`` on the first coupled pair, for the width of the device."""
    pair = heron().configuration["coupling_map"][0]
    whole = ["I"] * 156
    for qubit, letter in zip(pair, letters, strict=True):
        whole[-1 - qubit] = letter
    return "".join(whole)


def test_a_bell_pair_is_correlated_in_every_basis(aer: AerEngine) -> None:
    circuit = bell(measured=False)
    pauli = [SparsePauliOp(name).apply_layout(circuit.layout) for name in ("ZZ", "XX", "YY")]
    outcome = run(aer, "estimator", [[circuit, [encoded_terms(one) for one in pauli]]])
    value = json.loads(outcome.body)
    data = value["results"][0]["data"]
    assert np.allclose(data["evs"], [1, 1, -1], atol=0.05)
    assert set(data) == {"evs", "stds", "ensemble_standard_error"}
    assert value["metadata"] == LEVELS
    assert value["results"][0]["metadata"] == {
        "shots": 4096,
        "target_precision": 0.015625,
        "circuit_metadata": {},
        "resilience": {},
        "num_randomizations": 32,
    }


def encoded_terms(operator: Any) -> dict[str, float]:
    return {name: float(weight.real) for name, weight in operator.to_list()}


def test_sweeps_and_observables_broadcast_in_qiskits_types(aer: AerEngine) -> None:
    theta = Parameter("theta")
    circuit = QuantumCircuit(QuantumRegister(156, "q"))
    circuit.rx(theta, 0)
    wanted = [[{"I" * 155 + "Z": 1.0}], [{"I" * 155 + "Y": 2.0, "I" * 156: 0.5}]]
    values = np.array([[0.0], [np.pi / 2], [np.pi]])
    outcome = run(aer, "estimator", [[circuit, wanted, values, 0.02]], support_qiskit=True)
    data = decoded(outcome)[0].data
    assert data.evs.shape == (2, 3)
    assert np.allclose(data.evs[0], [1, 0, -1], atol=0.1)
    assert np.allclose(data.evs[1], [0.5, -1.5, 0.5], atol=0.2)
    assert decoded(outcome)[0].metadata["shots"] == 2500


def test_without_mitigation_readout_errors_stay(aer: AerEngine) -> None:
    pub = [chain(1), label("Z", "Z"), None, 0.005]
    raw, mitigated = (
        json.loads(run(aer, "estimator", [pub], resilience_level=level).body)["results"][0]["data"]
        for level in (0, 1)
    )
    assert raw["evs"] < mitigated["evs"] - 0.005


def test_twirled_errors_come_from_the_spread_of_randomizations(aer: AerEngine) -> None:
    pub = [bell(measured=False), label("Z", "I")]
    twirled, plain = (
        json.loads(run(aer, "estimator", [pub], resilience_level=level).body)["results"][0]["data"]
        for level in (1, 0)
    )
    assert twirled["stds"] != twirled["ensemble_standard_error"]
    assert twirled["stds"] == pytest.approx(twirled["ensemble_standard_error"], rel=0.6)
    assert plain["stds"] == plain["ensemble_standard_error"]


@pytest.mark.parametrize("amplifier", ["gate_folding", "gate_folding_back", "pea"])
def test_extrapolation_takes_the_noise_of_gates_away(aer: AerEngine, amplifier: str) -> None:
    zne = {"amplifier": amplifier, "noise_factors": [1, 2, 3], "extrapolator": ["exponential"]}
    options = {"resilience": {"zne_mitigation": True, "zne": zne}}
    pub = [chain(30), [label("Z", "Z"), label("Z", "I")], None, 0.01]
    outcome = run(aer, "estimator", [pub], options=options, support_qiskit=True)
    result = decoded(outcome)
    data = result[0].data
    assert set(data) == {
        "evs",
        "stds",
        "evs_noise_factors",
        "stds_noise_factors",
        "ensemble_stds_noise_factors",
        "evs_extrapolated",
        "stds_extrapolated",
    }
    assert data.evs_noise_factors.shape == (2, 3)
    assert data.evs_extrapolated.shape == (2, 1, 4)
    raw = data.evs_noise_factors
    assert (raw[:, 0] > raw[:, 1]).all()
    assert (raw[:, 1] > raw[:, 2]).all()
    assert (abs(data.evs - 1) < abs(raw[:, 0] - 1)).all()
    assert np.array_equal(data.evs_extrapolated[:, 0, 0], data.evs)
    assert result[0].metadata["resilience"]["zne"]["extrapolator"] == ["exponential"] * 2
    assert result.metadata["resilience"]["zne"] == {
        "noise_factors": [1.0, 2.0, 3.0],
        "extrapolator": ["exponential"],
        "extrapolated_noise_factors": [0.0, 1.0, 2.0, 3.0],
    }


def test_level_two_extrapolates_and_twirls_gates(aer: AerEngine) -> None:
    pub = [chain(1), label("Z", "Z")]
    value = json.loads(run(aer, "estimator", [pub], resilience_level=2).body)
    assert value["metadata"]["resilience"]["zne_mitigation"]
    assert value["metadata"]["twirling"]["enable_gates"]
    assert np.array(value["results"][0]["data"]["evs_extrapolated"]).shape == (2, 4)


def test_cancellation_removes_the_noise_of_gates_and_costs_shots(aer: AerEngine) -> None:
    pub = [chain(30), label("Z", "Z"), None, 0.01]
    plain = run(aer, "estimator", [pub])
    cancelled = run(aer, "estimator", [pub], options={"resilience": {"pec_mitigation": True}})
    value = json.loads(cancelled.body)["results"][0]
    before = json.loads(plain.body)["results"][0]["data"]["evs"]
    assert abs(value["data"]["evs"] - 1) < abs(before - 1)
    scaling = value["metadata"]["resilience"]["pec"]["num_randomizations_scaling"]
    noise = value["metadata"]["resilience"]["layer_noise"]
    assert scaling > 1
    assert noise["total_mitigated_layers"] == 60
    assert noise["unique_mitigated_layers"] == 1
    assert cancelled.executions == pytest.approx(plain.executions * scaling, abs=2)


def test_cancellation_stays_within_the_overhead_that_is_allowed(aer: AerEngine) -> None:
    pub = [chain(30), label("Z", "Z"), None, 0.01]
    options = {"resilience": {"pec_mitigation": True, "pec": {"max_overhead": 1.01}}}
    value = json.loads(run(aer, "estimator", [pub], options=options).body)["results"][0]
    assert value["metadata"]["resilience"]["pec"]["num_randomizations_scaling"] <= 1.01


def test_shots_decide_where_no_precision_is_given(aer: AerEngine) -> None:
    pub = [chain(1), label("Z", "Z")]
    own = json.loads(run(aer, "estimator", [pub], options={"default_shots": 900}).body)
    assert own["results"][0]["metadata"]["shots"] == 900
    both = json.loads(
        run(aer, "estimator", [pub], precision=0.1, options={"default_shots": 9}).body
    )
    assert both["results"][0]["metadata"]["shots"] == 100


@pytest.mark.parametrize("amplifier", ["gate_folding", "gate_folding_front", "gate_folding_back"])
@pytest.mark.parametrize(("factor", "gates"), [(1, 4), (1.5, 6), (2, 8), (3, 12), (5, 20)])
def test_folding_adds_pairs_of_gates(amplifier: str, factor: float, gates: int) -> None:
    circuit = QuantumCircuit(2)
    for _ in range(4):
        circuit.cz(0, 1)
        circuit.sx(0)
    folded, added = fold(circuit, factor, amplifier, seed=1)
    assert folded.count_ops()["cz"] == gates
    assert folded.count_ops()["sx"] == 4
    assert added == gates - 4


def test_folding_some_gates_begins_where_it_is_told() -> None:
    circuit = QuantumCircuit(2)
    circuit.cz(0, 1)
    circuit.x(0)
    circuit.cz(0, 1)
    names = [
        [item.operation.name for item in fold(circuit, 2, amplifier, seed=1)[0].data]
        for amplifier in ("gate_folding_front", "gate_folding_back")
    ]
    assert names == [["cz", "cz", "cz", "x", "cz"], ["cz", "x", "cz", "cz", "cz"]]


@pytest.mark.parametrize("factor", [50_003, 1e200])
def test_folds_without_end_are_refused_by_name(factor: float) -> None:
    circuit = QuantumCircuit(2)
    for _ in range(4):
        circuit.cz(0, 1)
    with pytest.raises(ProgramError, match=r"noise_factors: .* folds 4 gates"):
        fold(circuit, factor, "gate_folding", seed=1)


@pytest.mark.parametrize(
    ("name", "curve"),
    [
        ("linear", lambda x: 0.9 - 0.1 * x),
        ("polynomial_degree_2", lambda x: 0.9 - 0.1 * x + 0.01 * x**2),
        ("exponential", lambda x: 0.9 * np.exp(-0.3 * x)),
        ("double_exponential", lambda x: 0.6 * np.exp(-0.1 * x) + 0.3 * np.exp(-0.9 * x)),
    ],
)
def test_an_extrapolator_finds_its_own_kind_of_curve(name: str, curve: Any) -> None:
    factors = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 7.0])
    stds = np.full(6, 1e-3)
    fit = extrapolate(name, factors, curve(factors), stds, np.array([2.0]))
    assert fit.good
    assert fit.values[0] == pytest.approx(0.9, abs=0.02)
    assert fit.values[1] == pytest.approx(curve(2.0), abs=0.005)


def test_a_fit_that_blows_up_is_not_believed() -> None:
    factors, values = np.array([1.0, 1.1]), np.array([0.9, 0.1])
    fit = extrapolate("linear", factors, values, np.full(2, 0.01), factors)
    assert not fit.good
    fallback = extrapolate("fallback", factors, values, np.full(2, 0.01), factors)
    assert fallback.good
    assert fallback.values.tolist() == [0.9, 0.9, 0.9]
