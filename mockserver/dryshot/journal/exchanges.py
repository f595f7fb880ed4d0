"""One request and its answer, as a journal has them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from dryshot.errors import Problem
from dryshot.http import Request, Response

__all__ = ["Entry", "Exchange", "Origin", "cut", "read_json"]

Origin = Literal["mock", "recorded", "synthesised"]
"""Whose words an answer has: a mock's, a recording's, or a mock's where a recording had none."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    ``operation`` is the operationId, None if the request was for none. ``at`` is the instant of
    the world's clock. The text form shows no header and no body: a token may be in them. Of a body
    that was too large to be kept only the beginning is here; then ``request_size`` or
    ``response_size`` is how many bytes it had. ``problems`` are what the document, or the world,
    has against the values of a refused request. ``fault`` names the fault that struck, if one did.
    """

    request: Request = field(repr=False)
    response: Response = field(repr=False)
    operation: str | None
    at: datetime
    request_size: int | None = field(default=None, repr=False)
    response_size: int | None = field(default=None, repr=False)
    origin: Origin = "mock"
    problems: tuple[Problem, ...] = field(default=(), repr=False)
    fault: str | None = None

    def __str__(self) -> str:
        request = self.request
        return f"{request.method} {request.host}{request.path} -> {self.response.status}"


class Entry(NamedTuple):
    """An exchange and its number: 1 for the journal's first, and one more for each that follows."""

    sequence: int
    exchange: Exchange

    @property
    def request(self) -> Request:
        """What was asked."""
        return self.exchange.request

    @property
    def response(self) -> Response:
        """What was answered; its status is 0 if a fault left no answer."""
        return self.exchange.response

    @property
    def operation(self) -> str | None:
        """The operationId, None if the request was for none."""
        return self.exchange.operation

    @property
    def at(self) -> datetime:
        """The instant, by the world's clock."""
        return self.exchange.at

    @property
    def method(self) -> str:
        """The request's method."""
        return self.exchange.request.method

    @property
    def path(self) -> str:
        """The request's path, as it was sent."""
        return self.exchange.request.path

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.exchange.response.status

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with a refused request."""
        return self.exchange.problems

    @property
    def fault(self) -> str | None:
        """The name of the fault that struck."""
        return self.exchange.fault

    @property
    def origin(self) -> Origin:
        """Whose words the answer has."""
        return self.exchange.origin

    @property
    def sent(self) -> Any:
        """The JSON value of the request's body; None if it has none."""
        return read_json(self.exchange.request.body)

    @property
    def received(self) -> Any:
        """The JSON value of the answer's body; None if it has none."""
        return read_json(self.exchange.response.body)

    def __str__(self) -> str:
        return f"#{self.sequence} {self.exchange}"


def read_json(body: bytes) -> Any:
    """The value of a body, None if it is not JSON."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def cut(exchange: Exchange, limit: int) -> Exchange:
    """The same with the first ``limit`` bytes of its bodies."""
    request, response = exchange.request, exchange.response
    if len(request.body) > limit:
        short = replace(request, body=request.body[:limit])
        exchange = replace(exchange, request=short, request_size=len(request.body))
    if len(response.body) > limit:
        less = replace(response, body=response.body[:limit])
        exchange = replace(exchange, response=less, response_size=len(response.body))
    return exchange
