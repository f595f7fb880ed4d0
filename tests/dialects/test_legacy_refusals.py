from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot import Account, Mock
from tests.dialects.classic import AUTH, HGP, JOB, RUNTIME, error, log_in, submit
from tests.world.worlds import echo

FIXTURES = Path(__file__).parents[2] / "fixtures" / "classic"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-access-token": ""},
        {"x-access-token": "wrong"},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic wrong"},
        {"authorization": "Bearer"},
    ],
)
def test_without_a_good_token_nothing_is_told(http: httpx.Client, headers: dict[str, str]) -> None:
    for method, path in [("GET", "/backends"), ("POST", "/jobs"), ("GET", "/jobs/x/results")]:
        answer = http.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.content == (FIXTURES / "invalid_credentials.json").read_bytes()


@pytest.mark.parametrize("token", ["access", "api"])
@pytest.mark.parametrize("header", ["x-access-token", "authorization"])
def test_either_credential_may_come_in_either_header(token: str, header: str) -> None:
    mock = Mock(engine=echo, accounts=[Account("mine")])
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        value = log_in(http, "mine")["id"] if token == "access" else "mine"
        shown = f"Bearer {value}" if header == "authorization" else value
        assert http.get("/backends", headers={header: shown}).status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"program_id": None}, 1208, "program_id"),
        ({"program_id": 3}, 1208, "program_id"),
        ({"backend": None}, 1208, "backend"),
        ({"backend": ["ibm_wellington"]}, 1208, "backend"),
        ({"backend": "ibm_nowhere"}, 1216, "ibm_nowhere"),
        ({"params": None}, 1208, "params"),
        ({"params": {}}, 1208, "params.circuits"),
        ({"params": {"circuits": []}}, 1208, "params.circuits"),
        ({"params": {"circuits": [7]}}, 1208, "params.circuits"),
        ({"params": {"circuits": ["x"], "shotz": 1}}, 1208, "shotz"),
        ({"hub": "h"}, 1208, "group"),
        ({"tags": ["x"] * 9}, 1204, "tags"),
        ({"tags": ["x" * 25]}, 1205, "tags"),
        ({"tags": "x"}, 1208, "tags"),
        ({"cost": 0}, 1208, "cost"),
        ({"cost": "long"}, 1208, "cost"),
        ({"log_level": "LOUD"}, 1208, "log_level"),
        ({"start_session": "yes"}, 1208, "start_session"),
        ({"session_id": "none"}, 1208, "session_id"),
        ({"color": "red"}, 1208, "color"),
    ],
)
def test_a_bad_submission_is_told_which_field(
    user: httpx.Client, change: dict[str, Any], code: int, named: str
) -> None:
    body = {key: value for key, value in (JOB | change).items() if value is not None}
    status, got, message = error(user.post("/jobs", json=body))
    assert (status, got) == (400, code)
    assert named in message
    assert user.get("/jobs").json()["count"] == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a":NaN}', b"[" * 100_000]
)
def test_what_is_no_json_object_is_refused(user: httpx.Client, body: bytes) -> None:
    status, code, _ = error(user.post("/jobs", content=body))
    assert (status, code) == (400, 1208)
    assert user.get("/jobs").json()["count"] == 0


def test_another_content_type_is_refused(user: httpx.Client) -> None:
    status, code, message = error(user.post("/jobs", data={"program_id": "sampler"}))
    assert (status, code) == (400, 1208)
    assert "content-type must be application/json" in message


def test_an_unknown_program_is_not_found(user: httpx.Client) -> None:
    status, code, message = error(user.post("/jobs", json=JOB | {"program_id": "nothing"}))
    assert (status, code) == (404, 1300)
    assert "nothing" in message


def test_an_oversized_body_is_refused() -> None:
    mock = Mock(engine=echo, max_body_bytes=100)
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        status, code, message = error(http.post("/jobs", json=JOB))
    assert (status, code) == (400, 1208)
    assert "at most 100" in message
    assert not mock.world.jobs


def test_another_ones_instance_is_forbidden() -> None:
    mine = Account("mine", instances={"h/g/p": ["ibm_wellington"]})
    mock = Mock(engine=echo, accounts=[mine])
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http, "mine")["id"]
        status, code, message = error(http.post("/jobs", json=JOB | HGP))
        assert (status, code) == (403, 1200)
        assert "ibm-q-internal" in message
        assert http.get("/backends").json()["devices"] == ["ibm_wellington"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/jobs/{}", None),
        ("GET", "/jobs/{}/results", None),
        ("GET", "/jobs/{}/logs", None),
        ("GET", "/jobs/{}/metrics", None),
        ("POST", "/jobs/{}/cancel", None),
        ("PUT", "/jobs/{}/tags", {"tags": []}),
        ("DELETE", "/jobs/{}", None),
    ],
)
def test_an_unknown_job_and_another_ones_job_are_not_found(
    user: httpx.Client, method: str, path: str, body: Any
) -> None:
    theirs = submit(user)
    other = {"x-access-token": log_in(user, "someone else")["id"]}
    for job_id in ("nothing", theirs):
        status, code, message = error(
            user.request(method, path.format(job_id), json=body, headers=other)
        )
        assert (status, code, message) == (404, 1291, f"Job not found. Job ID: {job_id}")
    assert user.get("/jobs").json()["count"] == 1


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"pending": "maybe"}, "pending"),
        ({"sort": "UP"}, "sort"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_before": "2016-12-31T23:59:60Z"}, "created_before"),
        ({"provider": "h/g"}, "provider"),
        ({"exclude_params": "1.5"}, "exclude_params"),
    ],
)
def test_a_bad_query_is_told_which_parameter(
    user: httpx.Client, query: dict[str, Any], named: str
) -> None:
    status, code, message = error(user.get("/jobs", params=query))
    assert (status, code) == (400, 1208)
    assert named in message


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/programs", "GET, POST"),
        ("PATCH", "/jobs", "GET, POST"),
        ("HEAD", "/backends", "GET"),
        ("PUT", "/jobs/x", "DELETE, GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    user: httpx.Client, method: str, path: str, allowed: str
) -> None:
    answer = user.request(method, path)
    assert answer.status_code == 405
    assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")
    if method != "HEAD":
        assert error(answer)[:2] == (405, 405)


@pytest.mark.parametrize("path", ["/", "/nothing", "/jobs/a/b/c", "//jobs", "/jobs/"])
def test_an_unknown_path_is_not_found(user: httpx.Client, path: str) -> None:
    assert error(user.get(f"{RUNTIME}{path}"))[:2] == (404, 404)


@pytest.mark.parametrize(
    "base",
    [
        "https://api.quantum-computing.ibm.com/runtime",
        "https://api.quantum.ibm.com/runtime",
        "http://127.0.0.1:8787/runtime",
        "http://127.0.0.1:8787",
    ],
)
def test_the_later_hosts_and_any_other_speak_the_same(user: httpx.Client, base: str) -> None:
    assert user.get(f"{base}/backends").status_code == 200
    assert error(user.get("https://api.quantum.ibm.com/backends"))[:2] == (404, 404)
    auth = AUTH if "ibm.com" in base else "http://127.0.0.1:8787/api"
    assert user.post(f"{auth}/users/logout").status_code == 204
    assert user.get(f"{base}/backends").status_code == 401
