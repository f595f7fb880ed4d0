from __future__ import annotations

import json
from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from dryshot.engines import AerEngine

from .platform_jobs import bell, decoded, encoded, heron, isa, job, run

QASM = """OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
rz(pi/2) $0; sx $0; rz(pi/2) $0; rz(pi/2) $1; sx $1; rz(pi/2) $1;
cz $0, $1;
rz(pi/2) $1; sx $1; rz(pi/2) $1;
c[0] = measure $0;
c[1] = measure $1;
"""


def test_a_bell_circuit_gives_correlated_bits_in_qiskits_types(aer: AerEngine) -> None:
    outcome = run(aer, "sampler", [[bell(), [], None]], support_qiskit=True)
    result = decoded(outcome)
    counts = result[0].data.meas.get_counts()
    assert sum(counts.values()) == 4096
    assert counts["00"] + counts["11"] > 0.95 * 4096
    assert result[0].data.meas.num_bits == 2
    assert result[0].metadata == {"circuit_metadata": {}}
    assert outcome.quantum_seconds >= 2
    assert outcome.quantum_seconds % 1 == 0


def test_the_typed_data_say_the_types_of_their_fields(aer: AerEngine) -> None:
    outcome = run(aer, "sampler", [[bell(), [], 8]], support_qiskit=True)
    bins = json.loads(outcome.body)["__value__"]["pub_results"][0]["__value__"]["data"]
    assert "BitArray" in bins["__value__"]["field_types"][0]


def test_execution_spans_cover_every_shot_and_start_after_the_job_was_made(aer: AerEngine) -> None:
    pubs = [[bell(), [], 100], [bell(), [], 200]]
    spans = decoded(run(aer, "sampler", pubs, support_qiskit=True)).metadata["execution"]
    first, second = spans["execution_spans"]
    assert first.start.isoformat() == "2026-07-28T04:07:48+00:00"
    assert second.start == first.stop
    assert first.mask(0).shape == (100,)
    assert first.mask(0).all()
    assert second.mask(1).sum() == 200


def test_plain_text_gives_plain_results(aer: AerEngine) -> None:
    value = json.loads(run(aer, "sampler", [[QASM, None, 64], [QASM]]).body)
    data = value["results"][0]["data"]["c"]
    assert data["num_bits"] == 2
    assert len(data["samples"]) == 64
    assert set(data["samples"]) >= {"0x0", "0x3"}
    assert len(value["results"][1]["data"]["c"]["samples"]) == 4096
    start, stop, slices = value["metadata"]["execution"]["execution_spans"][0]
    assert slices == {"0": [[64], [0, 1], [0, 64]]}
    assert start["date"] < stop["date"]


def test_virtual_qubits_stand_for_the_physical_ones_of_their_number(aer: AerEngine) -> None:
    virtual = QASM.replace("bit[2] c;", "bit[2] c; qubit[2] q;").replace("$0", "q[0]")
    assert run(aer, "sampler", [[virtual.replace("$1", "q[1]"), None, 64]]).body == (
        run(aer, "sampler", [[QASM, None, 64]]).body
    )


def test_a_sweep_keeps_its_shape_in_both_forms(aer: AerEngine) -> None:
    angle = Parameter("angle")
    circuit = QuantumCircuit(1)
    circuit.rx(angle, 0)
    circuit.measure_all()
    values = np.array([[[0.0], [np.pi], [0.0]], [[np.pi], [0.0], [np.pi]]])
    pub = [isa(circuit), values, 50]
    result = decoded(run(aer, "sampler", [pub], support_qiskit=True))
    ones = result[0].data.meas.get_bitstrings
    assert result[0].data.meas.shape == (2, 3)
    assert [ones((row, column)).count("1") > 25 for row in range(2) for column in range(3)] == [
        False,
        True,
        False,
        True,
        False,
        True,
    ]
    plain = json.loads(run(aer, "sampler", [pub]).body)["results"][0]["data"]["meas"]["samples"]
    assert np.array(plain).shape == (2, 3, 50)


def test_twirling_is_reported_with_its_randomizations_and_their_spans(aer: AerEngine) -> None:
    options = {"twirling": {"enable_measure": True, "num_randomizations": 3}}
    outcome = run(aer, "sampler", [[bell(), [], 100]], options=options, support_qiskit=True)
    result = decoded(outcome)
    assert result[0].metadata["num_randomizations"] == 3
    span = result.metadata["execution"]["execution_spans"][0]
    assert type(span).__name__ == "TwirledSliceSpanV2"
    assert span.mask(0).shape == (100,)
    assert span.mask(0).all()


