"""The proxy under attack: it answers or closes, and goes on."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPSConnection

import pytest

from dryshot.server.enclosure import Enclosure
from dryshot.server.proxy import Proxy, is_vendor, normal

from .surroundings import HOST, PATIENCE, enclosed, say


@pytest.fixture(scope="module")
def enclosure() -> Iterator[Enclosure]:
    with enclosed() as it:
        yield it


def fetch(enclosure: Enclosure) -> tuple[int, bytes]:
    context = ssl.create_default_context(cafile=enclosure.environ["SSL_CERT_FILE"])
    connection = HTTPSConnection("127.0.0.1", enclosure.port, timeout=PATIENCE, context=context)
    connection.set_tunnel(HOST, 443)
    connection.request("GET", "/here?a=b")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


BAD = {
    "nothing": (b"", b""),
    "garbage": (bytes(range(255, 0, -1)) * 20, b""),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, b""),
    "garbage with an end": (b"\xff\xfe\x00\x80\r\n\r\n", b"HTTP/1.1 400 "),
    "an endless header": (b"CONNECT a:443 HTTP/1.1\r\nx: " + b"x" * 300_000, b"HTTP/1.1 431 "),
    "a large header": (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 50_000 + b"\r\n", b"HTTP/1.1 431 "),
    "half a header": (b"CONNECT mocked.example:443 HTTP/1.1\r\nHost: x\r\n", b""),
    "a request to a server": (b"GET / HTTP/1.1\r\nHost: mocked.example\r\n\r\n", b"HTTP/1.1 400 "),
    "an address": (b"CONNECT 93.184.216.34:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "loopback": (b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "an address as a number": (b"CONNECT 2130706433:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "IPv6": (b"CONNECT [2606:2800:220:1::1]:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "IPv6 without brackets": (b"CONNECT ::1:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "another port": (b"CONNECT mocked.example:80 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "no port": (b"CONNECT mocked.example HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a port that is none": (b"CONNECT mocked.example:44a HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a huge port": (b"CONNECT mocked.example:99999 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "userinfo": (b"CONNECT mocked.example@example.com:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a slash": (b"CONNECT mocked.example:443/../x HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a line in the name": (
        b"CONNECT example.com\r\nX: y:443 HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 400 ",
    ),
    "a bare return": (b"CONNECT mocked.example\r:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a zero byte": (b"CONNECT mocked.example\0.evil:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a longer name": (b"CONNECT mocked.example.evil:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "a name before it": (b"CONNECT evil-mocked.example:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 403 "),
    "an absolute URL without TLS": (
        b"GET http://mocked.example/x HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 403 ",
    ),
    "an absolute URL of another host": (
        b"GET https://example.com/x HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 403 ",
    ),
    "an absolute URL with a body": (
        b"POST http://example.com/ HTTP/1.1\r\ncontent-length: 9\r\n\r\n" + b"x" * 500_000,
        b"HTTP/1.1 403 ",
    ),
    "no HTTP": (b"CONNECT mocked.example:443 SMTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
    "a tunnel for garbage": (
        b"CONNECT mocked.example:443 HTTP/1.1\r\n\r\n" + b"garbage" * 1000,
        b"HTTP/1.1 200 ",
    ),
    "a tunnel for plain HTTP": (
        b"CONNECT mocked.example:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
        b"HTTP/1.1 200 ",
    ),
}


@pytest.mark.parametrize("attack", BAD)
def test_an_attack_is_answered_or_closed_and_the_next_call_works(
    attack: str, enclosure: Enclosure
) -> None:
    data, start = BAD[attack]
    answer = say(enclosure.port, data)
    assert answer.startswith(start) if start else not answer
    assert fetch(enclosure) == (200, b"/here?a=b")


def ask(port: int, data: bytes) -> bytes:
    """Send a request, and give what comes until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


