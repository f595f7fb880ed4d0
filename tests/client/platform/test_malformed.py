"""Answers that are not what the API says, of every method: an error of ours, that quotes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot_client import RuntimeApiError, UnexpectedAnswer
from dryshot_client.calls import Resource
from tests.client.platform.methods import METHODS, SILENT, TEXTS
from tests.client.platform.stage import Network, OnMock, Scripted, answer

MakeScripted = Callable[..., Scripted]

IDS = {"job": "j1", "queued": "j2", "session": "s1"}
HTML = b"<!DOCTYPE html>\n<html><body>Sorry, you have been blocked</body></html>"
GARBAGE = {
    "broken JSON": b'{"id": }',
    "truncated JSON": b'{"id": "j1", "jobs": [',
    "a page": HTML,
    "a list": b"[1]",
    "a number": b"5",
    "a text": b'"text"',
    "no UTF-8": b"\xff\xfe\xfd",
    "nested too deep": b"[" * 100_000,
}
NOTHING = {"backends.properties", "backends.defaults"}
"""What may be answered with nothing at all."""

DUE = [name for name in METHODS if name not in SILENT | TEXTS]


def ask(play: Scripted, method: str) -> Any:
    """Use one method."""
    return play.do(lambda runtime: METHODS[method](runtime, IDS))


def network(response: httpx.Response) -> Network:
    """A service, and a search, that answer just this."""
    return Network(response, search=response)


def test_every_method_is_among_them() -> None:
    runtime = OnMock("sync").runtime
    ours = {
        f"{room}.{name}"
        for room, resource in vars(runtime).items()
        if isinstance(resource, Resource)
        for name, _ in inspect.getmembers(resource, callable)
        if not name.startswith("_")
    }
    # Two are of versions before 2026-02-01, the others ask nothing of their own.
    others = {"interim_results", "transpiled_circuits", "wait_all"}
    assert ours - {f"jobs.{name}" for name in others} - {"sessions.open"} == set(METHODS)


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("method", DUE)
def test_what_is_no_object_is_unexpected_and_quoted(
    scripted: MakeScripted, method: str, garbage: str
) -> None:
    content = GARBAGE[garbage]
    with pytest.raises(UnexpectedAnswer) as caught:
        ask(scripted(network(httpx.Response(200, content=content))), method)
    start = repr(" ".join(content.decode("utf-8", "replace").split())[:20])[1:-1]
    assert start in caught.value.message
    assert caught.value.status == 200


@pytest.mark.parametrize("content", [b"", b"null"])
@pytest.mark.parametrize("method", [name for name in DUE if name not in NOTHING])
def test_nothing_where_something_is_due_is_unexpected(
    scripted: MakeScripted, method: str, content: bytes
) -> None:
    for status in (200, 204) if not content else (200,):
        with pytest.raises(UnexpectedAnswer) as caught:
            ask(scripted(network(httpx.Response(status, content=content))), method)
        assert caught.value.message.endswith("it is 'null'" if content else "it is empty")


@pytest.mark.parametrize("method", [name for name in DUE if name != "instances.configuration"])
def test_an_object_with_nothing_in_it_is_unexpected(scripted: MakeScripted, method: str) -> None:
    play = scripted(network(answer({})))
    if method in NOTHING:
        assert ask(play, method) is None
    elif method == "jobs.results":
        assert ask(play, method) == {}
    else:
        with pytest.raises(UnexpectedAnswer):
            ask(play, method)


@pytest.mark.parametrize("method", sorted(SILENT | TEXTS))
def test_a_page_is_neither_success_nor_text(scripted: MakeScripted, method: str) -> None:
    page = httpx.Response(200, html=HTML.decode())
    with pytest.raises(UnexpectedAnswer, match="<!DOCTYPE html> <html>"):
        ask(scripted(network(page)), method)


@pytest.mark.parametrize("method", sorted(SILENT))
@pytest.mark.parametrize("content", [b"", b"{}"])
def test_success_is_enough_where_nothing_is_due(
    scripted: MakeScripted, method: str, content: bytes
) -> None:
    assert ask(scripted(network(httpx.Response(200, content=content))), method) is None


@pytest.mark.parametrize("status", [400, 403, 520])
@pytest.mark.parametrize("method", METHODS)
def test_a_page_of_the_edge_is_the_error_of_its_status(
    scripted: MakeScripted, method: str, status: int
) -> None:
    page = httpx.Response(status, content=HTML)
    with pytest.raises(RuntimeApiError) as caught:
        ask(scripted(network(page), retries=0), method)
    assert caught.value.status == status
    assert caught.value.message.startswith("<!DOCTYPE html> <html>")


@pytest.mark.parametrize("charset", ["no-such-thing", "hex", "base64", "ascii"])
def test_a_text_is_utf_8_whatever_charset_it_claims(scripted: MakeScripted, charset: str) -> None:
    headers = {"content-type": f"text/plain; charset={charset}"}
    text = httpx.Response(200, headers=headers, content="ä".encode() + b"\xff")
    assert ask(scripted(network(text)), "jobs.logs") == "ä\ufffd"
