"""The admin API steers what goes wrong: faults, troubles, scenarios."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dryshot.faults import EFFECTS
from dryshot.http import Request
from dryshot.scenarios import names
from dryshot.server.admin import Admin
from tests.server_admin.rooms import Pair, bearer, classic
from tests.server_admin.test_api import call, get

FAULTS = "/tenants/alice/faults"
TROUBLE = "/tenants/alice/trouble"


def test_every_kind_of_fault_can_be_set_seen_to_act_and_removed(
    admin: Admin, tenancy: Pair
) -> None:
    lost = {"kind": "lose_response", "how": "reset", "operation": "login_with_token", "times": None}
    assert call(admin, "POST", FAULTS, json={"kind": "delay", "seconds": 3}).status_code == 200
    first, second = call(admin, "POST", FAULTS, json=lost).json()["faults"]
    assert (first["number"], second["number"]) == (1, 2)
    assert second["fault"] == lost
    with tenancy.client("alice") as http, pytest.raises(httpx.ReadError):
        classic(http)
    (left,) = get(admin, FAULTS)["faults"]
    assert (left["hits"], left["seen"], left["left"], left["name"]) == (1, 1, None, "lose_response")
    entry = get(admin, "/tenants/alice/journal")["exchanges"][-1]
    assert (entry["operation"], entry["fault"]) == ("login_with_token", "delay + lose_response")
    assert call(admin, "DELETE", f"{FAULTS}/2").json() == {"faults": []}
    assert call(admin, "DELETE", f"{FAULTS}/2").status_code == 404
    with tenancy.client("alice") as http:
        classic(http)
    assert get(admin, "/tenants/alice/journal")["exchanges"][-1]["fault"] is None


def test_the_kinds_are_told_with_what_each_takes(admin: Admin) -> None:
    found = get(admin, "/fault-kinds")
    kinds = {
        one["kind"]: {field["name"]: field for field in one["fields"]} for one in found["kinds"]
    }
    assert list(kinds) == list(EFFECTS)
    assert kinds["fail"]["status"]["required"] is True
    assert kinds["timeout"]["phase"]["choices"] == ["connect", "read"]
    assert "when" not in kinds["refuse"]
    assert {"create_job", "login_with_token", "create_session"} <= set(found["operations"])


def test_what_fails_by_a_function_is_shown_without_it_and_secrets_are_not(
    admin: Admin, tenancy: Pair
) -> None:
    mock = tenancy.mock("alice")
    with tenancy.client("alice") as http:
        bearer(http, "a-very-secret-key")
    mock.faults.drop(body=_never)
    mock.faults.drop(body="a-very-secret-key")
    answer = call(admin, "GET", FAULTS)
    first, second = answer.json()["faults"]
    assert first["fault"] == {"kind": "drop", "body": "a function"}
    assert "a-very-secret-key" not in answer.text
    assert second["fault"]["kind"] == "drop"


def _never(_: Request) -> bool:
    return False


def test_trouble_is_started_listed_and_ended(admin: Admin, tenancy: Pair) -> None:
    paused = {"name": "pause", "arguments": {"backend": "ibm_torino"}}
    (first,) = call(admin, "POST", TROUBLE, json=paused).json()["trouble"]
    assert (first["number"], first["name"], first["state"]) == (1, "pause", "on")
    assert tenancy.mock("alice").world.platform.condition("ibm_torino").status == "paused"
    call(admin, "POST", TROUBLE, json={"name": "hold_jobs", "arguments": {"start": 60}})
    assert [one["state"] for one in get(admin, TROUBLE)["trouble"]] == ["on", "coming"]
    left = call(admin, "DELETE", f"{TROUBLE}/1").json()["trouble"]
    assert [one["name"] for one in left] == ["hold_jobs"]
    assert call(admin, "DELETE", f"{TROUBLE}/1").status_code == 404
    assert call(admin, "DELETE", TROUBLE).json() == {"trouble": []}


def test_scenarios_are_listed_and_played_for_one_tenant(admin: Admin, tenancy: Pair) -> None:
    listed = get(admin, "/scenarios")["scenarios"]
    assert [one["name"] for one in listed] == names()
    assert all(one["description"] and "description:" in one["yaml"] for one in listed)
    asked: dict[str, Any] = {"tenant": "alice", "name": "flaky network", "seed": 4}
    played = call(admin, "POST", "/scenarios", json=asked).json()
    assert played == {"name": "flaky-network", "faults": 7, "trouble": 0}
    assert get(admin, FAULTS)["faults"][1]["fault"]["seed"] == 4002
    assert len(tenancy.mock("bob").faults) == 0
    own = {"trouble": [{"name": "exhaust_usage"}]}
    asked = {"tenant": "alice", "scenario": own}
    assert call(admin, "POST", "/scenarios", json=asked).json()["trouble"] == 1
    asked = {"tenant": "alice", "name": "quiet"}
    call(admin, "POST", "/scenarios", json=asked)
    assert get(admin, FAULTS)["faults"] == get(admin, TROUBLE)["trouble"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        (FAULTS, {"kind": "fali"}, 400, "kind"),
        (FAULTS, {"kind": "timeout", "status": 500}, 400, "status is none of the fields"),
        (FAULTS, {"kind": "fail"}, 400, "status is missing"),
        (FAULTS, {"kind": "refuse", "state": {}}, 400, "state"),
        (TROUBLE, {"name": "pauze"}, 400, "did you mean pause"),
        (TROUBLE, {"name": "pause", "arguments": {"backend": "x"}}, 400, "no backend 'x'"),
        ("/scenarios", {"tenant": "carol", "name": "quiet"}, 404, "no tenant 'carol'"),
        ("/scenarios", {"tenant": "alice", "name": "../x.yaml"}, 400, "there is no scenario"),
        ("/scenarios", {"tenant": "alice"}, 400, "either name or scenario"),
        ("/scenarios", {"tenant": "alice", "scenario": {"storm": 1}}, 400, "storm"),
        ("/scenarios", {"tenant": "alice", "scenario": {"world": "/etc/x"}}, 400, "begins with"),
        (
            "/scenarios",
            {"tenant": "alice", "scenario": {"faults": [{"kind": "fail", "status": 1}]}},
            400,
            "faults[0].status",
        ),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_set(
    admin: Admin, tenancy: Pair, path: str, body: Any, status: int, words: str
) -> None:
    answer = call(admin, "POST", path, json=body)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    mock = tenancy.mock("alice")
    assert (len(mock.faults), len(mock.world.trouble)) == (0, 0)


def test_none_of_it_is_answered_without_the_token(place: str) -> None:
    for path in ("fault-kinds", "scenarios", FAULTS[1:], TROUBLE[1:]):
        assert httpx.get(f"{place}/_dryshot/api/{path}").status_code == 401
    body = {"tenant": "alice", "name": "quiet"}
    assert httpx.post(f"{place}/_dryshot/api/scenarios", json=body).status_code == 401