def test_twirled_shots_come_before_the_default_but_after_a_pubs_own(aer: AerEngine) -> None:
    options = {
        "default_shots": 10,
        "twirling": {
            "enable_gates": True,
            "num_randomizations": 4,
            "shots_per_randomization": 25,
        },
    }
    pubs = [[bell(), [], None], [bell(), [], 40]]
    result = decoded(run(aer, "sampler", pubs, options=options, support_qiskit=True))
    assert [pub.data.meas.num_shots for pub in result] == [100, 40]


@pytest.mark.parametrize(("kind", "shape"), [("kerneled", (60, 2)), ("avg_kerneled", (2,))])
def test_kerneled_results_are_points_of_the_plane(
    aer: AerEngine, kind: str, shape: tuple[int, ...]
) -> None:
    circuit = QuantumCircuit(2)
    circuit.x(1)
    circuit.measure_all()
    options = {"execution": {"meas_type": kind}}
    outcome = run(aer, "sampler", [[isa(circuit), [], 60]], options=options, support_qiskit=True)
    points = decoded(outcome)[0].data.meas
    assert points.shape == shape
    assert np.iscomplexobj(points)
    means = points.reshape(-1, 2).mean(axis=0).real
    assert means[0] > 0.5
    assert means[1] < -0.5


def test_a_seed_of_the_users_decides_and_not_the_tasks(aer: AerEngine) -> None:
    params = {"pubs": encoded([[bell(), [], 50]]), "options": {"simulator": {"seed_simulator": 3}}}
    first, second = (aer(job("sampler", params, seed=seed)) for seed in (1, 2))
    assert first.body == second.body
    del params["options"]
    assert aer(job("sampler", params, seed=1)).body != aer(job("sampler", params, seed=2)).body


def test_an_engine_without_noise_gives_perfect_correlations() -> None:
    result = decoded(
        run(AerEngine(noise=False), "sampler", [[bell(), [], None]], support_qiskit=True)
    )
    assert set(result[0].data.meas.get_counts()) == {"00", "11"}


def test_the_classic_dialect_still_moves_a_circuit_that_does_not_fit(aer: AerEngine) -> None:
    text = (
        'OPENQASM 3.0; include "stdgates.inc"; bit c; qubit[5] q; cx q[0], q[4]; c = measure q[4];'
    )
    params = {"pubs": [[text, None, 10]], "version": 2}
    assert aer(job("sampler", params)).failed
    assert not aer(replace(job("sampler", params), dialect="classic")).failed


def test_a_whole_device_can_be_measured(aer: AerEngine) -> None:
    circuit = bell(measured=False)
    circuit.measure_all()
    result = decoded(run(aer, "sampler", [[circuit, [], 500]], support_qiskit=True))
    bits = result[0].data.meas
    assert bits.num_bits == 156
    pair = sorted(circuit.layout.final_index_layout())
    counts = bits.slice_bits(pair).get_counts()
    assert counts["00"] + counts["11"] > 450
    others = [qubit for qubit in range(156) if qubit not in pair]
    flips = sum(word.count("1") for word in bits.slice_bits(others).get_bitstrings())
    assert 0 < flips < 0.05 * 154 * 500


def test_the_bits_of_registers_stay_apart(aer: AerEngine) -> None:
    text = """OPENQASM 3.0; include "stdgates.inc"; bit[9] low; bit[1] high;
    x $0; low[8] = measure $0; low[0] = measure $1; x $2; high[0] = measure $2;"""
    data = json.loads(run(aer, "sampler", [[text, None, 200]]).body)["results"][0]["data"]
    assert data["low"]["num_bits"] == 9
    assert data["low"]["samples"].count("0x100") > 150
    assert data["high"]["samples"].count("0x1") > 150


def test_a_bell_circuit_on_a_large_device_is_quick_once_it_is_warm(aer: AerEngine) -> None:
    params = {"pubs": encoded([[bell(), [], None]]), "version": 2, "support_qiskit": True}
    task = job("sampler", params, heron())
    aer(task)
    times = []
    for _ in range(5):
        start = process_time()
        assert not aer(task).failed
        times.append(process_time() - start)
    assert min(times) < 0.06
