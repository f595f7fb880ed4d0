from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot.drift.exchanges import check_exchanges
from dryshot.drift.findings import DriftError
from dryshot.drift.live import connect, read_settings
from dryshot.drift.outlines import compare_shapes, merge_shapes
from dryshot.drift.shapes import read_shapes, shapes_of, write_shapes
from dryshot.drift.visits import visit_live, visit_mock
from dryshot.http import Endpoint, Request, Response
from dryshot.mock import Mock
from dryshot.mounts.asgi import Application, asgi
from dryshot.recording.cassette import Interaction
from tests.drift.documents import found
from tests.serving import served

SESSION = "platform-runtime.get_session"


@pytest.fixture(scope="module")
def exchanges() -> list[Interaction]:
    return visit_mock(Mock())


def of(exchanges: list[Interaction], operation: str) -> Interaction:
    return next(one for one in exchanges if one.operation == operation)


def answering(exchange: Interaction, change: dict[str, Any], status: int = 200) -> Interaction:
    body = json.loads(exchange.response.body) | change
    body = {name: value for name, value in body.items() if value is not ...}
    answer = replace(exchange.response, status=status, body=json.dumps(body).encode())
    return replace(exchange, response=answer)


def check(*exchanges: Interaction) -> list[tuple[str, str, str]]:
    report = check_exchanges(exchanges, subject="these")
    return [(*found(one), str(one.place)) for one in report.findings]


def test_the_mock_answers_as_its_documents_say(exchanges: list[Interaction]) -> None:
    operations = {one.operation for one in exchanges}
    assert len(operations) > 50
    assert None not in operations
    assert check(*exchanges) == []


@pytest.mark.parametrize(
    ("change", "rule", "verdict", "path"),
    [
        ({"extra": 1}, "response-unknown-field", "breaking", " $.extra"),
        ({"mode": 3}, "response-wrong-type", "breaking", " $.mode"),
        ({"id": ...}, "response-field-missing", "breaking", " $.id"),
        ({"state": "lost"}, "response-unknown-value", "breaking", " $.state"),
        ({"started_at": "now"}, "response-format", "breaking", " $.started_at"),
    ],
)
def test_an_answer_that_is_not_as_the_document_says_is_found(
    exchanges: list[Interaction], change: dict[str, Any], rule: str, verdict: str, path: str
) -> None:
    exchange = answering(of(exchanges, SESSION), change)
    assert check(exchange) == [(rule, verdict, f"{SESSION} response 200{path}")]


def test_a_field_that_the_document_allows_but_does_not_name_is_found(
    exchanges: list[Interaction],
) -> None:
    name = "platform-runtime.get_backend_configuration"
    exchange = answering(of(exchanges, name), {"brand_new": 1})
    expected = ("response-unknown-field", "non-breaking", f"{name} response 200 $.brand_new")
    assert check(exchange) == [expected]


def test_statuses_media_types_and_calls_that_no_document_has_are_found(
    exchanges: list[Interaction],
) -> None:
    session = of(exchanges, SESSION)
    headers = {**session.response.headers, "content-type": "text/html"}
    page = replace(session, response=replace(session.response, headers=headers))
    broken = replace(session, response=replace(session.response, body=b"{"))
    elsewhere = replace(session, request=replace(session.request, path="/api/v1/nothing/f66b1"))
    assert [rule for rule, _, _ in check(answering(session, {}, 299))] == ["status-undeclared"]
    assert [rule for rule, _, _ in check(page)] == ["response-media-type"]
    assert [rule for rule, _, _ in check(broken)] == ["response-not-json"]
    (unknown,) = check(elsewhere)
    assert unknown[::2] == ("unknown-operation", "GET quantum.cloud.ibm.com/api/v1/nothing/*")


def test_a_request_that_was_taken_though_the_document_forbids_it_is_found(
    exchanges: list[Interaction],
) -> None:
    created = of(exchanges, "platform-runtime.create_job")
    body = json.loads(created.request.body) | {"colour": "red", "tags": 3}
    request = replace(created.request, body=json.dumps(body).encode(), query="fast=1")
    rules = {rule for rule, _, _ in check(replace(created, request=request))}
    assert rules == {"request-unknown-parameter", "request-unknown-field", "request-type"}
    refused = Response(400, {"content-type": "application/json"}, b'{"errors": []}')
    rules = {rule for rule, _, _ in check(replace(created, request=request, response=refused))}
    assert not [rule for rule in rules if rule.startswith("request-")]


def test_no_finding_quotes_a_value(exchanges: list[Interaction]) -> None:
    change = {"id": "geheim 1", "mode": "geheim 2", "started_at": "geheim 3", "max_ttl": "geheim 4"}
    report = check_exchanges([answering(of(exchanges, SESSION), change)], subject="this")
    assert report.findings
    assert "geheim" not in repr(report)