@pytest.mark.parametrize(
    ("url", "path"), [(b"/a?b=c", b"/a?b=c"), (b"", b"/"), (b"?b", b"/?b"), (b":443/x", b"/x")]
)
def test_an_absolute_https_url_is_answered_once_and_not_for_whoever_comes_next(
    url: bytes, path: bytes, enclosure: Enclosure
) -> None:
    header = b"host: mocked.example\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive"
    first = b"GET https://mocked.example%s HTTP/1.1\r\n%s\r\n\r\n" % (url, header)
    second = b"GET https://example.com/x HTTP/1.1\r\nhost: example.com\r\n\r\n"
    answer = ask(enclosure.port, first + second)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n" + path)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_names_are_compared_without_case_and_with_a_dot_at_the_end(enclosure: Enclosure) -> None:
    answer = say(enclosure.port, b"CONNECT Mocked.EXAMPLE.:443 HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_what_is_refused_is_counted_by_name(enclosure: Enclosure) -> None:
    before = enclosure.refused["counted.example:8443"]
    for _ in range(3):
        say(enclosure.port, b"CONNECT Counted.example:8443 HTTP/1.1\r\n\r\n")
    assert enclosure.refused["counted.example:8443"] - before == 3


def test_connections_left_open_do_not_hold_up_the_end() -> None:
    with enclosed() as it:
        idle, tunnel = (socket.create_connection(("127.0.0.1", it.port)) for _ in range(2))
        tunnel.sendall(b"CONNECT mocked.example:443 HTTP/1.1\r\n\r\n\x16\x03\x01")
        assert tunnel.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
    for connection in (idle, tunnel):
        with connection:
            connection.settimeout(PATIENCE)
            try:
                while connection.recv(65536):
                    pass
            except ConnectionResetError:
                pass  # closed with our bytes unread


async def answers(proxy: Proxy, clients: int) -> list[bytes]:
    """The first line that each of so many clients gets who say nothing."""
    server = await asyncio.start_server(proxy.answer, "127.0.0.1", 0)
    end = asyncio.Event()
    serving = asyncio.create_task(proxy.serve(server, end))
    port = server.sockets[0].getsockname()[1]
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    try:
        return [await reader.readline() for reader, _ in connections]
    finally:
        for _, writer in connections:
            writer.close()
        end.set()
        await serving


def test_who_says_nothing_is_told_to_go() -> None:
    (line,) = asyncio.run(answers(Proxy({HOST}, 1, head_seconds=0.01), 1))
    assert line.startswith(b"HTTP/1.1 408 ")


def test_too_many_connections_are_answered_503() -> None:
    lines = asyncio.run(answers(Proxy({HOST}, 1, max_connections=2, head_seconds=0.5), 4))
    assert [line.split()[1] for line in lines] == [b"408", b"408", b"503", b"503"]


def test_a_listener_that_is_gone_is_a_bad_gateway() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]

    async def main() -> bytes:
        proxy = Proxy({HOST}, free)
        server = await asyncio.start_server(proxy.answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        end = asyncio.Event()
        serving = asyncio.create_task(proxy.serve(server, end))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"CONNECT mocked.example:443 HTTP/1.1\r\n\r\n")
        line = await reader.readline()
        writer.close()
        end.set()
        await serving
        return line

    assert asyncio.run(main()).startswith(b"HTTP/1.1 502 ")


def test_the_names_of_refused_hosts_are_bounded() -> None:
    with enclosed() as it:
        it.refused.update({f"h{number}.example": 1 for number in range(1000)})
        for name in (b"another.example", b"h7.example"):
            say(it.port, b"CONNECT %s:443 HTTP/1.1\r\n\r\n" % name)
        assert "another.example" not in it.refused
        assert (it.refused["more"], it.refused["h7.example"]) == (1, 2)


@pytest.mark.parametrize(
    ("host", "vendor"),
    [
        ("ibm.com", True),
        ("IAM.cloud.ibm.com.", True),
        ("notibm.com", False),
        ("ibm.com.example.org", False),
        ("", False),
    ],
)
def test_ibms_hosts_are_known(host: str, vendor: bool) -> None:  # noqa: FBT001 - a column
    assert is_vendor(host) is vendor
    assert normal(host) == host.lower().rstrip(".")
