from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin, sqrt
from typing import Any

import pytest

from dryshot.world.backends import Backend

from .backends import line, simulator

Run = Callable[..., Any]
BELL = 'OPENQASM 3; include "stdgates.inc"; qubit[2] q; h q[0]; cx q[0], q[1];'
ROTATION = 'OPENQASM 3; include "stdgates.inc"; input float a; qubit q; rx(a) q;'


def test_a_bell_pair_has_its_three_correlations(run: Run) -> None:
    params = {"circuits": [BELL] * 4, "observables": ["XX", "YY", "ZZ", "ZI"]}
    result = run("estimator", simulator(), **params)
    assert result["values"][:3] == [1.0, -1.0, 1.0]
    assert result["values"][3] == pytest.approx(0, abs=5 / sqrt(1024))
    assert result["metadata"][0] == {"variance": 0.0, "shots": 1024}
    assert result["metadata"][3]["variance"] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("angle", [0.2, 1.3, 2.2, -0.7])
def test_rotations_have_exact_expectation_values(run: Run, angle: float) -> None:
    params = {
        "circuits": [ROTATION] * 3,
        "observables": ["Z", "Y", "X"],
        "parameter_values": [[angle]] * 3,
        "run_options": {"shots": 20_000},
    }
    values = run("estimator", simulator(), **params)["values"]
    bound = 5 / sqrt(20_000)
    assert values == pytest.approx([cos(angle), -sin(angle), 0], abs=bound)


def test_weighted_sums_add_up(run: Run) -> None:
    pub = [BELL, {"XX": 2.0, "YY": 0.5, "II": 3.0, "ZZ": -1.0}]
    (result,) = run("estimator", simulator(), pubs=[pub], version=2)["results"]
    assert result["data"]["evs"] == pytest.approx(2 - 0.5 + 3 - 1)


def test_projectors_are_observables_too(run: Run) -> None:
    (result,) = run("estimator", simulator(), pubs=[[BELL, "00"]], version=2)["results"]
    assert result["data"]["evs"] == pytest.approx(0.5, abs=5 / sqrt(4096))


def test_second_version_answers_numbers_for_scalar_pubs(run: Run) -> None:
    result = run("estimator", simulator(), pubs=[[ROTATION, "Z", [0.4]]], version=2)
    (pub,) = result["results"]
    assert set(pub["data"]) == {"evs", "stds", "ensemble_standard_error"}
    assert pub["data"]["evs"] == pytest.approx(cos(0.4), abs=5 * sin(0.4) / 64)
    assert pub["data"]["stds"] == pytest.approx(sin(0.4) / 64, rel=0.1)
    assert pub["metadata"] == {
        "shots": 4096,
        "target_precision": 0.015625,
        "circuit_metadata": {},
        "resilience": {},
        "num_randomizations": 32,
    }


def test_values_and_observables_broadcast(run: Run) -> None:
    angles = [0.0, pi / 2, pi]
    pub = [ROTATION, [["Z"], ["Y"]], [[angle] for angle in angles]]
    (result,) = run("estimator", simulator(), pubs=[pub], version=2)["results"]
    expected = [[1, 0, -1], [0, -1, 0]]
    for row, exact in zip(result["data"]["evs"], expected, strict=True):
        assert row == pytest.approx(exact, abs=5 / 64)


def test_precision_sets_the_shots(run: Run) -> None:
    pubs = [[BELL, "ZI", None, 0.1], [BELL, "ZI"]]
    first, second = run("estimator", simulator(), pubs=pubs, precision=0.05, version=2)["results"]
    assert (first["metadata"]["shots"], second["metadata"]["shots"]) == (100, 400)
    assert first["metadata"]["target_precision"] == 0.1
    assert first["data"]["stds"] == pytest.approx(0.1, rel=0.05)


def test_mitigation_removes_readout_errors(run: Run) -> None:
    backend = line((0.05, 0.08))
    raw, better = (
        run(
            "estimator",
            backend,
            circuits=[BELL],
            observables=["ZZ"],
            resilience_settings={"level": level},
        )
        for level in (0, 1)
    )
    assert raw["values"][0] == pytest.approx(0.9 * 0.84, abs=0.05)
    assert better["values"][0] == pytest.approx(1, abs=0.04)
    assert list(better["metadata"][0]) == [
        "variance",
        "shots",
        "readout_mitigation_num_twirled_circuits",
        "readout_mitigation_shots_calibration",
    ]


def test_observables_of_physical_qubits_follow_the_circuit(run: Run, sherbrooke: Backend) -> None:
    text = 'OPENQASM 3; include "stdgates.inc"; x $5; rz(0.1) $7;'
    labels = ["".join("Z" if 7 - place == q else "I" for place in range(8)) for q in (5, 7)]
    params = {"pubs": [[text, labels]], "version": 2}
    (result,) = run("estimator", sherbrooke, **params)["results"]
    assert result["data"]["evs"] == pytest.approx([-1, 1], abs=0.05)


def test_final_measurements_are_left_out(run: Run) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; h q; c = measure q;'  # would end <X>
    )
    assert run("estimator", simulator(), circuits=[text], observables=["X"])["values"] == [1.0]
