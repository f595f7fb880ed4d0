from __future__ import annotations

from typing import Any

import httpx
import pytest

from contract_tests.platform import BROKEN, PARAMS, QASM, ask, run, submit
from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot.world.runner import Pace
from dryshot_client import (
    Conflict,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    JobRanTooLong,
    NotFound,
    PermissionDenied,
    ResultsGone,
    ResultsNotReady,
    Runtime,
)

pytestmark = pytest.mark.costs(2)

SLOW = pytest.mark.dryshot(pace=Pace(queue=60, run=60))
"""A minute in the queue, a minute on the device."""


def charge(runtime: Runtime, job_id: str) -> float:
    """What a job is charged, in seconds."""
    usage = runtime.jobs.get(job_id).usage
    assert usage is not None
    assert usage.qpu_charge_time_seconds is not None
    return usage.qpu_charge_time_seconds


def test_a_job_runs_and_is_read(runtime: Runtime) -> None:
    job = run(runtime)
    assert job.status == "Completed"
    (result,) = runtime.jobs.results(job.id)["results"]
    samples = result["data"]["c"]["samples"]
    assert len(samples) == 100
    assert samples.count("0x1") > 50


@pytest.mark.parametrize(("params", "kind"), [(PARAMS, "application/json"), (BROKEN, "text/plain")])
def test_results_are_json_or_the_text_of_a_failure(
    runtime: Runtime, platform: httpx.Client, params: dict[str, object], kind: str
) -> None:
    answer = ask(platform, "get_job_results_jid", run(runtime, params=params).id)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)


def test_the_answer_to_a_submission_says_little(runtime: Runtime) -> None:
    job: dict[str, Any] = {"program": "sampler", "backend": "ibm_torino", "params": PARAMS}
    plain = runtime.jobs.create(**job)
    assert plain.raw.keys() == {"id", "backend"}
    more = runtime.jobs.create(**job, private=True, calibration_id="slow_gates")
    assert more.raw.keys() == {"id", "backend", "private", "calibration_id"}


def test_a_job_is_told_as_it_was_submitted(runtime: Runtime) -> None:
    without = run(runtime, tags=["dryshot"], cost=60)
    job = runtime.jobs.get(without.id)
    assert job.program.id == "sampler"
    assert job.params == PARAMS
    assert job.tags == ["dryshot"]
    assert job.cost == 60
    assert job.raw["state"] == {"status": "Completed"}
    assert "private" not in job.raw
    assert job.created.tzinfo is not None
    assert without.raw == {name: value for name, value in job.raw.items() if name != "params"}


@pytest.mark.parametrize(("cost", "stamped"), [(None, 10800), (10801, 10800), (0, 0)])
def test_the_cost_is_capped(runtime: Runtime, cost: int | None, stamped: int) -> None:
    assert runtime.jobs.get(submit(runtime, cost=cost)).cost == stamped


def test_the_open_plan_caps_the_cost_at_its_own(open_runtime: Runtime) -> None:
    assert open_runtime.jobs.get(submit(open_runtime, cost=700)).cost == 600


@SLOW
def test_a_job_goes_through_its_states(runtime: Runtime, mock: Mock) -> None:
    job_id = submit(runtime)
    for expected in ("Queued", "Running", "Completed"):
        job = runtime.jobs.get(job_id)
        assert job.state.status == job.status == expected
        mock.clock.advance(60)
    times = runtime.jobs.metrics(job_id).timestamps
    assert times.created is not None
    assert times.running is not None
    assert times.finished is not None
    assert times.created < times.running < times.finished


@SLOW
def test_results_are_refused_before_the_end(runtime: Runtime, mock: Mock) -> None:
    job_id = submit(runtime)
    for _ in range(2):
        with pytest.raises(ResultsNotReady):
            runtime.jobs.results(job_id)
        mock.clock.advance(60)
    assert runtime.jobs.results(job_id)


@SLOW
@pytest.mark.parametrize("seconds", [0, 60])
def test_a_job_that_has_not_ended_is_cancelled(runtime: Runtime, mock: Mock, seconds: int) -> None:
    job_id = submit(runtime)
    mock.clock.advance(seconds)
    runtime.jobs.cancel(job_id)
    job = runtime.jobs.get(job_id)
    assert job.status == "Cancelled"
    assert job.raw["state"] == {"status": "Cancelled"}
    with pytest.raises(JobCancelled):
        runtime.jobs.results(job_id)
    assert (runtime.jobs.metrics(job_id).timestamps.running is None) == (seconds == 0)
    assert (charge(runtime, job_id) == 0) == (seconds == 0)


