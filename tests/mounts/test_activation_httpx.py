from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from dryshot.errors import RefusedHost, SpecDrift
from dryshot.http import Response
from dryshot.mounts.activation import activate
from tests.mounts.conftest import Server
from tests.mounts.endpoints import HOSTS, URL, Asked, in_order


def test_clients_made_before_and_inside_the_block_reach_the_endpoint() -> None:
    endpoint = Asked()
    with httpx.Client() as before, activate(endpoint, HOSTS):
        assert before.get(f"{URL}/a").text == "asked"
        assert httpx.get(f"{URL}/b").text == "asked"
        with httpx.Client(http2=False, verify=False) as inside:  # noqa: S501 - nothing is sent
            assert inside.post("https://auth.example/c", json={}).text == "asked"
    assert [request.path for request in endpoint.requests] == ["/a", "/b", "/c"]


def test_asynchronous_clients_reach_the_endpoint() -> None:
    endpoint = Asked()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one,"
        yield b"two"

    async def run() -> None:
        async with httpx.AsyncClient() as before:
            with activate(endpoint, HOSTS):
                assert (await before.post(URL, content=chunks())).text == "asked"
                async with httpx.AsyncClient() as inside, inside.stream("GET", URL) as response:
                    assert [piece async for piece in response.aiter_text()] == ["asked"]

    asyncio.run(run())
    assert endpoint.requests[0].body == b"one,two"


