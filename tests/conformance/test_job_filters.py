from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from dryshot import Mock
from dryshot.world.runner import Pace
from tests.conformance.stage import connect, constant, submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

PARAMS = {"pubs": [["OPENQASM 3.0;"]], "version": 2}
NOISE = {"circuits": ["OPENQASM 3.0;"], "options": {}}


def ids(jobs: list[Any]) -> list[str]:
    return [job.job_id() for job in jobs]


@pytest.fixture(scope="module")
def few() -> Iterator[Any]:
    """A service and its jobs: one of each kind, by what is special in it."""
    with Mock(engine=constant, pace=lambda job: Pace(1e6 * ("wait" in job.tags), 0)).activate():
        service = connect(instance="premium-instance")
        fez, torino = service.backend("ibm_fez"), service.backend("ibm_torino")
        jobs = {
            "plain": submit(fez, params=PARAMS),
            "elsewhere": submit(torino, params=PARAMS),
            "learner": submit(fez, "noise-learner", params=NOISE),
            "waiting": submit(fez, params=PARAMS, job_tags=["wait"]),
            "tagged": submit(fez, params=PARAMS, job_tags=["one", "two"]),
            "half": submit(fez, params=PARAMS, job_tags=["one"]),
        }
        yield service, {name: job.job_id() for name, job in jobs.items()}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, "half tagged waiting learner elsewhere plain"),
        ({"backend_name": "ibm_torino"}, "elsewhere"),
        ({"program_id": "noise-learner"}, "learner"),
        ({"pending": True}, "waiting"),
        ({"pending": False}, "half tagged learner elsewhere plain"),
        ({"job_tags": ["one"]}, "half tagged"),
        ({"job_tags": ["one", "two"]}, "tagged"),
        ({"job_tags": ["three"]}, ""),
        ({"session_id": "00000000-0000-4000-8000-000000000000"}, ""),
        (
            {"backend_name": "ibm_fez", "program_id": "sampler", "descending": False},
            ("plain waiting tagged half"),
        ),
    ],
    ids=[
        "all",
        "backend",
        "program",
        "pending",
        "ended",
        "tag",
        "tags",
        "unknown tag",
        "unknown session",
        "several, oldest first",
    ],
)
def test_jobs_are_filtered(few: Any, filters: Any, names: str) -> None:
    service, known = few
    assert ids(service.jobs(**filters)) == [known[name] for name in names.split()]


def test_jobs_are_found_by_when_they_were_made(few: Any) -> None:
    service, known = few
    made = service.job(known["learner"]).creation_date
    assert ids(service.jobs(created_after=made)) == [
        known[name] for name in ("half", "tagged", "waiting", "learner")
    ]
    assert ids(service.jobs(created_before=made)) == [
        known[name] for name in ("learner", "elsewhere", "plain")
    ]
    later = made + timedelta(days=1)
    assert service.jobs(created_after=later) == []


def test_jobs_belong_to_an_instance(few: Any) -> None:
    service, known = few
    other = connect(instance="open-instance")
    assert other.jobs() == []
    assert len(other.jobs(instance=service.active_instance())) == len(known)


def test_tags_that_are_no_list_are_refused_before_they_are_sent(few: Any) -> None:
    service, _ = few
    backend = service.backend("ibm_fez")
    with pytest.raises(runtime.IBMInputValueError, match="job_tags"):
        submit(backend, params=PARAMS, job_tags="no list")
