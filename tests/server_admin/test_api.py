from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from dryshot.server.admin import Admin, application
from dryshot.server.admin.api import Api
from dryshot.server.admin.feed import Tenants
from tests.server_admin.rooms import HEADERS, PLATFORM, TOKEN, Pair, bearer, classic, submit


def call(admin: Admin, method: str, path: str, **settings: Any) -> httpx.Response:
    """One call without a network."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(admin)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8787/_dryshot/api"
        ) as client:
            return await client.request(method, path, **({"headers": HEADERS} | settings))

    return asyncio.run(run())


def get(admin: Admin, path: str) -> Any:
    answer = call(admin, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_document_is_valid_openapi() -> None:
    validate(json.loads(json.dumps(Api(Tenants(Pair())).contract.document)))


def test_health_needs_no_token_and_everything_else_does(admin: Admin) -> None:
    answer = call(admin, "GET", "/health", headers={})
    assert (answer.status_code, answer.json()["tenants"]) == (200, 2)
    for path in ("/tenants", "/tenants/alice/journal", "/events?tenant=alice", "/nothing"):
        for headers in ({}, {"X-Dryshot-Token": "wrong"}, {"X-Dryshot-Token": ""}):
            refused = call(admin, "GET", path, headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token_needed")


def test_tenants_are_told_by_name_only(admin: Admin) -> None:
    assert get(admin, "/tenants") == {"tenants": ["alice", "bob"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/nothing", None, 404, "nothing at"),
        ("PUT", "/tenants", None, 405, "GET"),
        ("GET", "/tenants/carol/jobs", None, 404, "no tenant 'carol'"),
        ("GET", "/tenants/alice/journal/7", None, 404, "no exchange 7"),
        ("GET", "/tenants/alice/journal?limit=0", None, 400, "limit"),
        ("GET", "/tenants/alice/journal?status=abc", None, 400, "status"),
        ("POST", "/reset", {"tenant": "carol"}, 404, "no tenant 'carol'"),
        ("POST", "/tenants/alice/clock/advance", {"seconds": -1}, 400, "seconds"),
        ("POST", "/tenants/alice/clock/advance", {"seconds": 3.1e9 * 80}, 400, "seconds"),
        ("POST", "/tenants/alice/clock/advance", {}, 400, "seconds"),
        ("POST", "/tenants/alice/clock/advance_to", {"instant": "then"}, 400, "instant"),
        (
            "POST",
            "/tenants/alice/clock/advance_to",
            {"instant": "2001-01-01T00:00:00Z"},
            400,
            "cannot go back",
        ),
        ("POST", "/tenants/alice/faults", {"status": 399}, 400, "status"),
    ],
)
def test_errors_have_one_shape_and_say_what_is_wrong(
    admin: Admin, method: str, path: str, body: Any, status: int, words: str
) -> None:
    answer = call(admin, method, path, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (status, status)
    assert set(error) == {"status", "code", "message", "problems"}
    assert words in error["message"]
    assert bool(error["problems"]) == (status == 400)


def test_a_body_that_is_too_large_is_refused(admin: Admin) -> None:
    answer = call(admin, "POST", "/reset", content=b" " * 70_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_the_clock_is_read_frozen_and_moved(admin: Admin, tenancy: Pair) -> None:
    before = get(admin, "/tenants/alice/clock")
    assert before == {"now": "2023-09-11T17:27:45.000000Z", "frozen": False}
    assert call(admin, "POST", "/tenants/alice/clock/freeze").json()["frozen"] is True
    moved = call(admin, "POST", "/tenants/alice/clock/advance", json={"seconds": 3600}).json()
    assert moved == {"now": "2023-09-11T18:27:45.000000Z", "frozen": True}
    instant = {"instant": "2024-01-01T00:00:00Z"}
    moved = call(admin, "POST", "/tenants/alice/clock/advance_to", json=instant).json()
    assert moved["now"] == "2024-01-01T00:00:00.000000Z"
    assert call(admin, "POST", "/tenants/alice/clock/unfreeze").json()["frozen"] is False
    assert tenancy.mock("bob").clock.now().year == 2023


def test_the_journal_is_asked_by_operation_status_and_number(admin: Admin, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        headers = classic(http)
        submit(http, headers)
        submit(http, headers, params="wrong")
        submit(http, headers)
    path = "/tenants/alice/journal"

    def found(query: str) -> list[int]:
        return [entry["sequence"] for entry in get(admin, path + query)["exchanges"]]

    assert found("") == [1, 2, 3, 4]
    assert found("?operation=create_job") == [2, 3, 4]
    assert found("?status=400") == [3]
    assert found("?status=2xx&since=1&limit=1") == [2]
    assert found("?newest=true&limit=2") == [3, 4]
    assert get(admin, "/tenants/bob/journal") == {"last": 0, "first": 0, "exchanges": []}


def test_a_refused_request_is_shown_with_what_is_wrong_with_it(admin: Admin, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        submit(http, classic(http), params="wrong")
    entry = get(admin, "/tenants/alice/journal/2")
    assert [problem["field"] for problem in entry["problems"]] == ["params"]
    assert entry["request"]["body"]["value"]["params"] == "wrong"
    assert entry["request"]["headers"]["x-access-token"] == "[hidden]"
    assert get(admin, "/tenants/alice/journal?bodies=true")["exchanges"][1] == entry


def test_jobs_of_both_apis_sessions_and_instances_are_shown(admin: Admin, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        job = submit(http, classic(http), tags=["blue"], start_session=True).json()["id"]
        headers = bearer(http)
        crns = [one["crn"] for one in get(admin, "/tenants/alice/instances")["instances"]]
        headers["Service-CRN"] = crns[-1]  # of the account that came last, the premium plan
        body = {"mode": "batch", "backend": "ibm_fez"}
        opened = http.post(f"{PLATFORM}/sessions", headers=headers, json=body)
        assert opened.status_code == 200, opened.text
    jobs = get(admin, "/tenants/alice/jobs")
    assert jobs["total"] == 1
    assert {key: jobs["jobs"][0][key] for key in ("id", "dialect", "tags", "session")} == {
        "id": job,
        "dialect": "classic",
        "tags": ["blue"],
        "session": job,
    }
    sessions = get(admin, "/tenants/alice/sessions")["sessions"]
    assert {one["id"] for one in sessions} == {job, opened.json()["id"]}
    assert get(admin, "/tenants/bob/jobs") == {"total": 0, "jobs": []}
    assert get(admin, "/tenants/bob/instances") == {"instances": []}


def test_faults_are_set_listed_and_cleared(admin: Admin, tenancy: Pair) -> None:
    fault = {"status": 429, "operation": "create_job", "times": 2, "retry_after": 3}
    answer = call(admin, "POST", "/tenants/alice/faults", json=fault)
    assert answer.json()["faults"] == [
        {
            "number": 1,
            "name": "fail 429",
            "kind": "fail",
            "status": 429,
            "operation": "create_job",
            "seen": 0,
            "hits": 0,
            "left": 2,
            "retry_after": 3,
            "fault": {"kind": "fail", **fault},
        }
    ]
    with tenancy.client("alice") as http:
        assert submit(http, classic(http)).status_code == 429
    assert get(admin, "/tenants/alice/faults")["faults"][0]["left"] == 1
    assert get(admin, "/tenants/bob/faults") == {"faults": []}
    assert call(admin, "DELETE", "/tenants/alice/faults").json() == {"faults": []}
    with tenancy.client("alice") as http:
        assert submit(http, classic(http)).status_code == 200


def test_one_tenant_or_all_begin_anew(admin: Admin, tenancy: Pair) -> None:
    for name in tenancy.names():
        with tenancy.client(name) as http:
            classic(http)
    answer = call(admin, "POST", "/reset", json={"tenant": "alice"})
    assert answer.json() == {"reset": ["alice"]}
    assert get(admin, "/tenants/alice/journal")["last"] == 0
    assert get(admin, "/tenants/bob/journal")["last"] == 1
    assert call(admin, "POST", "/reset").json() == {"reset": ["alice", "bob"]}
    assert get(admin, "/tenants/bob/journal")["last"] == 0


def test_a_token_is_needed_to_make_one() -> None:
    with pytest.raises(ValueError, match="empty"):
        application(Pair(), token="")
    assert TOKEN not in repr(application(Pair(), token=TOKEN))
