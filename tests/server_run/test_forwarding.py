"""What goes on to a service: streamed, without what is of one connection, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
import pytest

from dryshot.contract import Documents
from dryshot.http import Request
from dryshot.recording.recorder import Recorder
from dryshot.server.forwarding import Forwarder, Way

HOST = "runtime-us-east.quantum-computing.ibm.com"
BASE = "http://127.0.0.1:1"
Lines = Iterable[tuple[bytes, bytes]]


class Service(httpx.AsyncBaseTransport):
    """In the place of the network: it keeps what it is asked, and answers in chunks."""

    def __init__(self, *chunks: bytes | Exception, headers: Lines = ()) -> None:
        self.chunks = chunks
        self.headers = list(headers)
        self.asked: list[httpx.Request] = []
        self.got: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        assert isinstance(request.stream, httpx.AsyncByteStream)
        self.got += [chunk async for chunk in request.stream]
        service = self

        class Body(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                for chunk in service.chunks:
                    if isinstance(chunk, Exception):
                        raise chunk
                    yield chunk

        return httpx.Response(200, headers=self.headers, stream=Body())


def scope(method: str = "POST", *, host: str = HOST, headers: Lines = ()) -> dict[str, Any]:
    path = "/jobs"
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"a=b%20c",
        "headers": [(b"host", host.encode()), *headers],
        "scheme": "https",
    }


def ask(
    service: Service,
    what: dict[str, Any],
    *chunks: bytes,
    base: str | None = BASE,
    recorder: Recorder | None = None,
) -> list[Any]:
    """What is sent back."""
    documents = Documents()
    recorder = recorder or Recorder(documents=documents)
    application = Forwarder(recorder, Way(documents, base), transport=service)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def main() -> None:
        life: asyncio.Queue[Any] = asyncio.Queue()
        started = asyncio.Event()

        async def living(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set()

        living_task = asyncio.create_task(application({"type": "lifespan"}, life.get, living))
        life.put_nowait({"type": "lifespan.startup"})
        await started.wait()
        left = [
            {"type": "http.request", "body": chunk, "more_body": n < len(chunks)}
            for n, chunk in enumerate(chunks, 1)
        ]
        left = left or [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            return left.pop(0)

        try:
            await application(what, receive, send)
        finally:
            life.put_nowait({"type": "lifespan.shutdown"})
            await living_task

    asyncio.run(main())
    return sent


CHUNKED = ((b"transfer-encoding", b"chunked"),)


def test_both_ways_are_passed_on_in_the_pieces_in_which_they_come() -> None:
    recorder = Recorder()
    service = Service(b"one", b"two", headers=[(b"content-type", b"text/plain")])
    sent = ask(service, scope(headers=CHUNKED), b"a", b"b", b"c", recorder=recorder)
    assert service.got == [b"a", b"b", b"c"]
    assert [message["body"] for message in sent[1:]] == [b"one", b"two", b""]
    (one,) = recorder.interactions
    assert (one.request.body, one.response.body) == (b"abc", b"onetwo")
    assert one.request.origin == f"https://{HOST}"


def test_what_is_of_one_connection_stays_there() -> None:
    headers = [
        (b"connection", b"x-mine, keep-alive"),
        (b"x-mine", b"1"),
        (b"proxy-authorization", b"Basic x"),
        (b"upgrade", b"h2c"),
        (b"te", b"trailers"),
        (b"accept-encoding", b"br, gzip;q=0.5, zstd"),
        (b"x-yours", b"2"),
    ]
    service = Service(b"x", headers=[(b"connection", b"x-theirs"), (b"x-theirs", b"1")])
    sent = ask(service, scope("GET", headers=headers))
    asked = service.asked[0].headers
    assert dict(asked) == {
        "accept-encoding": "gzip",
        "x-yours": "2",
        "host": "127.0.0.1:1",
    }
    assert sent[0]["headers"] == []


@pytest.mark.parametrize(
    ("host", "path", "url"),
    [
        ("auth.quantum-computing.ibm.com", "/api/users/logout", "/api/users/logout"),
        (HOST, "/jobs/x", "/runtime/jobs/x"),
        ("api.quantum-computing.ibm.com", "/runtime/jobs", "/runtime/jobs"),
        ("quantum.cloud.ibm.com", "/api/v1/jobs", "/api/v1/jobs"),
        ("eu-de.quantum.cloud.ibm.com", "/api/v1/unknown", "/api/v1/unknown"),
        ("iam.cloud.ibm.com", "/identity/token", "/identity/token"),
    ],
)
def test_another_service_has_all_of_them_at_its_own_paths(host: str, path: str, url: str) -> None:
    documents = Documents()
    request = Request("GET", host, path, "a=%20")
    assert (
        Way(documents, "http://127.0.0.1:8787/").to(request) == f"http://127.0.0.1:8787{url}?a=%20"
    )
    assert Way(documents).to(request) == f"https://{host}{path}?a=%20"


@pytest.mark.parametrize("base", [None, BASE])
@pytest.mark.parametrize("host", ["example.com", "www.ibm.com", "127.0.0.1", "quantum.ibm.com"])
def test_a_host_that_is_no_service_is_sent_nothing(host: str, base: str | None) -> None:
    service = Service(b"x")
    sent = ask(service, scope(host=host), base=base)
    assert sent[0]["status"] == 403
    assert service.asked == []


def test_with_a_url_no_request_goes_to_any_of_ibms_hosts() -> None:
    documents = Documents()
    service = Service(b"x")
    for host in sorted(documents.hosts):
        ask(service, scope(host=host))
    assert len(service.asked) == len(documents.hosts)
    assert {request.url.host for request in service.asked} == {"127.0.0.1"}
    assert {request.headers["host"] for request in service.asked} == {"127.0.0.1:1"}


def test_another_service_is_never_one_of_ibms() -> None:
    with pytest.raises(ValueError, match="cannot be at one of IBM's hosts"):
        Way(Documents(), "https://quantum.cloud.ibm.com")


def test_an_answer_that_breaks_off_breaks_off_and_is_not_taken_down() -> None:
    recorder = Recorder()
    service = Service(b"one", httpx.ReadError("gone"))
    with pytest.raises(httpx.ReadError):
        ask(service, scope(), recorder=recorder)
    assert (recorder.interactions, recorder.missed) == ((), {"ReadError": 1})


def test_a_service_that_cannot_be_reached_is_named_and_not_taken_down() -> None:
    class Nowhere(Service):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no", request=request)

    recorder = Recorder()
    sent = ask(Nowhere(), scope(), recorder=recorder)
    assert sent[0]["status"] == 502
    assert b"127.0.0.1:1 could not be asked: ConnectError" in sent[1]["body"]
    assert (recorder.interactions, recorder.missed) == ((), {"ConnectError": 1})


def test_a_body_beyond_the_recorders_room_is_passed_on_whole() -> None:
    recorder = Recorder(max_bytes=10)
    sent = ask(Service(b"x" * 8, b"y" * 8), scope(headers=CHUNKED), b"a" * 20, recorder=recorder)
    assert b"".join(message["body"] for message in sent[1:]) == b"x" * 8 + b"y" * 8
    assert (recorder.interactions, recorder.is_full) == ((), True)


def test_websockets_are_refused_and_cookies_are_not_kept() -> None:
    recorder = Recorder()
    assert ask(Service(), {"type": "websocket"}, recorder=recorder) == [
        {"type": "websocket.close", "code": 1008}
    ]
    assert recorder.missed == {"websockets are not forwarded": 1}
