from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextvars import ContextVar

import httpx
import pytest

from dryshot.http import Delivery, Request, Response
from dryshot.server.direct import Reader, answer_bytes
from dryshot.server.limits import Limits
from dryshot.server.serving import Server, serve
from tests.server.wire import Wire, status

LIMITS = Limits(headers=20, body_seconds=5, linger_seconds=0.02)
ODD = {
    "/empty": Response(204, {"x-one": "1"}),
    "/unchanged": Response(304, {"etag": "1"}, b"never sent"),
    "/closing": Response(200, {"connection": "close"}, b"the last"),
    "/framed": Response(200, {"content-length": "999", "transfer-encoding": "chunked"}, b"true"),
    "/pieces": Response(200, {}, b"in pieces", Delivery(pieces=3)),
    "/cut": Response(200, {}, b"not all of it", Delivery(ending="cut", length=3)),
    "/injected": Response(200, {"x-one": "1\r\nx-two: 2"}, b""),
    "/unnamed": Response(299, {}, b"no phrase"),
}


def answer(request: Request) -> Response:
    """Everything that the request is."""
    if request.path == "/failing":
        raise ValueError("secret")
    odd = ODD.get(request.path)
    if odd is not None:
        return odd
    told = [request.method, request.scheme, request.host, request.path, request.query]
    return Response(200, {"x-told": "yes"}, repr((told, request.headers, request.body)).encode())


@pytest.fixture(scope="module")
def on_the_spot() -> Iterator[Server]:
    with serve(answer, limits=LIMITS, threads=0) as server:
        yield server


@pytest.fixture(scope="module")
def by_the_cycle() -> Iterator[Server]:
    with serve(answer, limits=LIMITS, threads=1) as server:
        yield server


def said(server: Server, pieces: list[bytes]) -> bytes:
    """The whole answer, without what two servers cannot have in common."""
    with Wire(server.url) as wire:
        for piece in pieces:
            wire.send(piece)
        return re.sub(rb"date: [^\r]*\r\n", b"", wire.rest())


def asked(line: bytes, *lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([line, b"Host: Mock.test:81", *lines, b"connection: close", b"", body])


SENT = {
    "plain": [asked(b"GET /v1/jobs?limit=2&x=%20 HTTP/1.1")],
    "escaped": [asked(b"GET /v1/crn%3Av1/a%2Fb HTTP/1.1")],
    "no path": [asked(b"GET ?x=1 HTTP/1.1")],
    "a fragment": [asked(b"GET /a?b#c HTTP/1.1")],
    "a whole URL": [asked(b"GET http://Other.test:82/a?b=1 HTTP/1.1")],
    "an asterisk": [asked(b"OPTIONS * HTTP/1.1")],
    "bytes beyond ASCII": [asked(b"GET /\xc3\xa9?\xff HTTP/1.1")],
    "repeated headers": [asked(b"GET / HTTP/1.1", b"X-One: 1", b"x-one: 2", b"X-Two: \xe9")],
    "HEAD": [asked(b"HEAD /v1/jobs HTTP/1.1")],
    "a body": [asked(b"POST / HTTP/1.1", b"content-length: 4", body=b"body")],
    "a body of two parts": [asked(b"POST / HTTP/1.1", b"content-length: 4", body=b"bo"), b"dy"],
    "chunks": [
        asked(b"POST / HTTP/1.1", b"transfer-encoding: chunked", body=b"1\r\na\r\n0\r\n\r\n")
    ],
    "bad chunks": [
        asked(b"POST / HTTP/1.1", b"transfer-encoding: chunked", body=b"1\r\na\r\nz\r\n")
    ],
    "compressed": [asked(b"POST / HTTP/1.1", b"content-encoding: gzip", b"content-length: 0")],
    "as it is": [asked(b"POST / HTTP/1.1", b"content-encoding: identity", b"content-length: 0")],
    "to be continued": [
        asked(b"POST / HTTP/1.1", b"expect: 100-continue", b"content-length: 2", body=b"ab")
    ],
    "h2c": [asked(b"GET /a HTTP/1.1", b"upgrade: h2c")],
    "many headers": [asked(b"GET / HTTP/1.1", *[b"x-%d: 1" % one for one in range(30)])],
    "HTTP/1.0": [b"GET /old HTTP/1.0\r\n\r\n"],
    "HTTP/1.0 that would stay": [b"GET /old HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"],
    "more after the last": [asked(b"GET /1 HTTP/1.1") + asked(b"GET /2 HTTP/1.1")],
    "a tunnel": [b"CONNECT mock.test:443 HTTP/1.1\r\nhost: mock.test\r\n\r\n"],
}


@pytest.mark.parametrize("pieces", SENT.values(), ids=SENT.keys())
def test_what_is_answered_on_the_spot_is_answered_as_by_the_request_cycle(
    on_the_spot: Server, by_the_cycle: Server, pieces: list[bytes]
) -> None:
    came = said(on_the_spot, pieces)
    assert came.startswith(b"HTTP/1.1 ")
    assert came == said(by_the_cycle, pieces)


@pytest.mark.parametrize("path", [*ODD, "/failing"])
def test_an_odd_answer_is_the_same_on_the_spot(
    on_the_spot: Server, by_the_cycle: Server, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "dryshot.server.connections"):
        pieces = [asked(f"GET {path} HTTP/1.1".encode())]
        came = said(on_the_spot, pieces)
        assert came == said(by_the_cycle, pieces)
    assert bool(came) == (path != "/injected")
    assert b"secret" not in came
    assert b"x-two: 2" not in came


def test_a_failure_on_the_spot_is_told_to_the_log_with_its_reason(
    on_the_spot: Server, caplog: pytest.LogCaptureFixture
) -> None:
    assert status(said(on_the_spot, [asked(b"GET /failing HTTP/1.1")])) == 500
    (record,) = [one for one in caplog.records if one.name == "dryshot.server.connections"]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)


