"""What the client's tests stand on: a scripted network, a clock that nobody waits for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx

from dryshot_client import AsyncLegacyRuntime, LegacyRuntime

API_TOKEN = "longlived0" * 12
AUTH_HOST = "auth.quantum-computing.ibm.com"
RUNTIME_HOST = "runtime-us-east.quantum-computing.ibm.com"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]
Action = Callable[[Any], Any]


class Clock:
    """Sleeping takes no time, but is remembered."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.sleep(seconds)


class Network:
    """Answers logins with a new token each, logouts with 204, and anything else as scripted.

    After the last scripted answer comes that one again.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.tokens: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            answer = self._choose(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):  # a new one each time: httpx uses them up
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return answer(request)

    def _choose(self, request: httpx.Request) -> Answer:
        if request.url.path == "/api/users/loginWithToken":
            self.tokens.append(f"accesstoken{len(self.tokens)}x" + "y" * 50)
            return httpx.Response(200, json={"id": self.tokens[-1], "ttl": 1209600})
        if request.url.path == "/api/users/logout":
            return httpx.Response(204)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def lines(self) -> list[str]:
        """Every request but logins, as method and path with query."""
        return [
            f"{each.method} {each.url.raw_path.decode()}"
            for each in self.requests
            if each.url.host != AUTH_HOST
        ]

    def body(self) -> Any:
        """The JSON of the last request."""
        return json.loads(self.requests[-1].content)


class Stage:
    """A runtime of one kind, and a way to use it that is the same for both."""

    def __init__(self, kind: str, network: Callable[[httpx.Request], Any], **settings: Any) -> None:
        self.clock = Clock()
        transport = httpx.MockTransport(network)
        common: dict[str, Any] = {
            "api_token": API_TOKEN,
            "transport": None if "client" in settings else transport,
            "monotonic": self.clock.monotonic,
        }
        self.runtime: LegacyRuntime | AsyncLegacyRuntime
        if kind == "sync":
            self.runtime = LegacyRuntime(**common | {"sleep": self.clock.sleep} | settings)
        else:
            self.runtime = AsyncLegacyRuntime(
                **common | {"sleep": self.clock.async_sleep} | settings
            )

    def do(self, action: Action) -> Any:
        """What ``action`` of the runtime comes to: a value, or a list of all that is iterated."""
        if isinstance(self.runtime, LegacyRuntime):
            outcome = action(self.runtime)
            return list(outcome) if isinstance(outcome, Iterator) else outcome
        return asyncio.run(self._await(action))

    async def _await(self, action: Action) -> Any:
        outcome = action(self.runtime)
        if isinstance(outcome, AsyncIterator):
            return [item async for item in outcome]
        return await outcome


def job(id_: str = "j1", *, status: str = "Completed", **more: Any) -> dict[str, Any]:
    """A job as the service sends it."""
    return {
        "id": id_,
        "backend": "ibm_wellington",
        "state": {"status": status, **more},
        "program": {"id": "sampler"},
        "created": "2023-09-11T17:27:49.689785Z",
    }


def answer(body: object, status: int = 200) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(status, json=body)


UNAUTHORISED = {
    "errors": [
        {
            "code": 1201,
            "message": "Invalid credentials.",
            "solution": "Verify your credentials and try again.",
            "more_info": "https://docs.quantum-computing.ibm.com/errors",
        }
    ]
}
