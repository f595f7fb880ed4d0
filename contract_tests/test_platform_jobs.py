from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from contract_tests.platform import NONSENSE, QASM, Platform, error, sampler
from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot.world.runner import Pace

SLOW = pytest.mark.dryshot(pace=Pace(queue=60, run=60))
"""A minute in the queue, a minute on the device."""


def test_a_job_runs_and_is_read(platform: Platform) -> None:
    job_id = platform.submit()
    assert platform.finish(job_id)["status"] == "Completed"
    answer = platform.ask("get_job_results_jid", job=job_id)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    (result,) = answer.json()["results"]
    samples = result["data"]["c"]["samples"]
    assert len(samples) == 100
    assert samples.count("0x1") > 50


def test_an_estimator_job_gives_values(platform: Platform) -> None:
    circuit = 'OPENQASM 3.0; include "stdgates.inc"; x $0;'
    pubs = [[circuit, "Z"]]
    job = platform.run(program_id="estimator", params={"pubs": pubs, "version": 2})
    assert job["status"] == "Completed", job
    (result,) = platform.ask("get_job_results_jid", job=job["id"]).json()["results"]
    assert result["data"]["evs"] == pytest.approx(-1, abs=0.2)
    assert result["data"]["stds"] > 0


def test_the_answer_to_a_submission_says_little(platform: Platform) -> None:
    plain = platform.http.post("/jobs", json=sampler()).json()
    assert plain.keys() == {"id", "backend"}
    more = platform.http.post(
        "/jobs", json=sampler(private=True, calibration_id="slow_gates")
    ).json()
    assert more.keys() == {"id", "backend", "private", "calibration_id"}


def test_a_job_is_told_as_it_was_submitted(platform: Platform) -> None:
    job = platform.run(tags=["dryshot"], cost=60)
    assert job["program"] == {"id": "sampler"}
    assert job["params"] == sampler()["params"]
    assert job["tags"] == ["dryshot"]
    assert job["cost"] == 60
    assert job["state"] == {"status": "Completed"}
    assert "private" not in job
    assert datetime.fromisoformat(job["created"]).tzinfo is not None
    without = platform.http.get(f"/jobs/{job['id']}?exclude_params=true").json()
    assert without == {name: value for name, value in job.items() if name != "params"}


@pytest.mark.parametrize(("cost", "stamped"), [(None, 10800), (10801, 10800), (0, 0)])
def test_the_cost_is_capped(platform: Platform, cost: int | None, stamped: int) -> None:
    fields = {} if cost is None else {"cost": cost}
    job_id = platform.submit(**fields)
    assert platform.ask("get_job", job=job_id).json()["cost"] == stamped


def test_the_open_plan_caps_the_cost_at_its_own(platform_open: Platform) -> None:
    job_id = platform_open.submit(cost=700)
    assert platform_open.ask("get_job", job=job_id).json()["cost"] == 600


@SLOW
def test_a_job_goes_through_its_states(platform: Platform, platform_mock: Mock) -> None:
    job_id = platform.submit()

    def status() -> str:
        job: dict[str, Any] = platform.ask("get_job", job=job_id).json()
        assert job["state"]["status"] == job["status"]
        return str(job["status"])

    assert status() == "Queued"
    platform_mock.clock.advance(60)
    assert status() == "Running"
    platform_mock.clock.advance(60)
    assert status() == "Completed"
    times = platform.ask("get_job_metrics_jid", job=job_id).json()["timestamps"]
    assert times["created"] < times["running"] < times["finished"]


@SLOW
def test_results_are_refused_before_the_end(platform: Platform, platform_mock: Mock) -> None:
    job_id = platform.submit()
    for _ in range(2):
        assert error(platform.ask("get_job_results_jid", job=job_id))[:2] == (400, 1234)
        platform_mock.clock.advance(60)
    assert platform.ask("get_job_results_jid", job=job_id).status_code == 200


@SLOW
@pytest.mark.parametrize("seconds", [0, 60])
def test_a_job_that_has_not_ended_is_cancelled(
    platform: Platform, platform_mock: Mock, seconds: int
) -> None:
    job_id = platform.submit()
    platform_mock.clock.advance(seconds)
    answer = platform.ask("cancel_job_jid", job=job_id)
    assert (answer.status_code, answer.content) == (204, b"")
    job = platform.ask("get_job", job=job_id).json()
    assert job["status"] == "Cancelled"
    assert job["state"] == {"status": "Cancelled"}
    results = platform.ask("get_job_results_jid", job=job_id)
    assert (results.status_code, results.content) == (204, b"")
    times = platform.ask("get_job_metrics_jid", job=job_id).json()["timestamps"]
    assert (times["running"] is None) == (seconds == 0)
    assert (job["usage"]["qpu_charge_time_seconds"] == 0) == (seconds == 0)


