"""A job that is asked for again is told anew whenever anything in it is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.platform import RUNTIME
from dryshot.mock import Mock
from dryshot.world import JobStatus
from tests.dialects.platform import log_in, one, sampler


@pytest.fixture
def mock() -> Mock:
    return Mock(engine=one)


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers.update(log_in(http))
        yield http


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("status", JobStatus.RUNNING, ("state", "status")),
        ("reason", "so it is", ("state", "reason")),
        ("reason_code", 1234, ("state", "reason_code")),
        ("reason_solution", "none", ("state", "reason_solution")),
        ("session_id", "d9k2m4t0c7vs73f1q8ag", ("session_id",)),
        ("tags", ("one", "two"), ("tags",)),
        ("cost", 17, ("cost",)),
        ("charge", 18, ("usage", "qpu_charge_time_seconds")),
        ("usage_status", "pending", ("usage", "status")),
        ("user_id", "IBMid-1", ("user_id",)),
    ],
)
def test_what_changes_in_a_job_is_told(
    mock: Mock, http: httpx.Client, name: str, value: Any, place: tuple[str, ...]
) -> None:
    id_ = http.post("/jobs", json=sampler()).json()["id"]
    before = [http.get(f"/jobs/{id_}").json() for _ in range(2)]
    setattr(mock.world.jobs[id_], name, value)
    told = http.get(f"/jobs/{id_}").json()
    assert before[0] == before[1] != told
    for step in place:
        told = told[step]
    assert told == (list(value) if isinstance(value, tuple) else value)


def test_another_submission_and_another_instant_are_told(mock: Mock, http: httpx.Client) -> None:
    id_ = http.post("/jobs", json=sampler()).json()["id"]
    before = http.get(f"/jobs/{id_}").json()
    job = mock.world.jobs[id_]
    job.created += timedelta(seconds=1)
    job.submission = replace(job.submission, private=True)
    told = http.get(f"/jobs/{id_}").json()
    assert (told["created"] > before["created"], told["params"]) == (True, {})


def test_the_same_job_is_told_as_it_is_asked_for(http: httpx.Client) -> None:
    id_ = http.post("/jobs", json=sampler()).json()["id"]
    old = {"ibm-api-version": "2025-05-01"}
    for _ in range(2):
        assert "params" in http.get(f"/jobs/{id_}").json()
        assert "params" not in http.get(f"/jobs/{id_}?exclude_params=true").json()
        assert "seconds" in http.get(f"/jobs/{id_}", headers=old).json()["usage"]
        assert "status" in http.get(f"/jobs/{id_}").json()["usage"]
