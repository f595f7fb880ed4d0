"""An answer that the document does not allow is a fault of dryshot, and is told as one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dryshot.contract import Contract
from dryshot.errors import SpecDrift
from dryshot.http import Response

CREATED = {"id": "cjvks5fp8blo0kgog530", "backend": "ibm_wellington"}
JSON = {"content-type": "application/json; charset=utf-8"}


def check(operation: str, status: int, body: Any = None, headers: Any = None) -> None:
    contract = Contract.load("legacy-runtime")
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    response = Response(status, (JSON if raw else {}) if headers is None else headers, raw)
    contract.check_response(contract.operations[operation], response)


def test_declared_answers_pass() -> None:
    check("create_job", 200, CREATED)
    check("cancel_job", 204)
    check("get_job_results", 204)
    check("get_job_results", 200, b"Traceback ...", {"content-type": "text/plain"})
    check("get_backend_properties", 200, {})


@pytest.mark.parametrize(
    ("operation", "status", "body", "words"),
    [
        ("create_job", 200, {**CREATED, "extra": 1}, "extra is not a known key"),
        ("create_job", 200, {"id": CREATED["id"]}, "backend is required"),
        ("create_job", 200, {**CREATED, "id": "x" * 20}, "id does not match"),
        ("create_job", 200, None, "the body is required, and it is empty"),
        ("create_job", 200, b"{", "the body is not JSON"),
        ("create_job", 200, b'{"id": NaN}', "NaN is not a JSON number"),
        ("create_job", 201, CREATED, "the status is none of 200, 400"),
        ("cancel_job", 204, {}, "the body must be empty"),
        ("get_job_results", 200, {"quasi_dists": [{"3": 1.0}], "metadata": []}, "quasi_dists"),
        ("get_job", 401, {"errors": []}, "errors must not be empty"),
    ],
)
def test_other_answers_are_drift(operation: str, status: int, body: Any, words: str) -> None:
    with pytest.raises(SpecDrift) as drift:
        check(operation, status, body)
    assert f"{operation} must not answer {status}" in str(drift.value)
    assert words in str(drift.value)


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/html"}])
def test_an_answer_must_name_its_type(headers: dict[str, str]) -> None:
    with pytest.raises(SpecDrift, match="content-type must be application/json"):
        check("create_job", 200, CREATED, headers)


def test_text_that_is_not_utf8_is_drift() -> None:
    with pytest.raises(SpecDrift, match="not UTF-8"):
        check("get_job_logs", 200, b"\xff", {"content-type": "text/plain"})


@pytest.mark.parametrize(
    ("value", "words"),
    [("many", "x-ratelimit-limit must be an integer"), ("-1", "must be at least 0")],
)
def test_declared_headers_are_checked(value: str, words: str) -> None:
    contract = Contract.load("legacy-auth")
    operation = contract.operations["logout"]
    contract.check_response(operation, Response(204, {"x-ratelimit-limit": "50"}))
    with pytest.raises(SpecDrift, match=words):
        contract.check_response(operation, Response(204, {"x-ratelimit-limit": value}))
