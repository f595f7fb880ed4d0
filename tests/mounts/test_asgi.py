from __future__ import annotations

import asyncio
import base64
import http.client
import json
import logging
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
import requests

from dryshot.errors import SpecDrift
from dryshot.http import Request, Response
from dryshot.mounts.asgi import asgi, own_answer, send_response
from tests.mounts.endpoints import Asked, echo, in_order
from tests.serving import served

MAX_BODY = 1000


def ask(application: Any, method: str, url: str, **options: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, **options)

    return asyncio.run(run())


def drive(application: Any, scope: dict[str, Any], *received: dict[str, Any]) -> list[Any]:
    """All that the application sends, given all that it receives."""
    incoming, sent = list(received), []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(application(scope, receive, send))
    return sent


def scope(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "server": ("127.0.0.1", 8000),
    }
    return plain | changes


def test_the_endpoint_sees_the_request_as_it_was_sent() -> None:
    told = ask(
        asgi(echo),
        "POST",
        "https://API.example:8443/jobs/a%2Fb?x=%20y",
        content=b"\x00body",
        headers=[("X-Tag", "1"), ("X-Tag", "2")],
    ).json()
    assert (told["method"], told["target"]) == ("POST", "/jobs/a%2Fb?x=%20y")
    assert (told["origin"], told["host"]) == ("https://api.example:8443", "api.example")
    assert told["headers"]["x-tag"] == "1, 2"
    assert base64.b64decode(told["body"]) == b"\x00body"


@pytest.mark.parametrize(
    ("header", "host", "port"),
    [
        (b"API.example", "api.example", None),
        (b"api.example:80", "api.example", None),
        (b"api.example:443", "api.example", 443),
        (b"[::1]:8000", "::1", 8000),
        (b"[::1]", "::1", None),
        (b"", "127.0.0.1", 8000),
    ],
)
def test_the_host_header_says_which_host_is_meant(
    header: bytes, host: str, port: int | None
) -> None:
    endpoint = Asked()
    drive(asgi(endpoint), scope(headers=[(b"host", header)]), {"type": "http.request"})
    assert (endpoint.last.host, endpoint.last.port) == (host, port)


def test_a_server_that_gives_no_raw_path_gets_it_encoded_again() -> None:
    endpoint = Asked()
    drive(asgi(endpoint), scope(path="/a b/é", raw_path=None), {"type": "http.request"})
    assert endpoint.last.path == "/a%20b/%C3%A9"


@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        (b"http://api.example:81/a%2Fb", "api.example", "/a%2Fb"),
        (b"HTTPS://api.example", "api.example", "/"),
        (b"*", "other.example", "/*"),
        (b"//api.example/a", "other.example", "//api.example/a"),
        (b"ftp://api.example/a", "other.example", "/ftp://api.example/a"),
    ],
)
def test_a_whole_url_as_target_says_host_and_path(target: bytes, host: str, path: str) -> None:
    endpoint = Asked()
    asked = scope(raw_path=target, headers=[(b"host", b"other.example")])
    drive(asgi(endpoint), asked, {"type": "http.request"})
    assert (endpoint.last.host, endpoint.last.path) == (host, path)


def test_an_answer_of_our_own_says_that_it_is() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(send_response(send, "GET", own_answer(413, "too large", last=True), more=True))
    start, body = sent
    assert (start["status"], (b"connection", b"close") in start["headers"]) == (413, True)
    assert json.loads(body["body"]) == {"dryshot": {"status": 413, "detail": "too large"}}
    assert body["more_body"] is True


def test_a_body_in_pieces_is_joined() -> None:
    endpoint = Asked()
    drive(
        asgi(endpoint),
        scope(method="POST"),
        {"type": "http.request", "body": b"one,", "more_body": True},
        {"type": "http.request", "body": b"two", "more_body": False},
    )
    assert endpoint.last.body == b"one,two"


def test_a_caller_that_goes_away_is_not_answered() -> None:
    endpoint = Asked()
    sent = drive(
        asgi(endpoint),
        scope(method="POST"),
        {"type": "http.request", "body": b"one,", "more_body": True},
        {"type": "http.disconnect"},
    )
    assert (sent, endpoint.requests) == ([], [])


@pytest.mark.parametrize("more", [-1, 0, 1, 2, 1000])
def test_of_a_body_above_the_limit_one_byte_more_is_seen(more: int) -> None:
    endpoint = Asked()
    size = MAX_BODY + more
    ask(asgi(endpoint, max_body_bytes=MAX_BODY), "POST", "http://h/", content=b"x" * size)
    (request,) = endpoint.requests
    assert len(request.body) == min(size, MAX_BODY + 1)


