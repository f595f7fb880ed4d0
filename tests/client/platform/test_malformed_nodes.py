"""Answers of the mock with one thing wrong: an error of ours, or models that can be relied on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot.world.jobs import Job
from dryshot.world.runner import Pace
from dryshot_client import DryshotClientError
from dryshot_client.models import Model
from dryshot_client.platform import Runtime
from tests.client.platform.methods import METHODS, SILENT
from tests.client.platform.stage import PARAMS, Network, OnMock, Scripted, one

Key = tuple[str, str]


@cache
def recorded(method: str) -> tuple[Mapping[Key, httpx.Response], Mapping[str, str]]:
    """What the mock answers to all that a method asks, and the ids it was asked with."""

    def pace(job: Job) -> Pace:
        return Pace(0, 0) if job.tags else Pace(60, 60)

    def talkative(task: Task) -> Outcome:
        done = one(task)
        return Outcome(failed=False, body=done.body, quantum_seconds=2.0, logs="line")

    play = OnMock("sync", Mock(engine=talkative, pace=pace))
    runtime = play.runtime
    assert isinstance(runtime, Runtime)
    new: dict[str, Any] = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}
    session = runtime.sessions.create(backend="ibm_fez")
    ids = {
        "session": session.id,
        "job": runtime.jobs.create(**new, tags=["tag"]).id,
        "queued": runtime.jobs.create(**new).id,
    }
    ids["instance"] = runtime.instances.usage().instance_id
    again = OnMock("sync", play.mock, instance=ids["instance"])
    play.mock.journal.clear()
    again.do(lambda runtime: METHODS[method](runtime, ids))
    answers = {}
    for entry in play.mock.journal:
        if entry.operation != "create_token":
            target = f"{entry.request.path}?{entry.request.query}".rstrip("?")
            content = entry.response.body
            answers[entry.request.method, target] = httpx.Response(
                entry.response.status, content=content
            )
    assert answers
    return answers, ids


def strange() -> st.SearchStrategy[Any]:
    """Anything that JSON can say, with words of the API among it."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(
            ["", "Queued", "Completed", "Failed", "Cancelled", "2026-01-01", "ibm_fez"]
        ),
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "name", "status", "x"]), inner, max_size=3)
        ),
        max_leaves=4,
    )


DELETED = object()


def mutate(data: st.DataObject, value: Any) -> Any:
    """``value`` with one node of it, anywhere, deleted or replaced."""
    if isinstance(value, dict | list) and value and data.draw(st.integers(0, 5)):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = data.draw(st.sampled_from(keys[:40]))
        changed = mutate(data, value[key])
        copy = value.copy()
        if changed is DELETED:
            del copy[key]
        else:
            copy[key] = changed
        return copy
    return DELETED if data.draw(st.booleans()) else data.draw(strange())


def conforms(value: Any, hint: Any) -> bool:
    """Whether a value is of the type that its field has."""
    kind, arguments = get_origin(hint), get_args(hint)
    if kind in {Union, UnionType}:
        return any(conforms(value, each) for each in arguments)
    if kind is Literal:
        return isinstance(value, str)
    if kind is list:
        return isinstance(value, list) and all(conforms(each, arguments[0]) for each in value)
    if kind is Mapping:
        return isinstance(value, dict)
    if hint is NoneType:
        return value is None
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint) and (not isinstance(value, Model) or sound(value))


def sound(value: Any) -> bool:
    """Whether all that a model says is of the types that it promises."""
    if isinstance(value, list):
        return all(sound(each) for each in value)
    if not isinstance(value, Model):
        return isinstance(value, str | dict | date | datetime | NoneType)
    hints = get_type_hints(type(value))
    assert repr(value)
    for name in ("ended", "ran_too_long", "usage_remaining_seconds"):
        getattr(value, name, None)
    return all(conforms(getattr(value, name), hints[name]) for name in hints if name[0] != "_")


@pytest.mark.parametrize("method", [name for name in METHODS if name not in SILENT])
@settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_an_answer_with_one_thing_wrong_is_our_error_or_sound(
    method: str, data: st.DataObject
) -> None:
    answers, _ = recorded(method)
    wrong = data.draw(st.sampled_from(sorted(answers)))
    body = answers[wrong].content
    try:
        changed = mutate(data, json.loads(body))
        content = b"" if changed is DELETED else json.dumps(changed).encode()
    except ValueError:  # plain text
        content = body[: data.draw(st.integers(0, len(body)))]

    outcome = replay(method, {wrong: httpx.Response(200, content=content)})
    assert isinstance(outcome, DryshotClientError) or sound(outcome)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in SILENT])
def test_an_answer_with_nothing_wrong_is_sound(method: str) -> None:
    outcome = replay(method, {})
    assert not isinstance(outcome, DryshotClientError)
    assert sound(outcome)


def replay(method: str, changed: Mapping[Key, httpx.Response]) -> Any:
    """What comes of a method if these answers are others; an error of ours is returned."""
    answers, ids = recorded(method)

    def service(request: httpx.Request) -> httpx.Response:
        key = (request.method, request.url.raw_path.decode())
        # It may ask for what it was told wrongly.
        found = changed.get(key) or answers.get(key) or httpx.Response(404)
        return httpx.Response(found.status_code, content=found.content)

    play = Scripted("sync", Network(service, search=service), instance=ids["instance"], retries=0)
    try:
        return play.do(lambda runtime: METHODS[method](runtime, ids))
    except DryshotClientError as error:
        return error
