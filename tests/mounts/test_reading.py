"""An answer is read as one from a network is, whether httpx reads it or dryshot's short way."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dryshot.http import Response
from dryshot.mounts.httpx import AsyncTransport, Transport
from tests.mounts.endpoints import URL

BODY = b'{"a": [1, 2]}'


@pytest.fixture(params=[{}, {"content-encoding": "identity"}], ids=["short", "httpx"])
def client(request: Any) -> Iterator[httpx.Client]:
    with httpx.Client(transport=Transport(lambda _: Response(200, request.param, BODY))) as made:
        yield made


def test_a_whole_answer_is_read_and_closed(client: httpx.Client) -> None:
    answer = client.get(URL)
    assert (answer.is_stream_consumed, answer.is_closed) == (True, True)
    assert (answer.content, answer.read(), answer.text) == (BODY, BODY, BODY.decode())
    assert answer.num_bytes_downloaded == len(BODY)
    assert answer.elapsed.total_seconds() > 0
    assert b"".join(answer.iter_bytes()) == BODY
    with pytest.raises(httpx.StreamConsumed):
        list(answer.iter_raw())


def test_a_streamed_answer_is_still_to_come(client: httpx.Client) -> None:
    with client.stream("GET", URL) as answer:
        assert (answer.is_stream_consumed, answer.is_closed) == (False, False)
        with pytest.raises(httpx.ResponseNotRead):
            _ = answer.content
        assert list(answer.iter_raw(chunk_size=8)) == [BODY[:8], BODY[8:]]
        with pytest.raises(httpx.StreamConsumed):
            answer.read()


def test_an_answer_that_was_closed_cannot_be_read(client: httpx.Client) -> None:
    with client.stream("GET", URL) as answer:
        answer.close()
        with pytest.raises(httpx.StreamClosed):
            answer.read()


def test_a_streamed_answer_can_be_read_at_once(client: httpx.Client) -> None:
    with client.stream("GET", URL) as answer:
        assert answer.read() == BODY
        assert answer.json() == {"a": [1, 2]}


def test_an_answer_can_be_pickled(client: httpx.Client) -> None:
    again = pickle.loads(pickle.dumps(client.get(URL)))  # noqa: S301 - its own bytes
    assert (again.status_code, again.content, again.is_closed) == (200, BODY, True)


def test_only_what_is_awaited_reads_the_answer_of_an_asynchronous_client() -> None:
    async def run() -> httpx.Response:
        transport = AsyncTransport(lambda _: Response(200, {}, BODY))
        async with (
            httpx.AsyncClient(transport=transport) as client,
            client.stream("GET", URL) as answer,
        ):
            with pytest.raises(RuntimeError, match="sync iterator on an async stream"):
                answer.read()
            assert await answer.aread() == BODY
            return answer

    answer = asyncio.run(run())
    assert (answer.is_closed, answer.num_bytes_downloaded) == (True, len(BODY))
