"""What each client makes of each kind of fault, as it was seen on real sockets without dryshot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import Any

import httpx
import requests

from dryshot import Mock, serve

HOST = "https://quantum.cloud.ibm.com"
PATH = "/api/v1/versions"
PATIENCE = 0.2
"""Seconds that clients wait."""

Ask = Callable[[str], Any]


def with_httpx(url: str) -> Any:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as http:
        return _seen(http.get(url))


def with_httpx_async(url: str) -> Any:
    async def ask() -> Any:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
            return _seen(await http.get(url))

    return asyncio.run(ask())


def with_requests(url: str) -> Any:
    with requests.Session() as http:
        http.trust_env = False
        return _seen(http.get(url, timeout=PATIENCE))


def _seen(answer: Any) -> Any:
    """What a program sees of an answer."""
    return answer.status_code, answer.headers["content-type"], type(answer.json()).__name__


CLIENTS: Mapping[str, Ask] = {
    "httpx": with_httpx,
    "httpx async": with_httpx_async,
    "requests": with_requests,
}


@dataclass(frozen=True)
class Row:
    """A fault, and what httpx and requests raise or give.

    ``served`` is given where no server can do the same: when it knows the request, the connection
    stands already.
    """

    kind: str
    httpx: Any
    requests: Any
    fault: Mapping[str, Any] = field(default_factory=dict)
    served: tuple[Any, Any] | None = None

    def expected(self, client: str, *, served: bool) -> Any:
        pair = self.served if served and self.served else (self.httpx, self.requests)
        return pair[client == "requests"]

    def __str__(self) -> str:
        return " ".join([self.kind, *map(str, self.fault.values())])


_LATE = (httpx.ReadTimeout, requests.exceptions.ReadTimeout)
_RESET = (httpx.ReadError, requests.exceptions.ConnectionError)
_CLOSED = (httpx.RemoteProtocolError, requests.exceptions.ConnectionError)
_NO_JSON = (JSONDecodeError, requests.exceptions.JSONDecodeError)


def _same(result: Any) -> tuple[Any, Any]:
    return result, result


_JSON = "application/json; charset=utf-8"

ROWS = (
    Row("fail", *_same((429, _JSON, "dict")), {"status": 429, "retry_after": 3}),
    Row("fail", *_same((503, _JSON, "dict")), {"status": 503}),
    Row("page", *_NO_JSON, {"status": 403}),
    Row("page", *_NO_JSON, {"status": 520}),
    Row("timeout", *_LATE, {"phase": "read"}),
    Row(
        *("timeout", httpx.ConnectTimeout, requests.exceptions.ConnectTimeout),
        {"phase": "connect"},
        served=_LATE,
    ),
    Row("refuse", httpx.ConnectError, requests.exceptions.ConnectionError, served=_RESET),
    Row("reset", *_RESET),
    Row("reset", *_RESET, {"when": "after"}),
    Row("drop", *_CLOSED),
    Row("lose_response", *_CLOSED, {"how": "drop"}),
    Row("lose_response", *_RESET, {"how": "reset"}),
    Row("lose_response", *_LATE, {"how": "timeout"}),
    Row("truncate", httpx.RemoteProtocolError, requests.exceptions.ChunkedEncodingError),
    Row("garble", *_NO_JSON),
    Row("mistype", *_same((200, "text/csv", "dict")), {"content_type": "text/csv"}),
    Row("slow", *_same((200, _JSON, "dict")), {"seconds": 0.02, "pieces": 3}),
    Row(
        *("slow", httpx.ReadTimeout, requests.exceptions.ConnectionError),
        {"seconds": 60.0, "pieces": 3},
    ),
    Row("duplicate", *_same((200, _JSON, "dict")), {"given": "first"}),
    Row("delay", *_same((200, _JSON, "dict")), {"seconds": 0.02}),
    Row("delay", *_LATE, {"seconds": 60.0}),
    Row("delay", *_same((200, _JSON, "dict")), {"uniform": (0.001, 0.02)}),
    Row("delay", *_same((200, _JSON, "dict")), {"lognormal": (0.001, 0.5)}),
)


def outcome(ask: Ask, url: str) -> Any:
    """What comes of a call: the very type that is raised, or what is seen."""
    try:
        return ask(url)
    except (httpx.HTTPError, requests.RequestException, ValueError) as error:
        return type(error)


@contextmanager
def in_process(mock: Mock) -> Iterator[str]:
    """Where the mock is reached without a socket."""
    with mock.activate():
        yield HOST


@contextmanager
def on_the_wire(mock: Mock, *, pure: bool = False) -> Iterator[str]:
    """Where the mock is reached over loopback."""
    with serve(mock, threads=0, pure=pure, grace=1) as server:
        yield server.url
