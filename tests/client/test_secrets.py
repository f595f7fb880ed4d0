"""Tokens show themselves nowhere: not in logs, not in errors, not in any repr."""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from dryshot_client import (
    AsyncLegacyRuntime,
    AuthenticationError,
    ConnectionFailed,
    DryshotClientError,
    LegacyRuntime,
    RuntimeApiError,
)
from dryshot_client.credentials import Secret
from tests.client.loopback import Served, serve
from tests.client.stage import API_TOKEN, Stage, answer

OnStage = Callable[..., Stage]

ACCESS_TOKEN = "accesstoken" + "z" * 50


def shows(text: str) -> bool:
    return API_TOKEN in text or "accesstoken" in text


def reachable(thing: object, seen: set[int] | None = None) -> Iterator[object]:
    """``thing`` and whatever its attributes and items lead to; a ``Secret`` keeps its own."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, type | Secret):
        return
    seen.add(id(thing))
    yield thing
    inner: list[object] = [getattr(thing, "__cause__", None), getattr(thing, "__context__", None)]
    inner += vars(thing).values() if hasattr(thing, "__dict__") else []
    inner += [
        getattr(thing, slot, None)
        for kind in type(thing).__mro__
        for slot in getattr(kind, "__slots__", ())
    ]
    if isinstance(thing, dict):
        inner += [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset):
        inner += thing
    elif isinstance(thing, httpx.Headers):
        inner += thing.raw
    for each in inner:
        yield from reachable(each, seen)


def check_error(error: BaseException) -> None:
    for thing in reachable(error):
        assert not shows(repr(thing))
    assert not shows("".join(traceback.format_exception(error)))
    with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert not shows("".join(with_locals.format()))
    assert API_TOKEN.encode() not in pickle.dumps(error)


@pytest.fixture
def echoing() -> Callable[[httpx.Request], httpx.Response]:
    """A service that repeats, in its refusals, whatever secret it was sent."""

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("loginWithToken"):
            return answer({"id": ACCESS_TOKEN})
        token = request.headers["x-access-token"]
        entry = {"code": 1, "message": f"bad {token}", "solution": f"not {token}", "extra": token}
        return answer({"errors": [entry], "trace": token}, 400)

    return service


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("accesstoken")
    assert (repr(secret), str(secret), f"{secret}") == ("Secret(***)",) * 3
    assert secret.reveal() == "accesstoken"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_no_repr_of_a_runtime_or_its_parts_shows_a_token(stage: OnStage) -> None:
    play = stage(lambda _: answer({"id": ACCESS_TOKEN, "devices": []}))
    play.do(lambda runtime: runtime.backends.list())
    runtime = play.runtime
    assert "logged in" in repr(runtime)
    parts = [runtime, runtime.jobs, runtime.backends, runtime.programs]
    for part in parts:
        assert not shows(repr(part))
        assert not shows(repr(vars(part)))
    ours = [vars(runtime)[name] for name in ("_api", "_driver", "_client")]
    for thing in reachable(ours):
        assert not shows(repr(thing))


def test_an_answer_that_repeats_the_access_token_is_blotted_out(
    stage: OnStage, echoing: Callable[[httpx.Request], httpx.Response]
) -> None:
    with pytest.raises(RuntimeApiError, match=r"bad \*\*\*") as caught:
        stage(echoing).do(lambda runtime: runtime.jobs.get("j1"))
    check_error(caught.value)
    assert caught.value.trace == "***"


@pytest.mark.parametrize("status", [401, 500])
def test_a_login_answer_that_repeats_the_api_token_is_blotted_out(
    stage: OnStage, status: int
) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=b"no: " + request.content)

    with pytest.raises(RuntimeApiError) as caught:
        stage(service).do(lambda runtime: runtime.log_in())
    assert caught.value.message == 'no: {"apiToken": "***"}'
    check_error(caught.value)


@pytest.mark.parametrize("path", ["loginWithToken", "j1"])
def test_a_lost_connection_leads_to_no_token(stage: OnStage, path: str) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(path):
            try:
                raise OSError(f"low-level, with {request.headers!r} {request.content!r}")
            except OSError as error:
                raise httpx.ReadError(f"lost after {API_TOKEN}") from error
        return answer({"id": ACCESS_TOKEN})

    with pytest.raises(ConnectionFailed, match=r"ReadError: lost after \*\*\*") as caught:
        stage(service, retries=0).do(lambda runtime: runtime.jobs.get("j1"))
    cause = caught.value.__cause__
    assert isinstance(cause, httpx.ReadError)
    assert cause.request.headers.keys() <= {"host", "content-length"}
    check_error(caught.value)


def test_a_token_under_another_name_in_a_login_answer_does_not_show(stage: OnStage) -> None:
    with pytest.raises(RuntimeApiError) as caught:
        stage(lambda _: answer({"token": ACCESS_TOKEN})).do(lambda runtime: runtime.log_in())
    check_error(caught.value)


def service_on_a_socket(request: Served) -> None:
    if request.path.endswith("loginWithToken"):
        request.answer({"id": ACCESS_TOKEN})
    elif request.path.endswith("logout"):
        request.answer(None)
    elif request.path.endswith("j1"):
        request.answer({"errors": [{"code": 1201, "message": "no"}]}, 401)
    elif request.path.endswith("j2"):
        request.hang_up()
    else:
        request.answer({"url": f"http://{request.headers['host']}/stored?signature=1"})


def check_logs(caplog: pytest.LogCaptureFixture) -> None:
    assert any("loginWithToken" in message for message in caplog.messages)
    assert any(record.name == "httpcore.http11" for record in caplog.records)
    assert any(record.name == "dryshot_client" for record in caplog.records)
    assert not shows(caplog.text)
    for record in caplog.records:
        assert not shows(repr(vars(record)))


def test_nothing_is_logged_that_shows_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        serve(service_on_a_socket) as url,
        LegacyRuntime(
            api_token=API_TOKEN, auth_url=url, runtime_url=url, sleep=lambda _: None
        ) as runtime,
    ):
        errors: list[DryshotClientError] = []
        for job_id, kind in (("j1", AuthenticationError), ("j2", ConnectionFailed)):
            with pytest.raises(kind) as caught:
                runtime.jobs.get(job_id)
            errors.append(caught.value)
        runtime.jobs.results("j3")
        runtime.log_out()
    check_logs(caplog)
    for error in errors:
        check_error(error)


def test_nothing_is_logged_that_shows_a_token_asynchronously(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    async def main(url: str) -> None:
        async with AsyncLegacyRuntime(
            api_token=API_TOKEN, auth_url=url, runtime_url=url, sleep=pause
        ) as runtime:
            with pytest.raises(AuthenticationError) as refused:
                await runtime.jobs.get("j1")
            check_error(refused.value)
            with pytest.raises(ConnectionFailed) as lost:
                await runtime.jobs.get("j2")
            check_error(lost.value)
            await runtime.log_out()

    with serve(service_on_a_socket) as url:
        asyncio.run(main(url))
    check_logs(caplog)


def test_the_download_of_results_shows_no_token_to_its_host() -> None:
    seen: list[Any] = []

    def service(request: Served) -> None:
        if request.path.startswith("/stored"):
            seen.append(dict(request.headers.items()))
        service_on_a_socket(request)

    with (
        serve(service) as url,
        LegacyRuntime(api_token=API_TOKEN, auth_url=url, runtime_url=url) as runtime,
    ):
        runtime.jobs.results("j3")
    assert len(seen) == 1
    assert not shows(repr(seen))
