"""How much a client may send and how long it may take, and an application that holds it to that."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from dryshot.mounts.asgi import Application, Message, Receive, Send, own_answer, send_response

__all__ = ["Limits", "limited", "open_files"]

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes from one client; sizes in bytes, times in seconds.

    ``body_bytes`` is above what a mock takes, so that a body that is a little too large is refused
    in the service's own words. ``head_bytes`` is compared after each read from the socket, so that
    up to one read more is seen. ``connections`` is a limit for all clients together; None is as
    many as the process may have files open, less those it needs itself.
    """

    target_bytes: int = 16 * 1024
    headers: int = 100
    head_bytes: int = 64 * 1024
    body_bytes: int = 64 * MEBIBYTE
    head_seconds: float = 15.0
    body_seconds: float = 60.0
    idle_seconds: float = 75.0
    linger_seconds: float = 1.0
    connections: int | None = None


_HAS_BODY = frozenset({b"content-length", b"transfer-encoding"})


class _Refused(Exception):
    """The request is not taken."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def limited(application: Application, limits: Limits) -> Application:
    """``application``, for requests within the limits; others are refused before it sees them all.

    A body may not be compressed (415): nobody's client sends one, and a small one may be large.
    After a refusal the rest is read and dropped for a moment, so that the client sees the answer;
    then the connection is closed.
    """

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        started = False

        async def tell(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            _check_head(scope, limits)
            await application(scope, _measured(scope, receive, limits), tell)
        except _Refused as refused:
            if started:  # an application that answers before it has read everything
                raise
            await _refuse(scope, refused, receive, send, limits)

    return guarded


def open_files() -> int:
    """How many files this process may have open at once."""
    try:
        import resource
    except ImportError:  # there is no such limit to read on this system
        return 1024
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1_000_000 if soft == resource.RLIM_INFINITY else soft


def _check_head(scope: Message, limits: Limits) -> None:
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if target > limits.target_bytes:
        why = f"The request target has {target} bytes; at most {limits.target_bytes} are taken."
        raise _Refused(HTTPStatus.REQUEST_URI_TOO_LONG, why)
    if len(scope["headers"]) > limits.headers:
        why = f"There are {len(scope['headers'])} headers; at most {limits.headers} are taken."
        raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why)
    if scope["method"] == "CONNECT":
        raise _Refused(HTTPStatus.NOT_IMPLEMENTED, "This is no proxy.")
    names = {name for name, _ in scope["headers"]}
    if names >= _HAS_BODY:
        why = "The body has a length and is chunked: it may be read in two ways."
        raise _Refused(HTTPStatus.BAD_REQUEST, why)
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > limits.body_bytes:
            raise _too_large(limits)
        if name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            why = "The body is compressed; dryshot takes bodies as they are."
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, why)


def _too_large(limits: Limits) -> _Refused:
    why = f"The body is too large; at most {limits.body_bytes} bytes are taken."
    return _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)


def _measured(scope: Message, receive: Receive, limits: Limits) -> Receive:
    """``receive``, which raises once the body has become too large or takes too long."""
    if not any(name in _HAS_BODY for name, _ in scope["headers"]):
        return receive
    size, over, deadline = 0, False, time.monotonic() + limits.body_seconds

    async def measured() -> Message:
        nonlocal size, over
        if over:
            return await receive()
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                message = await receive()
        except TimeoutError:
            why = f"The body did not come within {limits.body_seconds:g} s."
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, why) from None
        size += len(message.get("body", b""))
        over = not message.get("more_body", False)
        if size > limits.body_bytes:
            raise _too_large(limits)
        return message

    return measured


async def _refuse(
    scope: Message, refused: _Refused, receive: Receive, send: Send, limits: Limits
) -> None:
    answer = own_answer(refused.status, str(refused), last=True)
    await send_response(send, scope["method"], answer, more=True)
    if refused.status != HTTPStatus.REQUEST_TIMEOUT:
        # Closed while bytes come in, a connection is reset, and the answer may be lost.
        with suppress(TimeoutError):
            async with asyncio.timeout(limits.linger_seconds):
                while (await receive()).get("more_body", False):
                    pass
    await send({"type": "http.response.body", "body": b""})