def test_a_finished_job_cannot_be_cancelled(platform: Platform) -> None:
    job_id = platform.run()["id"]
    assert error(platform.ask("cancel_job_jid", job=job_id))[:2] == (409, 1306)
    assert platform.ask("get_job", job=job_id).json()["status"] == "Completed"


@SLOW
def test_a_job_that_has_not_ended_is_not_deleted(platform: Platform, platform_mock: Mock) -> None:
    job_id = platform.submit()
    for _ in range(2):
        assert error(platform.ask("delete_job", job=job_id))[:2] == (400, 1337)
        platform_mock.clock.advance(60)
    assert platform.ask("delete_job", job=job_id).status_code == 204


def test_a_deleted_job_is_not_found(platform: Platform) -> None:
    job_id = platform.run(tags=["dryshot-deleted"])["id"]
    answer = platform.ask("delete_job", job=job_id)
    assert (answer.status_code, answer.content) == (204, b"")
    for operation in ("get_job", "get_job_results_jid", "get_job_metrics_jid", "delete_job"):
        assert error(platform.ask(operation, job=job_id))[:2] == (404, 1291)
    assert platform.http.get("/jobs?tags=dryshot-deleted").json()["jobs"] == []


@SLOW
def test_a_job_that_runs_longer_than_its_cost_is_stopped(
    platform: Platform, platform_mock: Mock
) -> None:
    job_id = platform.submit(cost=10)
    platform_mock.clock.advance(120)
    job = platform.ask("get_job", job=job_id).json()
    assert job["status"] == "Cancelled - Ran too long"
    assert job["state"]["status"] == "Cancelled"
    assert job["state"]["reason_code"] == 1305
    assert job["usage"]["qpu_charge_time_seconds"] == 10
    assert platform.ask("get_job_results_jid", job=job_id).status_code == 204


def test_a_failed_job_gives_its_traceback(platform: Platform) -> None:
    job_id = platform.run(params={"pubs": [[NONSENSE]], "version": 2})["id"]
    answer = platform.ask("get_job_results_jid", job=job_id)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Traceback" in answer.text


def test_a_private_job_shows_nothing_and_its_results_once(platform: Platform) -> None:
    job = platform.run(private=True)
    assert job["private"] is True
    assert job["params"] == {}
    first = platform.ask("get_job_results_jid", job=job["id"])
    assert first.status_code == 200
    assert first.json()["results"]
    again = platform.ask("get_job_results_jid", job=job["id"])
    assert (again.status_code, again.content) == (204, b"")


def test_a_job_of_another_instance_is_not_found(
    platform: Platform, platform_open: Platform
) -> None:
    job_id = platform.run(tags=["dryshot-elsewhere"])["id"]
    assert error(platform_open.ask("get_job", job=job_id))[:2] == (404, 1291)
    assert platform_open.http.get("/jobs?tags=dryshot-elsewhere").json()["jobs"] == []


def test_metrics_echo_the_caller(platform: Platform) -> None:
    headers = {"x-qx-client-application": "dryshot/contract"}
    job_id = platform.http.post("/jobs", json=sampler(), headers=headers).json()["id"]
    platform.finish(job_id)
    metrics = platform.ask("get_job_metrics_jid", job=job_id).json()
    assert metrics["caller"] == "dryshot/contract"
    assert metrics["usage"]["status"] in {"pending", "complete"}
    assert metrics["circuits_execution_time_ns"] > 0


def test_a_job_without_logs_says_so(platform: Platform) -> None:
    job_id = platform.run()["id"]
    assert error(platform.ask("get_jog_logs_jid", job=job_id)) == (
        404,
        "not_found",
        "logs not found",
    )


def talk(_task: Task) -> Outcome:
    """An engine that says what it does."""
    return Outcome(failed=False, body="{}", logs="one\ntwo\n")


@pytest.mark.dryshot(engine=talk)
def test_logs_are_plain_text(platform: Platform, platform_mock: Mock) -> None:
    job_id = platform.run()["id"]
    answer = platform.ask("get_jog_logs_jid", job=job_id)
    assert (answer.status_code, answer.text) == (200, "one\ntwo\n")
    assert answer.headers["content-type"].startswith("text/plain")
    assert platform_mock.journal.of("get_jog_logs_jid")


def test_an_answer_needs_no_accept_header(platform: Platform) -> None:
    job_id = platform.run(params={"pubs": [[QASM]], "version": "2"})["id"]
    del platform.http.headers["accept"]
    for operation in ("get_job_results_jid", "get_job", "get_job_metrics_jid"):
        assert platform.ask(operation, job=job_id).status_code == 200


def test_calibrations_are_forbidden_on_the_open_plan(platform_open: Platform) -> None:
    answer = platform_open.http.post("/jobs", json=sampler(calibration_id="slow_gates"))
    assert answer.status_code == 403
