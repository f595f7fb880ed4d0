from __future__ import annotations

import socket
import struct
import time
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from dryshot.server.limits import Limits
from tests.server.wire import Wire, status

from .rooms import PATIENCE, Heard, ack, hear_by_websockets, open_stream, rest, room, standing

MOST = 128


def test_only_so_many_streams_are_open_and_one_whose_client_vanished_is_forgotten() -> None:
    with room(standing()) as user, ExitStack() as stack:
        job = user.submit()
        url, headers = user.stream_url(job), user.headers
        streams = [stack.enter_context(open_stream(url, headers)) for _ in range(MOST)]
        refused = hear_by_websockets(url, headers)
        assert refused.end == 503
        assert "128 streams" in refused.frames[0]
        assert user.status(job) == "Queued"
        # A connection that is reset says nothing more, as of a program that was killed.
        lost = streams[0].socket
        lost.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        lost.shutdown(socket.SHUT_RD)
        lost.close()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with open_stream(url, headers) as stream:
                    assert stream.recv(PATIENCE) == ack(job)
                    break
            except InvalidStatus:
                assert time.monotonic() < deadline


def test_a_stream_outlives_the_time_that_a_request_may_take() -> None:
    limits = Limits(head_seconds=0.1, idle_seconds=1)
    world = standing()
    with room(world, limits=limits) as user, user.listening(user.submit()) as stream:
        end = time.monotonic() + 0.4
        while time.monotonic() < end:
            assert stream.ping().wait(PATIENCE)
        world.clock.advance(10)
        assert rest(stream).end == 1000


@pytest.mark.parametrize("message", ["x" * 5000, b"x" * 5000], ids=["text", "bytes"])
def test_a_message_that_is_too_large_ends_the_stream(message: str | bytes) -> None:
    with room(standing()) as user, user.listening(user.submit()) as stream:
        stream.send(message)
        assert rest(stream) == Heard([], 1009)


def test_a_client_may_say_little_and_not_much() -> None:
    with room(standing()) as user, user.listening(user.submit()) as stream:
        stream.send("hello")
        assert stream.ping().wait(PATIENCE)
        for _ in range(15):
            stream.send(b"\xff")
        assert rest(stream) == Heard([], 1008)


def test_fragments_without_end_end_the_stream() -> None:
    first = Frame(Opcode.TEXT, b"", fin=False).serialize(mask=True)
    more = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
    with room(standing()) as user, user.listening(user.submit()) as stream:
        stream.socket.sendall(first + 100 * more)
        assert rest(stream) == Heard([], 1009)


def test_text_that_is_not_utf_8_is_dropped_like_any_other() -> None:
    with room(standing()) as user, user.listening(user.submit()) as stream:
        stream.socket.sendall(Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True))
        assert stream.ping().wait(PATIENCE)


@pytest.mark.parametrize("pure", [False, True], ids=["fast", "pure"])
@pytest.mark.parametrize(
    ("line", "header", "answered"),
    [
        ("GET /stream/jobs/x HTTP/1.1", "X: y", 400),
        ("GET /stream/jobs/x HTTP/1.1", "Sec-WebSocket-Key: short", 400),
        (f"GET /stream/jobs/{'x' * 9000} HTTP/1.1", "X: y", 400),
    ],
    ids=["no key", "bad key", "long path"],
)
def test_a_handshake_that_is_none_is_refused(
    line: str,
    header: str,
    answered: int,
    pure: bool,  # noqa: FBT001 - a parameter
) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
    with room(standing(), pure=pure) as user, Wire(user.url) as wire:
        wire.send(f"{line}\r\nHost: mock.test\r\n{upgrade}\r\n{header}\r\n\r\n".encode())
        assert status(wire.rest()) == answered
        assert user.http.get("/programs").status_code == 200
