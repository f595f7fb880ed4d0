"""Servers that break a rule, one each: every fault is found, and by its own check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from dryshot import Mock
from dryshot.http import Endpoint, Request, Response
from tests.conformance_kit.rooms import Kit, changed, is_job

Tamper = Callable[[Mock], Endpoint]


def answers(change: Callable[[Request, Response], Response]) -> Tamper:
    """A mock whose answers are changed."""
    return lambda mock: lambda request: change(request, mock(request))


def accepts_bad_bodies(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        response = mock(request)
        if request.method == "POST" and request.path.endswith("/jobs") and response.status == 400:
            body = b'{"id":"c5dge2d3rn7breq27i9g","backend":"ibmq_qasm_simulator"}'
            return Response(200, {"content-type": "application/json"}, body)
        return response

    return endpoint


def never_checks_tokens(mock: Mock) -> Endpoint:
    known: dict[str, str] = {}

    def endpoint(request: Request) -> Response:
        given = {
            name: value
            for name, value in request.headers.items()
            if name in ("x-access-token", "authorization", "service-crn")
        }
        if "not-a-token" not in str(given):
            known.update(given)
        return mock(replace(request, headers={**request.headers, **known}))

    return endpoint


@answers
def drops_a_required_field(request: Request, response: Response) -> Response:
    if is_job(request) and response.status == 200:
        return changed(response, lambda job: job.pop("created"))
    return response


@answers
def keeps_jobs_queued(request: Request, response: Response) -> Response:
    def queue(job: Any) -> None:
        job["status"] = job["state"]["status"] = "Queued"

    if is_job(request) and response.status == 200:
        return changed(response, queue)
    return response


def lets_jobs_go_back(mock: Mock) -> Endpoint:
    ended: set[str] = set()

    def endpoint(request: Request) -> Response:
        response = mock(request)
        if is_job(request) and response.status == 200:
            job = json.loads(response.body)
            if job["id"] in ended:
                job["status"] = job["state"]["status"] = "Running"
                return replace(response, body=json.dumps(job).encode())
            if job["status"] in ("Completed", "Cancelled"):
                ended.add(job["id"])
        return response

    return endpoint


@answers
def finds_what_is_not_there(_: Request, response: Response) -> Response:
    return Response(500, {}, b"") if response.status == 404 else response


@answers
def takes_unknown_fields(request: Request, response: Response) -> Response:
    if b"dryshot_no_such_field" in request.body and request.path.endswith("/tags"):
        return Response(204)
    return response


def ignores_bad_pages(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        bad = request.path.endswith("/jobs") and "limit=abc" in request.query
        return mock(replace(request, query="") if bad else request)

    return endpoint


def lists_oldest_first(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        listed = request.method == "GET" and request.path.endswith("/jobs")
        return mock(replace(request, query=f"{request.query}&sort=ASC") if listed else request)

    return endpoint


@answers
def miscounts(request: Request, response: Response) -> Response:
    if request.method == "GET" and request.path.endswith("/jobs") and response.status == 200:
        return changed(response, lambda page: page.update(count=page["count"] + 1))
    return response


def deletes_nothing(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        if request.method == "DELETE" and "/jobs/" in request.path:
            looked = mock(replace(request, method="GET"))
            return Response(204) if looked.status == 200 else looked
        return mock(request)

    return endpoint


def cancels_nothing(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        return Response(204) if request.path.endswith("/cancel") else mock(request)

    return endpoint


def forgets_tags(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        return Response(204) if request.path.endswith("/tags") else mock(request)

    return endpoint


@answers
def loses_results(request: Request, response: Response) -> Response:
    return Response(204) if request.path.endswith("/results") else response


def leaves_sessions_open(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        return Response(204) if request.path.endswith("/close") else mock(request)

    return endpoint


def closes_kept_sessions(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        if request.method == "PATCH" and "/sessions/" in request.path:
            request = replace(request, body=b'{"accepting_jobs": false}')
        return mock(request)

    return endpoint


def forgets_usage(mock: Mock) -> Endpoint:
    def endpoint(request: Request) -> Response:
        response = mock(request)
        if request.path.endswith("/instances/usage") and response.status == 200:
            return changed(
                response,
                lambda usage: usage.update(usage_consumed_seconds=100.0 / mock.clock.time()),
            )
        return response

    return endpoint


OPERATIONS: dict[Tamper, tuple[str, str]] = {
    accepts_bad_bodies: ("legacy-runtime.create_job", "types"),
    never_checks_tokens: ("legacy-runtime.list_jobs", "credentials"),
    drops_a_required_field: ("legacy-runtime.get_job", "document"),
    finds_what_is_not_there: ("legacy-runtime.get_program", "unknown"),
    takes_unknown_fields: ("legacy-runtime.replace_job_tags", "fields"),
    ignores_bad_pages: ("legacy-runtime.list_jobs", "paging"),
}
BEHAVIOUR: dict[Tamper, tuple[str, str]] = {
    keeps_jobs_queued: ("platform-runtime.get_job", "is Queued for more than 30 s"),
    lets_jobs_go_back: ("platform-runtime.get_job", "a job that was Completed became Running"),
    lists_oldest_first: ("platform-runtime.list_jobs", "the newest job is not the first"),
    miscounts: ("platform-runtime.list_jobs", "the count is"),
    deletes_nothing: ("platform-runtime.get_job", "answered 200 in the place of 404"),
    cancels_nothing: ("platform-runtime.get_job", "whose cancellation was accepted is Completed"),
    forgets_tags: ("platform-runtime.replace_job_tags", "does not show the tags"),
    loses_results: ("platform-runtime.get_job_results_jid", "answered 204 in the place of 200"),
    leaves_sessions_open: ("platform-runtime.get_session", "a session that was closed is active"),
    closes_kept_sessions: ("platform-runtime.get_session", "not closed is closed"),
    forgets_usage: ("platform-runtime.get_usage", "are used, and were"),
}


def reasons(kit: Kit, key: str, check: str) -> Iterator[str]:
    for finding in kit.findings:
        if (finding.operation, finding.check) == (key, check):
            yield finding.reason


@pytest.mark.parametrize("tamper", OPERATIONS)
def test_a_broken_rule_of_an_operation_is_found(tamper: Tamper) -> None:
    key, check = OPERATIONS[tamper]
    kit = Kit("classic", tamper)
    assert kit.operations().verdict(key, check) is False
    assert list(reasons(kit, key, check))


@pytest.mark.parametrize("tamper", BEHAVIOUR)
def test_a_broken_promise_is_found(tamper: Tamper) -> None:
    key, reason = BEHAVIOUR[tamper]
    kit = Kit("platform", tamper)
    kit.scenarios()
    assert any(reason in one for one in reasons(kit, key, "behaviour")), list(kit.findings)


def test_what_is_right_gives_no_reason() -> None:
    for dialect in ("platform", "classic"):
        assert list(Kit(dialect).scenarios()) == []