def test_a_body_above_the_limit_is_read_to_its_end_but_not_kept() -> None:
    left, size = [40], 1024 * 1024

    async def receive() -> dict[str, Any]:
        left[0] -= 1
        return {"type": "http.request", "body": bytes(size), "more_body": left[0] > 0}

    async def send(_: Any) -> None:
        pass

    async def run() -> None:
        await asgi(echo, max_body_bytes=MAX_BODY)(scope(), receive, send)

    tracemalloc.start()
    try:
        asyncio.run(run())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert left == [0]
    assert peak < 5 * size


def test_lifespan_starts_and_ends() -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = drive(asgi(echo), {"type": "lifespan"}, *messages)
    assert sent == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


def test_other_scopes_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="websocket"):
        drive(asgi(echo), {"type": "websocket"})


def test_a_fault_of_the_endpoint_is_told_without_its_text_and_raised_to_the_server() -> None:
    drift = SpecDrift("secret detail")
    response = ask(asgi(in_order(drift)), "GET", "http://h/")
    assert response.status_code == 500
    assert "dryshot itself failed" in response.json()["dryshot"]["detail"]
    assert "secret detail" not in response.text
    with pytest.raises(SpecDrift) as raised:
        drive(asgi(in_order(drift)), scope(), {"type": "http.request"})
    assert raised.value is drift


def test_an_executor_keeps_the_loop_free_and_the_context_known() -> None:
    known: ContextVar[str] = ContextVar("known")
    free = threading.Event()

    def endpoint(_: Request) -> Response:
        assert free.wait(20), "the loop is blocked"
        return Response(200, {}, f"{known.get()} {threading.current_thread().name}".encode())

    async def run(pool: ThreadPoolExecutor) -> str:
        known.set("here")
        transport = httpx.ASGITransport(asgi(endpoint, executor=pool))
        async with httpx.AsyncClient(transport=transport) as client:
            asking = asyncio.create_task(client.get("http://h/"))
            asyncio.get_running_loop().call_soon(free.set)
            return (await asking).text

    with ThreadPoolExecutor(1, "worker") as pool:
        assert asyncio.run(run(pool)) == "here worker_0"


def answer(request: Request) -> Response:
    if request.path == "/fault":
        raise KeyError("secret")
    special = {
        "/gone": Response(204, {}, b"never sent"),
        "/length": Response(200, {"content-length": "99"}, b"four"),
    }
    return special.get(request.path) or echo(request)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(asgi(answer, max_body_bytes=MAX_BODY)) as address:
        yield address


@pytest.mark.parametrize("client", [requests.Session, httpx.Client])
def test_real_clients_are_answered_over_real_sockets(client: Any, address: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one,"
        yield b"two"

    chunked: dict[str, Any] = {"data" if client is requests.Session else "content": chunks()}
    with client() as session:
        told = session.post(f"http://{address}/jobs/a%2Fb?x=%20y", **chunked).json()
        assert (told["target"], told["origin"]) == ("/jobs/a%2Fb?x=%20y", f"http://{address}")
        assert base64.b64decode(told["body"]) == b"one,two"
        gone = session.delete(f"http://{address}/gone")
        assert (gone.status_code, gone.content) == (204, b"")
        assert "content-length" not in gone.headers
        head = session.head(f"http://{address}/length")
        assert (head.content, head.headers["content-length"]) == (b"", "4")
        assert session.get(f"http://{address}/length").content == b"four"


def test_one_connection_serves_all_kinds_of_answers(address: str) -> None:
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.connect()
    only = connection.sock
    seen = []
    for method, path, body in [
        ("GET", "/", b""),
        ("POST", "/", b"x" * MAX_BODY * 50),
        ("HEAD", "/length", b""),
        ("DELETE", "/gone", b""),
        ("GET", "/", b""),
    ]:
        connection.request(method, path, body)
        response = connection.getresponse()
        response.read()
        seen.append(response.status)
        assert connection.sock is only
    connection.close()
    assert seen == [200, 200, 200, 204, 200]


@pytest.mark.parametrize("client", [requests.Session, httpx.Client])
def test_after_a_fault_the_server_has_its_reason_and_the_client_goes_on(
    client: Any, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with client() as session, caplog.at_level(logging.ERROR, "uvicorn.error"):
        failed = session.get(f"http://{address}/fault")
        assert (failed.status_code, failed.headers["connection"]) == (500, "close")
        assert session.get(f"http://{address}/").status_code == 200
    assert "KeyError: 'secret'" in caplog.text
