"""Results of the classic programs in which something is no number: bare in the JSON, as sent."""

from __future__ import annotations

from math import inf, nan
from typing import Any, get_args

import httpx
import pytest

from dryshot.mock import Mock
from dryshot.world.classic import EraName
from dryshot_client import LegacyRuntime
from tests.dialects.classic import JOB, QASM, RUNTIME

NAMES: tuple[EraName, ...] = get_args(EraName)
ESTIMATOR = {
    "program_id": "estimator",
    "params": {"circuits": [QASM] * 3, "observables": ["Z"] * 3, "observable_indices": [0, 1, 2]},
}


@pytest.fixture(params=NAMES)
def mock(request: pytest.FixtureRequest) -> Mock:
    return Mock(era=request.param, engine="stub")


def results(mock: Mock, **fields: Any) -> tuple[str, Any]:
    """The text that the results of a new job are sent as, and what the client makes of it."""
    sent: list[httpx.Response] = []
    with (
        httpx.Client(transport=mock.transport(), event_hooks={"response": [sent.append]}) as http,
        LegacyRuntime(api_token="t", client=http, sleep=mock.clock.advance) as runtime,
    ):
        new = {"program": "sampler", "backend": "ibm_wellington", "params": JOB["params"]}
        job = runtime.jobs.create(**(new | fields))
        runtime.jobs.wait(job["id"])
        read = runtime.jobs.results(job["id"])
    assert str(sent[-1].request.url) == f"{RUNTIME}/jobs/{job['id']}/results"
    return sent[-1].text, read


def test_values_of_the_estimator_may_be_no_numbers(mock: Mock) -> None:
    mock.when(program_id="estimator").returns(evs=[nan, inf, -inf], stds=[0.0, inf, 0.5])
    text, read = results(mock, program="estimator", params=ESTIMATOR["params"])
    assert text.startswith('{"values":[NaN,Infinity,-Infinity],"metadata":[')
    assert str(read["values"]) == "[nan, inf, -inf]"
    assert read["metadata"][1]["variance"] == inf


def test_quasi_probabilities_of_the_sampler_may_be_no_numbers(mock: Mock) -> None:
    mock.when().returns(quasi_dists={"0": nan, "1": 1.0})
    text, read = results(mock)
    assert text.startswith('{"quasi_dists":[{"0":NaN,"1":1.0}],"metadata":[{"shots":4000')
    assert str(read["quasi_dists"]) == "[{'0': nan, '1': 1.0}]"
    assert ("circuit_metadata" in read["metadata"][0]) is (mock.world.era != "2023-09")


def test_a_whole_canned_result_is_sent_as_it_is(mock: Mock) -> None:
    body = {"quasi_dists": [{"1": -inf}], "metadata": [{"readout_mitigation_time": nan}]}
    mock.when().returns(result=body)
    text, read = results(mock)
    assert '"quasi_dists":[{"1":-Infinity}]' in text
    assert str(read["metadata"][0]["readout_mitigation_time"]) == "nan"
