from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from dryshot.targets import Target
from dryshot_client import LegacyRuntime


def test_a_login_is_answered_with_a_token_and_its_lifetime(
    http: httpx.Client, dryshot_target: Target
) -> None:
    url = f"{dryshot_target.auth_url}/users/loginWithToken"
    login = http.post(url, json={"apiToken": dryshot_target.api_token}).json()
    assert login["ttl"] == 1209600
    assert login["id"].isalnum()
    assert datetime.fromisoformat(login["created"]).tzinfo is not None


def test_a_login_without_a_token_is_refused(http: httpx.Client, dryshot_target: Target) -> None:
    answer = http.post(f"{dryshot_target.auth_url}/users/loginWithToken", json={})
    assert answer.status_code in {400, 401, 422}
    assert "message" in answer.json()["error"]


def test_a_logged_out_token_is_dead_in_both_services(
    user: httpx.Client, dryshot_target: Target
) -> None:
    answer = user.post(f"{dryshot_target.auth_url}/users/logout")
    assert answer.is_success
    assert answer.text == ""
    assert user.post(f"{dryshot_target.auth_url}/users/logout").status_code == 401
    refused = user.get("/backends")
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["code"] == 1201


@pytest.mark.parametrize("headers", [{}, {"x-access-token": "wrong"}])
def test_only_programs_are_told_to_everyone(http: httpx.Client, headers: dict[str, str]) -> None:
    assert http.get("/programs", headers=headers).status_code == 200
    for path in ("/backends", "/jobs", "/jobs/x", "/jobs/x/results"):
        answer = http.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["code"] == 1201


def test_the_client_logs_in_by_itself_and_again_after_logging_out(
    legacy_runtime: LegacyRuntime,
) -> None:
    assert legacy_runtime.backends.list()
    legacy_runtime.log_out()
    assert legacy_runtime.backends.list()


def test_a_revoked_token_is_renewed_once(
    legacy_runtime: LegacyRuntime, http: httpx.Client, dryshot_target: Target
) -> None:
    sent: list[str] = []
    with httpx.Client(transport=dryshot_target.transport) as client:
        client.event_hooks["request"].append(
            lambda request: sent.append(request.headers.get("x-access-token", ""))
        )
        runtime = LegacyRuntime(
            api_token=dryshot_target.api_token,
            auth_url=dryshot_target.auth_url,
            runtime_url=dryshot_target.runtime_url,
            client=client,
        )
        runtime.backends.list()
        first = sent[-1]
        logout = f"{dryshot_target.auth_url}/users/logout"
        assert http.post(logout, headers={"x-access-token": first}).is_success
        assert runtime.backends.list() == legacy_runtime.backends.list()
        assert sent[-1] not in {"", first}


def test_an_api_token_that_opens_nothing_is_told_the_code(
    http: httpx.Client, dryshot_target: Target
) -> None:
    answer = http.post(f"{dryshot_target.auth_url}/users/loginWithToken", json={"apiToken": " "})
    assert answer.status_code == 401
    assert int(answer.json()["error"]["code"]) == 3446
