"""One request and its answer, which every peer gives: as bytes, to travel between interpreters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx

from benchmarks.side import Taken, constant, measure

__all__ = ["ROUTES", "Exchange"]

ROUTES = 30
"""Of a peer that has a stub for each address; the last one is asked."""


class Exchange(NamedTuple):
    """What is asked, with JSON or nothing, and what is answered, always JSON."""

    name: str
    method: str
    url: str
    headers: dict[str, str]
    body: Any
    status: int
    kind: str
    text: str

    @property
    def others(self) -> list[str]:
        """Addresses that are stubbed too, and not asked."""
        return [f"{self.url}/other/{number}" for number in range(ROUTES - 1)]

    @property
    def answer(self) -> httpx.Response:
        """A new one each time."""
        return httpx.Response(
            self.status, content=self.text.encode(), headers={"content-type": self.kind}
        )

    def sending(self, client: Any) -> Callable[[], object]:
        """One call of a client that blocks, httpx's or requests', its answer read."""

        def call() -> object:
            return client.request(
                self.method, self.url, headers=self.headers, json=self.body
            ).json()

        return call

    def playing(self, client: Any) -> Callable[[], object]:
        """The same for a peer; ValueError if it does not give the answer that it was given."""
        call = self.sending(client)
        if call() != json.loads(self.text):
            raise ValueError(f"{self.name}: the peer gives another answer")
        return call

    def beside_floor(self, call: Callable[[], object], blocks: int) -> Taken:
        """How many times as long a call takes as httpx with a constant answer."""
        with httpx.Client(transport=constant(self.answer)) as least:
            return measure(self.sending(least), call, blocks)

    def write(self, path: Path) -> None:
        """To a file."""
        path.write_text(json.dumps(self._asdict()), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """From such a file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
