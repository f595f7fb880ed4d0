"""What an endpoint has said already, for whoever was about to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dryshot.http import Endpoint, Request, Response

__all__ = ["foretold", "take"]

_NEXT: ContextVar[Endpoint | None] = ContextVar("dryshot_foretold", default=None)


@contextmanager
def foretold(endpoint: Endpoint, first: Response | Exception) -> Iterator[None]:
    """In this block the first to ``take`` gets an endpoint that begins with ``first``."""
    said = [first]

    def answer(request: Request) -> Response:
        if not said:
            return endpoint(request)
        response = said.pop()
        if isinstance(response, Exception):
            raise response
        return response

    token = _NEXT.set(answer)
    try:
        yield
    finally:
        _NEXT.reset(token)


def take() -> Endpoint | None:
    """The endpoint that was made so, once; None if there is none."""
    endpoint = _NEXT.get()
    if endpoint is not None:
        _NEXT.set(None)  # what the endpoint asks for itself is another matter
    return endpoint
