from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from dryshot.errors import SpecDrift
from dryshot.http import Request, Response
from dryshot.mounts.httpx import AsyncTransport, Transport
from tests.mounts.endpoints import URL, Asked, echo, in_order


def ask(endpoint: Callable[[Request], Response], method: str, url: str, **options: Any) -> Any:
    with httpx.Client(transport=Transport(endpoint)) as client:
        return client.request(method, url, **options)


def ask_async(
    endpoint: Callable[[Request], Response], method: str, url: str, **options: Any
) -> Any:
    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=AsyncTransport(endpoint)) as client:
            return await client.request(method, url, **options)

    return asyncio.run(run())


both = pytest.mark.parametrize("send", [ask, ask_async])


@both
def test_the_endpoint_sees_the_request_as_it_was_sent(send: Callable[..., Any]) -> None:
    told = send(
        echo,
        "POST",
        "HTTPS://API.Example/jobs/a%2Fb?x=%20y&x=2",
        content=b"\x00body",
        headers=[("X-Tag", "1"), ("x-tag", "2"), ("Authorization", "Bearer t")],
    ).json()
    assert told["method"] == "POST"
    assert (told["origin"], told["port"]) == ("https://api.example", None)
    assert told["target"] == "/jobs/a%2Fb?x=%20y&x=2"
    assert told["headers"]["x-tag"] == "1, 2"
    assert told["headers"]["authorization"] == "Bearer t"
    assert told["headers"]["host"] == "api.example"
    assert base64.b64decode(told["body"]) == b"\x00body"


@both
@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://api.example:8080", "api.example", 8080),
        ("https://api.example:443/", "api.example", None),
        ("http://api.example:443/", "api.example", 443),
        ("https://bücher.example/", "xn--bcher-kva.example", None),
    ],
)
def test_hosts_are_plain_and_default_ports_are_none(
    send: Callable[..., Any], url: str, host: str, port: int | None
) -> None:
    told = send(echo, "GET", url).json()
    assert (told["host"], told["port"], told["target"]) == (host, port, "/")


def test_a_generator_body_is_read() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one,"
        yield b"two"

    endpoint = Asked()
    ask(endpoint, "POST", URL, content=chunks())
    assert endpoint.last.body == b"one,two"
    assert endpoint.last.headers["transfer-encoding"] == "chunked"


def test_an_asynchronous_generator_body_is_read() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one,"
        yield b"two"

    endpoint = Asked()
    ask_async(endpoint, "POST", URL, content=chunks())
    assert endpoint.last.body == b"one,two"


@both
def test_the_answer_arrives_whole(send: Callable[..., Any]) -> None:
    response = send(
        lambda _: Response(201, {"content-type": "application/json", "x-id": "é"}, b'{"a": 1}'),
        "POST",
        URL,
    )
    assert (response.status_code, response.json()) == (201, {"a": 1})
    assert response.headers["x-id"] == "é"
    assert response.headers["content-length"] == "8"
    assert response.reason_phrase == "Created"


@both
def test_compressed_content_is_decoded(send: Callable[..., Any]) -> None:
    packed = Response(200, {"content-encoding": "gzip"}, gzip.compress(b"plain"))
    assert send(lambda _: packed, "GET", URL).content == b"plain"


@both
def test_head_and_204_come_without_a_body(send: Callable[..., Any]) -> None:
    head = send(lambda _: Response(200, {}, b"four"), "HEAD", URL)
    assert (head.content, head.headers["content-length"]) == (b"", "4")
    gone = send(lambda _: Response(204, {}, b"four"), "DELETE", URL)
    assert (gone.content, "content-length" in gone.headers) == (b"", False)


def test_an_answer_can_be_streamed_raw_and_in_pieces() -> None:
    packed = gzip.compress(b"0123456789")
    endpoint = Asked(lambda _: Response(200, {"content-encoding": "gzip"}, packed))
    with httpx.Client(transport=Transport(endpoint)) as client:
        with client.stream("GET", URL) as response:
            assert not response.is_stream_consumed
            assert b"".join(response.iter_raw()) == packed
        with client.stream("GET", URL) as response:
            assert list(response.iter_bytes(chunk_size=4)) == [b"0123", b"4567", b"89"]


def test_an_answer_can_be_streamed_asynchronously() -> None:
    async def run() -> list[bytes]:
        transport = AsyncTransport(lambda _: Response(200, {}, b"012345"))
        async with (
            httpx.AsyncClient(transport=transport) as client,
            client.stream("GET", URL) as response,
        ):
            return [chunk async for chunk in response.aiter_bytes(chunk_size=4)]

    assert asyncio.run(run()) == [b"0123", b"45"]


@both
def test_an_exception_of_the_endpoint_reaches_the_caller_unchanged(
    send: Callable[..., Any],
) -> None:
    drift, cause = SpecDrift("not in the document"), KeyError("id")
    drift.__cause__ = cause
    with pytest.raises(SpecDrift) as caught:
        send(in_order(drift), "GET", URL)
    assert caught.value is drift
    assert caught.value.__cause__ is cause


@both
@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (ConnectionRefusedError("down"), httpx.ConnectError),
        (ConnectionResetError("cut"), httpx.ReadError),
        (TimeoutError("slow"), httpx.ReadTimeout),
    ],
)
def test_a_failing_network_looks_as_httpx_would_show_it(
    send: Callable[..., Any], raised: Exception, seen: type[httpx.RequestError]
) -> None:
    with pytest.raises(seen, match=str(raised)) as caught:
        send(in_order(raised), "GET", f"{URL}/jobs")
    assert caught.value.request.url.path == "/jobs"


def test_redirects_and_cookies_are_the_clients_own() -> None:
    endpoint = Asked(
        in_order(
            Response(302, {"location": "https://auth.example/in", "set-cookie": "a=1"}),
            Response(200, {}, b"in"),
            Response(200, {}, b"again"),
        )
    )
    with httpx.Client(transport=Transport(endpoint), follow_redirects=True) as client:
        assert client.get(f"{URL}/out").text == "in"
        client.get(URL)
    assert [request.host for request in endpoint.requests] == [
        "api.example",
        "auth.example",
        "api.example",
    ]
    assert endpoint.last.headers["cookie"] == "a=1"
