"""A served mock, a job in it, and two client libraries that listen to the job's stream."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest
import websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dryshot.http import Endpoint
from dryshot.mock import Mock
from dryshot.server.serving import serve
from dryshot.server.tenant import Genesis
from dryshot.server.tenants import Tenants
from dryshot.world import Pace
from tests.dialects.classic import JOB
from tests.world.worlds import echo

PATIENCE = 20.0
RESULT = '{"quasi_dists": [{"1": 1.0}], "metadata": [{"shots": 2}]}'


class Heard(NamedTuple):
    """What a stream said, and how it ended: a close code, or the status of a refusal."""

    frames: list[str]
    end: int


class Room:
    """A served endpoint, and a user of it with an API key."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)
        self.http.headers["x-access-token"] = self.log_in(key)

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Access-Token": self.http.headers["x-access-token"]}

    def log_in(self, key: str) -> str:
        answer = self.http.post("/api/users/loginWithToken", json={"apiToken": key})
        return str(answer.json()["id"])

    def submit(self) -> str:
        answer = self.http.post("/jobs", json=JOB)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def status(self, job_id: str) -> str:
        return str(self.http.get(f"/jobs/{job_id}").json()["status"])

    def stream_url(self, job_id: str, base: str = "") -> str:
        return f"{self.url.replace('http', 'ws', 1)}{base}/stream/jobs/{job_id}"

    @contextmanager
    def listening(self, job_id: str) -> Iterator[ClientConnection]:
        """An open stream that has said that it hears, and no more."""
        with open_stream(self.stream_url(job_id), self.headers) as stream:
            assert stream.recv(PATIENCE) == ack(job_id)
            yield stream


def ack(job_id: str) -> str:
    return f"Listening to results for job: {job_id}\n"


@contextmanager
def room(endpoint: Endpoint, **settings: Any) -> Iterator[Room]:
    with serve(endpoint, **settings) as server:
        one = Room(server.url, "a key")
        with contextlib.closing(one.http):
            yield one


def mock(**settings: Any) -> Mock:
    usual: dict[str, Any] = {"engine": echo, "pace": Pace(1, 1)}
    return Mock(**(usual | settings))


def standing(**settings: Any) -> Mock:
    """A mock whose time goes on only where a test says so."""
    one = mock(**settings)
    one.clock.freeze()
    return one


def tenants(**settings: Any) -> Tenants:
    def make(genesis: Genesis) -> Mock:
        known = {
            "seed": genesis.seed,  # tokens are made from it
            "clock": genesis.clock,
            "accounts": genesis.accounts,
        }
        return mock(**known, **settings)

    return Tenants(make)


@contextmanager
def open_stream(
    url: str, headers: Mapping[str, str], **settings: Any
) -> Iterator[ClientConnection]:
    with connect(
        url, additional_headers=headers, proxy=None, open_timeout=PATIENCE, **settings
    ) as stream:
        yield stream


def rest(stream: ClientConnection) -> Heard:
    """All that comes until the server closes the stream."""
    frames = []
    try:
        while True:
            frames.append(str(stream.recv(PATIENCE)))
    except ConnectionClosed:
        return Heard(frames, stream.protocol.close_code or 0)


def hear_by_websockets(url: str, headers: Mapping[str, str]) -> Heard:
    try:
        with open_stream(url, headers) as stream:
            return rest(stream)
    except InvalidStatus as refused:
        return Heard([bytes(refused.response.body or b"").decode()], refused.response.status_code)


def hear_as_the_sdks_of_2023_do(url: str, headers: Mapping[str, str]) -> Heard:
    frames: list[str] = []
    ends: list[int] = []

    def fail(_: object, error: Exception) -> None:
        assert isinstance(error, websocket.WebSocketBadStatusException), error
        frames.append(bytes(error.resp_body or b"").decode())
        ends.append(error.status_code)

    def close(_: object, code: int | None, _reason: object) -> None:
        if code is not None:
            ends.append(code)

    def begin(application: Any) -> None:
        # The library forgets its socket, open, when it is the server that closes first.
        stack.callback(application.sock.sock.close)

    application = websocket.WebSocketApp(
        url,
        header=dict(headers),
        on_open=begin,
        on_message=lambda _, text: frames.append(text),
        on_error=fail,
        on_close=close,
    )
    with contextlib.ExitStack() as stack:
        application.run_forever(ping_interval=60, ping_timeout=10)
    assert len(ends) == 1, ends
    return Heard(frames, ends[0])


CLIENTS = pytest.mark.parametrize(
    "hear",
    [hear_by_websockets, hear_as_the_sdks_of_2023_do],
    ids=["websockets", "websocket-client"],
)
Hear = Callable[[str, Mapping[str, str]], Heard]
