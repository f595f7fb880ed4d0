"""What the options of the classic programs do, or why they cannot."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, sqrt
from typing import Any

import pytest

from dryshot.engines import AerEngine, StubEngine
from dryshot.engines.stub import StubResultWarning

from .backends import BELL, SEED, Documents, line, simulator, task

Run = Callable[..., Any]
PAIRS = (
    'OPENQASM 3; include "stdgates.inc"; qubit[2] q; x q[0];'
    "cx q[0], q[1]; cx q[0], q[1]; cx q[0], q[1]; cx q[0], q[1];"
)
NOISY = line((0.0, 0.0), pair_error=0.01, t1=1e9)
SHOTS = 20_000


def zne(**settings: Any) -> dict[str, Any]:
    return {
        "circuits": [PAIRS],
        "observables": ["IZ"],
        "resilience_settings": {"level": 2, **settings},
        "run_options": {"shots": SHOTS},
    }


def reason(program: str, backend: Any, **params: Any) -> str:
    outcome = AerEngine()(task(program, backend, **params))
    assert outcome.failed
    assert outcome.reason is not None
    return outcome.reason


def test_level_two_extrapolates_what_it_measured_with_more_and_more_noise(run: Run) -> None:
    result = run("estimator", NOISY, **zne())
    (value,), (metadata,) = result["values"], result["metadata"]
    assert list(metadata) == ["variance", "shots", "zne"]
    assert metadata["shots"] == SHOTS
    told = metadata["zne"]["noise_amplification"]
    assert list(told) == ["noise_amplifier", "noise_factors", "values", "variance", "shots"]
    assert told["noise_amplifier"].startswith("<TwoQubitAmplifier:")
    assert (told["noise_factors"], told["shots"]) == ([1, 3, 5], [SHOTS] * 3)
    assert metadata["zne"]["extrapolation"] == {"extrapolator": "LinearExtrapolator"}
    weak, weaker, weakest = told["values"]
    # four gates, and each leaves 1 - 4/3 * 0.01 of the signal
    kept = (1 - 4 / 3 * 0.01) ** 4
    bound = 5 / sqrt(SHOTS)
    assert [weak, weaker, weakest] == pytest.approx([-kept, -(kept**3), -(kept**5)], abs=bound)
    assert abs(value + 1) < abs(weak + 1)
    assert 0 < metadata["variance"] < 20


def test_a_fit_that_finds_no_curve_gives_no_number(run: Run) -> None:
    asked = zne(noise_factors=[1e200, 2e200, 3e200], extrapolator="QuadraticExtrapolator")
    result = run("estimator", simulator(), **asked)
    assert isnan(result["values"][0])
    assert isnan(result["metadata"][0]["variance"])
    assert result["metadata"][0]["zne"]["noise_amplification"]["values"] == [-1, -1, -1]


def test_level_two_leaves_readout_as_it_is(run: Run) -> None:
    backend = line((0.05, 0.05))
    told = run("estimator", backend, **zne())["metadata"][0]["zne"]["noise_amplification"]
    assert told["values"] == pytest.approx([-0.9] * 3, abs=5 / sqrt(SHOTS))


def test_the_extrapolator_and_the_factors_may_be_chosen(run: Run) -> None:
    import numpy as np

    asked = zne(
        noise_factors=[1, 2, 3, 4.5],
        extrapolator="CubicExtrapolator",
        noise_amplifier="CxAmplifier",
    )
    result = run("estimator", NOISY, **asked)
    told = result["metadata"][0]["zne"]
    assert told["extrapolation"] == {"extrapolator": "CubicExtrapolator"}
    amplified = told["noise_amplification"]
    assert amplified["noise_amplifier"].startswith("<CxAmplifier:")
    assert amplified["noise_factors"] == [1, 2, 3, 4.5]
    # as many parameters as points: the curve goes through all of them
    curve = np.polyfit([1, 2, 3, 4.5], amplified["values"], 3)
    assert result["values"] == pytest.approx([np.polyval(curve, 0)])


def test_a_simulator_has_no_noise_to_amplify(run: Run) -> None:
    result = run("estimator", simulator(), **zne())
    assert result["values"] == pytest.approx([-1])
    assert result["metadata"][0]["zne"]["noise_amplification"]["values"] == [-1, -1, -1]


def test_a_job_counts_its_circuits_and_every_run_of_them() -> None:
    outcome = AerEngine()(task("estimator", NOISY, **zne()))
    assert (outcome.num_circuits, outcome.executions) == (1, 3 * SHOTS)


def test_equal_factors_are_measured_independently(run: Run) -> None:
    told = run("estimator", line((0.2, 0.2)), **zne())["metadata"][0]["zne"]
    assert len(set(told["noise_amplification"]["values"])) == 3


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("noise_amplifier", "Loudspeaker"),
        ("extrapolator", "ExponentialExtrapolator"),
        ("noise_factors", [1, 0.5]),
        ("noise_factors", 3),
        ("noise_factors", [True, 3]),
        ("noise_factors", [3, 3]),
    ],
)
def test_a_setting_that_cannot_be_is_named(setting: str, value: Any) -> None:
    assert setting in reason("estimator", NOISY, **zne(**{setting: value}))


def test_a_curve_needs_enough_factors() -> None:
    words = reason("estimator", NOISY, **zne(extrapolator="QuarticExtrapolator"))
    assert "QuarticExtrapolator takes at least 5, not 3" in words


def test_the_stub_engine_gives_the_same_form() -> None:
    import json

    with pytest.warns(StubResultWarning):
        outcome = StubEngine()(task("estimator", NOISY, **zne()))
    (metadata,) = json.loads(outcome.body)["metadata"]
    assert list(metadata) == ["variance", "shots", "zne", "engine"]
    assert len(metadata["zne"]["noise_amplification"]["values"]) == 3


def repeating(*limits: float) -> Any:
    backend = line((0.0, 0.0))
    more = {"dynamic_reprate_enabled": True, "rep_delay_range": [*limits]}
    data = Documents({**backend.configuration, **more}, dict(backend.properties))
    return type(backend)("ibm_line", simulator=False, load=data)


def test_the_delay_between_shots_is_time_on_the_device() -> None:
    backend = repeating(0.0, 500.0)
    usual, longer = (
        AerEngine()(task("circuit-runner", backend, circuits=[SEED], shots=100, rep_delay=delay))
        for delay in (None, 450e-6)
    )
    assert longer.quantum_seconds - usual.quantum_seconds == pytest.approx(100 * 200e-6)


def test_a_delay_out_of_range_is_refused_and_elsewhere_it_is_ignored(run: Run) -> None:
    words = reason("circuit-runner", repeating(0.0, 500.0), circuits=[SEED], rep_delay=1e-3)
    assert "rep_delay is 0.001 s; ibm_line takes 0 to 0.0005 s" in words
    assert run("circuit-runner", simulator(), circuits=[SEED], rep_delay=1)["success"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("meas_level", 1),
        ("use_measure_esp", True),
        ("schedule_los", [{"d0": 5.0}]),
        ("qubit_lo_freq", [5.0]),
        ("init_circuit", "OPENQASM 3; qubit q; reset q;"),
        ("schedule_circuit", True),
    ],
)
def test_what_a_runner_cannot_do_it_names(option: str, value: Any) -> None:
    assert option in reason("circuit-runner", NOISY, circuits=[SEED], **{option: value})


def test_options_without_effect_are_taken(run: Run) -> None:
    options = {"use_measure_esp": False, "init_qubits": False, "meas_return": "single"}
    plain = run("circuit-runner", NOISY, circuits=[BELL], shots=50)
    assert run("circuit-runner", NOISY, circuits=[BELL], shots=50, **options) == plain


def test_a_header_comes_back_as_it_was_sent(run: Run) -> None:
    sent = {"experiment": 7}
    result = run("circuit-runner", simulator(), circuits=[SEED], header=sent)
    assert result["header"] == sent


def test_a_runner_mitigates_readout_if_it_is_asked_to(run: Run) -> None:
    params = {"circuits": [BELL], "measurement_error_mitigation": True}
    backend = line((0.04, 0.06))
    (found,) = run("circuit-runner", backend, **params)["results"]
    raw = {key: count / 4000 for key, count in found["data"]["counts"].items()}
    quasi = found["data"]["quasiprobabilities"]
    assert raw["0x0"] + raw["0x3"] < 0.93
    assert quasi["0x0"] + quasi["0x3"] == pytest.approx(1, abs=0.03)
    header = found["header"]
    assert sorted(header["final_measurement_mapping"].items()) == [("0", 0), ("1", 1)]
    assert 0 < header["measurement_mitigation_time"] < 1
