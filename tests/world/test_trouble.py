"""Troubles by their names: arguments as JSON has them, windows, clearing, what is told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jsonschema_rs
import pytest

from dryshot.world.trouble import TROUBLES, BadTrouble, schema_of
from tests.world.platforms import Place

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "fail_jobs": {"reason_code": 1517, "program": "sampler", "times": None},
    "run_too_long": {"after": 5, "backend": "ibm_box"},
    "hold_jobs": {"dialect": "platform"},
    "delay_jobs": {"seconds": 2.5, "tag": "x"},
    "lose_results": {"reads": 1, "status": 404},
    "enlarge_results": {"mib": 1},
    "limit_submissions": {"per_minute": 3},
    "spoil_results": {"fields": ["evs"]},
    "pause": {"backend": "ibm_box", "reason": "internal", "start": 5, "end": 10},
    "take_offline": {"backend": "ibm_bin", "end": "2024-01-01T00:00:00Z"},
    "remove_backend": {"backend": "ibm_box"},
    "recalibrate": {"backend": "ibm_box", "drift": 0.5, "seed": 1},
    "crowd": {"backend": "ibm_box", "length": 5, "per_minute": -1},
    "revoke_tokens": {},
    "expire_key": {"account": "0" * 24, "end": 60},
    "close_sessions": {"start": 5},
    "exhaust_usage": {"instance": "lab", "over": "refuse"},
    "change_plan": {"instance": "lab", "plan": "open"},
    "sunset_version": {"version": "2025-01-01", "answer": "oldest"},
}


@pytest.fixture
def place() -> Place:
    place = Place()
    box = place.world.backends["ibm_box"].data
    date = {"last_update_date": "2023-09-11T00:00:00Z", "qubits": [], "gates": []}
    object.__setattr__(box, "properties", {**box.properties, **date})
    return place


@pytest.mark.parametrize("name", TROUBLES)
def test_every_trouble_starts_by_its_name_and_can_be_cleared(place: Place, name: str) -> None:
    trouble, arguments = place.world.trouble, EXAMPLES[name]
    incident = trouble.start(name, arguments)
    assert (incident.name, incident.arguments) == (name, arguments)
    assert json.loads(json.dumps(incident.describe()))["name"] == name
    incident.clear()
    assert (incident.state, list(trouble)) == ("over", [])
    incident.clear()
    assert place.ran().status == "Completed"


@pytest.mark.parametrize("name", TROUBLES)
def test_every_trouble_has_a_schema_that_its_example_fits(name: str) -> None:
    schema = schema_of(name)
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    validator.validate(EXAMPLES[name])
    assert not validator.is_valid({**EXAMPLES[name], "nonsense": 1})
    assert schema["description"]


@pytest.mark.parametrize(
    ("name", "arguments", "field", "words"),
    [
        ("fail_job", {}, "fail_job", "did you mean fail_jobs"),
        ("unheard", {}, "unheard", "there are fail_jobs"),
        ("pause", {}, "pause.backend", "required"),
        ("pause", {"backend": 3}, "pause.backend", "3 is not a text"),
        ("pause", {"backend": "x"}, "pause.backend", "no backend 'x'"),
        ("pause", {"backend": "ibm_box", "whom": 1}, "pause.whom", "no such argument"),
        ("pause", {"backend": "ibm_box", "reason": ""}, "pause.reason", "empty"),
        ("take_offline", {"backend": "ibm_box", "reason": ""}, "take_offline.reason", "empty"),
        ("pause", {"backend": "ibm_box", "start": -1}, "pause.start", "before now"),
        ("pause", {"backend": "ibm_box", "start": 9, "end": 5}, "pause.end", "not after"),
        ("pause", {"backend": "ibm_box", "end": "soon"}, "pause.end", "ISO 8601"),
        ("pause", {"backend": "ibm_box", "end": "2024-01-01T00:00:00"}, "pause.end", "zone"),
        ("pause", {"backend": "ibm_box", "end": float("nan")}, "pause.end", "not an instant"),
        ("remove_backend", {"backend": "x"}, "remove_backend.backend", "no backend"),
        ("recalibrate", {"backend": "simulator"}, "recalibrate.backend", "not a device"),
        ("recalibrate", {"backend": "ibm_box", "drift": 2}, "recalibrate.drift", "at most 1"),
        ("crowd", {"backend": "ibm_box", "length": -1}, "crowd.length", "below 0"),
        ("crowd", {"backend": "ibm_box", "length": True}, "crowd.length", "whole number"),
        ("fail_jobs", {"reason_code": 8999}, "fail_jobs.reason_code", "not documented"),
        ("fail_jobs", {"reason_code": 1305}, "fail_jobs.reason_code", "cancelled"),
        ("fail_jobs", {"times": 0}, "fail_jobs.times", "below 1"),
        ("fail_jobs", {"used": -1}, "fail_jobs.used", "below 0"),
        ("fail_jobs", {"dialect": "old"}, "fail_jobs.dialect", "'classic' or 'platform'"),
        ("hold_jobs", {"backend": "x"}, "hold_jobs.backend", "no backend"),
        ("delay_jobs", {"seconds": -1}, "delay_jobs.seconds", "below 0"),
        ("run_too_long", {"after": -1}, "run_too_long.after", "below 0"),
        ("lose_results", {"status": 200}, "lose_results.status", "204 or 404"),
        ("lose_results", {"reads": -1}, "lose_results.reads", "below 0"),
        ("enlarge_results", {"mib": 1000}, "enlarge_results.mib", "at most 512"),
        ("spoil_results", {"fields": []}, "spoil_results.fields", "not empty"),
        ("spoil_results", {"fields": [1]}, "spoil_results.fields", "list of texts"),
        ("close_sessions", {"session": "x"}, "close_sessions.session", "no open session"),
        ("expire_key", {"account": " "}, "account", "empty"),
        ("exhaust_usage", {"over": "laugh"}, "exhaust_usage.over", "'queue' or 'refuse'"),
        ("change_plan", {"instance": "lab"}, "change_plan.plan", "required"),
        ("sunset_version", {"version": "2"}, "sunset_version.version", "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    place: Place, name: str, arguments: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(BadTrouble, match=words) as caught:
        place.world.trouble.start(name, arguments)
    assert caught.value.field == field
    assert len(place.world.trouble) == 0


def test_what_is_started_and_cleared_is_told_and_can_be_repeated(place: Place) -> None:
    told: list[Mapping[str, Any]] = []
    trouble = place.world.trouble
    trouble.on_change = told.append
    trouble.pause("ibm_box", end=datetime.fromisoformat("2024-01-01T00:00:00+00:00"))
    with trouble.expire_key("key"):
        pass
    with pytest.raises(BadTrouble):
        trouble.pause("x")
    key = next(iter(place.world.accounts)).id
    assert told == [
        {
            "start": "pause",
            "arguments": {"backend": "ibm_box", "end": "2024-01-01T00:00:00.000000Z"},
        },
        {"start": "expire_key", "arguments": {"account": key}},
        {"clear": 2},
    ]
    other = Place().world.trouble
    for change in told:
        other.repeat(json.loads(json.dumps(change)))
    assert other.describe() == trouble.describe()
    assert [one.number for one in other] == [1]
    with pytest.raises(BadTrouble, match="no incident 2"):
        other.find(2)
    place.clock.advance_to("2024-01-01T00:00:00Z")
    assert list(trouble) == []
    assert len(told) == 3, "the clock's doing is told to nobody"


def test_an_incident_that_has_not_begun_never_does_when_cleared(place: Place) -> None:
    with place.world.trouble.pause("ibm_box", start=10) as incident:
        assert incident.state == "coming"
    place.clock.advance(20)
    assert place.platform.condition("ibm_box").status == "online"
    assert repr(incident) == "<Incident 1 over: pause(backend='ibm_box', start=10)>"
