from __future__ import annotations

import pytest

from dryshot.http import Response
from dryshot.mounts.wire import Lines, framed, joined


def test_repeated_headers_are_joined_and_names_are_lower_case() -> None:
    raw = [(b"Accept", b"a"), (b"X-Id", b"1"), (b"ACCEPT", b"b")]
    assert joined(raw) == {"accept": "a, b", "x-id": "1"}


def test_a_body_gets_its_true_length_and_no_header_of_another_connection() -> None:
    response = Response(
        200,
        {"content-length": "99", "transfer-encoding": "chunked", "connection": "close", "x": "y"},
        b"four",
    )
    assert framed("GET", response) == ([(b"x", b"y"), (b"content-length", b"4")], b"four")


@pytest.mark.parametrize("status", [101, 204, 304])
def test_statuses_without_content_have_neither_body_nor_length(status: int) -> None:
    assert framed("GET", Response(status, {"content-length": "4"}, b"four")) == ([], b"")


def test_head_tells_the_length_that_get_would_have() -> None:
    assert framed("HEAD", Response(200, {}, b"four")) == ([(b"content-length", b"4")], b"")
    named = Response(200, {"content-length": "9"})
    assert framed("HEAD", named) == ([(b"content-length", b"9")], b"")
    assert framed("HEAD", Response(200)) == ([(b"content-length", b"0")], b"")


def test_lines_that_were_sent_before_are_read_as_others_are() -> None:
    sent = [[(b"X-Id", str(number % 7).encode()), (b"x-id", b"b")] for number in range(20)]
    lines = Lines()
    assert [lines.read(one) for one in sent] == [joined(one) for one in sent]


def test_lines_that_are_sent_again_take_no_room_of_their_own() -> None:
    lines, first = Lines(), [(b"Authorization", b"Bearer t"), (b"X-Id", b"1")]
    assert lines.read(first) is lines.read(list(first))
    assert lines.read(first) is not lines.read(first[:1])
