"""Answers of the classic API that are not what it says: an error of ours, and never another."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot_client import DryshotClientError, RuntimeApiError, UnexpectedAnswer
from dryshot_client.calls import Resource
from tests.client.legacy.answers import ANSWERS, PLACES, STORED
from tests.client.legacy.methods import METHODS, SILENT, TEXTS
from tests.client.platform.test_malformed import GARBAGE, HTML
from tests.client.platform.test_malformed_nodes import DELETED, mutate
from tests.client.stage import Network, Stage, answer

OnStage = Callable[..., Stage]

DUE = [name for name in METHODS if name not in SILENT | TEXTS]
EMPTY = {"account.version", "backends.properties", "backends.defaults", "jobs.results"}
"""Those that an empty object may answer: simulators have no calibration, programs no shape."""


def on_stage(network: Network, **how: Any) -> Stage:
    """A blocking runtime, where the other one would tell no more."""
    return Stage("sync", network, **how)


def ask(stage: OnStage, response: httpx.Response | Network, method: str) -> Any:
    """Use one method of a runtime, whose services answer just this."""
    network = response if isinstance(response, Network) else Network(response)
    return stage(network, instance="hub/group/project", retries=0).do(METHODS[method])


def test_every_method_is_among_them() -> None:
    runtime = Stage("sync", Network(answer({}))).runtime
    ours = {
        f"{room}.{name}"
        for room, resource in vars(runtime).items()
        if isinstance(resource, Resource)
        for name, _ in inspect.getmembers(resource, callable)
        if not name.startswith("_")
    }
    assert ours - {"sessions.open"} == set(METHODS)
    assert set(METHODS) - SILENT - TEXTS - {"jobs.transpiled_circuits"} == set(ANSWERS)


@pytest.mark.parametrize("method", ANSWERS)
def test_a_good_answer_is_handed_on(stage: OnStage, method: str) -> None:
    got = ask(stage, answer(ANSWERS[method]), method)
    assert got
    assert json.dumps(got).strip('[]"') in json.dumps(ANSWERS[method])


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("method", [name for name in DUE if name != "jobs.results"])
def test_what_is_no_object_is_unexpected_and_quoted(method: str, garbage: str) -> None:
    content = GARBAGE[garbage]
    with pytest.raises(UnexpectedAnswer) as caught:
        ask(on_stage, httpx.Response(200, content=content), method)
    start = repr(" ".join(content.decode("utf-8", "replace").split())[:20])[1:-1]
    assert start in caught.value.message
    assert caught.value.status == 200


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize("method", [name for name in DUE if name != "jobs.results"])
def test_nothing_where_something_is_due_is_unexpected(
    stage: OnStage, method: str, status: int
) -> None:
    with pytest.raises(UnexpectedAnswer, match="it is empty"):
        ask(stage, httpx.Response(status), method)


@pytest.mark.parametrize("method", sorted(set(ANSWERS) - EMPTY))
def test_an_object_with_nothing_in_it_is_unexpected(stage: OnStage, method: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        ask(stage, answer({}), method)


@pytest.mark.parametrize("method", sorted(SILENT | TEXTS))
def test_a_page_is_neither_success_nor_text(stage: OnStage, method: str) -> None:
    page = httpx.Response(200, html=HTML.decode())
    with pytest.raises(UnexpectedAnswer, match="<!DOCTYPE html> <html>"):
        ask(stage, page, method)


@pytest.mark.parametrize("method", sorted(SILENT))
@pytest.mark.parametrize("content", [b"", b"{}"])
def test_success_is_enough_where_nothing_is_due(
    stage: OnStage, method: str, content: bytes
) -> None:
    assert ask(stage, httpx.Response(200, content=content), method) is None


@pytest.mark.parametrize("status", [400, 403, 520])
@pytest.mark.parametrize("method", METHODS)
def test_a_page_of_the_edge_is_the_error_of_its_status(method: str, status: int) -> None:
    with pytest.raises(RuntimeApiError) as caught:
        ask(on_stage, httpx.Response(status, content=HTML), method)
    assert caught.value.status == status


@pytest.mark.parametrize("charset", ["hex", "no-such-thing"])
@pytest.mark.parametrize("method", sorted(TEXTS))
def test_a_text_is_utf_8_whatever_charset_it_claims(
    stage: OnStage, method: str, charset: str
) -> None:
    headers = {"content-type": f"text/plain; charset={charset}"}
    text = httpx.Response(200, headers=headers, content="ä".encode())
    assert ask(stage, text, method) == "ä"


def test_stored_circuits_are_fetched_without_a_token(stage: OnStage) -> None:
    network = Network(answer(PLACES), answer(STORED))
    assert ask(stage, network, "jobs.transpiled_circuits") == STORED
    assert "x-access-token" not in network.requests[-1].headers
    assert str(network.requests[-1].url) == PLACES["url"]


@pytest.mark.parametrize("place", ["", "nowhere", "https://", "ftp://x/y", "http://[", 5, None])
def test_circuits_that_are_stored_nowhere_are_an_error_of_ours(
    stage: OnStage, place: object
) -> None:
    with pytest.raises(DryshotClientError):
        ask(stage, Network(answer({"url": place}), answer({})), "jobs.transpiled_circuits")


@pytest.mark.parametrize("method", [*sorted(ANSWERS), "jobs.transpiled_circuits"])
@settings(max_examples=30, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_an_answer_with_one_thing_wrong_is_our_error_or_json(
    method: str, data: st.DataObject
) -> None:
    good = [ANSWERS[method]] if method in ANSWERS else [PLACES, STORED]
    wrong = data.draw(st.integers(0, len(good) - 1))
    changed = mutate(data, good[wrong])
    content = b"" if changed is DELETED else json.dumps(changed).encode()
    answers = [answer(body) for body in good]
    answers[wrong] = httpx.Response(200, content=content)
    # A page that never ends would be asked for again and again.
    last = answer({"workloads": [], "jobs": [], "items": [], "programs": []})
    try:
        got = ask(on_stage, Network(*answers, last), method)
    except DryshotClientError:
        return
    assert isinstance(got, dict | list | str | bool)
