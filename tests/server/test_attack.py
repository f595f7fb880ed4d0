from __future__ import annotations

import gzip
import logging
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from dryshot.http import Request, Response
from dryshot.server.limits import Limits
from dryshot.server.serving import Server, serve
from tests.server.wire import Wire, status

LIMITS = Limits(
    target_bytes=1000,
    headers=20,
    head_bytes=8000,
    body_bytes=100_000,
    head_seconds=0.15,
    body_seconds=0.15,
    idle_seconds=1,
    linger_seconds=0.05,
)


def answer(request: Request) -> Response:
    text = f"{request.method} {request.host} {request.target} {len(request.body)}"
    return Response(200, {"content-type": "text/plain"}, text.encode())


@pytest.fixture(scope="module", params=[False, True], ids=["httptools", "h11"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serve(answer, limits=LIMITS, threads=0, pure=request.param) as server:
        yield server


@pytest.fixture(autouse=True)
def healthy_and_silent(server: Server, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each attack the next request is answered, and nobody was woken up for it."""
    with caplog.at_level(logging.WARNING):
        yield
        assert httpx.get(f"{server.url}/health").text.startswith("GET 127.0.0.1 /health")
    records = [*caplog.get_records("call"), *caplog.records]
    assert [record.getMessage() for record in records if record.levelno >= logging.WARNING] == []


def ask(server: Server, data: bytes) -> bytes:
    with Wire(server.url) as wire:
        wire.send(data)
        return wire.rest()


def head(first: bytes = b"GET / HTTP/1.1", *lines: bytes) -> bytes:
    return b"\r\n".join([first, b"Host: mock.test", *lines, b"", b""])


CLOSE = b"Connection: close"


@pytest.mark.parametrize(
    "begun",
    [b"", b"\r\n", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: mock.test\r\nX-Slow: "],
)
def test_a_head_that_does_not_come_is_not_waited_for(server: Server, begun: bytes) -> None:
    came = ask(server, begun)
    assert status(came) in ({408} if begun.strip() else {400, 408, None})


def test_a_head_that_drips_is_not_waited_for(server: Server) -> None:
    with Wire(server.url) as wire:
        wire.send(b"GET / HTTP/1.1\r\nHost: mock.test\r\n")
        wire.socket.settimeout(0.05)
        drops = 0
        while drops < 200:
            drops += 1
            wire.send(b"X: y\r\n")
            try:
                came = wire.socket.recv(1000)
            except TimeoutError:
                continue
            except ConnectionResetError:
                came = b""
            break
    assert status(came) in {None, 408}
    assert drops < 100


def test_a_second_head_that_does_not_come_is_not_waited_for(server: Server) -> None:
    with Wire(server.url) as wire:
        wire.send(head())
        wire.until(b"mock.test / 0")
        wire.send(b"GET / HT")
        assert status(wire.rest()) == 408


@pytest.mark.parametrize(
    "body", [b"Content-Length: 10\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"]
)
def test_a_body_that_does_not_come_is_not_waited_for(server: Server, body: bytes) -> None:
    came = ask(server, b"POST / HTTP/1.1\r\nHost: mock.test\r\n" + body)
    assert status(came) == 408
    assert b"did not come within 0.15 s" in came


def test_a_request_cut_off_half_way_is_forgotten(server: Server) -> None:
    for begun in (
        b"POS",
        b"POST / HTTP/1.1\r\nHost: x",
        head(b"POST / HTTP/1.1", b"Content-Length: 9"),
    ):
        for _ in range(20):
            with Wire(server.url) as wire:
                wire.send(begun)


@pytest.mark.parametrize("size", [100_001, 10**12])
def test_a_body_said_to_be_too_large_is_refused_before_it_comes(server: Server, size: int) -> None:
    came = ask(server, head(b"POST / HTTP/1.1", b"Content-Length: %d" % size))
    assert status(came) == 413
    assert b"connection: close" in came


def test_a_length_beyond_all_bounds_is_refused(server: Server) -> None:
    came = ask(server, head(b"POST / HTTP/1.1", b"Content-Length: " + b"9" * 40))
    assert status(came) in {400, 413}


def test_a_body_at_the_limit_is_taken(server: Server) -> None:
    body = b"x" * LIMITS.body_bytes
    data = head(b"POST / HTTP/1.1", CLOSE, b"Content-Length: %d" % len(body)) + body
    assert ask(server, data).endswith(b"POST mock.test / 100000")


def test_an_endless_body_is_refused_and_not_kept(server: Server) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    tracemalloc.start()
    try:
        with Wire(server.url) as wire:
            wire.send(head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked"))
            sent = 0
            while sent < 20_000 and wire.send(chunk):
                sent += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent < 20_000  # of 1.2 GiB
    assert peak < 8_000_000


def test_the_client_of_a_body_that_is_too_large_sees_why(server: Server) -> None:
    refused = httpx.post(server.url, content=(b"x" * 50_000 for _ in range(10)))
    assert refused.status_code == 413
    assert refused.json() == {
        "dryshot": {
            "status": 413,
            "detail": "The body is too large; at most 100000 bytes are taken.",
        }
    }


def test_a_body_longer_than_said_is_no_request(server: Server) -> None:
    data = head(b"POST / HTTP/1.1", b"Content-Length: 2") + b"ab{}[]"
    assert status(ask(server, data)) in {None, 200, 400}


def test_too_many_headers_are_refused(server: Server) -> None:
    came = ask(server, head(b"GET / HTTP/1.1", *(b"X-%d: y" % number for number in range(30))))
    assert status(came) == 431


@pytest.mark.parametrize("line", [b"X-Large: " + b"y" * 9000, b"y" * 9000, b"X: " * 5000])
def test_headers_that_are_too_large_are_refused(server: Server, line: bytes) -> None:
    begun = b"GET / HTTP/1.1\r\nHost: mock.test\r\n" + line
    assert status(ask(server, begun)) in {431, 400}


def test_a_flood_of_headers_is_refused_and_not_kept(server: Server) -> None:
    line = b"X-Flood: " + b"y" * 4000 + b"\r\n"
    tracemalloc.start()
    try:
        with Wire(server.url) as wire:
            wire.send(b"GET / HTTP/1.1\r\n")
            sent = 0
            while sent < 100_000 and wire.send(line):
                sent += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent < 100_000  # of 400 MB
    assert peak < 8_000_000


@pytest.mark.parametrize("size", [1001, 5000])
def test_a_target_that_is_too_long_is_refused(server: Server, size: int) -> None:
    assert status(ask(server, head(b"GET /" + b"a" * size + b" HTTP/1.1"))) == 414
    assert status(ask(server, head(b"GET /?" + b"a" * size + b" HTTP/1.1"))) == 414


def test_a_target_of_64_kib_is_refused(server: Server) -> None:
    assert status(ask(server, head(b"GET /" + b"a" * 65536 + b" HTTP/1.1"))) in {414, 431}


@pytest.mark.parametrize(
    "target",
    [
        b"/..",
        b"/../../etc/passwd",
        b"//",
        b"//other.test/x",
        b"/%2e%2e/%2e%2e/etc/passwd",
        b"/%00",
        b"/a%2Fb",
        b"/%",
        b"/%zz",
        b"/%ff%fe",
        b"/?%ff=%ff&=&&",
        b"/;a=b",
        b"/\\..\\x",
    ],
)
def test_a_path_is_passed_on_as_it_was_sent(server: Server, target: bytes) -> None:
    came = ask(server, head(b"GET " + target + b" HTTP/1.1", CLOSE))
    if status(came) == 200:
        assert came.endswith(b"GET mock.test " + target + b" 0")
    else:
        assert status(came) == 400


@pytest.mark.parametrize("target", [b"/\xff\xfe", b"/\xc3\xa9", b"/?\xff", b"", b"x", b"#", b"/ /"])
def test_a_target_that_is_none_is_answered_or_refused(server: Server, target: bytes) -> None:
    assert status(ask(server, head(b"GET " + target + b" HTTP/1.1", CLOSE))) in {200, 400, None}


def test_a_whole_url_as_target_means_its_path(server: Server) -> None:
    came = ask(server, head(b"GET http://mock.test/a/b?c=d HTTP/1.1", CLOSE))
    assert came.endswith(b"GET mock.test /a/b?c=d 0")


def test_bytes_of_no_encoding_in_headers_are_passed_on(server: Server) -> None:
    for host in (b"\xff\xfe", b"m\xc3\xb6ck.test", b"[", b":", b"a:b:c", b""):
        data = (
            b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nX-Odd: \xff\xfe\r\nConnection: close\r\n\r\n"
        )
        assert status(ask(server, data)) in {200, 400}


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate, gzip"])
def test_a_compressed_body_is_refused(server: Server, encoding: bytes) -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)[:90_000]
    lines = b"Content-Encoding: " + encoding, b"Content-Length: %d" % len(bomb)
    assert status(ask(server, head(b"POST / HTTP/1.1", *lines) + bomb)) == 415


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    data = b"".join(head(b"GET /%d HTTP/1.1" % number) for number in range(50))
    came = ask(server, data + head(b"GET /last HTTP/1.1", CLOSE))
    places = [came.index(b" /%d 0" % number) for number in range(50)]
    assert places == sorted(places)
    assert came.endswith(b"GET mock.test /last 0")


def test_a_flood_of_pipelined_requests_is_bounded(server: Server) -> None:
    data = head() * 1000
    tracemalloc.start()
    try:
        with Wire(server.url) as wire:
            sent = 0
            wire.socket.settimeout(1)
            try:
                while sent < 300 and wire.send(data):
                    sent += 1
            except TimeoutError:
                pass  # the server reads no more as long as nobody reads its answers
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_continue_is_said_to_a_client_that_waits_for_it(server: Server) -> None:
    with Wire(server.url) as wire:
        wire.send(head(b"POST / HTTP/1.1", CLOSE, b"Expect: 100-continue", b"Content-Length: 4"))
        assert wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        wire.send(b"body")
        assert wire.rest().endswith(b"POST mock.test / 4")


def test_continue_is_not_said_where_the_body_is_too_large(server: Server) -> None:
    lines = b"Expect: 100-continue", b"Content-Length: 100001"
    assert status(ask(server, head(b"POST / HTTP/1.1", *lines))) == 413


@pytest.mark.parametrize(
    "chunk", [b"zz\r\n", b"-1\r\n", b"ffffffffffffffffffff\r\n", b"5\r\nabcdefgh"]
)
def test_a_chunk_of_a_wrong_size_is_refused(server: Server, chunk: bytes) -> None:
    came = ask(server, head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked") + chunk)
    assert status(came) in {400, 408, 413, None}


@pytest.mark.parametrize(
    "lines",
    [
        (b"Content-Length: 4", b"Transfer-Encoding: chunked"),
        (b"Content-Length: 4", b"Content-Length: 5"),
        (b"Content-Length: -4",),
        (b"Content-Length: four",),
        (b"Transfer-Encoding: x",),
        (b"No colon",),
        (b"X: a\x00b",),
    ],
)
def test_a_head_that_may_be_read_in_two_ways_is_refused(
    server: Server, lines: tuple[bytes, ...]
) -> None:
    came = ask(server, head(b"POST / HTTP/1.1", *lines) + b"0\r\n\r\n")
    assert status(came) in {400, 408, 413, 501, None}, came


@pytest.mark.parametrize(
    "method", [b"HEAD", b"OPTIONS", b"TRACE", b"PATCH", b"BREW", b"get", b"CONNECT"]
)
def test_any_method_is_answered_or_refused(server: Server, method: bytes) -> None:
    came = ask(server, head(method + b" /x HTTP/1.1", CLOSE))
    assert status(came) in {200, 400, 501}
    if method == b"HEAD":
        assert came.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\x00" * 100,
        bytes(range(256)),
    ],
)
def test_what_is_no_request_is_refused(server: Server, data: bytes) -> None:
    assert status(ask(server, data)) in {200, 400, 408, 505, None}


def test_after_a_refused_upgrade_the_connection_goes_on(server: Server) -> None:
    lines = b"Connection: Upgrade", b"Upgrade: h2c", b"Transfer-Encoding: chunked"
    with Wire(server.url) as wire:
        wire.send(head(b"POST /x HTTP/1.1", *lines) + b"4\r\nbody\r\n0\r\n\r\n")
        wire.until(b"mock.test /x 4")
        wire.send(head(b"GET /y HTTP/1.1", b"Connection: Upgrade, close", b"Upgrade: h2c"))
        assert wire.rest().endswith(b"mock.test /y 0")


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_another_protocol_is_not_gone_over_to(server: Server, protocol: bytes) -> None:
    lines = b"Connection: Upgrade, close", b"Upgrade: " + protocol, b"Content-Length: 4"
    with Wire(server.url) as wire:
        wire.send(head(b"POST /x HTTP/1.1", *lines) + b"bo")
        wire.send(b"dy")
        assert wire.rest().endswith(b"mock.test /x 4")
