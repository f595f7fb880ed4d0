"""Runtimes of either kind: before the mock, or before a scripted network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

import httpx

from dryshot.http import Request
from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot_client.platform import AsyncRuntime, Runtime
from tests.client import stage
from tests.client.stage import Action, Answer, Clock, answer

__all__ = [
    "ACCOUNT",
    "CRN",
    "IAM_HOST",
    "KEY",
    "OPEN",
    "PARAMS",
    "PREMIUM",
    "RUNTIME_HOST",
    "SEARCH_HOST",
    "Network",
    "OnMock",
    "Play",
    "Scripted",
    "answer",
    "crn",
    "error_body",
    "job",
    "one",
    "run",
]

T = TypeVar("T")

KEY = "secretkey0" * 4
OPEN, PREMIUM = "open-instance", "premium-instance"
"""What every key has on a mock whose world was not declared."""

IAM_HOST = "iam.cloud.ibm.com"
SEARCH_HOST = "api.global-search-tagging.cloud.ibm.com"
RUNTIME_HOST = "quantum.cloud.ibm.com"

ACCOUNT = "0123456789abcdef0123456789abcdef"
PARAMS = {"pubs": [["OPENQASM 3.0; bit[1] c; c[0] = measure $0;"]], "version": 2}


def crn(place: int = 0, region: str = "us-east") -> str:
    """One of many CRNs of one account."""
    uuid = f"00000000-0000-4000-8000-{place:012}"
    return f"crn:v1:bluemix:public:quantum-computing:{region}:a/{ACCOUNT}:{uuid}::"


CRN = crn()


class Play:
    """A runtime of one kind, and a way to use it that is the same for both."""

    def __init__(self, kind: str, settings: dict[str, Any]) -> None:
        self.kind = kind
        common: dict[str, Any] = {"account_file": None}
        if "auth" not in settings:
            common["api_key"] = KEY
        make: type[Runtime | AsyncRuntime] = Runtime if kind == "sync" else AsyncRuntime
        self.runtime = make(**common | settings)

    def do(self, action: Action) -> Any:
        """What ``action`` of the runtime comes to: a value, or a list of all that is iterated."""
        return run(self.kind, lambda: action(self.runtime))


def run(kind: str, action: Callable[[], Any]) -> Any:
    """What ``action`` comes to, whatever it returns: a value, an awaitable, or an iterator."""
    if kind == "sync":
        outcome = action()
        return list(outcome) if isinstance(outcome, Iterator) else outcome

    async def main() -> Any:
        outcome = action()
        if isinstance(outcome, AsyncIterator):
            return [item async for item in outcome]
        return await outcome if isinstance(outcome, Awaitable) else outcome

    return asyncio.run(main())


def one(_task: Task) -> Outcome:
    """An engine whose every job measures a single one, in two seconds of a device."""
    result = {"data": {"c": {"samples": ["0x1"], "num_bits": 1}}, "metadata": {}}
    body = {"results": [result], "metadata": {"version": 2}}
    return Outcome(failed=False, body=json.dumps(body), quantum_seconds=2.0)


class OnMock(Play):
    """A runtime before a mock, whose clock it waits by."""

    def __init__(self, kind: str, mock: Mock | None = None, **settings: Any) -> None:
        self.mock = Mock(engine=one) if mock is None else mock
        self.slept: list[float] = []

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.mock.clock.advance(seconds)

        async def async_sleep(seconds: float) -> None:
            await asyncio.sleep(0)
            sleep(seconds)

        blocking = kind == "sync"
        common: dict[str, Any] = {
            "transport": self.mock.transport() if blocking else self.mock.async_transport(),
            "sleep": sleep if blocking else async_sleep,
            "monotonic": lambda: self.mock.clock.now().timestamp(),
            "instance": PREMIUM,
        }
        super().__init__(kind, common | settings)

    @property
    def requests(self) -> list[Request]:
        """What the mock was asked."""
        return [entry.request for entry in self.mock.journal]

    @property
    def lines(self) -> list[str]:
        """Every request for the Compute API, as method and path."""
        asked = [each for each in self.requests if each.path.startswith("/api/v1/")]
        return [f"{each.method} {each.path.removeprefix('/api/v1')}" for each in asked]


class Network(stage.Network):
    """Exchanges the key for a new token each time, finds instances, and answers all else by script.

    After the last scripted answer comes that one again. ``search`` is what the search for instances
    answers, where that is not just those ``found``.
    """

    def __init__(
        self,
        *answers: Answer,
        found: list[dict[str, Any]] | None = None,
        search: Answer | None = None,
    ) -> None:
        super().__init__(*answers)
        self.search = search
        self.found = [{"crn": CRN, "name": "one"}] if found is None else found

    def _choose(self, request: httpx.Request) -> Answer:
        if request.url.host == IAM_HOST:
            self.tokens.append(f"accesstoken{len(self.tokens)}x" + "y" * 50)
            return answer({"access_token": self.tokens[-1], "expires_in": 3600})
        if request.url.host == SEARCH_HOST:
            return self.search or answer({"items": self.found, "limit": 100})
        return super()._choose(request)

    @property
    def asked(self) -> list[httpx.Request]:
        """Every request for the Compute API."""
        return [each for each in self.requests if each.url.host not in {IAM_HOST, SEARCH_HOST}]

    @property
    def lines(self) -> list[str]:
        """The same, as method and path with query."""
        return [
            f"{each.method} {each.url.raw_path.decode().removeprefix('/api/v1')}"
            for each in self.asked
        ]


class Scripted(Play):
    """A runtime before a scripted network."""

    def __init__(self, kind: str, network: Callable[[httpx.Request], Any], **settings: Any) -> None:
        self.clock = Clock()
        common: dict[str, Any] = {
            "transport": None if "client" in settings else httpx.MockTransport(network),
            "sleep": self.clock.sleep if kind == "sync" else self.clock.async_sleep,
            "monotonic": self.clock.monotonic,
            "instance": CRN,
        }
        super().__init__(kind, common | settings)


def job(id_: str = "j1", *, status: str = "Completed", **more: Any) -> dict[str, Any]:
    """A job as the service sends it."""
    return {
        "id": id_,
        "backend": "ibm_fez",
        "state": {"status": status, **more.pop("state", {})},
        "status": status,
        "program": {"id": "sampler"},
        "created": "2026-04-15T17:27:49.689785Z",
        "cost": 10800,
        **more,
    }


def error_body(code: object, message: str = "No.") -> dict[str, Any]:
    """A refusal as the service sends it."""
    entry = {"code": code, "message": message, "solution": "Do not.", "more_info": "https://x.y"}
    return {"errors": [entry], "trace": "6ba7b810-9dad-41d1-80b4-00c04fd430c8"}
