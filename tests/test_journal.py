"""The journal is asked for requests, and says why one that was expected is not among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dryshot import Mock
from dryshot.journal.differences import ABSENT, Difference, differences
from tests.dialects.classic import JOB, RUNTIME, log_in, submit
from tests.world.worlds import echo

KEY = "a-key-that-nobody-may-see-0001"


@pytest.fixture
def mock() -> Mock:
    return Mock(engine=echo)


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http, KEY)["id"]
        yield http


def numbers(mock: Mock, **wants: Any) -> list[int]:
    return [entry.sequence for entry in mock.journal.requests(**wants)]


def test_requests_are_found_by_what_was_asked_and_answered(mock: Mock, http: httpx.Client) -> None:
    job = submit(http, tags=["one"])  # 2
    http.get(f"/jobs/{job}")  # 3
    http.get("/jobs", params={"limit": 5, "pending": "true"})  # 4
    http.post("/jobs", json={"program_id": "sampler"})  # 5
    http.get("/no/such%20thing")  # 6
    assert numbers(mock) == [1, 2, 3, 4, 5, 6]
    assert numbers(mock, operation="create_job") == [2, 5]
    assert numbers(mock, operation="create_job", status=200) == [2]
    assert numbers(mock, status=range(400, 500)) == [5, 6]
    assert numbers(mock, status={200, 404}, method="get") == [3, 4, 6]
    assert numbers(mock, path="/jobs/*") == [3]
    assert numbers(mock, path="/no/such thing") == [6]
    assert numbers(mock, path=re.compile("^/jobs$")) == [2, 4, 5]
    assert numbers(mock, query={"limit": 5, "pending": True}) == [4]
    assert numbers(mock, query={"limit": 6}) == []
    assert numbers(mock, headers={"X-Access-Token": http.headers["x-access-token"]}) == [
        *range(2, 7)
    ]
    assert numbers(mock, body={"tags": ["one"], "params": {}}) == [2]
    assert numbers(mock, body={"tags": ["one", "two"]}) == []
    assert numbers(mock, body=lambda sent: sent and "tags" not in sent) == [1, 5]
    assert numbers(mock, body=b'{"program_id":"sampler"}') == [5]
    assert numbers(mock, origin="recorded") == []
    third = mock.journal.requests(operation="get_job")[0]
    assert numbers(mock, since=third) == numbers(mock, since=3) == [4, 5, 6]
    assert numbers(mock, since=third.at) == [3, 4, 5, 6]
    assert numbers(mock, since=third.at + timedelta(days=1)) == []


def test_an_entry_has_all_that_there_is_to_know(mock: Mock, http: httpx.Client) -> None:
    http.post("/jobs", json=JOB | {"tags": ["x" * 90]})
    (entry,) = mock.journal.requests(operation="create_job")
    assert (entry.method, entry.path, entry.status) == ("POST", "/jobs", 400)
    assert entry.sent["tags"] == ["x" * 90]
    assert entry.received["errors"][0]["code"] == 1205
    assert [(one.location, one.field, one.rule) for one in entry.problems] == [
        ("body", "tags[0]", "maxLength")
    ]
    assert entry.at == mock.clock.now()
    assert (entry.fault, entry.origin) == (None, "mock")
    assert KEY not in repr(mock.journal.requests())


def test_what_the_world_refuses_is_a_problem_too(mock: Mock, http: httpx.Client) -> None:
    http.post("/jobs", json=JOB | {"cost": 10**9})
    http.get("/jobs/none")
    refused, missing = mock.journal.requests(status=range(400, 500))
    assert [one.field for one in refused.problems] == ["cost"]
    assert missing.problems == ()


def test_a_fault_that_struck_is_found(mock: Mock, http: httpx.Client) -> None:
    fault = mock.faults.fail(500, operation="list_jobs")
    http.get("/jobs")
    http.get("/jobs")
    assert numbers(mock, fault=True) == numbers(mock, fault=fault.name) == [2]
    assert numbers(mock, fault="fail *") == [2]
    assert numbers(mock, operation="list_jobs", fault=False) == [3]


@pytest.mark.parametrize(
    ("wants", "text"),
    [
        ({"operation": "creat_job"}, "did you mean 'create_job'"),
        ({"origin": "somebody"}, "origin is 'somebody'"),
        ({"status": "200"}, "status is of type str"),
        ({"since": "yesterday"}, "since is of type str"),
        ({"headers": "accept"}, "headers is of type str"),
    ],
)
def test_what_cannot_be_wanted_is_named(mock: Mock, wants: dict[str, Any], text: str) -> None:
    with pytest.raises((TypeError, ValueError), match=text):
        mock.journal.requests(**wants)
    with pytest.raises((TypeError, ValueError), match=text):
        mock.journal.assert_not_requested(**wants)


def test_assertions_hold_for_what_was_asked(mock: Mock, http: httpx.Client) -> None:
    job = submit(http)
    assert mock.journal.assert_requested(operation="create_job")[0].received["id"] == job
    assert mock.journal.assert_requested(operation="create_job", times=1)
    mock.journal.assert_not_requested(operation="delete_job")


def failure(mock: Mock, **wants: Any) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        mock.journal.assert_requested(**wants)
    return [line.strip() for line in str(caught.value).splitlines()]


def test_a_call_that_did_not_come_is_held_against_the_nearest(
    mock: Mock, http: httpx.Client
) -> None:
    http.get("/programs")
    submit(http, tags=["a"], params={"circuits": ["x"], "run_options": {"shots": 100}})
    http.post("/jobs", json={"program_id": "sampler"})
    wanted = {"params": {"run_options": {"shots": 200}}, "tags": ["a"]}
    lines = failure(mock, operation="create_job", status=200, body=wanted)
    assert lines[0].startswith("expected a request with operation 'create_job', status 200, body ")
    assert lines[0].endswith(" at least once; of 4 requests, none is one")
    assert lines[2].startswith("#3 POST /jobs -> 200 (create_job) at 2023-09-11T")
    assert lines[3] == "body/params/run_options/shots: 200 != 100"
    assert lines[4].startswith("#4 POST /jobs -> 400 (create_job)")
    assert lines[5:10] == [
        "status: 200 != 400",
        'body/params: {"run_options": {"shots": 200}} != nothing',
        'body/tags: ["a"] != nothing',
        "it was refused: backend is required",
        "it was refused: params is required",
    ]
    assert lines[10].startswith("#2 GET /programs -> 200")


def test_calls_that_came_too_often_are_listed(mock: Mock, http: httpx.Client) -> None:
    for _ in range(15):
        http.get("/programs")
    lines = failure(mock, operation="list_programs", times=0)
    assert lines[0].endswith("never; of 16 requests, 15 are:")
    assert lines[1].startswith("#2 GET /programs -> 200")
    assert lines[-1] == "... and 3 more"
    with pytest.raises(AssertionError, match="15 are:"):
        mock.journal.assert_not_requested(operation="list_programs")
    assert "expected any request once" in failure(mock, times=1)[0]


def test_no_key_and_no_token_is_in_an_error(mock: Mock, http: httpx.Client) -> None:
    token = http.headers["x-access-token"]
    padding = "p" * 100
    http.post("/jobs", json={"note": token, "padding": padding, "program_id": KEY})
    texts = [
        failure(mock, operation="login_with_token", body={"apiToken": "another"}),
        failure(mock, operation="login_with_token", body=[1]),
        failure(mock, operation="create_job", headers={"x-access-token": "another"}),
        failure(mock, operation="create_job", body={"program_id": "sampler", "note": "no"}),
        failure(mock, operation="create_job", body={"note": f"{padding}{token}"}),
        failure(mock, operation="create_job", body="anything"),
        failure(mock, path=f"*{KEY}"),
    ]
    said = "\n".join(line for lines in texts for line in lines)
    for secret in (KEY, token):
        parts = {secret[start : start + 12] for start in range(len(secret) - 11)}
        assert not [part for part in parts if part in said]
    assert "body/apiToken: it is another one; credentials are not shown" in said


def test_differences_are_named_by_their_places() -> None:
    one = {"a": [1, {"b": True}], "c": "same", "d": None}
    other = {"a": [1, {"b": 1}, 3], "c": "same", "e": 0}
    assert list(differences(one, other)) == [
        Difference("a/1/b", True, 1),
        Difference("a/2", ABSENT, 3),
        Difference("d", None, ABSENT),
        Difference("e", ABSENT, 0),
    ]
    assert list(differences({"a": {}}, {"a": {"b": 1}, "c": 2}, partial=True)) == []
    whole = list(differences({"a": [1]}, {"a": [2]}, "x", whole=lambda value: value in ([1], [2])))
    assert whole == [Difference("x/a", [1], [2])]