def test_a_finished_job_cannot_be_cancelled(runtime: Runtime) -> None:
    job_id = run(runtime).id
    with pytest.raises(Conflict) as refused:
        runtime.jobs.cancel(job_id)
    assert (refused.value.status, refused.value.code) == (409, 1306)
    assert runtime.jobs.get(job_id).status == "Completed"


@SLOW
def test_a_job_that_has_not_ended_is_not_deleted(runtime: Runtime, mock: Mock) -> None:
    job_id = submit(runtime)
    for _ in range(2):
        with pytest.raises(InvalidRequest) as refused:
            runtime.jobs.delete(job_id)
        assert (refused.value.status, refused.value.code) == (400, 1337)
        mock.clock.advance(60)
    runtime.jobs.delete(job_id)


def test_a_deleted_job_is_not_found(runtime: Runtime) -> None:
    job_id = run(runtime, tags=["dryshot-deleted"]).id
    runtime.jobs.delete(job_id)
    for operation in ("get", "results", "metrics", "logs", "cancel", "delete"):
        with pytest.raises(NotFound) as refused:
            getattr(runtime.jobs, operation)(job_id)
        assert refused.value.code == 1291
    assert list(runtime.jobs.list(tags=["dryshot-deleted"])) == []


@SLOW
def test_a_job_that_runs_longer_than_its_cost_is_stopped(runtime: Runtime, mock: Mock) -> None:
    job_id = submit(runtime, cost=10)
    mock.clock.advance(120)
    job = runtime.jobs.get(job_id)
    assert job.ran_too_long
    assert job.status == "Cancelled - Ran too long"
    assert charge(runtime, job_id) == 10
    with pytest.raises(JobRanTooLong):
        runtime.jobs.results(job_id)


def test_a_bad_circuit_is_accepted_and_fails_later(runtime: Runtime) -> None:
    job = run(runtime, params=BROKEN)
    assert job.status == job.state.status == "Failed"
    assert job.state.reason_code in {1506, 1603}
    assert charge(runtime, job.id) <= 2
    with pytest.raises(JobFailed) as failed:
        runtime.jobs.results(job.id)
    assert "Traceback" in failed.value.text


def test_a_private_job_shows_nothing_and_its_results_once(runtime: Runtime) -> None:
    job_id = run(runtime, private=True).id
    job = runtime.jobs.get(job_id)
    assert job.private
    assert job.raw["params"] == {}
    assert runtime.jobs.results(job_id)["results"]
    with pytest.raises(ResultsGone):
        runtime.jobs.results(job_id)


def test_a_job_of_another_instance_is_not_found(runtime: Runtime, open_runtime: Runtime) -> None:
    job_id = run(runtime, tags=["dryshot-elsewhere"]).id
    with pytest.raises(NotFound) as refused:
        open_runtime.jobs.get(job_id)
    assert refused.value.code == 1291
    assert list(open_runtime.jobs.list(tags=["dryshot-elsewhere"])) == []


def test_metrics_echo_the_caller(runtime: Runtime, platform: httpx.Client) -> None:
    platform.headers["x-qx-client-application"] = "dryshot/contract"
    job_id = ask(platform, "create_job").json()["id"]
    runtime.jobs.wait(job_id, timeout=3600)
    metrics = runtime.jobs.metrics(job_id)
    assert metrics.caller == "dryshot/contract"
    assert metrics.usage.status in {"pending", "complete"}
    assert metrics.circuits_execution_time_ns


def test_a_job_without_logs_says_so(runtime: Runtime, platform: httpx.Client) -> None:
    job_id = run(runtime).id
    assert runtime.jobs.logs(job_id) == ""
    answer = ask(platform, "get_jog_logs_jid", job_id)
    assert answer.status_code == 404
    (error,) = answer.json()["errors"]
    assert (error["code"], error["message"]) == ("not_found", "logs not found")


def talk(_task: Task) -> Outcome:
    """An engine that says what it does."""
    return Outcome(failed=False, body="{}", logs="one\ntwo\n")


@pytest.mark.dryshot(engine=talk)
def test_logs_are_plain_text(runtime: Runtime, mock: Mock) -> None:
    assert runtime.jobs.logs(run(runtime).id) == "one\ntwo\n"
    (exchange,) = mock.journal.of("get_jog_logs_jid")
    assert exchange.response.headers["content-type"].startswith("text/plain")


def test_an_answer_needs_no_accept_header(runtime: Runtime, platform: httpx.Client) -> None:
    job_id = run(runtime, params={"pubs": [[QASM]], "version": "2"}).id
    del platform.headers["accept"]
    for operation in ("get_job_results_jid", "get_job", "get_job_metrics_jid"):
        assert ask(platform, operation, job_id).status_code == 200


def test_calibrations_are_forbidden_on_the_open_plan(open_runtime: Runtime) -> None:
    with pytest.raises(PermissionDenied):
        submit(open_runtime, calibration_id="slow_gates")
