from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.conftest import QASM
from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot.world.runner import Pace
from dryshot_client import (
    Conflict,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    LegacyRuntime,
    NotFound,
    ResultsNotReady,
)

pytestmark = pytest.mark.costs(2)

Submit = Callable[..., str]


def test_a_job_runs_and_is_read(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    job_id = submit()
    seen: list[str] = []
    job = legacy_runtime.jobs.wait(
        job_id, timeout=600, progress=lambda job: seen.append(job["state"]["status"])
    )
    assert job["state"]["status"] == "Completed"
    assert set(seen) <= {"Queued", "Running", "Completed"}
    result = legacy_runtime.jobs.results(job_id)
    assert result["quasi_dists"] == [{"1": 1.0}]
    assert result["metadata"][0]["shots"] > 0


def test_a_device_gives_mitigated_quasi_probabilities(
    legacy_runtime: LegacyRuntime, submit: Submit, device: str
) -> None:
    job_id = submit(backend=device)
    legacy_runtime.jobs.wait(job_id, timeout=3600)
    result = legacy_runtime.jobs.results(job_id)
    (quasi_dist,) = result["quasi_dists"]
    assert quasi_dist["1"] > 0.9
    assert sum(quasi_dist.values()) == pytest.approx(1)
    assert result["metadata"][0]["readout_mitigation_overhead"] >= 1


def test_an_estimator_job_gives_values(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    circuit = 'OPENQASM 3; include "stdgates.inc"; qubit[1] q; x q[0];'
    observable = {
        "__type__": "settings",
        "__module__": "qiskit.quantum_info.operators.symplectic.sparse_pauli_op",
        "__class__": "SparsePauliOp",
        "__value__": {"data": ["Z"], "coeffs": [1.0]},
    }
    params = {"circuits": [circuit], "observables": [observable]}
    job_id = submit(program="estimator", params=params)
    legacy_runtime.jobs.wait(job_id, timeout=600)
    result = legacy_runtime.jobs.results(job_id)
    assert result["values"] == [pytest.approx(-1)]
    assert result["metadata"][0]["shots"] > 0


def test_the_answer_to_a_submission_is_its_id_and_backend(
    user: httpx.Client, simulator: str
) -> None:
    body = {"program_id": "sampler", "backend": simulator, "params": {"circuits": [QASM]}}
    answer = user.post("/jobs", content=json.dumps(body).encode())
    assert answer.status_code == 200
    created = answer.json()
    assert created["backend"] == simulator
    assert len(created["id"]) == 20
    assert user.delete(f"/jobs/{created['id']}").status_code == 204


def test_a_job_is_told_as_it_was_submitted(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    job_id = submit(tags=["dryshot"], cost=60)
    job = legacy_runtime.jobs.get(job_id)
    assert job["program"] == {"id": "sampler"}
    assert job["params"] == {"circuits": [QASM]}
    assert job["tags"] == ["dryshot"]
    assert job["cost"] == 60
    assert "params" not in legacy_runtime.jobs.get(job_id, exclude_params=True)


def test_a_circuit_that_cannot_be_read_fails_its_job(
    legacy_runtime: LegacyRuntime, submit: Submit
) -> None:
    job_id = submit(params={"circuits": ["OPENQASM 3; nonsense"]})
    job = legacy_runtime.jobs.wait(job_id, timeout=600)
    assert job["state"]["status"] == "Failed"
    with pytest.raises(JobFailed) as failed:
        legacy_runtime.jobs.results(job_id)
    assert failed.value.reason


def test_jobs_are_listed_over_all_pages(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    ids = [submit(tags=["dryshot-pages"]) for _ in range(5)]
    listed = [job["id"] for job in legacy_runtime.jobs.list(tags=["dryshot-pages"], page_size=2)]
    assert [job_id for job_id in listed if job_id in ids] == ids[::-1]
    upwards = legacy_runtime.jobs.list(tags=["dryshot-pages"], page_size=3, sort="ASC")
    assert [job["id"] for job in upwards if job["id"] in ids] == ids
    assert len(list(legacy_runtime.jobs.list(limit=3, page_size=2))) == 3
    assert list(legacy_runtime.jobs.list(tags=["no-such-tag"])) == []


def test_the_count_of_a_list_is_that_of_all_pages(user: httpx.Client, submit: Submit) -> None:
    for _ in range(3):
        submit(tags=["dryshot-count"])
    body = user.get("/jobs", params={"tags": "dryshot-count", "limit": 1}).json()
    assert len(body["jobs"]) == 1
    assert body["count"] >= 3


def test_tags_are_replaced(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    job_id = submit(tags=["before"])
    legacy_runtime.jobs.replace_tags(job_id, ["after"])
    assert legacy_runtime.jobs.get(job_id)["tags"] == ["after"]
    with pytest.raises(InvalidRequest):
        legacy_runtime.jobs.replace_tags(job_id, ["x" * 1000])
    assert legacy_runtime.jobs.get(job_id)["tags"] == ["after"]


def test_metrics_and_logs_are_there(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    job_id = submit()
    legacy_runtime.jobs.wait(job_id, timeout=600)
    metrics = legacy_runtime.jobs.metrics(job_id)
    assert metrics["timestamps"]["finished"]
    assert metrics["qiskit_version"]
    assert isinstance(legacy_runtime.jobs.logs(job_id), str)


def test_a_finished_job_cannot_be_cancelled(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    job_id = submit()
    legacy_runtime.jobs.wait(job_id, timeout=600)
    with pytest.raises(Conflict):
        legacy_runtime.jobs.cancel(job_id)


def test_a_deleted_job_is_not_found(legacy_runtime: LegacyRuntime, submit: Submit) -> None:
    job_id = submit()
    legacy_runtime.jobs.delete(job_id)
    for ask in ("get", "results", "metrics", "logs", "cancel", "delete"):
        with pytest.raises(NotFound):
            getattr(legacy_runtime.jobs, ask)(job_id)


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        ({"program_id": "no-such-program"}, {400, 404}),
        ({"program_id": None}, {400}),
        ({"backend": "no_such_backend"}, {400, 404}),
        ({"params": "circuits"}, {400}),
        ({"tags": "one"}, {400}),
        ({"cost": "long"}, {400}),
        ({"hub": "only"}, {400}),
        ({"session_id": "no-such-session"}, {400, 404}),
    ],
)
def test_a_bad_submission_is_refused(
    user: httpx.Client, simulator: str, change: dict[str, Any], statuses: set[int]
) -> None:
    good = {"program_id": "sampler", "backend": simulator, "params": {"circuits": [QASM]}}
    body = {key: value for key, value in (good | change).items() if value is not None}
    answer = user.post("/jobs", json=body)
    assert answer.status_code in statuses
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_refused(user: httpx.Client, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert user.post("/jobs", content=body, headers=headers).status_code == 400


def talk(_task: Task) -> Outcome:
    """An engine that says what it does."""
    return Outcome(failed=False, body="{}", logs="one\ntwo\n")


@pytest.mark.dryshot(engine=talk)
def test_logs_are_what_the_program_said(
    legacy_runtime: LegacyRuntime, submit: Submit, mock: Mock
) -> None:
    job_id = submit()
    legacy_runtime.jobs.wait(job_id)
    assert legacy_runtime.jobs.logs(job_id) == "one\ntwo\n"
    assert len(mock.journal.of("get_job_logs")) == 1


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
@pytest.mark.parametrize("seconds", [0, 60])
def test_a_job_that_has_not_ended_has_no_results_and_is_cancelled(
    legacy_runtime: LegacyRuntime, submit: Submit, mock: Mock, seconds: int
) -> None:
    job_id = submit()
    mock.clock.advance(seconds)
    with pytest.raises(ResultsNotReady):
        legacy_runtime.jobs.results(job_id)
    legacy_runtime.jobs.cancel(job_id)
    assert legacy_runtime.jobs.get(job_id)["state"]["status"] == "Cancelled"
    with pytest.raises(JobCancelled):
        legacy_runtime.jobs.results(job_id)
