"""Recordings for tests: made from what a mock answered, or by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from dryshot import Mock, Player
from dryshot.contract.documents import Documents
from dryshot.http import Request, Response
from dryshot.recording.cassette import Cassette, Interaction
from tests.dialects.classic import AUTH, RUNTIME

__all__ = ["Tape", "classic", "origins", "platform_of", "taped"]

START = datetime.fromisoformat("2023-09-11T17:27:45+00:00")


def taped(mock: Mock) -> Cassette:
    """What a mock was asked so far, and its answers."""
    documents = Documents()
    interactions = []
    for each in mock.journal:
        found = documents.find(each.request)
        key = found.key if found else None
        interactions.append(Interaction(each.request, each.response, each.at, operation=key))
    return Cassette(tuple(interactions), recorded=mock.clock.now())


def classic(mock: Mock, token: str = "token") -> httpx.Client:
    """A plain client of the classic service that is logged in."""
    http = httpx.Client(base_url=RUNTIME, transport=mock.transport())
    answer = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": token})
    http.headers["x-access-token"] = answer.json()["id"]
    return http


def platform_of(mock: Mock, log_in: Callable[[httpx.Client], Any]) -> httpx.Client:
    """A plain client of the platform with a token and an instance."""
    from contract_tests.platform import RUNTIME as PLATFORM

    http = httpx.Client(base_url=PLATFORM, transport=mock.transport())
    http.headers.update(log_in(http))
    return http


def origins(mock: Mock) -> list[tuple[str | None, str]]:
    """Operation and origin of every answer."""
    return [(each.operation, each.origin) for each in mock.journal]


class Tape:
    """A recording made by hand, a call at a time."""

    def __init__(self, base: str = RUNTIME) -> None:
        self._host = base.removeprefix("https://").partition("/")[0]
        self._base = base.removeprefix(f"https://{self._host}")
        self._calls: list[Interaction] = []
        self.headers: dict[str, str] = {}

    def add(
        self,
        seconds: float,
        call: str,
        answer: Any = None,
        *,
        status: int = 200,
        body: Any = None,
        host: str = "",
    ) -> None:
        """A call such as ``GET /jobs/x?a=b``, so many seconds after the start."""
        method, _, target = call.partition(" ")
        path, _, query = target.partition("?")
        raw = b"" if body is None else json.dumps(body).encode()
        request = Request(method, host or self._host, path, query, dict(self.headers), raw)
        if not host:
            request = replace(request, path=self._base + path)
        text = answer if isinstance(answer, str) else json.dumps(answer)
        content = b"" if answer is None else text.encode()
        kind = {"content-type": "application/json"} if content else {}
        self._calls.append(
            Interaction(
                request, Response(status, kind, content), START + timedelta(seconds=seconds)
            )
        )

    def cassette(self) -> Cassette:
        """What was added."""
        return Cassette(tuple(self._calls), recorded=START)

    def play(self, **settings: Any) -> Player:
        """A player of it."""
        return Player(self.cassette(), **settings)
