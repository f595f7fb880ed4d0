"""What is below ``/_dryshot/``, as an ASGI application: the page, the admin API, the events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from typing import IO, cast
from urllib.parse import parse_qs

from dryshot.http import Request, Response
from dryshot.mounts.asgi import Message, Receive, Send
from dryshot.mounts.wire import framed, joined
from dryshot.server.admin.answers import Download, failure
from dryshot.server.admin.api import Api
from dryshot.server.admin.events import Streams, TooMany
from dryshot.server.admin.feed import Tenants
from dryshot.server.admin.guard import TOKEN_HEADER, Forbidden, Guard
from dryshot.server.admin.pages import SAFETY, Pages
from dryshot.server.tenancy import Tenancy

__all__ = ["PREFIX", "Admin", "application"]

PREFIX = "/_dryshot"

_MAX_BODY_BYTES = 64 * 1024
_MAX_STATE_BYTES = 50 * 1024 * 1024
"""Of a state that is imported; the server itself takes no body that is much larger."""
_CHUNK = 256 * 1024


class Admin:
    """An ASGI application for paths that are :data:`PREFIX` or below it.

    :meth:`close` it before the server is told to stop: a server waits for its open answers, and a
    stream of events is one that does not end by itself.
    """

    def __init__(
        self, tenancy: Tenancy, *, token: str, hosts: Collection[str], heartbeat: float
    ) -> None:
        tenants = Tenants(tenancy)
        self._guard = Guard(token, hosts)
        self._pages = Pages(token)
        self._api = Api(tenants)
        self.streams = Streams(tenants, heartbeat=heartbeat)

    def close(self) -> None:
        """End every stream of events, from any thread; nothing else changes."""
        self.streams.close()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; the scopes are ``http`` and ``lifespan``."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            raise NotImplementedError(f"no answer to {scope['type']!r}, only to 'http'")
        method, path = scope["method"], scope["path"].removeprefix(PREFIX)
        headers = joined(scope["headers"])
        try:
            self._guard.admit(headers, scope.get("scheme", "http"), _client(scope))
            if path.startswith("/api/"):
                await self._data(scope, headers, receive, send)
                return
            response = self._page(scope, method, path)
        except Forbidden as error:
            response = _refusal(error)
        await _respond(send, method, response)

    def _page(self, scope: Message, method: str, path: str) -> Response:
        if method not in ("GET", "HEAD"):
            message = f"{method} is not possible here; GET would be."
            return failure(405, "method_not_allowed", message, allow="GET, HEAD")
        if path == "":
            return Response(307, {"location": f"{PREFIX}/"})
        if path == "/":
            if not self._guard.is_local(_client(scope)):
                # the page has the token, so whoever is not on this machine has to bring it
                given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [None])
                self._guard.check_token(given[0])
            return self._pages.page()
        found = self._pages.read(path.removeprefix("/"))
        return found or failure(404, "not_found", "There is no such page.")

    async def _data(
        self, scope: Message, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        method, path = scope["method"], scope["path"].removeprefix(f"{PREFIX}/api")
        self._guard.admit_script(headers)
        if path != "/health":
            self._guard.check_token(headers.get(TOKEN_HEADER))
        if path == "/events":
            await self._listen(scope, headers, receive, send)
            return
        imports = (method, path) == ("PUT", "/state")
        limit = _MAX_STATE_BYTES if imports else _MAX_BODY_BYTES
        body = await _read(receive, limit)
        if body is None:
            return
        if len(body) > limit:
            remedy = "; the command dryshot state import takes larger states" if imports else ""
            message = f"The body has more than {limit} bytes{remedy}."
            response = failure(413, "too_large", message)
        else:
            request = Request(
                method=method,
                host="localhost",
                path=_raw_path(scope).removeprefix(f"{PREFIX}/api"),
                query=scope["query_string"].decode("latin-1"),
                headers=headers,
                body=body,
            )
            # in a thread: it may have to wait for a world that is busy with a job
            response = await asyncio.to_thread(self._api, request)
        await _respond(send, method, response)

    async def _listen(
        self, scope: Message, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        if scope["method"] != "GET":
            message = f"{scope['method']} is not possible here; GET would be."
            failed = failure(405, "method_not_allowed", message, allow="GET")
            await _respond(send, scope["method"], failed)
            return
        names = parse_qs(scope["query_string"].decode("latin-1")).get("tenant", [""])
        events = self.streams.stream(names[0], headers.get("last-event-id"))
        try:
            first = await anext(events, b"")
        except KeyError:
            message = "The query's tenant is none of those there are."
            await _respond(send, "GET", failure(404, "not_found", message))
            return
        except TooMany:
            message = "There are too many listeners; end one of them."
            await _respond(send, "GET", failure(503, "too_many", message))
            return
        await _stream(cast("AsyncGenerator[bytes, None]", events), first, receive, send)


def application(
    tenancy: Tenancy, *, token: str, hosts: Collection[str] = (), heartbeat: float = 15.0
) -> Admin:
    """The page and the admin API of a server.

    ``token`` is what callers of the API show in ``X-Dryshot-Token``, and what the page carries.
    ``hosts`` are the names, besides those of loopback, by which the server is addressed; without
    any, only this machine is answered. ``heartbeat`` is in seconds.
    """
    return Admin(tenancy, token=token, hosts=hosts, heartbeat=heartbeat)


async def _stream(
    events: AsyncGenerator[bytes, None], first: bytes, receive: Receive, send: Send
) -> None:
    """Send until the events end or the listener goes away."""
    kind = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": kind + _safety()})

    async def tell() -> None:
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    telling = asyncio.ensure_future(tell())
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (telling, leaving):
            task.cancel()
        await asyncio.gather(telling, leaving, return_exceptions=True)
        await events.aclose()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _live(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The body, of a long one a byte more than ``limit``; None if the caller went away."""
    chunks: list[bytes] = []
    left = limit + 1
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")[:left]
        left -= len(chunk)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _respond(send: Send, method: str, response: Response) -> None:
    if isinstance(response, Download) and response.file is not None:
        with response.file:
            await _send_file(send, response, response.file)
        return
    headers, body = framed(method, response)
    start = {"type": "http.response.start", "status": response.status}
    await send(start | {"headers": headers + _safety()})
    await send({"type": "http.response.body", "body": body})


async def _send_file(send: Send, response: Download, file: IO[bytes]) -> None:
    known = {**response.headers, "content-length": str(response.size)}
    headers = [(name.encode(), value.encode()) for name, value in known.items()]
    start = {"type": "http.response.start", "status": response.status}
    await send(start | {"headers": headers + _safety()})
    while chunk := file.read(_CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _safety() -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in SAFETY.items()]


def _refusal(error: Forbidden) -> Response:
    needed = error.status == 401  # noqa: PLR2004 - HTTP's own
    code, message = "token_needed" if needed else "forbidden", str(error)
    return failure(error.status, code, f"{message[0].upper()}{message[1:]}.")


def _client(scope: Message) -> tuple[str, int] | None:
    client = scope.get("client")
    return None if client is None else (client[0], client[1])


def _raw_path(scope: Message) -> str:
    raw = scope.get("raw_path")
    return str(scope["path"]) if raw is None else bytes(raw).decode("latin-1")