def test_shapes_have_paths_and_types_and_no_value(
    exchanges: list[Interaction], tmp_path: Path
) -> None:
    shapes = shapes_of(exchanges)
    path = tmp_path / "shapes.yaml"
    write_shapes(shapes, path)
    text = path.read_text()
    assert read_shapes(path) == shapes
    assert list(tmp_path.iterdir()) == [path]
    assert shapes[f"{SESSION} 200"]["$.timestamps[].status"] == {"string"}
    assert not [one for one in ("crn:v1", "ibm_", "@", "premium", "eyJ") if one in text]


def test_shapes_that_differ_are_found_and_what_was_not_met_is_a_remark(
    exchanges: list[Interaction],
) -> None:
    before = shapes_of(exchanges)
    change = {"more": {"deep": 1}, "mode": 3, "user_id": ..., "timestamps": []}
    session = answering(of(exchanges, SESSION), change)
    report = compare_shapes(before, shapes_of([session]), subject="now", file="shapes.yaml")
    assert [(*found(one), one.place.path, one.text) for one in report.findings] == [
        ("shape-type-changed", "breaking", "$.mode", "was string, is number"),
        ("shape-path-removed", "breaking", "$.user_id", "is gone; it was string"),
        ("shape-path-added", "non-breaking", "$.more", "is new: object"),
    ]
    assert f"{SESSION} response 200 $.timestamps[]: empty this time" in report.remarks
    assert any("get_job response 200: not seen" in remark for remark in report.remarks)
    same = compare_shapes(before, before, subject="now", file="")
    assert (same.findings, same.remarks) == ((), ())
    assert merge_shapes(before, shapes_of([session])).keys() == before.keys()


@contextmanager
def live(application: Application) -> Iterator[Endpoint]:
    with served(application) as address, connect(f"http://{address}") as endpoint:
        yield endpoint


def test_a_live_service_is_only_read_and_says_what_it_is(exchanges: list[Interaction]) -> None:
    mock = Mock(engine="stub")
    with live(mock.asgi()) as endpoint:
        visited = visit_live(endpoint, "key", "premium-instance")
    assert check(*visited) == []
    asked = {(one.request.method, one.request.path) for one in mock.journal}
    writes = {path for method, path in asked if method != "GET"}
    assert {path.removeprefix("/") for path in writes} == {"identity/token"}
    operations = {one.operation for one in visited}
    assert "platform-runtime.analytics_filters" in operations
    assert len(operations) > 20
    assert {one.request.host for one in visited} <= {one.request.host for one in exchanges}


def test_a_live_service_that_answers_otherwise_is_found() -> None:
    mock = Mock(engine="stub")

    def tampered(request: Request) -> Response:
        answer = mock(request)
        if request.path.endswith("/status"):
            body = json.loads(answer.body) | {"length_queue": "many", "mood": "good"}
            return replace(answer, body=json.dumps(body).encode())
        if request.path.endswith("/versions"):
            return replace(answer, status=203)
        return answer

    with live(asgi(tampered, max_body_bytes=1_000_000)) as endpoint:
        found = check(*visit_live(endpoint, "key", "premium-instance"))
    status = "platform-runtime.get_backend_status response 200"
    assert found == [
        ("response-wrong-type", "breaking", f"{status} $.length_queue"),
        ("response-unknown-field", "breaking", f"{status} $.mood"),
        ("status-undeclared", "breaking", "platform-runtime.get_versions response 203"),
    ]


def test_requests_go_to_the_base_url_and_to_no_other_host() -> None:
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(401)

    for url, expected in [
        ("http://127.0.0.1:1", "127.0.0.1"),
        ("https://localhost", "localhost"),
        ("https://mock.example", "iam.mock.example"),
    ]:
        with (
            connect(url, httpx.MockTransport(answer)) as endpoint,
            pytest.raises(DriftError, match="IAM answered 401"),
        ):
            visit_live(endpoint, "s3cret", "premium-instance")
        assert hosts == [expected]
        hosts.clear()


def test_a_live_service_needs_a_key_and_an_instance() -> None:
    with pytest.raises(DriftError, match="DRYSHOT_LIVE_API_KEY and DRYSHOT_LIVE_INSTANCE"):
        read_settings({})
    with pytest.raises(DriftError, match="DRYSHOT_LIVE_INSTANCE"):
        read_settings({"DRYSHOT_LIVE_API_KEY": "s3cret"})
    environ = {"DRYSHOT_LIVE_API_KEY": "s3cret", "DRYSHOT_LIVE_INSTANCE": "i"}
    assert read_settings(environ).url == "https://cloud.ibm.com"
    assert "s3cret" not in repr(read_settings(environ))
    with pytest.raises(DriftError, match="DRYSHOT_LIVE_URL"):
        read_settings(environ | {"DRYSHOT_LIVE_URL": "nowhere"})
