"""The recorder: whatever mounts it, it takes down what went by, and changes nothing of it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from dryshot import Mock
from dryshot.http import Request, Response
from dryshot.recording.cassette import Interaction
from dryshot.recording.files import read_cassette
from dryshot.recording.problems import CassetteError
from dryshot.recording.recorder import Recorder

from .tapes import HOST

KEY = "q7Hk2ZpXw9Lr4TnVb8Yc3Md6Fs1Gj5Ae0Uo7Ix2QaPl9"
PACKED = gzip.compress(b'{"programs":[]}')


def zipped(request: httpx.Request) -> httpx.Response:
    """An answer that is compressed, if that was asked for."""
    assert request.headers["accept-encoding"] in {"gzip, deflate", "identity"}
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    return httpx.Response(200, headers=headers, content=PACKED)


def ask_blocking(recorder: Recorder) -> bytes:
    inner = httpx.MockTransport(zipped)
    with httpx.Client(transport=recorder.transport(inner)) as client:
        return client.get(
            "http://localhost:8787/runtime/programs",
            headers={"accept-encoding": "gzip, deflate, br"},
        ).content


def ask_async(recorder: Recorder) -> bytes:
    async def main() -> bytes:
        transport = recorder.async_transport(httpx.MockTransport(zipped))
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get("http://localhost:8787/runtime/programs")).content

    return asyncio.run(main())


@pytest.mark.parametrize("ask", [ask_blocking, ask_async])
def test_transports_pass_everything_on_and_note_it_unpacked_at_the_services_own_url(
    ask: Callable[[Recorder], bytes],
) -> None:
    recorder = Recorder()
    assert ask(recorder) == b'{"programs":[]}'
    (one,) = recorder.interactions
    assert one.response.body == b'{"programs":[]}'
    assert "content-encoding" not in one.response.headers
    assert one.operation == "legacy-runtime.list_programs"
    assert one.request.origin == "https://api.quantum-computing.ibm.com"
    assert one.request.headers["host"] == "api.quantum-computing.ibm.com"
    assert one.request.path == "/runtime/programs"
    assert recorder.hosts == ("localhost:8787",)


def test_times_are_those_of_the_clock_that_is_given() -> None:
    mock = Mock(engine="stub")
    recorder = Recorder(now=mock.clock.now)
    ask = recorder.endpoint(mock)
    for _ in range(2):
        ask(Request("GET", HOST, "/programs"))
    first, second = recorder.interactions
    assert first.at == datetime(2023, 9, 11, 17, 27, 45, tzinfo=UTC)
    assert (second.at - first.at, first.seconds) == (timedelta(seconds=1), 1.0)


def test_what_fails_on_the_wire_is_passed_on_and_counted() -> None:
    recorder = Recorder()

    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no way there")

    def failing(_: Request) -> Response:
        raise TimeoutError

    with (
        httpx.Client(transport=recorder.transport(httpx.MockTransport(broken))) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("http://localhost/x")
    with pytest.raises(TimeoutError):
        recorder.endpoint(failing)(Request("GET", HOST, "/x"))
    assert recorder.interactions == ()
    assert recorder.missed == {"ConnectError": 1, "TimeoutError": 1}


def test_an_answer_that_breaks_off_is_passed_on_and_not_noted() -> None:
    class Broken(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"half"
            raise httpx.ReadError("gone")

    recorder = Recorder()
    inner = httpx.MockTransport(lambda _: httpx.Response(200, stream=Broken()))
    with (
        httpx.Client(transport=recorder.transport(inner)) as client,
        pytest.raises(httpx.ReadError),
    ):
        client.get("http://localhost/x")
    assert (recorder.interactions, recorder.missed) == ((), {"ReadError": 1})


def test_nothing_is_lost_or_doubled_by_threads() -> None:
    recorder = Recorder()
    ask = recorder.endpoint(lambda request: Response(200, {}, request.path.encode()))
    paths = [f"/{number}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: ask(Request("GET", HOST, path)), paths))
    assert sorted(one.request.path for one in recorder.interactions) == sorted(paths)
    assert all(one.request.path.encode() == one.response.body for one in recorder.interactions)


def test_what_is_saved_has_no_secret_and_neither_has_any_text_form(tmp_path: Path) -> None:
    recorder = Recorder()
    ask = recorder.endpoint(lambda _: Response(200, {}, f'{{"id":"{KEY}"}}'.encode()))
    ask(Request("GET", HOST, "/programs", headers={"x-access-token": KEY}))
    made = recorder.save(tmp_path / "it.yaml", provenance="A test.", secrets=["another-secret"])
    assert KEY not in (tmp_path / "it.yaml").read_text()
    assert read_cassette(tmp_path / "it.yaml") == made
    assert (made.provenance, made.host) == ("A test.", HOST)
    assert made.spec.keys() == {"legacy-runtime"}
    shown = f"{recorder!r} {made!r} {recorder.interactions!r} {recorder.interactions[0]}"
    assert KEY not in shown


def test_beyond_its_room_it_answers_on_and_says_what_is_missing(tmp_path: Path) -> None:
    recorder = Recorder(max_bytes=500)
    ask = recorder.endpoint(lambda _: Response(200, {}, b"x" * 200))
    answers = [ask(Request("GET", HOST, "/programs")) for _ in range(5)]
    assert {len(answer.body) for answer in answers} == {200}
    assert recorder.is_full
    assert len(recorder.interactions) == 2
    with pytest.raises(CassetteError, match="not complete: more than 500 bytes"):
        recorder.save(tmp_path / "it.yaml")
    assert list(tmp_path.iterdir()) == []
    made = recorder.save(tmp_path / "it.yaml", incomplete=True)
    assert "not complete: 3 interactions left out" in made.provenance


def test_what_cannot_be_looked_into_is_passed_on_and_not_noted() -> None:
    recorder = Recorder()
    answer = Response(200, {"content-encoding": "br"}, bytes(range(128, 256)))
    assert recorder.endpoint(lambda _: answer)(Request("GET", HOST, "/x")) is answer
    assert (recorder.interactions, recorder.missed.total()) == ((), 1)


def test_a_body_that_would_unpack_to_more_than_memory_holds_is_not_unpacked() -> None:
    recorder = Recorder(max_bytes=1_000_000)
    small = gzip.compress(bytes(2_000_000))
    answer = Response(200, {"content-encoding": "gzip"}, small)
    recorder.endpoint(lambda _: answer)(Request("GET", HOST, "/x"))
    assert recorder.interactions == ()
    assert next(iter(recorder.missed)).startswith("a body has more than 1000000 bytes")


def test_an_interaction_that_no_document_knows_is_as_it_was() -> None:
    recorder = Recorder()
    request = Request("GET", "example.com", "/elsewhere", port=8443)
    recorder.endpoint(lambda _: Response(204))(request)
    (one,) = recorder.interactions
    assert isinstance(one, Interaction)
    assert (one.request, one.operation) == (request, None)
