"""Small endpoints: the seam itself, without a world behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from dryshot.http import Request, Response

HOST = "api.example"
URL = f"https://{HOST}"
HOSTS = frozenset({HOST, "auth.example"})


@dataclass
class Asked:
    """Answers by the given function (200 and its own name, if none) and keeps every request."""

    answer: Callable[[Request], Response] | None = None
    name: str = "asked"
    requests: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        if self.answer is not None:
            return self.answer(request)
        return Response(200, {"content-type": "text/plain"}, self.name.encode())

    @property
    def last(self) -> Request:
        return self.requests[-1]


def echo(request: Request) -> Response:
    """Says what it was asked, as JSON; the body in base64."""
    told = {
        "method": request.method,
        "origin": request.origin,
        "host": request.host,
        "port": request.port,
        "target": request.target,
        "headers": dict(request.headers),
        "body": base64.b64encode(request.body).decode(),
    }
    return Response(200, {"content-type": "application/json"}, json.dumps(told).encode())


def in_order(*answers: Response | Exception) -> Callable[[Request], Response]:
    """Gives (or raises) one answer after another."""
    remaining = list(answers)

    def endpoint(_: Request) -> Response:
        answer = remaining.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return endpoint
