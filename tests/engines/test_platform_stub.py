from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from dryshot.engines import StubEngine, StubResultWarning
from dryshot.world.work import Outcome

from .platform_jobs import job

QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[2] c; c[0] = measure $0;'
THETA = 'OPENQASM 3.0; include "stdgates.inc"; input float theta; rz(theta) $1;'


def made_up(program: str, **params: Any) -> Outcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StubResultWarning)
        return StubEngine()(job(program, params))


def test_samples_have_the_platforms_spans() -> None:
    outcome = made_up("sampler", pubs=[[QASM, None, 20], [QASM, None, 30]], version=2)
    value = json.loads(outcome.body)
    first, second = value["metadata"]["execution"]["execution_spans"]
    assert first[2] == {"0": [[20], [0, 1], [0, 20]]}
    assert second[2] == {"1": [[30], [0, 1], [0, 30]]}
    assert value["metadata"]["engine"] == "stub"
    assert len(value["results"][1]["data"]["c"]["samples"]) == 30
    assert outcome.quantum_seconds == 2


def test_estimates_have_the_platforms_metadata_and_extrapolations() -> None:
    pub = [THETA, ["ZZ", "XX"], {"theta": [0.1, 0.2]}, 0.1]
    value = json.loads(made_up("estimator", pubs=[pub], version=2, resilience_level=2).body)
    data = value["results"][0]["data"]
    assert [len(row) for row in data["evs_noise_factors"]] == [3, 3]
    assert [[len(fit) for fit in row] for row in data["evs_extrapolated"]] == [[4, 4], [4, 4]]
    assert "ensemble_standard_error" not in data
    assert value["metadata"]["resilience"]["zne_mitigation"]
    assert value["results"][0]["metadata"]["shots"] == 100


@pytest.mark.parametrize("program", ["executor", "noise-learner"])
def test_programs_that_need_ibms_packages_name_what_to_install(program: str) -> None:
    outcome = made_up(program, schema_version="v2.0")
    assert outcome.failed
    assert outcome.reason_code == 5203
    assert "sdk" in str(outcome.reason)


def test_limits_and_options_are_checked_all_the_same() -> None:
    assert made_up("sampler", pubs=[[QASM, None, 20_000_000]]).reason_code == 1520
    options = {"resilience": {"pec_mitigation": True, "zne_mitigation": True}}
    assert made_up("estimator", pubs=[[THETA, "ZZ"]], options=options).reason_code == 1521
