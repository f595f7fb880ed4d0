from __future__ import annotations

from typing import Any

import httpx
import pytest

from dryshot.mock import Mock
from dryshot.world import Account
from tests.dialects.classic import AUTH, JOB, RUNTIME, error, log_in
from tests.world.worlds import echo

API_TOKEN = "0123456789abcdef" * 8
DEAD = (
    '{"errors":[{"code":1201,"message":"Invalid credentials.",'
    '"solution":"Verify your credentials and try again.",'
    '"more_info":"https://docs.quantum-computing.ibm.com/errors"}]}'
)
OLD, LATER = RUNTIME, "https://api.quantum-computing.ibm.com/runtime"


def test_a_user_is_told_who_he_is_in_the_recorded_order(user: httpx.Client) -> None:
    answer = user.get(f"{AUTH}/users/me")
    assert answer.status_code == 200
    assert list(answer.json()) == [
        *("email", "username", "userType", "firstName", "lastName", "institution", "roles"),
        *("ibmQNetwork", "qNetworkRoles", "servicesRoles", "canScheduleBackends", "applications"),
        *("urls", "subscriptions", "needsRefill", "emailVerified", "terms", "iqxPreferences"),
        *("loginAccounts", "readOnly", "id"),
    ]
    assert answer.json()["id"] == log_in(user)["userId"]


@pytest.mark.parametrize(
    ("asked", "auth", "runtime"),
    [
        (AUTH, AUTH, RUNTIME),
        (RUNTIME, AUTH, RUNTIME),
        (LATER, AUTH, LATER),
        ("http://127.0.0.1:8787/api", "http://127.0.0.1:8787/api", "http://127.0.0.1:8787"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787/api", "http://127.0.0.1:8787"),
        ("http://mock:8080/runtime", "http://mock:8080/api", "http://mock:8080/runtime"),
    ],
)
def test_the_services_are_where_the_caller_came_from(
    user: httpx.Client, asked: str, auth: str, runtime: str
) -> None:
    urls = user.get(f"{asked}/users/me").json()["urls"]
    assert urls == {
        "http": auth,
        "ws": f"{runtime.replace('http', 'ws', 1)}/",
        "services": {"quantumLab": "", "runtime": runtime, "extractorsService": ""},
    }
    assert user.get(f"{urls['http']}/Network").status_code == 200
    assert user.get(f"{urls['services']['runtime']}/backends").status_code == 200


def test_the_version_is_told_to_everyone(http: httpx.Client) -> None:
    answer = http.get(f"{AUTH}/version")
    assert (answer.status_code, answer.text) == (200, '{"api-auth":"0.174.0"}')
    assert answer.headers["uber-trace-id"]


def test_hubs_are_the_accounts_instances_and_the_open_one_is_the_default() -> None:
    instances = {"hub/g/p": ["ibm_perth", "ibm_perth"], "hub/g/q": [], "ibm-q/open/main": []}
    mock = Mock(engine=echo, accounts=[Account("mine", instances=instances)])
    with httpx.Client(transport=mock.transport()) as http:
        http.headers["x-access-token"] = log_in(http, "mine")["id"]
        hubs = http.get(f"{AUTH}/Network").json()
    projects = {
        (hub["name"], group["name"], project["name"]): project
        for hub in hubs
        for group in hub["groups"].values()
        for project in group["projects"].values()
    }
    assert {"/".join(names) for names in projects} == set(instances)
    defaults = [names for names, project in projects.items() if project["isDefault"]]
    assert defaults == [("ibm-q", "open", "main")]
    device = {"priority": 0, "name": "ibm_perth", "deleted": False}
    assert projects["hub", "g", "p"]["devices"] == {"ibm_perth": device}
    assert [hub["class"] for hub in hubs] == ["Community", "Open"]


@pytest.mark.parametrize("path", ["/users/me", "/Network"])
def test_strangers_are_told_nothing_by_the_auth_api(http: httpx.Client, path: str) -> None:
    answer = http.get(AUTH + path, headers={"x-access-token": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["error"] == {
        "statusCode": 401,
        "name": "AUTHENTICATION_REQUIRED",
        "message": "Authentication required.",
        "code": 3440,
    }


@pytest.mark.parametrize("base", [OLD, LATER])
@pytest.mark.parametrize("header", ["x-access-token", "authorization"])
@pytest.mark.parametrize("kind", ["access token", "api token"])
def test_each_credential_is_good_in_each_header_at_each_base(
    http: httpx.Client, base: str, header: str, kind: str
) -> None:
    credential = API_TOKEN if kind == "api token" else log_in(http, API_TOKEN)["id"]
    shown = f"Bearer {credential}" if header == "authorization" else credential
    headers = {header: shown}
    made = http.post(f"{base}/jobs", json=JOB, headers=headers)
    assert made.status_code == 200
    assert http.get(f"{base}/jobs/{made.json()['id']}", headers=headers).status_code == 200
    valid = http.post(f"{base}/auth/validate", headers=headers)
    assert (valid.status_code, valid.text) == (200, '{"valid":true}')


@pytest.mark.parametrize("base", [OLD, LATER])
def test_the_recorded_words_are_said_after_a_logout(user: httpx.Client, base: str) -> None:
    left = user.post(f"{AUTH}/users/logout")
    assert (left.status_code, left.text) == (204, "")
    for method, path, body in (("POST", "/jobs", JOB), ("POST", "/auth/validate", None)):
        refused = user.request(method, base + path, json=body)
        assert (refused.status_code, refused.text) == (401, DEAD)


def test_a_token_can_be_revoked_at_the_runtime_too(user: httpx.Client) -> None:
    other = log_in(user)["id"]
    assert (user.post("/logout").status_code, user.post("/logout").text) == (204, DEAD)
    assert user.get(f"{AUTH}/users/me").status_code == 401
    assert user.get("/jobs", headers={"x-access-token": other}).status_code == 200


def test_an_api_token_cannot_be_revoked(http: httpx.Client) -> None:
    http.headers["authorization"] = f"Bearer {API_TOKEN}"
    assert error(http.post("/logout"))[:2] == (401, 1201)
    assert http.get("/jobs").status_code == 200


def test_the_runtime_tells_everyone_that_it_is_up(http: httpx.Client) -> None:
    answer = http.get("/health")
    assert (answer.status_code, answer.text) == (200, '{"status":"ok"}')


PRIVATE: list[str] = ["/users/me", "/usage", "/instances", "/sessions/x", "/sessions/x/extended"]
PRIVATE += ["/facade/v1/jobs", "/facade/v1/jobs/tags", "/facade/v1/jobs/x/type", "/backends/"]
PRIVATE += ["/workloads/me", "/workloads/admin", "/admin/jobs/x/metrics", "/analytics/usage"]
PRIVATE += ["/analytics/filters", "/analytics/usage-grouped", "/analytics/usage-grouped-by-date"]
PRIVATE += ["/jobs/x/interim_results", "/jobs/x/transpiled_circuits"]


@pytest.mark.parametrize("path", PRIVATE)
def test_strangers_are_told_nothing_by_the_runtime(http: httpx.Client, path: str) -> None:
    refused: Any = http.get(path)
    assert (refused.status_code, refused.text) == (401, DEAD)