def test_requests_sent_ahead_are_answered_in_order_however_many(on_the_spot: Server) -> None:
    head = b"GET /%d HTTP/1.1\r\nhost: mock.test\r\n"
    sent = b"".join(head % one + b"\r\n" for one in range(60))
    with Wire(on_the_spot.url) as wire:
        wire.send(sent + head % 60 + b"connection: close\r\n\r\n")
        came = wire.rest()
    assert re.findall(rb"'/(\d+)'", came) == [b"%d" % one for one in range(61)]


def test_a_connection_may_send_one_kind_of_request_after_the_other(on_the_spot: Server) -> None:
    with httpx.Client(base_url=on_the_spot.url) as client:
        for number in range(4):
            assert f"'/{number}'" in client.get(f"/{number}").text
            assert client.post("/", content=iter([b"in ", b"parts"])).text.endswith("b'in parts')")
            assert client.get("/pieces").text == "in pieces"
            assert client.get("/", headers={"x-number": str(number)}).text.count(f"'{number}'") == 1


def test_a_silent_connection_is_closed_after_direct_answers() -> None:
    limits = Limits(idle_seconds=1, head_seconds=30)
    with serve(answer, limits=limits, threads=0) as server, Wire(server.url) as wire:
        wire.send(b"GET /1 HTTP/1.1\r\nhost: mock.test\r\n\r\n")
        assert status(wire.rest()) == 200


@pytest.mark.parametrize(
    "path", [b"/_dryshot", b"/_dryshot/api", b"/%5Fdryshot/", b"/%5f%64ryshot"]
)
def test_what_is_the_servers_own_is_not_for_the_endpoint(path: bytes) -> None:
    assert Reader(Limits(), "http", None).read(b"GET", path, [], b"") is None


def test_what_only_begins_like_the_servers_own_is_for_the_endpoint() -> None:
    request = Reader(Limits(), "http", ("127.0.0.1", 80)).read(b"GET", b"/_dryshots", [], b"")
    assert request == Request("GET", "127.0.0.1", "/_dryshots", scheme="http")


def test_headers_that_change_are_read_again() -> None:
    reader = Reader(Limits(), "http", None)
    for token in ("one", "two", "two", "one"):
        raw = [(b"host", f"{token}.test".encode()), (b"authorization", token.encode())]
        request = reader.read(b"GET", b"/", raw, b"")
        assert request is not None
        assert (request.host, request.headers["authorization"]) == (f"{token}.test", token)


def test_an_answer_that_is_not_plain_is_not_written() -> None:
    for name in ("/empty", "/unchanged", "/closing", "/pieces", "/injected"):
        assert answer_bytes(ODD[name], b"", keep_alive=True) is None
    for bad in ({"x y": "1"}, {"x:y": "1"}, {"x\n": "1"}):
        assert answer_bytes(Response(200, bad), b"", keep_alive=True) is None


def test_what_one_request_sets_in_its_context_the_next_does_not_see() -> None:
    seen: ContextVar[str] = ContextVar("seen", default="nothing")

    def remember(request: Request) -> Response:
        before = seen.get()
        seen.set(request.path)
        return Response(200, {}, before.encode())

    with serve(remember, threads=0) as server, httpx.Client(base_url=server.url) as client:
        assert [client.get("/one").text, client.get("/two").text] == ["nothing", "nothing"]
