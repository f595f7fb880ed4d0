from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dryshot.mock import Mock
from dryshot.world import Account, Job, Pace
from tests.dialects.classic import AUTH, JOB, RUNTIME, error, log_in, submit
from tests.world.worlds import echo

OPEN = "ibm-q/open/main"
PREMIUM = "hub/group/project"
ACCOUNT = Account("mine", instances={OPEN: ["ibm_perth"], PREMIUM: ["ibm_perth", "ibm_hanoi"]})
PUBLIC = {"hub": "ibm-q", "group": "open", "project": "main"}
PRIVATE = {"hub": "hub", "group": "group", "project": "project", "backend": "ibm_hanoi"}
CIRCUIT = "OPENQASM 2.0; qreg q[1]; creg c[1]; x q[0]; measure q[0] -> c[0];"


@pytest.fixture
def mock() -> Mock:
    accounts = [ACCOUNT, Account("other", instances=ACCOUNT.instances)]
    return Mock(engine=echo, accounts=accounts, pace=pace_of)


def pace_of(job: Job) -> Pace:
    """Those without tags on one device wait long, the others hardly."""
    return Pace(90 if job.backend == "ibm_perth" and not job.tags else 1.5, 2)


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as client:
        yield client


@pytest.fixture
def user(http: httpx.Client) -> httpx.Client:
    http.headers["x-access-token"] = log_in(http, "mine")["id"]
    return http


@pytest.fixture
def jobs(user: httpx.Client, mock: Mock) -> list[str]:
    """One that ran on each instance, one in a session, and one that waits."""
    made = [
        submit(user, backend="ibm_perth", tags=["a"], **PUBLIC),
        submit(user, tags=["b", "a"], **PRIVATE),
        submit(user, start_session=True, **PRIVATE),
    ]
    mock.clock.advance(10)
    return [*made, submit(user, backend="ibm_perth", **PUBLIC)]


def read(user: httpx.Client, path: str, **query: Any) -> Any:
    answer = user.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_usage_is_told_of_the_month_by_instance(
    user: httpx.Client, mock: Mock, jobs: list[str]
) -> None:
    assert read(user, "/usage") == {
        "period": {"start": "2023-09-01T00:00:00.000Z", "end": "2023-10-01T00:00:00.000Z"},
        "byInstance": [
            {"instance": OPEN, "quota": 600, "usage": 2, "pendingJobs": 1, "maxPendingJobs": 3},
            {
                "instance": PREMIUM,
                "quota": None,
                "usage": 4,
                "pendingJobs": 0,
                "maxPendingJobs": None,
            },
        ],
    }
    assert user.delete(f"/jobs/{jobs[0]}").status_code == 204
    assert [one["usage"] for one in read(user, "/usage")["byInstance"]] == [2, 4]
    mock.clock.advance(30 * 86400)
    user.headers["x-access-token"] = log_in(user, "mine")["id"]
    assert [one["usage"] for one in read(user, "/usage")["byInstance"]] == [0, 0]


def test_anothers_usage_is_not_told(user: httpx.Client, jobs: list[str]) -> None:
    assert jobs
    user.headers["x-access-token"] = log_in(user, "other")["id"]
    usage = read(user, "/usage")["byInstance"]
    assert [(one["usage"], one["pendingJobs"]) for one in usage] == [(0, 0), (0, 0)]
    assert read(user, "/workloads/me") == {"workloads": []}
    assert read(user, "/analytics/usage")["jobs"] == 0
    assert read(user, "/facade/v1/jobs")["count"] == 0


def test_instances_are_told_with_their_plans(user: httpx.Client) -> None:
    assert read(user, "/instances") == {
        "instances": [{"name": OPEN, "plan": "open"}, {"name": PREMIUM, "plan": "premium"}]
    }


