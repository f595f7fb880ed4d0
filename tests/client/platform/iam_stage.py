"""An IAM and a service behind it, of a few lines, and one way to ask them for both clients."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from dryshot_client.platform.iam import IamAuth
from tests.client.stage import API_TOKEN as KEY
from tests.client.stage import Answer, Clock

__all__ = ["KEY", "URL", "Iam", "Sky", "jwt", "request", "token"]

URL = "https://quantum.cloud.ibm.com/api/v1/backends"


class Sky:
    """Exchanges keys for tokens as scripted, and serves whoever shows the latest token.

    Without a script, each exchange gives a new token that is good for an hour.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.served: list[httpx.Request] = []
        self.shown: list[str] = []
        self.token = ""
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            if request.url.path.endswith("/identity/token"):
                self.asked.append(request)
                return self._exchange(request)
            self.served.append(request)
            # Noted now: the request that is sent again is the same one with another token.
            self.shown.append(request.headers.get("authorization", ""))
            return httpx.Response(200 if self.shown[-1] == f"Bearer {self.token}" else 401)

    def expire(self) -> None:
        """Let the latest token be good no longer."""
        self.token = "gone"

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        answer = self._choose()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):  # a new one each time: httpx uses them up
            headers, content = answer.headers, answer.content
            given = httpx.Response(answer.status_code, headers=headers, content=content)
        else:
            given = answer(request)
        found = re.search(rb'"access_token": *"([^"]+)"', given.content)
        self.token = found[1].decode() if found else self.token
        return given

    def _choose(self) -> Answer:
        if not self.answers:
            return token(f"accesstoken{len(self.asked)}")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Iam:
    """An ``IamAuth`` by a clock of its own, and a way to use it that is the same for both."""

    def __init__(self, kind: str, service: Callable[[httpx.Request], Any], **settings: Any) -> None:
        self.kind = kind
        self.service = service
        self.clock = Clock()
        common: dict[str, Any] = {
            "sleep": self.clock.sleep,
            "async_sleep": self.clock.async_sleep,
            "monotonic": self.clock.monotonic,
        }
        self.auth = IamAuth(settings.pop("key", KEY), **common | settings)

    def get(self, url: str = URL, **settings: Any) -> httpx.Response:
        """GET with a new client that has these settings."""
        return self.send("GET", url, None, **settings)

    def send(
        self, method: str, url: str, parts: list[bytes] | None, **settings: Any
    ) -> httpx.Response:
        """Send ``parts`` as a stream, of which nobody knows how long it is."""
        if "transport" not in settings and "limits" not in settings:
            settings["transport"] = httpx.MockTransport(self.service)
        return request(self.kind, self.auth, method, url, parts, **settings)


def request(
    kind: str, auth: httpx.Auth, method: str, url: str, parts: list[bytes] | None, **settings: Any
) -> httpx.Response:
    """One request with a new client of that kind."""
    if kind == "sync":
        with httpx.Client(auth=auth, **settings) as client:
            return client.request(method, url, content=None if parts is None else iter(parts))

    async def flow() -> AsyncIterator[bytes]:
        for part in parts or ():
            yield part

    async def main() -> httpx.Response:
        async with httpx.AsyncClient(auth=auth, **settings) as client:
            return await client.request(method, url, content=None if parts is None else flow())

    return asyncio.run(main())


def token(text: str, **more: Any) -> httpx.Response:
    """IAM's answer with a token that is good for an hour."""
    return httpx.Response(200, json={"access_token": text, "expires_in": 3600} | more)


def jwt(**claims: Any) -> str:
    """A token that carries these claims, signed by nobody."""
    parts = [{"alg": "none"}, claims]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(text.rstrip("=") for text in (*coded, "signature"))
