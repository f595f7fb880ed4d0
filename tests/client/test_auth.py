"""Logging in and out."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from dryshot_client import (
    AsyncLegacyRuntime,
    AuthenticationError,
    LegacyRuntime,
    RuntimeApiError,
    ServerError,
)
from tests.client.stage import (
    API_TOKEN,
    AUTH_HOST,
    RUNTIME_HOST,
    UNAUTHORISED,
    Network,
    Stage,
    answer,
    job,
)

OnStage = Callable[..., Stage]


def only_with(network: Network) -> Callable[[httpx.Request], httpx.Response]:
    """Answer 401 to every token but the one issued last."""

    def check(request: httpx.Request) -> httpx.Response:
        good = request.headers.get("x-access-token") == network.tokens[-1]
        return answer(job()) if good else answer(UNAUTHORISED, 401)

    return check


def test_the_first_call_logs_in_and_the_next_ones_use_its_token(stage: OnStage) -> None:
    network = Network(answer(job()))
    play = stage(network)
    for _ in range(3):
        play.do(lambda runtime: runtime.jobs.get("j1"))
    login, *calls = network.requests
    assert (login.method, str(login.url)) == (
        "POST",
        "https://auth.quantum-computing.ibm.com/api/users/loginWithToken",
    )
    assert json.loads(login.content) == {"apiToken": API_TOKEN}
    assert [call.headers["x-access-token"] for call in calls] == network.tokens * 3


def test_the_api_token_goes_to_the_auth_host_only(stage: OnStage) -> None:
    network = Network(answer(UNAUTHORISED, 401), answer(job()))
    play = stage(network)
    play.do(lambda runtime: runtime.jobs.get("j1"))
    play.do(lambda runtime: runtime.log_out())
    for request in network.requests:
        everything = repr([request.url, request.headers.raw, request.content])
        login = request.url.path.endswith("loginWithToken")
        assert (API_TOKEN in everything) == login
        assert not login or request.url.host == AUTH_HOST


def test_programs_are_listed_without_logging_in(stage: OnStage) -> None:
    network = Network(answer({"programs": [{"id": "sampler", "name": "sampler"}], "count": 1}))
    play = stage(network)
    programs = play.do(lambda runtime: runtime.programs.list())
    assert [program["id"] for program in programs] == ["sampler"]
    assert network.tokens == []
    assert "x-access-token" not in network.requests[0].headers


def test_a_refused_token_is_replaced_and_the_call_repeated_once(stage: OnStage) -> None:
    network = Network()
    network.answers = [only_with(network)]
    play = stage(network)
    play.do(lambda runtime: runtime.log_in())
    network.tokens.append("revoked-elsewhere")
    assert play.do(lambda runtime: runtime.jobs.get("j1"))["id"] == "j1"
    assert network.lines == ["GET /jobs/j1"] * 2


def test_submitting_is_repeated_after_a_401_because_nothing_was_done(stage: OnStage) -> None:
    network = Network(answer(UNAUTHORISED, 401), answer({"id": "j1", "backend": "b"}))
    created = stage(network).do(lambda runtime: runtime.jobs.create(program="sampler", backend="b"))
    assert created == {"id": "j1", "backend": "b"}
    assert network.lines == ["POST /jobs"] * 2


def test_a_second_401_is_raised_after_exactly_one_new_login(stage: OnStage) -> None:
    network = Network(answer(UNAUTHORISED, 401))
    with pytest.raises(AuthenticationError) as caught:
        stage(network).do(lambda runtime: runtime.jobs.get("j1"))
    assert len(network.tokens) == 2
    assert network.lines == ["GET /jobs/j1"] * 2
    assert str(caught.value) == (
        "GET /jobs/j1: 401 (1201) Invalid credentials. Verify your credentials and try again."
    )


def test_a_refused_api_token_is_an_authentication_error_of_the_login(stage: OnStage) -> None:
    refusal = {"error": {"statusCode": 401, "name": "X", "message": "Login failed.", "code": 3446}}
    requests: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer(refusal, 401)

    with pytest.raises(AuthenticationError) as caught:
        stage(refuse).do(lambda runtime: runtime.jobs.get("j1"))
    assert str(caught.value) == "POST /users/loginWithToken: 401 (3446) Login failed."
    assert len(requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        '["id"]',
        "{}",
        '{"id": 5}',
        '{"id": ""}',
        '{"id": "line\\nbreak"}',
        '{"id": "schlüssel"}',
    ],
)
def test_a_login_answer_without_a_usable_token_is_an_error(stage: OnStage, body: str) -> None:
    with pytest.raises(RuntimeApiError, match="no usable token"):
        stage(lambda _: httpx.Response(200, text=body)).do(lambda runtime: runtime.log_in())


def test_logging_in_twice_makes_one_request(stage: OnStage) -> None:
    network = Network()
    play = stage(network)
    play.do(lambda runtime: runtime.log_in())
    assert play.do(lambda runtime: runtime.log_in()) is None
    assert len(network.requests) == 1


def test_logging_out_revokes_the_token_and_the_next_call_logs_in_again(stage: OnStage) -> None:
    network = Network(answer(job()))
    play = stage(network)
    play.do(lambda runtime: runtime.log_in())
    play.do(lambda runtime: runtime.log_out())
    logout = network.requests[-1]
    assert (logout.method, logout.url.path) == ("POST", "/api/users/logout")
    assert logout.headers["x-access-token"] == network.tokens[0]
    assert logout.content == b""
    play.do(lambda runtime: runtime.jobs.get("j1"))
    assert network.requests[-1].headers["x-access-token"] == network.tokens[1]


def test_logging_out_with_nothing_logged_in_sends_nothing(stage: OnStage) -> None:
    network = Network()
    play = stage(network)
    play.do(lambda runtime: runtime.log_out())
    play.do(lambda runtime: runtime.log_in())
    play.do(lambda runtime: runtime.log_out())
    play.do(lambda runtime: runtime.log_out())
    assert len(network.requests) == 2


def test_logging_out_a_token_that_is_dead_already_is_no_error(stage: OnStage) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("logout"):
            return answer(UNAUTHORISED, 401)
        return answer({"id": "token"})

    play = stage(service)
    play.do(lambda runtime: runtime.log_in())
    play.do(lambda runtime: runtime.log_out())
    assert "not logged in" in repr(play.runtime)


def test_a_token_that_could_not_be_revoked_is_kept_to_try_again(stage: OnStage) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        return answer({"id": "token"}, 500 if request.url.path.endswith("logout") else 200)

    play = stage(service, retries=0)
    play.do(lambda runtime: runtime.log_in())
    with pytest.raises(ServerError):
        play.do(lambda runtime: runtime.log_out())
    assert "not logged in" not in repr(play.runtime)


@pytest.mark.parametrize("host", [AUTH_HOST, RUNTIME_HOST])
def test_redirects_are_not_followed(stage: OnStage, host: str) -> None:
    hosts: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        if request.url.host == host:
            return httpx.Response(307, headers={"location": "https://elsewhere.example/"})
        return answer({"id": "token"})

    with pytest.raises(RuntimeApiError, match="307 Temporary Redirect"):
        stage(redirect).do(lambda runtime: runtime.jobs.get("j1"))
    assert "elsewhere.example" not in hosts


def test_a_client_passed_in_neither_redirects_nor_authenticates_nor_is_closed() -> None:
    network = Network(answer(job()), httpx.Response(302, headers={"location": "https://else/"}))
    client = httpx.Client(
        transport=httpx.MockTransport(network), follow_redirects=True, auth=("user", "password")
    )
    with LegacyRuntime(api_token=API_TOKEN, client=client) as runtime:
        runtime.jobs.get("j1")
        with pytest.raises(RuntimeApiError, match="302"):
            runtime.jobs.get("j1")
    assert {request.url.host for request in network.requests} == {AUTH_HOST, RUNTIME_HOST}
    assert not any("authorization" in request.headers for request in network.requests)
    assert not client.is_closed
    client.close()


def test_nor_does_an_asynchronous_client_passed_in() -> None:
    network = Network(answer(job()), httpx.Response(302, headers={"location": "https://else/"}))

    async def main() -> None:
        client = httpx.AsyncClient(
            transport=httpx.MockTransport(network), follow_redirects=True, auth=("user", "word")
        )
        async with AsyncLegacyRuntime(api_token=API_TOKEN, client=client) as runtime:
            await runtime.jobs.get("j1")
            with pytest.raises(RuntimeApiError, match="302"):
                await runtime.jobs.get("j1")
        assert {request.url.host for request in network.requests} == {AUTH_HOST, RUNTIME_HOST}
        assert not any("authorization" in request.headers for request in network.requests)
        assert not client.is_closed
        await client.aclose()

    asyncio.run(main())


def test_the_end_of_a_with_block_closes_a_client_made_here() -> None:
    with LegacyRuntime(
        api_token=API_TOKEN, transport=httpx.MockTransport(Network(answer(job())))
    ) as runtime:
        runtime.jobs.get("j1")
    with pytest.raises(RuntimeError, match="closed"):
        runtime.jobs.get("j1")

    async def main() -> None:
        transport = httpx.MockTransport(Network(answer(job())))
        async with AsyncLegacyRuntime(api_token=API_TOKEN, transport=transport) as runtime:
            await runtime.jobs.get("j1")
        with pytest.raises(RuntimeError, match="closed"):
            await runtime.jobs.get("j1")

    asyncio.run(main())


def in_threads(runtime: LegacyRuntime, times: int) -> list[Any]:
    barrier = threading.Barrier(times, timeout=20)

    def get(_: int) -> Any:
        barrier.wait()
        return runtime.jobs.get("j1")

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(get, range(times)))


def test_twenty_threads_share_one_login_and_later_one_renewal() -> None:
    network = Network()
    everyone_refused = threading.Barrier(20, timeout=20)

    def service(request: httpx.Request) -> httpx.Response:
        reply = only_with(network)(request)
        if reply.status_code == 401:
            everyone_refused.wait()  # all twenty hold a refused token at the same time
        return reply

    network.answers = [service]
    runtime = LegacyRuntime(api_token=API_TOKEN, transport=httpx.MockTransport(network))
    assert len(in_threads(runtime, 20)) == 20
    assert len(network.tokens) == 1
    network.tokens.append("revoked-elsewhere")
    assert len(in_threads(runtime, 20)) == 20
    assert len(network.tokens) == 3


def test_twenty_tasks_share_one_login_and_later_one_renewal() -> None:
    network = Network()
    network.answers = [only_with(network)]

    async def slowly(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        reply = network(request)
        await asyncio.sleep(0)
        return reply

    async def main() -> None:
        transport = httpx.MockTransport(slowly)
        async with AsyncLegacyRuntime(api_token=API_TOKEN, transport=transport) as runtime:
            await asyncio.gather(*(runtime.jobs.get("j1") for _ in range(20)))
            assert len(network.tokens) == 1
            network.tokens.append("revoked-elsewhere")
            await asyncio.gather(*(runtime.jobs.get("j1") for _ in range(20)))
            assert len(network.tokens) == 3

    asyncio.run(main())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"api_token": ""}, "api_token is empty"),
        ({"api_token": "pasted\n"}, "api_token"),
        ({"instance": "ibm-q/open"}, "instance 'ibm-q/open' is not of the form hub/group/project"),
        ({"instance": "a//c"}, "instance 'a//c'"),
        ({"instance": "a/b/c/d"}, "instance 'a/b/c/d'"),
        ({"auth_url": "auth.example/api"}, "auth_url"),
        ({"auth_url": "https://user:secret@auth.example"}, "auth_url"),
        ({"runtime_url": "ftp://runtime.example"}, "runtime_url"),
        ({"runtime_url": "https://runtime.example?x=1"}, "runtime_url"),
        ({"runtime_url": "https://host:port"}, "runtime_url is not a URL"),
        ({"retries": -1}, "retries is -1"),
    ],
    ids=str,
)
def test_wrong_settings_are_refused_by_name(
    stage: OnStage, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        stage(Network(), **settings)
    assert "secret" not in str(caught.value)
    assert "pasted" not in str(caught.value)


def test_a_transport_and_a_client_exclude_each_other() -> None:
    transport = httpx.MockTransport(Network())
    with httpx.Client(transport=transport) as client, pytest.raises(ValueError, match="transport"):
        LegacyRuntime(api_token=API_TOKEN, client=client, transport=transport)


def test_base_urls_may_end_in_a_slash_and_have_a_prefix(stage: OnStage) -> None:
    network = Network(answer({"devices": []}))
    play = stage(
        network,
        auth_url="http://localhost:1/api/",
        runtime_url="http://localhost:2/runtime/",
    )
    play.do(lambda runtime: runtime.backends.list())
    assert [str(request.url) for request in network.requests] == [
        "http://localhost:1/api/users/loginWithToken",
        "http://localhost:2/runtime/backends",
    ]
