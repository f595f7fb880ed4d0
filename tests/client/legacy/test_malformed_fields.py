"""Answers of the classic API with one field that is not what it says: the error names it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot_client import UnexpectedAnswer
from tests.client.legacy.answers import ANSWERS, PLACES, RESULTS
from tests.client.legacy.test_malformed import ask
from tests.client.platform.test_malformed_nodes import DELETED
from tests.client.stage import Network, Stage, answer

OnStage = Callable[..., Stage]

BROKEN = [
    ("programs.get", ("name",), DELETED, "the answer has no 'name'"),
    ("programs.get", ("spec", "parameters"), [], "the answer.spec.parameters is not an object"),
    ("backends.configuration", ("n_qubits",), "5", "the answer.n_qubits is not a whole number"),
    ("backends.configuration", ("gates", 0, "name"), 1, "the answer.gates[0].name is not a text"),
    ("backends.configuration", ("coupling_map",), DELETED, "the answer has no 'coupling_map'"),
    ("backends.configuration", ("simulator",), 0, "the answer.simulator is not true or false"),
    (
        "backends.properties",
        ("qubits", 0, 0, "value"),
        "121.5",
        "the answer.qubits[0][0].value is not a number",
    ),
    ("backends.properties", ("gates", 0, "qubits"), 0, "the answer.gates[0].qubits is not a list"),
    ("backends.defaults", ("qubit_freq_est", 1), None, "the answer.qubit_freq_est[1] is not a"),
    ("backends.status", ("state",), "active", "the answer.state is not true or false"),
    ("backends.status", ("length_queue",), DELETED, "the answer has no 'length_queue'"),
    (
        "jobs.metrics",
        ("timestamps", "finished"),
        DELETED,
        "the answer.timestamps has no 'finished'",
    ),
    ("jobs.metrics", ("usage", "seconds"), "1", "the answer.usage.seconds is not a number"),
    ("jobs.results", ("quasi_dists", 0, "1"), "1", "the answer.quasi_dists[0].1 is not a number"),
    ("jobs.results", ("metadata",), DELETED, "the answer has no 'metadata'"),
]


@pytest.mark.parametrize(("method", "path", "wrong", "said"), BROKEN)
def test_the_field_that_is_wrong_is_named(
    stage: OnStage, method: str, path: tuple[Any, ...], wrong: object, said: str
) -> None:
    body = copy.deepcopy(ANSWERS[method])
    break_at(body, path, wrong)
    with pytest.raises(UnexpectedAnswer) as caught:
        ask(stage, answer(body), method)
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("program", "path", "wrong", "said"),
    [
        ("estimator", ("values", 1), "1", "the answer.values[1] is not a number"),
        ("estimator", ("metadata", 0), 0, "the answer.metadata[0] is not an object"),
        ("runner", ("results", 0, "data"), DELETED, "the answer.results[0] has no 'data'"),
        ("runner", ("success",), "yes", "the answer.success is not true or false"),
        ("version 2", ("results",), {}, "the answer.results is not a list"),
        ("version 2", ("results", 0, "metadata"), None, "results[0].metadata is not an object"),
    ],
)
def test_the_field_that_is_wrong_in_a_result_is_named(
    stage: OnStage, program: str, path: tuple[Any, ...], wrong: object, said: str
) -> None:
    body = copy.deepcopy(RESULTS[program])
    break_at(body, path, wrong)
    with pytest.raises(UnexpectedAnswer) as caught:
        ask(stage, answer(body), "jobs.results")
    assert said in caught.value.message


@pytest.mark.parametrize("program", RESULTS)
def test_a_whole_result_is_handed_on_with_what_is_new_in_it(stage: OnStage, program: str) -> None:
    body = copy.deepcopy(RESULTS[program])
    for entry in body.get("metadata", []) if program in {"sampler", "estimator"} else [body]:
        entry["new"] = [None]
    assert ask(stage, answer(body), "jobs.results") == body


def test_a_result_that_is_kept_elsewhere_is_checked_there_too(stage: OnStage) -> None:
    network = Network(answer(PLACES), answer({"quasi_dists": 1, "metadata": []}))
    with pytest.raises(UnexpectedAnswer, match=r"the answer\.quasi_dists is not a list"):
        ask(stage, network, "jobs.results")


def test_figures_of_a_result_may_be_no_numbers(stage: OnStage) -> None:
    body = b'{"values":[NaN,-Infinity],"metadata":[{"variance":Infinity},{}]}'
    got = ask(stage, httpx.Response(200, content=body), "jobs.results")
    assert str(got) == "{'values': [nan, -inf], 'metadata': [{'variance': inf}, {}]}"


def break_at(body: Any, path: tuple[Any, ...], wrong: object) -> None:
    """Put something else there, or take it away."""
    *way, last = path
    for step in way:
        body = body[step]
    if wrong is DELETED:
        del body[last]
    else:
        body[last] = wrong
