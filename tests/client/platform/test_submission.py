"""Submitting jobs over a network that loses requests and answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from dryshot_client import (
    Conflict,
    ConnectionFailed,
    DryshotClientError,
    RateLimited,
    RetryPolicy,
    RuntimeApiError,
    ServerError,
    UnexpectedAnswer,
)
from dryshot_client.platform.models import CreatedJob
from tests.client.platform.stage import (
    IAM_HOST,
    PARAMS,
    Network,
    OnMock,
    Scripted,
    answer,
    error_body,
    job,
)
from tests.client.stage import Answer

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]

CREATED = answer({"id": "j1", "backend": "ibm_fez"})
NOBODY = answer({"jobs": [], "count": 0})
TROUBLE: Mapping[str, Answer] = {
    "refused": httpx.ConnectError("refused"),
    "lost": httpx.ReadError("lost"),
    "late": httpx.ReadTimeout("late"),
    "hung up": httpx.RemoteProtocolError("hung up"),
    "429": answer(error_body(1202), 429),
    "500": answer(error_body(9999), 500),
    "503": answer({}, 503),
    "520": httpx.Response(520, text="<html>"),
    "truncated": httpx.Response(200, content=b'{"id": "j'),
    "empty": httpx.Response(200),
    "of another shape": answer({"id": 5}),
}


def submit(play: OnMock | Scripted, **settings: Any) -> Any:
    """Submit a job."""
    common = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS} | settings
    return play.do(lambda runtime: runtime.jobs.create(**common))


def found(**more: Any) -> Callable[[httpx.Request], httpx.Response]:
    """The list that has the job with the tag that is asked for."""

    def service(request: httpx.Request) -> httpx.Response:
        tags = parse_qs(request.url.query.decode())["tags"]
        return answer({"jobs": [job("j1", tags=["own", *tags], **more)], "count": 1})

    return service


def methods(network: Network) -> list[str]:
    """What was asked, by method."""
    return [request.method for request in network.asked]


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_job_is_not_submitted_twice_unless_that_is_allowed(
    scripted: MakeScripted, trouble: str
) -> None:
    network = Network(TROUBLE[trouble], CREATED)
    play = scripted(network)
    with pytest.raises(DryshotClientError) as caught:
        submit(play)
    assert methods(network) == ["POST"]
    assert play.clock.slept == []
    assert isinstance(caught.value, ConnectionFailed | RuntimeApiError)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_job_that_is_found_by_its_tag_is_not_submitted_again(
    scripted: MakeScripted, trouble: str
) -> None:
    network = Network(TROUBLE[trouble], found())
    created = submit(scripted(network), resubmit=True, tags=["own"])
    assert methods(network) == ["POST", "GET"]
    assert created == CreatedJob(id="j1", backend="ibm_fez", raw={})
    own, tag = json.loads(network.asked[0].content)["tags"]
    assert own == "own"
    assert network.lines[1] == f"GET /jobs?tags={tag}&limit=1"


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_job_that_is_not_found_is_submitted_again(scripted: MakeScripted, trouble: str) -> None:
    network = Network(TROUBLE[trouble], NOBODY, CREATED)
    assert submit(scripted(network), resubmit=True).id == "j1"
    assert methods(network) == ["POST", "GET", "POST"]
    assert network.asked[0].content == network.asked[2].content


def test_what_is_found_is_as_if_it_had_been_answered(scripted: MakeScripted) -> None:
    more = {"backend": None, "session_id": "s1", "private": True, "calibration_id": "slow_gates"}
    network = Network(TROUBLE["lost"], found(**more))
    created = submit(scripted(network), resubmit=True)
    assert created == CreatedJob(
        id="j1",
        backend="ibm_fez",
        session_id="s1",
        private=True,
        calibration_id="slow_gates",
        raw={},
    )


def test_somebody_else_s_job_is_not_taken_for_the_one_submitted(scripted: MakeScripted) -> None:
    others = answer({"jobs": [job("other", tags=["own"])], "count": 1})
    network = Network(TROUBLE["lost"], others, CREATED)
    assert submit(scripted(network), resubmit=True).id == "j1"


def test_each_submission_has_a_tag_of_its_own(scripted: MakeScripted) -> None:
    network = Network(CREATED)
    play = scripted(network)
    for _ in range(2):
        submit(play, resubmit=True)
    tags = [json.loads(request.content)["tags"] for request in network.asked]
    assert tags[0] != tags[1]
    assert all(len(tag) <= 86 for (tag,) in tags)


def test_dry_runs_are_looked_for_among_the_mocks(on_mock: MakeOnMock, kind: str) -> None:
    play = on_mock()
    lost = iter([True])

    def service(request: httpx.Request) -> httpx.Response:
        with httpx.Client(transport=play.mock.transport()) as http:
            response = http.send(request)
        if request.method == "POST" and request.url.path.endswith("/jobs") and next(lost, False):
            raise httpx.ReadError("lost", request=request)
        return httpx.Response(response.status_code, content=response.content)

    instance = play.do(lambda runtime: runtime.instances.usage()).instance_id
    created = submit(Scripted(kind, service, instance=instance), backend="mock_fez", resubmit=True)
    jobs = play.do(lambda runtime: runtime.jobs.list(include_mocks=True))
    assert [each.id for each in jobs] == [created.id]


def test_the_time_that_the_service_names_is_waited(scripted: MakeScripted) -> None:
    limited = httpx.Response(429, headers={"retry-after": "9"})
    play = scripted(Network(limited, NOBODY, CREATED))
    submit(play, resubmit=True)
    assert play.clock.slept == [9]


def test_a_time_beyond_the_patience_is_not_waited(scripted: MakeScripted) -> None:
    network = Network(httpx.Response(429, headers={"retry-after": "900"}))
    with pytest.raises(RateLimited) as caught:
        submit(scripted(network), resubmit=True)
    assert caught.value.retry_after == 900
    assert methods(network) == ["POST"]


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_submitting_ends_with_the_policy_s_limit(scripted: MakeScripted, limit: int) -> None:
    answers: list[Answer] = [TROUBLE["500"], NOBODY] * limit + [TROUBLE["503"], CREATED]
    network = Network(*answers)
    play = scripted(network, retries=RetryPolicy(limit=limit, random=lambda: 1.0))
    with pytest.raises(ServerError) as caught:
        submit(play, resubmit=True)
    assert caught.value.status == 503
    assert methods(network) == ["POST", "GET"] * limit + ["POST"]
    assert play.clock.slept == [0.5, 1.0][:limit]


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_refusal_for_good_is_not_tried_again(scripted: MakeScripted, status: int) -> None:
    network = Network(answer(error_body(4317), status))
    with pytest.raises(RuntimeApiError) as caught:
        submit(scripted(network), resubmit=True)
    assert isinstance(caught.value, Conflict)
    assert methods(network) == ["POST"]


def test_a_search_that_fails_ends_the_submission(scripted: MakeScripted) -> None:
    network = Network(TROUBLE["lost"], answer({"jobs": [{"id": 5}]}))
    with pytest.raises(UnexpectedAnswer, match="GET /jobs"):
        submit(scripted(network), resubmit=True)
    assert methods(network) == ["POST", "GET"]


def test_room_is_needed_for_the_tag(scripted: MakeScripted) -> None:
    network = Network(CREATED)
    play = scripted(network)
    with pytest.raises(ValueError, match="tags are 8; resubmit needs room"):
        submit(play, resubmit=True, tags=list("abcdefgh"))
    assert network.requests == []
    assert submit(play, resubmit=True, tags=list("abcdefg")).id == "j1"


@pytest.mark.parametrize("resubmit", [False, True])
def test_a_token_that_could_not_be_asked_for_is_asked_for_again(
    scripted: MakeScripted, *, resubmit: bool
) -> None:
    network = Network(CREATED)
    failures = iter([httpx.ConnectError("refused"), httpx.ReadTimeout("late")])

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.host == IAM_HOST:
            for failure in failures:
                failure.request = request
                raise failure
        return network(request)

    play = scripted(service)
    assert submit(play, resubmit=resubmit).id == "j1"
    assert methods(network) == ["POST"]
    assert len(play.clock.slept) == 2


@pytest.mark.parametrize("trouble", ["refused", "lost", "late", "hung up", "429", "500", "520"])
def test_a_question_is_asked_again(scripted: MakeScripted, trouble: str) -> None:
    network = Network(TROUBLE[trouble], answer({"devices": []}))
    assert scripted(network).do(lambda runtime: runtime.backends.list()) == []
    assert methods(network) == ["GET", "GET"]


@pytest.mark.parametrize(
    ("action", "times"),
    [
        (lambda runtime: runtime.sessions.create(backend="b"), 1),
        (lambda runtime: runtime.jobs.cancel("j1"), 1),
        (lambda runtime: runtime.jobs.delete("j1"), 4),
        (lambda runtime: runtime.jobs.tags("j1", []), 4),
        (lambda runtime: runtime.sessions.close("s1"), 4),
        (lambda runtime: runtime.sessions.update("s1", accepting_jobs=False), 4),
        (lambda runtime: runtime.instances.configure(instance_limit=None), 4),
    ],
)
def test_only_what_does_no_more_the_second_time_is_repeated(
    scripted: MakeScripted, action: Callable[[Any], Any], times: int
) -> None:
    network = Network(httpx.ReadError("lost"))
    with pytest.raises(ConnectionFailed):
        scripted(network).do(action)
    assert len(network.asked) == times
