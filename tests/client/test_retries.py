"""Sending again: what, when, how often, and after how long."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot_client import (
    ConnectionFailed,
    NotFound,
    RateLimited,
    RetryPolicy,
    RuntimeApiError,
    ServerError,
)
from dryshot_client.retries import RETRIED_STATUSES, read_retry_after
from tests.client.stage import AUTH_HOST, Network, Stage, answer, job

OnStage = Callable[..., Stage]

ALWAYS_LONGEST = RetryPolicy(random=lambda: 1.0)
LOST = [
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.ReadTimeout("slow"),
    httpx.PoolTimeout("busy"),
    httpx.RemoteProtocolError("cut short"),
]
REPEATABLE: dict[str, Callable[[Any], Any]] = {
    "GET /jobs/j1": lambda runtime: runtime.jobs.get("j1"),
    "PUT /jobs/j1/tags": lambda runtime: runtime.jobs.replace_tags("j1", ["a"]),
    "DELETE /jobs/j1": lambda runtime: runtime.jobs.delete("j1"),
}
NOT_REPEATABLE: dict[str, Callable[[Any], Any]] = {
    "POST /jobs": lambda runtime: runtime.jobs.create(program="sampler", backend="b"),
    "POST /jobs/j1/cancel": lambda runtime: runtime.jobs.cancel("j1"),
}


@pytest.mark.parametrize("line", REPEATABLE)
@pytest.mark.parametrize("status", sorted(RETRIED_STATUSES))
def test_a_repeatable_call_is_sent_again(stage: OnStage, line: str, status: int) -> None:
    network = Network(httpx.Response(status), httpx.Response(status), answer(job()))
    play = stage(network)
    play.do(REPEATABLE[line])
    assert network.lines == [line] * 3
    assert len(play.clock.slept) == 2


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_repeatable_call_is_sent_again_after_a_lost_connection(
    stage: OnStage, error: Exception
) -> None:
    network = Network(error, answer(job()))
    assert stage(network).do(lambda runtime: runtime.jobs.get("j1"))["id"] == "j1"
    assert network.lines == ["GET /jobs/j1"] * 2


@pytest.mark.parametrize("line", NOT_REPEATABLE)
@pytest.mark.parametrize("status", sorted(RETRIED_STATUSES))
def test_a_call_that_is_not_repeatable_is_sent_once(stage: OnStage, line: str, status: int) -> None:
    network = Network(httpx.Response(status, headers={"retry-after": "7"}))
    play = stage(network)
    with pytest.raises(RateLimited if status == 429 else ServerError) as caught:
        play.do(NOT_REPEATABLE[line])
    assert network.lines == [line]
    assert caught.value.retry_after == 7.0
    assert play.clock.slept == []


@pytest.mark.parametrize("line", NOT_REPEATABLE)
def test_after_a_lost_connection_a_submission_is_not_sent_again(stage: OnStage, line: str) -> None:
    network = Network(httpx.ReadTimeout("slow"))
    with pytest.raises(ConnectionFailed, match="ReadTimeout: slow"):
        stage(network).do(NOT_REPEATABLE[line])
    assert network.lines == [line]


def test_logging_in_is_sent_again(stage: OnStage) -> None:
    attempts = itertools.count()

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.host == AUTH_HOST and next(attempts) < 2:
            return httpx.Response(503)
        return answer({"id": "token", "devices": ["b"]})

    assert stage(service).do(lambda runtime: runtime.backends.list()) == ["b"]


@pytest.mark.parametrize(
    "reply", [httpx.Response(501), httpx.Response(404), httpx.UnsupportedProtocol("no")], ids=str
)
def test_what_will_not_pass_is_not_sent_again(
    stage: OnStage, reply: httpx.Response | Exception
) -> None:
    network = Network(reply)
    with pytest.raises((RuntimeApiError, ConnectionFailed)):
        stage(network).do(lambda runtime: runtime.jobs.get("j1"))
    assert len(network.lines) == 1


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_the_number_of_repetitions_is_what_was_asked_for(stage: OnStage, retries: int) -> None:
    network = Network(httpx.Response(503))
    with pytest.raises(ServerError):
        stage(network, retries=retries).do(lambda runtime: runtime.jobs.get("j1"))
    assert len(network.lines) == 1 + retries


def test_pauses_double_up_to_the_cap(stage: OnStage) -> None:
    policy = RetryPolicy(limit=6, base=1.0, cap=10.0, random=lambda: 1.0)
    play = stage(Network(httpx.Response(503)), retries=policy)
    with pytest.raises(ServerError):
        play.do(lambda runtime: runtime.jobs.get("j1"))
    assert play.clock.slept == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@given(st.integers(0, 5000), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_drawn_from_all_of_its_range(repetition: int, draw: float) -> None:
    policy = RetryPolicy(limit=10_000, base=0.5, cap=20.0, random=lambda: draw)
    pause = policy.pause(repetition, httpx.Response(503))
    longest = 20.0 if repetition > 6 else min(20.0, 0.5 * 2**repetition)
    assert pause == draw * longest


def test_a_retry_after_is_waited_for_exactly(stage: OnStage) -> None:
    network = Network(httpx.Response(429, headers={"retry-after": "17"}), answer(job()))
    play = stage(network)
    play.do(lambda runtime: runtime.jobs.get("j1"))
    assert play.clock.slept == [17.0]


def test_a_retry_after_beyond_patience_is_raised_at_once(stage: OnStage) -> None:
    network = Network(httpx.Response(429, headers={"retry-after": "3600"}))
    play = stage(network)
    with pytest.raises(RateLimited) as caught:
        play.do(lambda runtime: runtime.jobs.get("j1"))
    assert caught.value.retry_after == 3600.0
    assert (len(network.lines), play.clock.slept) == (1, [])


def test_a_retry_after_date_is_measured_from_the_answers_own_date(stage: OnStage) -> None:
    headers = {
        "date": "Mon, 11 Sep 2023 17:27:49 GMT",
        "retry-after": "Mon, 11 Sep 2023 17:28:19 GMT",
    }
    play = stage(Network(httpx.Response(503, headers=headers), answer(job())))
    play.do(lambda runtime: runtime.jobs.get("j1"))
    assert play.clock.slept == [30.0]


def test_a_retry_after_date_without_a_date_is_measured_from_now() -> None:
    then = datetime.now(UTC) + timedelta(hours=1)
    seconds = read_retry_after(httpx.Headers({"retry-after": format_datetime(then, usegmt=True)}))
    assert seconds is not None
    assert 3500 < seconds <= 3600


def test_a_retry_after_date_in_the_past_means_now() -> None:
    headers = {"retry-after": "Mon, 11 Sep 2023 17:27:49 GMT"}
    assert read_retry_after(httpx.Headers(headers)) == 0.0


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_retry_after_is_a_time_or_nothing(text: str) -> None:
    seconds = read_retry_after(httpx.Headers({"retry-after": text}))
    assert seconds is None or 0 <= seconds < float("inf")


@pytest.mark.parametrize("text", ["", "-1", "1.5", "nan", "inf", "soon", "1e3", "²", "9" * 5000])
def test_a_garbled_retry_after_is_passed_over(text: str) -> None:
    assert read_retry_after(httpx.Headers([("retry-after", text)], encoding="utf-8")) is None


def test_a_deletion_that_was_done_before_its_answer_was_lost_is_a_success(stage: OnStage) -> None:
    network = Network(httpx.ReadTimeout("slow"), httpx.Response(404))
    assert stage(network).do(lambda runtime: runtime.jobs.delete("j1")) is None


def test_deleting_what_is_not_there_is_not_found(stage: OnStage) -> None:
    with pytest.raises(NotFound):
        stage(Network(httpx.Response(404))).do(lambda runtime: runtime.jobs.delete("j1"))


def test_a_lost_connection_carries_httpx_own_error(stage: OnStage) -> None:
    network = Network(httpx.ConnectError("[Errno 111] Connection refused"))
    with pytest.raises(ConnectionFailed) as caught:
        stage(network, retries=ALWAYS_LONGEST).do(lambda runtime: runtime.backends.list())
    error = caught.value
    assert isinstance(error.__cause__, httpx.ConnectError)
    assert str(error) == (
        "GET https://runtime-us-east.quantum-computing.ibm.com/backends: "
        "ConnectError: [Errno 111] Connection refused"
    )
    assert len(network.lines) == 4


def test_an_error_that_is_not_httpx_own_passes_through_untouched(stage: OnStage) -> None:
    problem = StopIteration("a stand-in ran out of answers")

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.host == AUTH_HOST:
            return answer({"id": "token"})
        raise problem

    with pytest.raises((StopIteration, RuntimeError)) as caught:
        stage(service).do(lambda runtime: runtime.jobs.list())
    assert problem in {caught.value, caught.value.__cause__}
