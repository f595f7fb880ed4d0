"""Jobs: submitting, watching, results, and the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot_client import (
    Conflict,
    JobCancelled,
    JobFailed,
    JobTimeout,
    NotFound,
    ResultsNotReady,
    RuntimeApiError,
    UnexpectedAnswer,
)
from tests.client.stage import Network, Stage, answer, job

OnStage = Callable[..., Stage]

QASM = 'OPENQASM 3; include "stdgates.inc"; qreg q[1]; creg c[1]; x q[0]; c[0] = measure q[0];'
RESULT = {
    "quasi_dists": [{"0": 0.0010648129545545889, "1": 0.9989351870454455}],
    "metadata": [{"shots": 4000, "readout_mitigation_overhead": 1.009828346656723}],
}
TRACEBACK = "Traceback (most recent call last):\n  ...\nValueError: no such gate\n"


def test_a_submission_carries_what_was_given_and_nothing_else(stage: OnStage) -> None:
    network = Network(answer({"id": "j1", "backend": "ibm_wellington"}))
    created = stage(network).do(
        lambda runtime: runtime.jobs.create(
            program="sampler",
            backend="ibm_wellington",
            params={"circuits": [QASM]},
            instance="ibm-q/open/main",
        )
    )
    assert created == {"id": "j1", "backend": "ibm_wellington"}
    assert network.body() == {
        "program_id": "sampler",
        "backend": "ibm_wellington",
        "hub": "ibm-q",
        "group": "open",
        "project": "main",
        "params": {"circuits": [QASM]},
    }
    assert network.requests[-1].headers["content-type"] == "application/json"


def test_every_argument_of_a_submission_has_its_place(stage: OnStage) -> None:
    network = Network(answer({"id": "j1", "backend": "b"}))
    stage(network, instance="h/g/p").do(
        lambda runtime: runtime.jobs.create(
            program="estimator",
            backend="b",
            params={},
            tags=("x",),
            session_id="s1",
            start_session=False,
            session_time=60,
            cost=300,
            log_level="DEBUG",
            runtime="image:1",
        )
    )
    assert network.body() == {
        "program_id": "estimator",
        "backend": "b",
        "hub": "h",
        "group": "g",
        "project": "p",
        "params": {},
        "tags": ["x"],
        "session_id": "s1",
        "start_session": False,
        "session_time": 60,
        "cost": 300,
        "log_level": "DEBUG",
        "runtime": "image:1",
    }


def test_inputs_that_cannot_be_written_as_json_are_refused(stage: OnStage) -> None:
    network = Network(answer({"id": "j1", "backend": "b"}))
    with pytest.raises(TypeError, match="complex cannot be written as JSON"):
        stage(network).do(
            lambda runtime: runtime.jobs.create(program="s", backend="b", params={"z": 1j})
        )
    assert network.lines == []


def test_an_instance_given_to_a_call_goes_before_the_runtimes_own(stage: OnStage) -> None:
    network = Network(answer({"devices": ["b"], "jobs": [], "count": 0, "id": "j", "backend": "b"}))
    play = stage(network, instance="h/g/p")
    play.do(lambda runtime: runtime.backends.list())
    play.do(lambda runtime: runtime.backends.list(instance="a/b/c"))
    play.do(lambda runtime: runtime.jobs.list())
    play.do(lambda runtime: runtime.jobs.create(program="s", backend="b", instance="a/b/c"))
    assert network.lines == [
        "GET /backends?provider=h%2Fg%2Fp",
        "GET /backends?provider=a%2Fb%2Fc",
        "GET /jobs?provider=h%2Fg%2Fp",
        "POST /jobs",
    ]
    assert network.body()["hub"] == "a"


@pytest.mark.parametrize("excluded", [None, True, False])
def test_a_job_is_fetched_with_or_without_its_params(stage: OnStage, *, excluded: Any) -> None:
    network = Network(answer(job("a/b c?")))
    play = stage(network)
    got = play.do(lambda runtime: runtime.jobs.get("a/b c?", exclude_params=excluded))
    assert got == job("a/b c?")
    query = "" if excluded is None else f"?exclude_params={str(excluded).lower()}"
    assert network.lines == ["GET /jobs/a%2Fb%20c%3F" + query]


@pytest.mark.parametrize("bad", ["", ".", "..", {"id": "j1"}], ids=str)
def test_an_id_that_names_nothing_is_refused_before_anything_is_sent(
    stage: OnStage, bad: Any
) -> None:
    network = Network(answer(job()))
    with pytest.raises((ValueError, TypeError), match="id"):
        stage(network).do(lambda runtime: runtime.jobs.get(bad))
    assert network.requests == []


def test_waiting_looks_until_the_job_has_ended(stage: OnStage) -> None:
    network = Network(
        answer(job(status="Queued")), answer(job(status="Running")), answer(job(status="Completed"))
    )
    play = stage(network)
    seen: list[str] = []
    final = play.do(
        lambda runtime: runtime.jobs.wait(
            "j1", progress=lambda look: seen.append(look["state"]["status"])
        )
    )
    assert final["state"] == {"status": "Completed"}
    assert seen == ["Queued", "Running", "Completed"]
    assert network.lines == ["GET /jobs/j1?exclude_params=true"] * 3
    assert play.clock.slept == pytest.approx([0.2, 0.3])


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Cancelled - Ran too long", "Vanished"])
def test_waiting_returns_a_job_however_it_ended(stage: OnStage, status: str) -> None:
    final = stage(Network(answer(job(status=status)))).do(lambda runtime: runtime.jobs.wait("j1"))
    assert final["state"]["status"] == status


def test_pauses_between_looks_grow_to_five_seconds(stage: OnStage) -> None:
    network = Network(*[answer(job(status="Running"))] * 20, answer(job()))
    play = stage(network)
    play.do(lambda runtime: runtime.jobs.wait("j1", interval=1))
    assert play.clock.slept[:5] == [1, 1.5, 2.25, 3.375, 5]
    assert set(play.clock.slept[4:]) == {5}


def test_a_longer_interval_is_kept(stage: OnStage) -> None:
    network = Network(*[answer(job(status="Running"))] * 3, answer(job()))
    play = stage(network)
    play.do(lambda runtime: runtime.jobs.wait("j1", interval=60))
    assert play.clock.slept == [60, 60, 60]


def test_waiting_ends_on_time_with_the_job_as_last_seen(stage: OnStage) -> None:
    play = stage(Network(answer(job(status="Running"))))
    with pytest.raises(JobTimeout, match="job j1 is still Running after 7 s") as caught:
        play.do(lambda runtime: runtime.jobs.wait("j1", timeout=7, interval=3))
    assert caught.value.job == job(status="Running")
    assert play.clock.slept == [3, 4]


def test_a_timeout_of_zero_is_a_single_look(stage: OnStage) -> None:
    network = Network(answer(job(status="Queued")))
    with pytest.raises(JobTimeout):
        stage(network).do(lambda runtime: runtime.jobs.wait("j1", timeout=0))
    assert len(network.lines) == 1


@pytest.mark.parametrize("name", ["timeout", "interval"])
@pytest.mark.parametrize("value", [-1, float("nan")])
def test_waiting_for_less_than_nothing_is_refused(stage: OnStage, name: str, value: float) -> None:
    network = Network(answer(job()))
    with pytest.raises(ValueError, match=name):
        stage(network).do(lambda runtime: runtime.jobs.wait("j1", **{name: value}))
    assert network.requests == []


def test_results_are_what_the_program_returned(stage: OnStage) -> None:
    network = Network(answer(RESULT))
    assert stage(network).do(lambda runtime: runtime.jobs.results("j1")) == RESULT
    assert network.lines == ["GET /jobs/j1/results"]


def test_results_kept_elsewhere_are_fetched_without_credentials() -> None:
    url = "https://storage.example/bucket/j1?X-Signature=s3cr3t"
    network = Network(answer({"url": url}), answer(RESULT))
    client = httpx.Client(
        transport=httpx.MockTransport(network),
        headers={"x-access-token": "of-the-client", "authorization": "Bearer x"},
        cookies={"session": "of-the-client"},
        auth=("user", "password"),
    )
    play = Stage("sync", network, client=client)
    assert play.do(lambda runtime: runtime.jobs.results("j1")) == RESULT
    fetched = network.requests[-1]
    assert str(fetched.url) == url
    assert set(fetched.headers) == {"host"}
    client.close()


def test_results_kept_elsewhere_are_fetched_again_after_a_failure(stage: OnStage) -> None:
    url = answer({"url": "https://storage.example/j1"})
    network = Network(url, httpx.Response(503), answer(RESULT))
    assert stage(network).do(lambda runtime: runtime.jobs.results("j1")) == RESULT


def test_an_error_of_the_other_place_does_not_repeat_the_signature(stage: OnStage) -> None:
    url = answer({"url": "https://storage.example/j1?X-Signature=s3cr3t"})
    with pytest.raises(RuntimeApiError) as caught:
        stage(Network(url, httpx.Response(403))).do(lambda runtime: runtime.jobs.results("j1"))
    assert str(caught.value) == "GET https://storage.example/j1: 403 Forbidden."


@pytest.mark.parametrize("url", ["https://host:port/", "\x00"])
def test_an_address_of_results_that_is_none_is_an_error(stage: OnStage, url: str) -> None:
    with pytest.raises(RuntimeApiError, match="no valid URL"):
        stage(Network(answer({"url": url}))).do(lambda runtime: runtime.jobs.results("j1"))


def test_a_result_that_merely_has_a_url_in_it_is_a_result(stage: OnStage) -> None:
    body = {"url": "https://storage.example/j1", "more": 1}
    assert (
        stage(Network(answer(body), answer({}))).do(lambda runtime: runtime.jobs.results("j1"))
        == body
    )


@pytest.mark.parametrize("status", ["Queued", "Running", "Completed"])
def test_results_of_a_job_that_has_none_yet_are_not_ready(stage: OnStage, status: str) -> None:
    network = Network(httpx.Response(204), answer(job(status=status)))
    with pytest.raises(ResultsNotReady, match="job j1 has no results yet"):
        stage(network).do(lambda runtime: runtime.jobs.results("j1"))


@pytest.mark.parametrize("body", [TRACEBACK, f'"{TRACEBACK[:9]}"'])
def test_results_of_a_failed_job_are_an_error_with_its_text(stage: OnStage, body: str) -> None:
    network = Network(httpx.Response(200, text=body), answer(job(status="Failed")))
    with pytest.raises(JobFailed) as caught:
        stage(network).do(lambda runtime: runtime.jobs.results("j1"))
    assert caught.value.text == body
    assert caught.value.reason is None


def test_a_failure_without_a_reason_is_told_by_the_last_line_of_its_text(stage: OnStage) -> None:
    network = Network(httpx.Response(200, text=TRACEBACK), answer(job(status="Failed")))
    with pytest.raises(JobFailed, match=r"^job j1 is Failed: ValueError: no such gate$"):
        stage(network).do(lambda runtime: runtime.jobs.results("j1"))


@pytest.mark.parametrize("key", ["reasonCode", "reason_code"])
def test_a_failure_is_told_by_its_reason_and_code(stage: OnStage, key: str) -> None:
    reason = {"reason": "Session s1 has been closed", key: 1217}
    failed = job() | {"state": {"status": "Failed"} | reason}
    network = Network(httpx.Response(204), answer(failed))
    with pytest.raises(JobFailed) as caught:
        stage(network).do(lambda runtime: runtime.jobs.results("j1"))
    error = caught.value
    assert str(error) == "job j1 is Failed (1217): Session s1 has been closed"
    assert (error.status, error.reason_code, error.text) == ("Failed", 1217, "")


@pytest.mark.parametrize("status", ["Cancelled", "Cancelled - Ran too long"])
def test_results_of_a_cancelled_job_are_an_error_and_not_for_later(
    stage: OnStage, status: str
) -> None:
    network = Network(httpx.Response(204), answer(job(status=status, reason="")))
    with pytest.raises(JobCancelled, match=f"^job j1 is {status}$"):
        stage(network).do(lambda runtime: runtime.jobs.results("j1"))


@pytest.mark.parametrize("result", [[1, 2], "words", {"mine": None, "values": "some"}, None])
def test_results_of_an_uploaded_program_are_returned_whatever_they_are(
    stage: OnStage, result: object
) -> None:
    network = Network(httpx.Response(200, text=json.dumps(result)), answer(job()))
    assert stage(network).do(lambda runtime: runtime.jobs.results("j1")) == result


@pytest.mark.parametrize("text", ["plain words", "<!DOCTYPE html>"])
def test_results_of_a_completed_job_that_are_no_json_are_unexpected(
    stage: OnStage, text: str
) -> None:
    network = Network(httpx.Response(200, text=text), answer(job()))
    with pytest.raises(UnexpectedAnswer, match=f"not JSON; it is '{text}'"):
        stage(network).do(lambda runtime: runtime.jobs.results("j1"))


def test_logs_are_text(stage: OnStage) -> None:
    network = Network(httpx.Response(200, text="line 1\nline 2\n"))
    assert stage(network).do(lambda runtime: runtime.jobs.logs("j1")) == "line 1\nline 2\n"


@pytest.mark.parametrize("status", [204, 404])
def test_a_job_that_logged_nothing_has_an_empty_log(stage: OnStage, status: int) -> None:
    network = Network(httpx.Response(status), answer(job()))
    assert stage(network).do(lambda runtime: runtime.jobs.logs("j1")) == ""


def test_the_log_of_an_unknown_job_is_not_found(stage: OnStage) -> None:
    with pytest.raises(NotFound):
        stage(Network(httpx.Response(404))).do(lambda runtime: runtime.jobs.logs("j1"))


def test_metrics_are_as_the_service_sends_them(stage: OnStage) -> None:
    metrics = {"timestamps": {"created": "x", "running": None, "finished": None}}
    network = Network(answer(metrics))
    assert stage(network).do(lambda runtime: runtime.jobs.metrics("j1")) == metrics
    assert network.lines == ["GET /jobs/j1/metrics"]


def test_cancelling_sends_no_body_and_returns_nothing(stage: OnStage) -> None:
    network = Network(httpx.Response(204))
    assert stage(network).do(lambda runtime: runtime.jobs.cancel("j1")) is None
    assert network.lines == ["POST /jobs/j1/cancel"]
    assert network.requests[-1].content == b""


def test_cancelling_a_finished_job_conflicts(stage: OnStage) -> None:
    with pytest.raises(Conflict):
        stage(Network(httpx.Response(409))).do(lambda runtime: runtime.jobs.cancel("j1"))


def test_deleting_returns_nothing(stage: OnStage) -> None:
    network = Network(httpx.Response(204))
    assert stage(network).do(lambda runtime: runtime.jobs.delete("j1")) is None
    assert network.lines == ["DELETE /jobs/j1"]


def test_tags_are_replaced_as_a_whole(stage: OnStage) -> None:
    network = Network(httpx.Response(204))
    play = stage(network)
    assert play.do(lambda runtime: runtime.jobs.replace_tags("j1", ["a", "b"])) is None
    assert network.lines == ["PUT /jobs/j1/tags"]
    assert network.body() == {"tags": ["a", "b"]}
    play.do(lambda runtime: runtime.jobs.replace_tags("j1", ()))
    assert network.body() == {"tags": []}


def test_one_text_is_not_taken_for_a_list_of_tags(stage: OnStage) -> None:
    with pytest.raises(TypeError, match="tags is one text"):
        stage(Network()).do(lambda runtime: runtime.jobs.replace_tags("j1", "abc"))
