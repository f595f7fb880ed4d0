from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from dryshot import Account, Mock
from tests.dialects.classic import AUTH, JOB, log_in
from tests.world.worlds import echo

FIXTURES = Path(__file__).parents[2] / "fixtures" / "classic"


def test_logging_in_gives_a_token_for_fourteen_days(http: httpx.Client) -> None:
    login = log_in(http)
    assert set(login) == {"id", "ttl", "created", "userId"}
    assert len(login["id"]) == 64
    assert login["ttl"] == 14 * 86400
    assert login["created"] == "2023-09-11T17:27:46.000Z"
    assert len(login["userId"]) == 24


def test_the_same_api_token_is_the_same_user(http: httpx.Client) -> None:
    first, second, other = log_in(http, "a"), log_in(http, "a"), log_in(http, "b")
    assert first["userId"] == second["userId"] != other["userId"]
    assert first["id"] != second["id"]


def test_declared_accounts_refuse_everyone_else() -> None:
    mock = Mock(engine=echo, accounts=[Account("mine")])
    with httpx.Client(transport=mock.transport()) as http:
        assert log_in(http, "mine")["id"]
        answer = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "yours"})
    assert answer.status_code == 401
    assert answer.json()["error"] == {
        "statusCode": 401,
        "name": "LOGIN_FAILED",
        "message": "Login failed.",
        "code": 3446,
    }
    assert "uber-trace-id" in answer.headers


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{}", "apiToken"),
        (b'{"apiToken": 7}', "apiToken"),
        (b'{"apiToken": "a", "password": "b"}', "password"),
        (b'{"apiToken": ', "JSON"),
        (b"[]", "object"),
        (b"", "body"),
        (b"\xff", "UTF-8"),
    ],
)
def test_a_bad_login_is_told_what_is_wrong(http: httpx.Client, body: bytes, named: str) -> None:
    headers = {"content-type": "application/json"}
    answer = http.post(f"{AUTH}/users/loginWithToken", content=body, headers=headers)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


def test_logging_out_ends_the_token_in_both_services(user: httpx.Client) -> None:
    assert user.get("/backends").status_code == 200
    answer = user.post(f"{AUTH}/users/logout")
    assert (answer.is_success, answer.text) == (True, "")
    assert user.post(f"{AUTH}/users/logout").status_code == 401
    refused = user.post("/jobs", json=JOB)
    assert refused.status_code == 401
    assert refused.content == (FIXTURES / "invalid_credentials.json").read_bytes()


def test_logging_out_leaves_other_tokens_alone(user: httpx.Client) -> None:
    other = log_in(user)["id"]
    assert user.post(f"{AUTH}/users/logout").status_code == 204
    assert user.get("/backends", headers={"x-access-token": other}).status_code == 200


def test_a_token_expires(mock: Mock, user: httpx.Client) -> None:
    mock.clock.advance(14 * 86400 - 5)
    assert user.get("/backends").status_code == 200
    mock.clock.advance(5)
    answer = user.get("/backends")
    assert answer.status_code == 401
    assert answer.content == (FIXTURES / "invalid_credentials.json").read_bytes()


@pytest.mark.parametrize("path", ["/users/nobody", "/", "/users/loginWithToken/"])
def test_an_unknown_path_is_not_found(http: httpx.Client, path: str) -> None:
    answer = http.get(f"{AUTH}{path}")
    assert (answer.status_code, answer.json()["error"]["statusCode"]) == (404, 404)


def test_a_wrong_method_is_told_the_right_one(http: httpx.Client) -> None:
    answer = http.get(f"{AUTH}/users/loginWithToken")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"]["statusCode"] == 405
