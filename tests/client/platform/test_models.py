"""What the service answers, as models."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from dryshot_client.models import Misfit, Model, named
from dryshot_client.platform import models
from dryshot_client.platform.models import (
    Account,
    AnalyticsDays,
    AnalyticsFilters,
    AnalyticsGroup,
    AnalyticsUsage,
    Backend,
    BackendStatus,
    CreatedJob,
    Instance,
    InstanceConfiguration,
    InstanceUsage,
    Job,
    JobMetrics,
    Session,
    Version,
    Workload,
)
from tests.client.platform.stage import job

SPEC = Path(__file__).parents[3] / "mockserver" / "dryshot" / "specs" / "platform-runtime.json"


class Inner(Model):
    """A model in a model."""

    count: int


class Outer(Model):
    """A field of every kind."""

    text: str
    word: Literal["a", "b"]
    flag: bool
    figure: float
    code: int | str
    inner: Inner
    many: list[Inner]
    when: datetime
    day: date
    from_: str = field(metadata=named("from"))
    maybe: Inner | None = None
    texts: list[str] = field(default_factory=list)


WHOLE: dict[str, Any] = {
    "text": "x",
    "word": "new",
    "flag": False,
    "figure": 1,
    "code": 5,
    "inner": {"count": 2.0},
    "many": [{"count": 1}, {"count": 2, "more": []}],
    "when": "2026-04-15T12:00:00.123456Z",
    "day": "2026-04-15",
    "from": "there",
    "unknown": {"x": 1},
}


def test_every_field_is_read_by_its_type() -> None:
    outer = Outer.read(WHOLE)
    assert (outer.text, outer.word, outer.flag, outer.figure, outer.code) == (
        "x",
        "new",
        False,
        1,
        5,
    )
    assert outer.inner == Inner(count=2, raw={})
    assert isinstance(outer.inner.count, int)
    assert [each.count for each in outer.many] == [1, 2]
    assert outer.when == datetime(2026, 4, 15, 12, 0, 0, 123456, tzinfo=UTC)
    assert outer.day == date(2026, 4, 15)
    assert (outer.from_, outer.maybe, outer.texts) == ("there", None, [])


def test_what_was_sent_is_kept_with_what_is_new_in_it() -> None:
    outer = Outer.read(WHOLE)
    assert outer.raw["unknown"] == {"x": 1}
    assert outer.many[1].raw == {"count": 2, "more": []}
    assert "unknown" not in repr(outer)
    assert outer == Outer.read({**WHOLE, "unknown": None})
    with pytest.raises(FrozenInstanceError):
        outer.text = "y"  # type: ignore[misc]  # that is what is tried


def test_defaults_are_not_shared() -> None:
    first, second = Outer.read(WHOLE), Outer.read(WHOLE)
    first.texts.append("x")
    assert second.texts == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": None}, "the answer.text is null"),
        ({"text": 5}, "the answer.text is not a text"),
        ({"word": []}, "the answer.word is not a text"),
        ({"flag": 0}, "the answer.flag is not true or false"),
        ({"figure": True}, "the answer.figure is not a number"),
        ({"figure": "1"}, "the answer.figure is not a number"),
        ({"code": []}, "the answer.code is not a text"),
        ({"inner": []}, "the answer.inner is not an object"),
        ({"inner": {}}, "the answer.inner has no 'count'"),
        ({"inner": {"count": 1.5}}, "the answer.inner.count is not a whole number"),
        ({"inner": {"count": float("inf")}}, "the answer.inner.count is not a whole number"),
        ({"inner": {"count": False}}, "the answer.inner.count is not a number"),
        ({"many": {}}, "the answer.many is not a list"),
        ({"many": [{"count": 1}, None]}, r"the answer.many\[1\] is not an object"),
        ({"many": [{"count": "1"}]}, r"the answer.many\[0\].count is not a number"),
        ({"when": "soon"}, "the answer.when is no point in time: 'soon'"),
        ({"when": 5}, "the answer.when is not a text"),
        ({"day": "2026-02-30"}, "the answer.day is no point in time"),
        ({"from": None}, "the answer.from is null"),
        ({"maybe": []}, "the answer.maybe is not an object"),
        ({"texts": ["a", 5]}, r"the answer.texts\[1\] is not a text"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Misfit, match=words):
        Outer.read({**WHOLE, **change})


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_what_is_no_object_is_no_model(body: object) -> None:
    with pytest.raises(Misfit, match="the answer is not an object"):
        Outer.read(body)


def test_an_instant_without_a_zone_is_in_utc() -> None:
    read = Outer.read({**WHOLE, "when": "2026-04-15T12:00:00"})
    assert read.when == datetime(2026, 4, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("Queued", False),
        ("Running", False),
        ("Completed", True),
        ("Failed", True),
        ("Cancelled", True),
        ("Archived", True),
    ],
)
def test_a_job_has_ended_unless_it_is_known_to_be_on_its_way(status: str, *, ended: bool) -> None:
    assert Job.read(job(status=status)).ended is ended


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("Cancelled", 1305, True),
        ("Cancelled", "1305", True),
        ("Cancelled", None, False),
        ("Failed", 1305, False),
    ],
)
def test_a_job_ran_too_long_if_it_was_cancelled_with_that_code(
    status: str, code: object, *, expected: bool
) -> None:
    read = Job.read(job(status=status, state={"reason_code": code}))
    assert read.ran_too_long is expected


ANSWERS: list[tuple[str, str, type[Model], tuple[str, ...]]] = [
    ("get", "/versions", Version, ("versions",)),
    ("get", "/backends/{id}/status", BackendStatus, ()),
    ("post", "/jobs", CreatedJob, ()),
    ("get", "/jobs/{id}", Job, ()),
    ("get", "/jobs", Job, ("jobs",)),
    ("get", "/jobs/{id}/metrics", JobMetrics, ()),
    ("post", "/sessions", Session, ()),
    ("get", "/sessions/{id}", Session, ()),
    ("get", "/instance", Instance, ()),
    ("get", "/instances/configuration", InstanceConfiguration, ()),
    ("get", "/instances/usage", InstanceUsage, ()),
    ("get", "/accounts/{id}", Account, ()),
    ("get", "/workloads", Workload, ("workloads",)),
    ("get", "/analytics/usage", AnalyticsUsage, ()),
    ("get", "/analytics/usage_grouped", AnalyticsGroup, ("data",)),
    ("get", "/analytics/usage_grouped_by_date", AnalyticsDays, ()),
    ("get", "/analytics/filters", AnalyticsFilters, ()),
]


def least(spec: Any, schema: Any) -> Any:
    """The least that a schema allows: of an object only what is required, of a list nothing."""
    while "$ref" in schema:
        target = spec
        for step in schema["$ref"].split("/")[1:]:
            target = target[step]
        schema = target
    for way in ("oneOf", "anyOf", "allOf"):
        if way in schema:
            return least(spec, schema[way][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind if isinstance(kind, str) else kind[0]
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: least(spec, properties[name]) for name in schema.get("required", ())}
    if kind == "string":
        return "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "2026-01-01"
    return {"array": [], "integer": 1, "number": 0.5, "boolean": True, "null": None}[kind]


@pytest.mark.parametrize(("method", "path", "model", "within"), ANSWERS)
def test_no_answer_is_a_misfit_that_has_all_that_the_document_requires(
    method: str, path: str, model: type[Model], within: tuple[str, ...]
) -> None:
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    answer = spec["paths"][path][method]["responses"]["200"]
    while "$ref" in answer:
        answer = spec["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    schema = answer["content"]["application/json"]["schema"]
    for name in within:
        while "$ref" in schema:
            schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        schema = schema["properties"][name]["items"]
    assert model.read(least(spec, schema)).raw is not None


def test_a_device_needs_no_more_than_a_name_a_status_and_a_queue() -> None:
    device = Backend.read({"name": "b", "status": {"name": "online"}, "queue_length": 0})
    assert (device.name, device.qubits, device.processor_type) == ("b", None, None)


def test_all_public_names_are_there() -> None:
    for name in models.__all__:
        assert getattr(models, name) is not None
