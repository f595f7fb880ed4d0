"""Scenario files: what is wrong is told with file, line and key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped, unused-ignore]  # its types are elsewhere
    Draft202012Validator,
)

from dryshot.faults import EFFECTS, Where
from dryshot.scenarios import Scenario, find, find_all, read_value, schema
from dryshot.world.declaration import DeclarationError
from dryshot.world.trouble import TROUBLES, schema_of

WRONG = [
    ("storm: 1", 1, "storm", "there is no such key"),
    ("\nfaults:\n- kind: fial\n", 3, "faults[0].kind", "'fial' is not one of"),
    ("faults:\n- kind: fail\n  status: 500\n- kind: fail\n", 4, "faults[1]", "status is missing"),
    ("faults:\n- kind: fail\n  status: 200\n", 3, "faults[0].status", "from 400 to 599"),
    ("faults:\n- kind: refuse\n  how: drop\n", 3, "faults[0].how", "none of the fields"),
    ("faults:\n- kind: drop\n  nth:\n  - 0\n", 3, "faults[0].nth", "1 or more"),
    ("trouble:\n- name: pauze\n", 2, "trouble[0].name", "did you mean pause?"),
    ("trouble:\n- name: pause\n", 2, "trouble[0].arguments.backend", "it is required"),
    (
        "trouble:\n- name: crowd\n  arguments:\n    backend: x\n    length: many\n",
        5,
        "trouble[0].arguments.length",
        "'many' is not a whole number",
    ),
    ("trouble:\n- name: close_sessions\n  until: 3\n", 3, "trouble[0].until", "no such argument"),
    ("trouble:\n- name: hold_jobs\n  at: 9\n  until: 3\n", 4, "trouble[0].until", "not after 9"),
    (
        "trouble:\n- name: hold_jobs\n  at: 9\n  arguments: {start: 3}\n",
        3,
        "trouble[0].at",
        "the argument start as well",
    ),
    ("limits:\n  tags: 0\n", 2, "limits.tags", "a whole number from 1"),
    ("limits:\n  tag: 1\n", 2, "limits.tag", "there is no limit 'tag'"),
    ("pace: {queue: -1}\n", 1, "pace.queue", "less than the minimum"),
    ("world:\n  accounts:\n  - key: a\n", 3, "world.accounts[0].key", "there is no such key"),
    ("world:\n  devices:\n  - name: a\n", 3, "world.devices[0]", "exactly one of snapshot"),
    ("jobs:\n- state: Asleep\n", 2, "jobs[0].state", "'Asleep' is not one of"),
    ("clear: 1\nclear: 2\n", 2, "clear", "stands twice"),
]


@pytest.mark.parametrize(("text", "line", "key", "words"), WRONG)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, text: str, line: int, key: str, words: str
) -> None:
    file = tmp_path / "storm.yaml"
    file.write_text(text)
    with pytest.raises(DeclarationError, match=r"storm\.yaml") as raised:
        find(file)
    assert (raised.value.file, raised.value.line, raised.value.key) == (str(file), line, key)
    assert words in str(raised.value)


@pytest.mark.parametrize(("name", "words"), [("busy qeue", "busy-queue"), ("x", "there are busy")])
def test_a_name_that_there_is_not_is_told_with_those_that_there_are(name: str, words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        find(name)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"storm\.yml: cannot be read"):
        find(str(tmp_path / "storm.yml"))


def test_a_file_may_name_a_world_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("accounts:\n- api_key: mine\n")
    (tmp_path / "s.yaml").write_text("world: w.yaml\ndescription: >\n  two\n  lines\n")
    found = find(tmp_path / "s.yaml")
    assert [one.api_token for one in found.declaration.accounts] == ["mine"]
    assert (found.name, found.description) == ("s", "two lines")
    with pytest.raises(DeclarationError, match="only a file may name another"):
        read_value({"world": "w.yaml"}, "mine")


def test_the_schema_knows_every_fault_and_trouble_and_what_each_takes() -> None:
    kinds = schema()["$defs"]
    fields = {name for effect in EFFECTS.values() for name in effect.names()}
    fault = set(kinds["fault"]["properties"])
    assert fault == {"kind", *fields, *Where.__annotations__}
    assert kinds["fault"]["properties"]["kind"]["enum"] == list(EFFECTS)
    assert kinds["trouble"]["properties"]["name"]["enum"] == list(TROUBLES)
    told = {
        one["if"]["properties"]["name"]["const"]: one["then"]["properties"]["arguments"]
        for one in kinds["trouble"]["allOf"]
    }
    assert told == {name: schema_of(name) for name in TROUBLES}


@pytest.mark.parametrize(
    "value",
    [
        {"faults": [{"kind": "fail"}]},
        {"faults": [{"kind": "refuse", "how": "drop"}]},
        {"trouble": [{"name": "pause"}]},
        {"trouble": [{"name": "pause", "arguments": {"backend": 3}}]},
    ],
)
def test_an_editor_with_the_schema_sees_what_reading_would_refuse(value: Any) -> None:
    assert list(Draft202012Validator(schema()).iter_errors(value))
    with pytest.raises(DeclarationError):
        read_value(value, "wrong")


def test_several_are_one_after_the_other_and_later_ones_count_more() -> None:
    first = read_value({"limits": {"tags": 3, "cost": 9}, "pace": {"queue": 1}}, "first")
    second = {"limits": {"tags": 4}, "faults": [{"kind": "refuse"}]}
    both = find_all([first, second, "quota exhausted"])
    assert dict(both.limits) == {"tags": 4, "cost": 9}
    assert both.pace == first.pace
    assert [fault["kind"] for fault in both.faults] == ["refuse"]
    assert [step.name for step in both.trouble] == ["exhaust_usage"]
    assert find_all([both, "quiet"]).trouble == ()
    assert find_all([]) == Scenario("none")
    assert json.dumps(both.digest()) != json.dumps(first.digest())
