"""An endpoint as an ASGI application, for uvicorn or any other server."""

from __future__ import annotations

import asyncio
import contextvars
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from typing import Any
from urllib.parse import quote

from dryshot.errors import Unrecorded
from dryshot.http import Endpoint, Request, Response
from dryshot.mounts.carrying import carry
from dryshot.mounts.wire import DEFAULT_PORTS, framed, joined

__all__ = [
    "Application",
    "Message",
    "Receive",
    "Send",
    "asgi",
    "authority",
    "own_answer",
    "request_of",
    "send_response",
]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class _Disconnected(Exception):
    """The caller went away before its request was complete."""


def asgi(
    endpoint: Endpoint, *, max_body_bytes: int = 50 * 1024 * 1024, executor: Executor | None = None
) -> Application:
    """Serve ``endpoint``; the scopes are ``http`` and ``lifespan``.

    Of a body above ``max_body_bytes`` one byte more than that is kept, for the endpoint to refuse;
    the rest is read and dropped. The endpoint is called in the event loop, which costs least; where
    an answer may take long (simulation), give an ``executor`` with threads, and asyncio for a loop.

    What a strict replay refuses is answered with 501 and the reason. Any other exception of the
    endpoint is answered with 500, without its text, and raised to the server.
    """

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                body = await _read(receive, max_body_bytes + 1)
            except _Disconnected:
                return
            await respond(scope, body, receive, send)
        else:
            raise NotImplementedError(f"no answer to {scope['type']!r}, only to 'http'")

    async def respond(scope: Message, body: bytes, receive: Receive, send: Send) -> None:
        method = scope["method"]
        try:
            request = request_of(scope, body)
            if executor is None:
                response = endpoint(request)
            else:
                context = contextvars.copy_context()
                loop = asyncio.get_running_loop()
                response = await loop.run_in_executor(executor, context.run, endpoint, request)
        except Unrecorded as error:
            response = own_answer(501, str(error))
        except Exception:
            # Servers drop the connection after an exception; in HTTP/1 the caller has to be told.
            last = scope.get("http_version", "1.1").startswith("1")
            await send_response(send, method, own_answer(500, _OUR_FAULT, last=last))
            raise
        if response.delivery is None:
            await send_response(send, method, response)
        else:
            await carry(scope, receive, send, response, response.delivery)

    return application


_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/]+)(?P<path>/.*)?", re.IGNORECASE)

_OUR_FAULT = (
    "dryshot itself failed; the service it stands in for does not answer so. "
    "The reason is in dryshot's own log."
)


def own_answer(status: int, detail: str, *, last: bool = False) -> Response:
    """An answer that is dryshot's own, not the service's; ``last`` closes the connection."""
    headers = {"content-type": "application/json"} | ({"connection": "close"} if last else {})
    return Response(
        status, headers, json.dumps({"dryshot": {"status": status, "detail": detail}}).encode()
    )


async def _live(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _read(receive: Receive, limit: int) -> bytes:
    """The body, cut off after ``limit`` bytes."""
    chunks: list[bytes] = []
    left = limit
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Disconnected
        chunk = message.get("body", b"")[:left]
        if chunk:
            chunks.append(chunk)
            left -= len(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def request_of(scope: Message, body: bytes) -> Request:
    """The request that a scope of type ``http`` and its body are."""
    headers = joined(scope["headers"])
    scheme = scope.get("scheme", "http")
    host, port = authority(headers.get("host", ""), scope.get("server"))
    path = (scope.get("raw_path") or quote(scope["path"]).encode("ascii")).decode("latin-1")
    if not path.startswith("/"):  # "*", or a whole URL, as a proxy is sent
        url = _ABSOLUTE.fullmatch(path)
        path = (url["path"] or "/") if url else f"/{path}"
        if url:
            host, port = authority(url["authority"], None)
    return Request(
        method=scope["method"],
        host=host,
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        scheme=scheme,
        port=None if port == DEFAULT_PORTS.get(scheme) else port,
    )


def authority(header: str, server: tuple[str, int | None] | None) -> tuple[str, int | None]:
    """Host and port from the Host header; without one, the server's own."""
    if not header:
        return server or ("localhost", None)
    host, _, port = header.rpartition(":")
    if host and port.isdigit():
        return host.strip("[]").lower(), int(port)
    return header.strip("[]").lower(), None


async def send_response(send: Send, method: str, response: Response, *, more: bool = False) -> None:
    """Send it all; with ``more``, an empty ``http.response.body`` is still to be sent."""
    headers, body = framed(method, response)
    if response.headers.get("connection") == "close":
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": more})
