"""Servers that answer late, slowly, without end or not at all: nobody waits for them for long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dryshot.conformance.wire import OutOfTime, Unanswered, Wire

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@contextmanager
def server(talk: Callable[[socket.socket, threading.Event], object]) -> Iterator[str]:
    """A server that says what it likes to whoever comes."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        connection.recv(65_536)
                        talk(connection, over)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            thread.join(10)
            assert not thread.is_alive()


def drip(head: bytes) -> Callable[[socket.socket, threading.Event], object]:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.wait(0.05):
            connection.sendall(b"x")

    return talk


@pytest.mark.parametrize(
    "talk",
    [
        lambda _, over: over.wait(10),
        drip(b""),
        drip(b"HTTP/1.1 200 OK\r\nx-y: "),
        drip(HEAD + b"content-length: 100000\r\n\r\n"),
        lambda connection, _: connection.sendall(b"nonsense\r\n\r\n"),
        lambda connection, _: connection.close(),
    ],
    ids=["silence", "a slow status", "a slow header", "a slow body", "nonsense", "hanging up"],
)
def test_what_is_no_answer_is_told_in_time(
    talk: Callable[[socket.socket, threading.Event], object],
) -> None:
    with server(talk) as url, Wire(timeout=0.4) as wire:
        begun = time.monotonic()
        with pytest.raises(Unanswered):
            wire.send("GET", url)
        assert time.monotonic() - begun < 5


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Wire(timeout=2) as wire, pytest.raises(Unanswered, match="ConnectError"):
        wire.send("GET", f"http://127.0.0.1:{port}/")


def test_when_all_time_is_over_nothing_is_sent() -> None:
    with Wire(budget=-1) as wire:
        with pytest.raises(OutOfTime):
            wire.send("GET", "http://127.0.0.1:9/")
        assert wire.sent == 0


def test_an_answer_is_given_as_it_came() -> None:
    body = b'{"a": 1}'
    content = HEAD + b"content-length: %d\r\nX-Y: z\r\n\r\n" % len(body) + body
    with (
        server(lambda connection, _: connection.sendall(content)) as url,
        Wire(timeout=5) as wire,
    ):
        answer = wire.send("POST", f"{url}a?b=c", {"d": "e"}, b"f")
    assert answer.ok
    assert answer.json == {"a": 1}
    assert answer.response.headers["x-y"] == "z"
    assert answer.request.target == "/a?b=c"
    assert "e" not in repr(answer).split()