def test_a_client_made_inside_the_block_is_real_after_it(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        with activate(Asked(), {"127.0.0.1"}):
            client = stack.enter_context(httpx.Client())
            assert client.get(server.url).text == "asked"
        assert client.get(f"{server.url}/after").text == "real"
    assert server.paths == ["/after"]


def test_an_idle_connection_to_the_real_host_is_not_used(server: Server) -> None:
    with httpx.Client() as client:
        assert client.get(f"{server.url}/before").text == "real"
        with activate(Asked(), {"127.0.0.1"}):
            assert client.get(f"{server.url}/inside").text == "asked"
        assert client.get(f"{server.url}/after").text == "real"
    assert server.paths == ["/before", "/after"]


def test_streams_go_both_ways() -> None:
    def chunks() -> Iterator[bytes]:
        yield from (b"a", b"b")

    endpoint = Asked(lambda request: Response(200, {}, request.body * 3))
    with (
        activate(endpoint, HOSTS),
        httpx.Client() as client,
        client.stream("POST", URL, content=chunks()) as response,
    ):
        assert list(response.iter_raw(chunk_size=4)) == [b"abab", b"ab"]


def test_any_other_host_is_refused_and_the_message_says_how_to_allow_it() -> None:
    endpoint = Asked()
    with activate(endpoint, HOSTS), pytest.raises(RefusedHost) as refused:
        httpx.put("https://Other.example:8443/v1/jobs?token=secret")
    message = str(refused.value)
    assert "PUT https://other.example:8443/v1/jobs" in message
    assert "secret" not in message
    assert "Mocked hosts: api.example, auth.example." in message
    assert "allow_hosts=['other.example']" in message
    assert endpoint.requests == []


def test_any_other_host_is_refused_to_asynchronous_clients() -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as client:
            await client.get("https://other.example/")

    with activate(Asked(), HOSTS), pytest.raises(RefusedHost, match=r"other\.example"):
        asyncio.run(run())


def test_allowed_hosts_go_to_the_network(server: Server) -> None:
    async def ask() -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{server.url}/b")).text

    with activate(Asked(), HOSTS, allow_hosts=["127.0.0.1"]):
        assert httpx.get(f"{server.url}/a").text == "real"
        assert asyncio.run(ask()) == "real"
        assert httpx.get(URL).text == "asked"
    assert server.paths == ["/a", "/b"]


def test_the_mocked_hosts_are_asked_for_each_time() -> None:
    hosts: set[str] = set()
    with activate(Asked(), lambda: hosts):
        with pytest.raises(RefusedHost, match="Mocked hosts: none"):
            httpx.get(URL)
        hosts.add("api.example")
        assert httpx.get(URL).text == "asked"


def test_an_exception_of_the_endpoint_reaches_the_caller_unchanged() -> None:
    drift, cause = SpecDrift("not in the document"), KeyError("id")
    drift.__cause__ = cause

    async def ask() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(URL)

    with activate(in_order(drift, drift, ConnectionRefusedError("down")), HOSTS):
        with pytest.raises(SpecDrift) as caught:
            httpx.get(URL)
        assert caught.value is drift
        assert caught.value.__cause__ is cause
        with pytest.raises(SpecDrift):
            asyncio.run(ask())
        with pytest.raises(httpx.ConnectError, match="down"):
            httpx.get(URL)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxies_in_the_environment_do_not_matter(
    monkeypatch: pytest.MonkeyPatch, server: Server, scheme: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    endpoint = Asked()
    with activate(endpoint, HOSTS):
        assert httpx.get(f"{scheme}://api.example/jobs?a=1").text == "asked"
        with pytest.raises(RefusedHost):
            httpx.get(f"{scheme}://other.example/")
    assert endpoint.last.origin == f"{scheme}://api.example"
    assert endpoint.last.target == "/jobs?a=1"
    assert server.paths == []


def test_a_transport_derived_from_the_networks_is_covered() -> None:
    class Tagging(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["x-tag"] = "1"
            return super().handle_request(request)

    endpoint = Asked()
    with activate(endpoint, HOSTS), httpx.Client(transport=Tagging()) as client:
        client.get(URL)
    assert endpoint.last.headers["x-tag"] == "1"


def test_transports_of_another_kind_are_left_alone() -> None:
    async def app(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator] # loosely typed on purpose, as applications are
        await send({"type": "http.response.body", "body": b"app"})  # type: ignore[operator] # as above

    async def ask() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            return (await client.get("http://testserver/")).text

    mock = httpx.MockTransport(lambda _: httpx.Response(200, text="another mock"))
    with activate(Asked(), HOSTS):
        assert asyncio.run(ask()) == "app"
        with httpx.Client(transport=mock) as client:
            assert client.get(URL).text == "another mock"


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_a_respx_mock_of_the_users_own_works_inside_the_block(using: str) -> None:
    with activate(Asked(), HOSTS), respx.mock(using=using) as router:
        route = router.get("https://other.example/a").respond(text="theirs")
        assert httpx.get("https://other.example/a").text == "theirs"
        assert route.call_count == 1
        with pytest.raises(AssertionError, match="not mocked"):
            httpx.get("https://third.example/")


def test_a_respx_mock_of_the_users_own_works_around_the_block() -> None:
    with respx.mock as router:
        router.get("https://other.example/a").respond(text="theirs")
        with activate(Asked(), HOSTS):
            assert httpx.get("https://other.example/a").text == "theirs"
            assert httpx.get(URL).text == "asked"
        assert httpx.get("https://other.example/a").text == "theirs"


def test_mocked_hosts_stay_mocked_beside_a_respx_mock_of_the_users_own() -> None:
    async def ask() -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(URL)).text

    with activate(Asked(), HOSTS):
        with respx.mock:
            assert httpx.get(URL).text == "asked"
            assert asyncio.run(ask()) == "asked"
        with pytest.raises(RefusedHost):
            httpx.get("https://other.example/a")


def test_respx_keeps_no_calls_of_ours() -> None:
    with activate(Asked(), HOSTS):
        (router,) = respx.mocks.Mocker.registry["dryshot"].routers
        for _ in range(3):
            httpx.get(URL)
        assert len(router.calls) == 0
        assert [len(route.calls) for route in router.routes] == [0]
    assert respx.mocks.Mocker.registry["dryshot"].routers == []
