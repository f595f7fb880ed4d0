from __future__ import annotations

import pytest

from dryshot.http import Response
from dryshot.mounts.wire import framed, joined


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
