"""What cannot come in changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.server_state.admin import HEADERS, JSON, Lived, call, exported
from tests.server_state.stage import User, kept, seen, virtual


def change(*path: str | int, to: Any) -> Callable[[Any], None]:
    def act(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return act


def answer_otherwise(value: Any) -> None:
    text = value["records"][2]["text"]
    value["records"][2]["text"] = text.replace('"answer":"', '"answer":"9')


def repeat_tenant(value: Any) -> None:
    value["tenants"].append(value["tenants"][0])


BAD = {
    "dryshot_state": change("dryshot_state", to=2),
    "meta.born": change("meta", "born", to="2024-99-01T00:00:00+00:00"),
    "meta.settings": change("meta", "settings", to="[]"),
    "meta.salt": change("meta", "salt", to="xyz"),
    "meta.writer": change("meta", "writer", to="a\nb"),
    "": change("meta", "writer", to="\ud800"),
    "tenants[0].name": change("tenants", 0, "name", to="t-0123456789"),
    "tenants[1].name": repeat_tenant,
    "tenants[0].genesis": change("tenants", 0, "genesis", "accounts", 0, "nonsense", to="x"),
    "tenants[0].genesis.start": change("tenants", 0, "genesis", "start", to=10**30),
    "records": change("records", to=[]),
    "records[1].kind": change("records", 1, "kind", to="other"),
    "records[1].at": change("records", 1, "at", to=2**70),
    "records[1]": change("records", 1, "text", to="{"),
    "records[2]": answer_otherwise,
    "records[3]": change("records", 3, "text", to="[]\n"),
    "records[4]": change("records", 4, "text", to='{"tokens": 1, "answer": "", "headers": {}}'),
}


def test_what_is_no_state_is_refused_by_its_field_and_changes_nothing(
    tmp_path: Path, lived: Lived
) -> None:
    user, sessions, before, value = lived
    with kept(tmp_path / "lived", virtual()) as tenants, closing(User(tenants)) as again:
        for field, spoil in BAD.items():
            changed = json.loads(json.dumps(value))
            spoil(changed)
            answer = call(tenants, "PUT", content=json.dumps(changed), headers=HEADERS | JSON)
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (400, "invalid_request"), answer.text
            assert [problem["field"] for problem in error["problems"]] == [field]
            assert exported(tenants) == value
        again.headers, again.classic = user.headers, user.classic
        assert seen(again, tenants, sessions) == before


def test_what_is_not_even_of_that_form_is_refused(tmp_path: Path) -> None:
    with kept(tmp_path / "state", virtual()) as tenants:
        for content in (b"", b"{", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000):
            answer = call(tenants, "PUT", content=content, headers=HEADERS | JSON)
            assert answer.status_code == 400, answer.text
            assert answer.json()["error"]["problems"]


def test_a_state_of_other_settings_conflicts(tmp_path: Path, lived: Lived) -> None:
    with kept(tmp_path / "other", virtual(seed=5)) as tenants:
        answer = call(tenants, "PUT", json=lived[3])
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert "seed = 0, not 5" in answer.json()["error"]["message"]
        assert tenants.names() == []


def test_a_state_of_accounts_that_are_not_declared_conflicts(tmp_path: Path, lived: Lived) -> None:
    value = lived[3]
    value["tenants"][0]["genesis"]["declared"] = True
    with kept(tmp_path / "other", virtual()) as tenants:
        answer = call(tenants, "PUT", json=value)
        assert answer.status_code == 409
        assert "not declared" in answer.json()["error"]["message"]


def test_where_nothing_is_kept_the_answer_names_the_option(lived: Lived) -> None:
    tenants = virtual().tenants()
    with closing(User(tenants).log_in()) as user:
        for method, sent in (("GET", {}), ("PUT", {"json": lived[3]})):
            answer = call(tenants, method, **sent)
            assert answer.status_code == 409
            assert "--state FILE" in answer.json()["error"]["message"]
        assert user.jobs() == []


def test_both_ways_need_the_token_and_the_own_origin(tmp_path: Path) -> None:
    with kept(tmp_path / "state", virtual()) as tenants, closing(User(tenants).log_in()) as user:
        value = exported(tenants)
        other = HEADERS | {"Origin": "http://evil.example"}
        for method, sent in (("GET", {}), ("PUT", {"json": value})):
            assert call(tenants, method, headers={}, **sent).status_code == 401
            assert call(tenants, method, headers=other, **sent).status_code == 403
        assert user.jobs() == []


def test_a_state_that_cannot_be_kept_changes_nothing(tmp_path: Path, lived: Lived) -> None:
    worlds = virtual()
    state = worlds.open_state(tmp_path / "state")
    tenants = worlds.tenants(state=state)
    with closing(User(tenants, "another key").log_in()):
        names = tenants.names()
        state.close()
        answer = call(tenants, "PUT", json=lived[3])
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "not_kept")
        assert tenants.names() == names
