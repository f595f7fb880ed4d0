"""The list of devices is made anew whenever anything in it is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from typing import Any

import httpx
import pytest

from contract_tests.platform import RUNTIME
from dryshot.mock import Mock
from dryshot.world import Backend
from dryshot.world.runner import Pace
from tests.dialects.platform import log_in, one, sampler

NAME = "ibm_torino"


@pytest.fixture
def mock() -> Mock:
    return Mock(engine=one, pace=Pace(inf))


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers.update(log_in(http))
        yield http


def device(http: httpx.Client, query: str = "") -> dict[str, Any]:
    listed = http.get(f"/backends{query}").json()["devices"]
    return next(one for one in listed if one["name"] == NAME)


def test_a_list_tells_of_a_job_that_waits_and_of_one_that_went(http: httpx.Client) -> None:
    before = device(http)
    assert device(http) == before
    job = http.post("/jobs", json=sampler()).json()["id"]
    assert device(http) == before | {"queue_length": 1}
    http.post(f"/jobs/{job}/cancel")
    assert device(http) == before


def test_a_list_tells_of_the_condition_as_it_is(mock: Mock, http: httpx.Client) -> None:
    before = device(http)
    mock.world.platform.set_condition(NAME, "paused", reason="maintenance")
    assert device(http)["status"] == {"name": "paused", "reason": "maintenance"}
    mock.world.platform.set_condition(NAME, "paused", reason="calibration")
    assert device(http)["status"] == {"name": "paused", "reason": "calibration"}
    mock.world.platform.set_condition(NAME)
    assert device(http) == before


def test_a_list_tells_of_a_device_that_was_calibrated_anew(mock: Mock, http: httpx.Client) -> None:
    before, old = device(http), mock.world.backends[NAME]
    data = replace(old.data, properties={"gates": [], "qubits": []})
    mock.world.platform.machines.replace(Backend(NAME, simulator=False, load=lambda: data))
    assert before["performance_metrics"]
    assert device(http) == before | {"performance_metrics": {}}


def test_a_list_with_mock_devices_is_another(http: httpx.Client) -> None:
    usual = http.get("/backends").json()
    more = http.get("/backends?include_mocks=true").json()
    assert len(more["devices"]) > len(usual["devices"])
    assert http.get("/backends").json() == usual
