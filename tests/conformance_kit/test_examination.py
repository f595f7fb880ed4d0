"""The mock itself is examined: it breaks nothing, and everything is asked."""

from __future__ import annotations

import json

import pytest
from hypothesis import settings

from dryshot.conformance import CouldNotRun, RuntimeStateMachine
from dryshot.conformance.dialects import DIALECTS
from dryshot.conformance.findings import CHECKS, Findings
from dryshot.conformance.places import is_ibm, is_loopback, places
from dryshot.conformance.running import examine
from dryshot.conformance.scoreboard import as_json, as_text
from dryshot.contract import Contract
from dryshot.http import Request, Response
from dryshot.mock import Mock
from dryshot.world import Account
from tests.conformance_kit.rooms import KEY, URL, connected, new_mock, one

TestPlatform = RuntimeStateMachine.for_mock(new_mock).TestCase
TestPlatform.settings = settings(TestPlatform.settings, max_examples=5, derandomize=True)
TestClassic = RuntimeStateMachine.for_mock(new_mock, dialect="classic").TestCase


@pytest.mark.parametrize("name", DIALECTS)
def test_the_mock_breaks_nothing_and_every_operation_is_asked(name: str) -> None:
    findings = examine(URL, KEY, dialects=[name], examples=1, connect=connected(new_mock()))
    assert list(findings) == []
    for document in DIALECTS[name].documents:
        for operation in Contract.load(document).operations.values():
            key = f"{document}.{operation.id}"
            assert findings.verdict(key, "answers"), key
            assert findings.verdict(key, "document"), key
            assert findings.verdict(key, "credentials") is (
                True if operation.authenticated else None
            )
            if operation.body is not None:
                assert findings.verdict(key, "required"), key
    for check in CHECKS:
        assert any(
            findings.verdict(f"{document}.{operation}", check)
            for document in DIALECTS[name].documents
            for operation in Contract.load(document).operations
        ), check


def test_a_refused_key_is_an_error_that_does_not_show_it() -> None:
    mock = Mock(engine=one, accounts=[Account("another-key")])
    with pytest.raises(CouldNotRun) as caught:
        examine(URL, KEY, connect=connected(mock))
    assert KEY not in str(caught.value)


def test_of_a_service_that_has_one_api_the_other_is_what_is_wrong() -> None:
    mock = new_mock()

    def endpoint(request: Request) -> Response:
        classic = request.path.startswith(
            ("/api/users", "/api/version", "/api/Network", "/runtime")
        )
        return mock(request) if classic else Response(404)

    findings = examine(URL, KEY, examples=0, connect=connected(mock, endpoint))
    wrong = {finding.operation for finding in findings}
    assert wrong == {"platform-iam.create_token"}
    assert findings.verdict("legacy-runtime.create_job", "answers")


def test_the_board_shows_verdicts_totals_and_reasons() -> None:
    findings = Findings(("secret",))
    findings.passed("legacy-auth.logout", "answers")
    findings.passed("legacy-auth.logout", "document")
    findings.failed("legacy-auth.logout", "credentials", "it took\n  secret")
    text = as_text(URL, findings, ["legacy-auth"])
    line = next(line for line in text.splitlines() if line.startswith("legacy-auth.logout"))
    assert [line.count(mark) for mark in ("✓", "✗", "–")] == [2, 1, len(CHECKS) - 3]  # noqa: RUF001
    assert line.endswith("2/3")
    assert "2 of 3 checks are good: 66.7 %" in text
    assert text.endswith("  legacy-auth.logout\n    credentials: it took ***\n")
    board = json.loads(as_json(URL, findings, ["legacy-auth"]))
    assert (board["good"], board["checked"], board["percent"]) == (2, 3, 66.7)
    assert board["operations"]["legacy-auth.logout"]["checks"]["credentials"] is False
    assert board["operations"]["legacy-auth.login_with_token"]["checks"]["answers"] is None


def test_a_check_that_failed_once_stays_failed() -> None:
    findings = Findings()
    findings.failed("legacy-auth.logout", "answers", "no")
    findings.passed("legacy-auth.logout", "answers")
    assert findings.verdict("legacy-auth.logout", "answers") is False


def test_services_are_where_their_documents_say() -> None:
    at_home = places("http://127.0.0.1:8787/")
    assert at_home["platform-runtime"] == "http://127.0.0.1:8787/api/v1"
    assert at_home["legacy-runtime"] == "http://127.0.0.1:8787/runtime"
    assert at_home["platform-iam"] == "http://127.0.0.1:8787"
    at_ibm = places("https://eu-de.quantum.cloud.ibm.com")
    assert at_ibm["platform-runtime"] == "https://eu-de.quantum.cloud.ibm.com/api/v1"
    assert at_ibm["platform-iam"] == "https://iam.cloud.ibm.com"
    assert is_ibm("https://quantum.cloud.ibm.com")
    assert not is_ibm("https://ibm.com.example")
    assert is_loopback("http://127.0.0.2:1")
    assert not is_loopback("http://192.0.2.1")
    with pytest.raises(ValueError, match="is not a URL"):
        places("127.0.0.1:8787")
