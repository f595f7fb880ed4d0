"""What became of a job, and how its results, or its end, come to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot.world.runner import Pace
from dryshot_client import (
    ConnectionFailed,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    JobRanTooLong,
    JobTimeout,
    ResultsGone,
    ResultsNotReady,
    UnexpectedAnswer,
)
from tests.client.loopback import Served, serve
from tests.client.platform.stage import (
    CRN,
    PARAMS,
    Network,
    OnMock,
    Scripted,
    answer,
    error_body,
    job,
    one,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]

TRACEBACK = "Traceback (most recent call last):\n  ...\nValueError: no circuit\n"


def waiting() -> Mock:
    """A mock whose jobs wait for a minute, and run for one."""
    return Mock(engine=one, pace=Pace(60, 60))


def create(play: OnMock, **settings: Any) -> str:
    """The id of a new job."""
    common = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}
    return str(play.do(lambda runtime: runtime.jobs.create(**common | settings)).id)


def results(play: OnMock | Scripted, job_id: str = "j1") -> Any:
    """The results of a job."""
    return play.do(lambda runtime: runtime.jobs.results(job_id))


def test_results_are_not_ready_before_the_end(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    for seconds in (60, 60):
        with pytest.raises(ResultsNotReady) as caught:
            results(play, job_id)
        assert caught.value.job_id == job_id
        play.mock.clock.advance(seconds)
    assert results(play, job_id)["metadata"] == {"version": 2}


@pytest.mark.parametrize("code", [1234, "1234"])
def test_the_code_may_be_a_number_or_a_text(scripted: MakeScripted, code: object) -> None:
    with pytest.raises(ResultsNotReady):
        results(scripted(Network(answer(error_body(code), 400))))


@pytest.mark.parametrize("code", [1208, None, [], {}])
def test_another_refusal_stays_one(scripted: MakeScripted, code: object) -> None:
    with pytest.raises(InvalidRequest):
        results(scripted(Network(answer(error_body(code), 400))))


def test_the_results_of_a_private_job_are_read_once(on_mock: MakeOnMock) -> None:
    play = on_mock()
    job_id = create(play, private=True)
    assert results(play, job_id)["metadata"] == {"version": 2}
    with pytest.raises(ResultsGone, match="read only once") as caught:
        results(play, job_id)
    assert caught.value.job_id == job_id


@pytest.mark.parametrize("text", [TRACEBACK, ""])
def test_a_job_that_failed_says_why(on_mock: MakeOnMock, text: str) -> None:
    def fail(_task: Task) -> Outcome:
        return Outcome(failed=True, body=text, reason="No circuit.", reason_code=1603)

    play = on_mock(Mock(engine=fail))
    job_id = create(play)
    with pytest.raises(JobFailed, match=r"is Failed \(1603\): No circuit\.") as caught:
        results(play, job_id)
    error = caught.value
    assert (error.job_id, error.status, error.text) == (job_id, "Failed", text)
    assert (error.reason, error.reason_code) == ("No circuit.", 1603)


def test_a_job_that_failed_without_a_reason_is_told_by_its_text(scripted: MakeScripted) -> None:
    network = Network(httpx.Response(200, text=TRACEBACK), answer(job(status="Failed")))
    with pytest.raises(JobFailed, match="is Failed: ValueError: no circuit"):
        results(scripted(network))
    assert network.lines == ["GET /jobs/j1/results", "GET /jobs/j1?exclude_params=true"]


def test_a_job_that_was_cancelled_has_no_results(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    play.do(lambda runtime: runtime.jobs.cancel(job_id))
    with pytest.raises(JobCancelled) as caught:
        results(play, job_id)
    assert type(caught.value) is JobCancelled
    assert (caught.value.status, caught.value.reason_code) == ("Cancelled", None)


def test_a_job_that_ran_too_long_was_cancelled_for_it(on_mock: MakeOnMock) -> None:
    play = on_mock(Mock(engine=one, pace=Pace(0, 60)))
    job_id = create(play, cost=30)
    ended = play.do(lambda runtime: runtime.jobs.wait(job_id))
    assert (ended.state.status, ended.ran_too_long) == ("Cancelled", True)
    with pytest.raises(JobRanTooLong) as caught:
        results(play, job_id)
    assert caught.value.status == "Cancelled - Ran too long"
    assert caught.value.reason_code == 1305


def test_waiting_has_an_end_if_it_is_given_one(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    with pytest.raises(JobTimeout, match="is still Running after 90 s") as caught:
        play.do(lambda runtime: runtime.jobs.wait(job_id, timeout=90))
    assert (caught.value.job_id, caught.value.timeout) == (job_id, 90)
    assert caught.value.job.id == job_id


@pytest.mark.parametrize("body", [b"[1]", b"5", b'"text"', b"null", b"{", b"<html>", b""])
@pytest.mark.parametrize("status", ["Completed", "Running", "Archived"])
def test_results_that_are_no_object_are_unexpected(
    scripted: MakeScripted, body: bytes, status: str
) -> None:
    network = Network(httpx.Response(200, content=body), answer(job(status=status)))
    quoted = repr(body.decode()) if body else "empty"
    with pytest.raises(UnexpectedAnswer, match="not a JSON object") as caught:
        results(scripted(network))
    assert caught.value.message.endswith(f"it is {quoted}")
    assert caught.value.path == "/jobs/j1/results"


def test_results_may_have_figures_that_are_no_strict_json(scripted: MakeScripted) -> None:
    network = Network(httpx.Response(200, content=b'{"data": [NaN, Infinity, -Infinity]}'))
    assert str(results(scripted(network))) == "{'data': [nan, inf, -inf]}"


def test_results_that_break_off_on_the_way_are_a_failed_connection(kind: str) -> None:
    def service(request: Served) -> None:
        if request.path.endswith("/identity/token"):
            request.answer({"access_token": "accesstoken", "expires_in": 3600})
        else:
            request.hang_up()

    with serve(service) as url:
        play = Scripted(
            kind,
            lambda _: None,
            transport=None,
            instance=CRN,
            url=url,
            retries=1,
        )
        with pytest.raises(ConnectionFailed, match="RemoteProtocolError"):
            results(play)
    assert len(play.clock.slept) == 1
