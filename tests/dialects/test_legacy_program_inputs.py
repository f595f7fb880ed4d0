"""What the programs are listed to take is what the document lets a job send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from dryshot.contract import Documents
from dryshot.world.programs import PROGRAMS
from tests.dialects.classic import JOB, QASM

PARAMS = {
    "sampler": "SamplerParamsV1",
    "estimator": "EstimatorParamsV1",
    "circuit-runner": "CircuitRunnerParams",
    "qasm3-runner": "Qasm3RunnerParams",
}
RIGHT = {"array": [], "object": {}, "string": "text", "integer": 1, "number": 0.5, "null": None}
RIGHT |= {"boolean": True}
MORE = {"circuits": [QASM], "observables": ["Z"], "meas_return": "avg", "parameter_values": []}


@pytest.fixture(scope="module")
def schemas() -> Mapping[str, Any]:
    document = next(one for one in Documents() if one.name == "legacy-runtime").document
    found: Mapping[str, Any] = document["components"]["schemas"]
    return found


def kinds(told: Any) -> set[str]:
    """The types that a schema names."""
    return {told} if isinstance(told, str) else set(told)


def test_every_program_is_among_them() -> None:
    assert set(PARAMS) == set(PROGRAMS)


@pytest.mark.parametrize("name", PARAMS)
def test_a_program_lists_what_may_be_sent(schemas: Mapping[str, Any], name: str) -> None:
    listed, taken = PROGRAMS[name].parameters, schemas[PARAMS[name]]
    assert set(listed["properties"]) == set(taken["properties"])
    assert set(listed["required"]) == set(taken["required"])
    for key, schema in taken["properties"].items():
        if "type" in schema:
            assert kinds(listed["properties"][key]["type"]) == kinds(schema["type"]), key


def values(name: str) -> Iterator[tuple[str, object]]:
    """Each input that a program lists, in each of the types that it lists."""
    for key, schema in PROGRAMS[name].parameters["properties"].items():
        for kind in sorted(kinds(schema["type"])):
            if key in MORE:
                continue
            yield key, RIGHT[kind]


@pytest.mark.parametrize("name", PARAMS)
def test_what_a_program_lists_is_taken(user: httpx.Client, name: str) -> None:
    needed = {key: MORE[key] for key in PROGRAMS[name].parameters["required"]}
    for key, value in values(name):
        sent = JOB | {"program_id": name, "params": needed | {key: value}}
        answer = user.post("/jobs", json=sent)
        assert answer.status_code == 200, (key, value, answer.text)