def test_workloads_are_sessions_and_jobs_that_are_in_none(
    user: httpx.Client, jobs: list[str]
) -> None:
    first = read(user, "/workloads/me", limit=3)
    assert [(one["id"], one["mode"], one["status"]) for one in first["workloads"]] == [
        (jobs[3], "job", "pending"),
        (jobs[2], "session", "in_progress"),
        (jobs[1], "job", "completed"),
    ]
    rest = user.get(first["next"]["href"]).json()
    assert [one["id"] for one in rest["workloads"]] == [jobs[0]]
    one = rest["workloads"][0]
    assert (one["user_id"], one["usage_seconds"], one["tags"]) == (ACCOUNT.id, 2.0, ["a"])
    assert one["instance"] == OPEN
    back = user.get(rest["previous"]["href"]).json()
    assert [one["id"] for one in back["workloads"]] == [jobs[3], jobs[2], jobs[1]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"mode": "session"}, [2]),
        ({"status": "completed", "sort": "ASC"}, [0, 1]),
        ({"backend": "ibm_hanoi", "sort": "ASC"}, [1, 2]),
        ({"tags": ["a", "b"]}, [1]),
        ({"search": "b"}, [1]),
        ({"created_after": "2024-01-01T00:00:00Z"}, []),
    ],
)
def test_workloads_can_be_filtered(
    user: httpx.Client, jobs: list[str], query: dict[str, Any], found: list[int]
) -> None:
    if "search" in query:
        query = {"search": jobs[1]}
    workloads = read(user, "/workloads/me", **query)["workloads"]
    assert [one["id"] for one in workloads] == [jobs[index] for index in found]


@pytest.mark.parametrize("path", ["/workloads/admin", "/admin/jobs/x/metrics"])
def test_nobody_is_an_administrator(user: httpx.Client, path: str) -> None:
    refused = error(user.get(path))
    assert refused == (403, 1200, "This account administers no instance")


def test_figures_are_told_whole_by_instance_and_by_day(
    user: httpx.Client, mock: Mock, jobs: list[str]
) -> None:
    total = read(user, "/analytics/usage")
    assert (total["jobs"], total["individual_jobs"], total["dedicated_sessions"]) == (4, 3, 1)
    assert total["individual_jobs_usage"] == 4000.0
    grouped = read(user, "/analytics/usage-grouped")["data"]
    assert [(one["key"], one["jobs"]) for one in grouped] == [(PREMIUM, 2), (OPEN, 2)]
    by_backend = read(user, "/analytics/usage-grouped", group_by="backend")["data"]
    assert [(one["key"], one["jobs"]) for one in by_backend] == [("ibm_hanoi", 2), ("ibm_perth", 2)]
    mock.clock.advance(86400)
    submit(user, backend="ibm_perth", **PUBLIC)
    days = read(user, "/analytics/usage-grouped-by-date", instance=OPEN)["data"]
    assert [(one["key"], one["interval_start"], one["jobs"]) for one in days] == [
        (OPEN, "2023-09-11T00:00:00.000Z", 2),
        (OPEN, "2023-09-12T00:00:00.000Z", 1),
    ]
    since = read(
        user, "/analytics/usage", interval_start="2023-09-12T00:00:00Z", backend="ibm_perth"
    )
    assert since["jobs"] == 1
    assert read(user, "/analytics/filters") == {
        "backends": [{"name": "ibm_hanoi"}, {"name": "ibm_perth"}],
        "instances": [{"id": OPEN, "deleted": False}, {"id": PREMIUM, "deleted": False}],
    }
    assert len(jobs) == 4


def test_an_interval_that_ends_before_it_starts_is_refused(user: httpx.Client) -> None:
    query = {"interval_start": "2023-09-12T00:00:00Z", "interval_end": "2023-09-11T00:00:00Z"}
    status, code, message = error(user.get("/analytics/usage", params=query))
    assert (status, code) == (400, 1208)
    assert "interval_end" in message


