"""Services that break a rule of classic sessions, one each: the kit finds every one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dryshot import Mock
from dryshot.http import Endpoint, Request, Response
from tests.conformance_kit.rooms import Kit, changed, is_job, one
from tests.conformance_kit.test_faults import (
    Tamper,
    answers,
    closes_kept_sessions,
    leaves_sessions_open,
    reasons,
)


def takes_jobs_in_closed_sessions(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        response = mock(request)
        if response.status == 400 and b"session_id" in request.body and b"1217" in response.body:
            body = json.loads(request.body)
            session = body.pop("session_id")
            response = mock(replace(request, body=json.dumps(body).encode()))
            return changed(response, lambda made: made.update(session_id=session))
        return response

    return endpoint


def outlives_its_root(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        response = mock(request)
        if request.method == "GET" and "/sessions/" in request.path and response.status == 200:
            id_ = json.loads(response.body)["id"]
            if id_ in mock.world.jobs:
                return changed(response, lambda told: told.update(state="open"))
        return response

    return endpoint


@answers
def begins_sessions_elsewhere(request: Request, response: Response) -> Response:
    if b"start_session" in request.body and response.status == 200:
        return changed(response, lambda made: made.update(session_id="c5dge2d3rn7breq27i9g"))
    return response


@answers
def hides_the_session_of_a_job(request: Request, response: Response) -> Response:
    if is_job(request) and response.status == 200:
        return changed(response, lambda job: job.update(session_id=None))
    return response


FAULTS: dict[Tamper, tuple[str, str]] = {
    takes_jobs_in_closed_sessions: ("legacy-runtime.create_job", "that takes no jobs took one"),
    leaves_sessions_open: ("legacy-runtime.get_session", "a session that was closed is"),
    closes_kept_sessions: ("legacy-runtime.get_session", "not closed is closed"),
    outlives_its_root: ("legacy-runtime.get_session", "a session that was closed is open"),
    begins_sessions_elsewhere: ("legacy-runtime.create_job", "not the id of the job that began"),
    hides_the_session_of_a_job: ("legacy-runtime.get_job", "does not show the session"),
}


@pytest.mark.parametrize("tamper", FAULTS)
def test_a_broken_promise_about_classic_sessions_is_found(tamper: Tamper) -> None:
    key, reason = FAULTS[tamper]
    kit = Kit("classic", tamper)
    kit.scenarios()
    assert any(reason in each for each in reasons(kit, key, "behaviour")), list(kit.findings)


def test_a_service_that_begins_no_sessions_with_jobs_is_right_too() -> None:
    later = Mock(engine=one, era="2024-03")
    kit = Kit("classic", lambda _mock: later)
    assert list(kit.scenarios()) == []
    asked: list[Any] = [
        json.loads(each.request.body) for each in later.journal if is_job_made(each)
    ]
    assert any(body.get("start_session") for body in asked)


def is_job_made(exchange: Any) -> bool:
    """Whether a job was asked for."""
    return bool(exchange.operation == "create_job")
