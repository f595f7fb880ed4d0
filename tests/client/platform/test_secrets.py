"""Keys and tokens show themselves nowhere, and the key goes to IAM and nowhere else."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot_client import ConnectionFailed, RuntimeApiError
from dryshot_client.platform import AsyncRuntime, Runtime
from dryshot_client.platform.iam import IamAuth
from tests.client.loopback import Served, serve
from tests.client.platform.methods import METHODS
from tests.client.platform.stage import CRN, IAM_HOST, KEY, Network, Play, Scripted, answer
from tests.client.test_secrets import reachable

MakeScripted = Callable[..., Scripted]

IDS = {"job": "j1", "queued": "j2", "session": "s1"}
TOKEN = "accesstoken0x" + "y" * 50
"""The first that the network gives."""


def shows(text: str) -> bool:
    return KEY in text or "accesstoken" in text


def check_error(error: BaseException) -> None:
    for thing in reachable(error):
        assert not shows(repr(thing))
    with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert not shows("".join(with_locals.format()))


def echo(request: httpx.Request) -> httpx.Response:
    """A refusal that repeats whatever secret it was sent."""
    token = request.headers.get("authorization", "none")
    entry = {"code": 1, "message": f"bad {token}", "solution": f"not {token}", "extra": token}
    return answer({"errors": [entry], "trace": token}, 400)


@pytest.mark.parametrize("method", METHODS)
def test_no_refusal_repeats_a_secret(scripted: MakeScripted, method: str) -> None:
    with pytest.raises(RuntimeApiError, match=r"bad (none|Bearer \*\*\*)") as caught:
        scripted(Network(echo, search=echo)).do(lambda runtime: METHODS[method](runtime, IDS))
    check_error(caught.value)


@pytest.mark.parametrize("method", METHODS)
def test_no_unexpected_answer_repeats_a_secret(scripted: MakeScripted, method: str) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        text = f"<html>{request.headers.get('authorization')} {KEY}"
        return httpx.Response(200, html=text)

    with pytest.raises(RuntimeApiError, match="<html>") as caught:
        scripted(Network(service, search=service)).do(lambda runtime: METHODS[method](runtime, IDS))
    check_error(caught.value)


@pytest.mark.parametrize("lost", ["/identity/token", "/v3/resources/search", "/api/v1/jobs/j1"])
def test_no_lost_connection_leads_to_a_secret(scripted: MakeScripted, lost: str) -> None:
    network = Network(answer({}))

    def service(request: httpx.Request) -> httpx.Response:
        response = network(request)
        if request.url.path == lost:
            try:
                raise OSError(f"low-level, with {request.headers!r} {request.content!r}")
            except OSError as error:
                shown = request.headers.get("authorization", KEY)
                raise httpx.ReadError(f"lost after {shown}", request=request) from error
        return response

    play = scripted(service, retries=0, instance="one")
    with pytest.raises(ConnectionFailed, match=r"lost after (Bearer )?\*\*\*") as caught:
        play.do(lambda runtime: runtime.jobs.get("j1"))
    check_error(caught.value)
    cause = caught.value.__cause__
    assert isinstance(cause, httpx.ReadError)
    assert cause.request.headers.keys() <= {"host", "content-length"}


@pytest.mark.parametrize("status", [400, 500, 200])
def test_iam_s_answers_repeat_no_secret(scripted: MakeScripted, status: int) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=b"no: " + request.content + KEY.encode())

    with pytest.raises(RuntimeApiError) as caught:
        scripted(service, retries=0).do(lambda runtime: runtime.backends.list())
    check_error(caught.value)


def test_no_part_of_a_runtime_shows_a_secret(kind: str) -> None:
    def service(_: httpx.Request) -> httpx.Response:  # it remembers nothing
        return answer({"access_token": TOKEN, "expires_in": 3600, "devices": []})

    play = Scripted(kind, service)
    play.do(lambda runtime: runtime.backends.list())
    runtime = play.runtime
    resources = [each for name, each in vars(runtime).items() if not name.startswith("_")]
    parts = [runtime, *resources, runtime.sessions.open(backend="b")]
    for part in parts:
        assert not shows(repr(part))
        assert not shows(repr(vars(part)))
    for thing in reachable([vars(runtime)[name] for name in ("_api", "_driver", "_client")]):
        assert not shows(repr(thing))


def test_the_key_goes_to_iam_only_and_the_token_never_there(scripted: MakeScripted) -> None:
    network = Network(answer({"devices": []}))
    scripted(network, instance="one").do(lambda runtime: runtime.backends.list())
    assert {request.url.host for request in network.requests} == {
        IAM_HOST,
        "api.global-search-tagging.cloud.ibm.com",
        "quantum.cloud.ibm.com",
    }
    for request in network.requests:
        sent = f"{request.url} {request.headers.multi_items()} {request.content!r}"
        assert (KEY in sent) == (request.url.host == IAM_HOST)
        assert ("accesstoken" in sent) == (request.url.host != IAM_HOST)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("host", [IAM_HOST, "quantum.cloud.ibm.com"])
def test_a_redirect_carries_nothing_elsewhere(
    kind: str, host: str, status: int, *, follow: bool
) -> None:
    network = Network(answer({"devices": []}))
    elsewhere: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.host == "elsewhere.example":
            elsewhere.append(request)
            return answer({"access_token": "accesstokenfromelsewhere", "devices": []})
        if request.url.host == host:
            return httpx.Response(status, headers={"location": "https://elsewhere.example/"})
        return network(request)

    make: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    client = make(transport=httpx.MockTransport(service), follow_redirects=follow)
    with pytest.raises(RuntimeApiError) as caught:
        Scripted(kind, network, client=client).do(lambda runtime: runtime.backends.list())
    assert caught.value.status == status
    assert elsewhere == []


def service_on_a_socket(request: Served) -> None:
    if request.path.endswith("/identity/token"):
        request.answer({"access_token": TOKEN, "expires_in": 3600})
    elif request.path.endswith("j1"):
        request.answer({"errors": [{"code": 1201, "message": "no"}]}, 401)
    else:
        request.hang_up()


def test_nothing_is_logged_that_shows_a_secret(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(service_on_a_socket) as url:
        play = Play(kind, {"url": url, "instance": CRN, "sleep": _pause(kind)})
        errors = play.do(_fail_twice if kind == "async" else _fail_twice_blocking)
    messages = caplog.messages
    assert any("/identity/token" in message for message in messages)
    assert any(record.name == "httpcore.http11" for record in caplog.records)
    assert any(record.name == "dryshot_client" for record in caplog.records)
    assert not shows(caplog.text)
    for record in caplog.records:
        assert not shows(repr(vars(record)))
    for error in errors:
        check_error(error)


def _pause(kind: str) -> Callable[[float], Any]:
    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    return (lambda _: None) if kind == "sync" else pause


def _fail_twice_blocking(runtime: Runtime) -> list[BaseException]:
    errors: list[BaseException] = []
    with runtime:
        for job_id in ("j1", "j2"):
            with pytest.raises((RuntimeApiError, ConnectionFailed)) as caught:
                runtime.jobs.get(job_id)
            errors.append(caught.value)
    return errors


async def _fail_twice(runtime: AsyncRuntime) -> list[BaseException]:
    errors: list[BaseException] = []
    async with runtime:
        for job_id in ("j1", "j2"):
            with pytest.raises((RuntimeApiError, ConnectionFailed)) as caught:
                await runtime.jobs.get(job_id)
            errors.append(caught.value)
    return errors


@pytest.mark.parametrize("key", ["", " h1dden", "h1dden\n", "h1ddén", 51, b"h1dden"], ids=repr)
def test_a_key_that_cannot_be_one_is_refused_and_not_repeated(kind: str, key: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="api_key") as caught:
        Scripted(kind, Network(answer({})), api_key=key)
    assert "h1dd" not in str(caught.value)
    assert "51" not in str(caught.value)


def test_an_auth_shows_no_secret_either() -> None:
    auth = IamAuth(KEY)
    Scripted("sync", Network(answer({"devices": []})), auth=auth).do(
        lambda runtime: runtime.backends.list()
    )
    assert not shows(repr(auth))
    assert not shows(repr(vars(auth)))