def test_the_facade_shows_jobs_its_own_way(user: httpx.Client, jobs: list[str]) -> None:
    page = read(user, "/facade/v1/jobs", limit=1, offset=3)
    assert (page["count"], page["limit"], page["offset"]) == (4, 1, 3)
    assert page["items"][0] | {"endTime": "then"} == {
        "id": jobs[0],
        "hub": "ibm-q",
        "group": "open",
        "project": "main",
        "backend": "ibm_perth",
        "status": "Completed",
        "created": "2023-09-11T17:27:47.000000Z",
        "type": "RUNTIME",
        "tags": ["a"],
        "name": "",
        "runMode": "job",
        "private": False,
        "endTime": "then",
        "state": {"status": "Completed", "reason": ""},
        "program": {"id": "sampler"},
        "runtime": "",
        "sessionId": None,
    }
    assert read(user, "/facade/v1/jobs/tags") == {"tags": ["a", "b"]}
    assert user.get(f"/facade/v1/jobs/{jobs[0]}/type").text == '{"type":"RUNTIME"}'
    assert error(user.get("/facade/v1/jobs/nothing/type"))[:2] == (404, 1291)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"backend": "ibm_hanoi,ibm_kyiv", "sort": "ASC"}, [1, 2]),
        ({"pending": True}, [3]),
        ({"provider": OPEN, "pending": False}, [0]),
        ({"tags": "b"}, [1]),
        ({"search": "b", "backend": "ibm_hanoi", "tags": "a"}, [1]),
        ({"composerOnly": True}, []),
        ({"composerFile": "x"}, []),
    ],
)
def test_the_facade_filters_jobs(
    user: httpx.Client, jobs: list[str], query: dict[str, Any], found: list[int]
) -> None:
    items = read(user, "/facade/v1/jobs", **query)["items"]
    assert [one["id"] for one in items] == [jobs[index] for index in found]


def test_the_facade_takes_jobs_too(user: httpx.Client) -> None:
    answer = user.post("/facade/v1/jobs", json=JOB | PRIVATE)
    made = answer.json()["id"]
    assert answer.text == f'{{"id":"{made}","backend":"ibm_hanoi"}}'
    assert user.get(f"/jobs/{made}").status_code == 200


def test_a_slash_after_backends_makes_no_difference(user: httpx.Client) -> None:
    for base in (RUNTIME, "https://api.quantum-computing.ibm.com/runtime"):
        for query in ({}, {"provider": PREMIUM}):
            plain = user.get(f"{base}/backends", params=query)
            assert user.get(f"{base}/backends/", params=query).text == plain.text
    assert read(user, "/backends/", provider=PREMIUM) == {"devices": ["ibm_perth", "ibm_hanoi"]}


def test_there_are_no_interim_results(user: httpx.Client, jobs: list[str]) -> None:
    answer = user.get(f"/jobs/{jobs[0]}/interim_results")
    assert (answer.status_code, answer.text) == (204, "")
    assert error(user.get("/jobs/nothing/interim_results"))[:2] == (404, 1291)


def test_transpiled_circuits_are_kept_of_circuit_runner_only(
    user: httpx.Client, mock: Mock, jobs: list[str]
) -> None:
    runner = PRIVATE | {"program_id": "circuit-runner"}
    made = submit(user, **runner, params={"circuits": [CIRCUIT]})
    as_is = submit(user, **runner, params={"circuits": [CIRCUIT], "skip_transpilation": True})
    waiting = user.get(f"/jobs/{made}/transpiled_circuits")
    assert waiting.status_code == 404
    mock.clock.advance(10)
    url = read(user, f"/jobs/{made}/transpiled_circuits")["url"]
    del user.headers["x-access-token"]
    stored = user.get(url)
    wanted = {"transpiled_circuits": {"qpy": [], "qasm2": [CIRCUIT]}}
    assert (stored.status_code, stored.text) == (200, json.dumps(wanted, separators=(",", ":")))
    assert error(user.get(url.replace("signature=", "signature=0")))[:2] == (404, 1291)
    user.headers["x-access-token"] = log_in(user, "mine")["id"]
    for other in (jobs[0], as_is):
        assert error(user.get(f"/jobs/{other}/transpiled_circuits")) == (
            404,
            1291,
            f"No transpiled circuits found. Job ID: {other}",
        )


def test_the_auth_api_is_not_the_runtime(user: httpx.Client) -> None:
    assert user.get(f"{AUTH}/usage").status_code == 404
