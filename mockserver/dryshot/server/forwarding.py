"""What is asked goes on to the real service, or to another in its place, and is taken down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dryshot.contract.documents import Documents
from dryshot.http import Request, Response
from dryshot.mounts.asgi import Message, Receive, Send, own_answer, request_of, send_response
from dryshot.mounts.wire import joined
from dryshot.recording.bodies import readable
from dryshot.recording.recorder import Recorder
from dryshot.server.proxy import is_vendor
from dryshot.sites import Sites

if TYPE_CHECKING:  # loaded when the application starts
    import httpx

__all__ = ["Forwarder", "Way"]

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host"}
)
_PLACES = {"legacy-runtime": "/runtime"}
"""Where another service has what IBM has at the root of a host."""

_PATIENCE_SECONDS = 300.0

Lines = list[tuple[bytes, bytes]]


class Way:
    """Where a request really goes: to its own host, or to a service that stands for all of them.

    There the classic auth API is at ``/api``, the classic runtime API at ``/runtime``, the
    platform's at ``/api/v1``, as IBM has them.
    """

    def __init__(self, documents: Documents, base_url: str | None = None) -> None:
        self._base = base_url.rstrip("/") if base_url else None
        if self._base and is_vendor(urlsplit(self._base).hostname or ""):
            raise ValueError("a service in the place of IBM's cannot be at one of IBM's hosts")
        self._hosts = documents.hosts
        self._sites = Sites(
            (server, _PLACES.get(contract.name, urlsplit(server).path))
            for contract in documents
            for server in contract.servers
        )

    def to(self, request: Request) -> str | None:
        """The URL to ask; None for a host that is no service's, which is asked for nothing."""
        if request.host not in self._hosts:
            return None
        if self._base is None:
            return f"https://{request.host}{request.target}"
        query = f"?{request.query}" if request.query else ""
        for place, rest in self._sites.find(request.host, request.path):
            return f"{self._base}{place}{rest}{query}"
        return f"{self._base}{request.path}{query}"


class Forwarder:
    """An ASGI application: it streams both ways, and gives whole exchanges to a recorder.

    Headers of one connection stay there; websockets are refused. Where the service cannot be
    reached the answer is dryshot's own, 502, and nothing is taken down. ``transport`` is the
    network if it is not given.
    """

    def __init__(
        self, recorder: Recorder, way: Way, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._recorder = recorder
        self._way = way
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one scope."""
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "http":
                await self._forward(scope, receive, send)
            case _:
                self._recorder.miss("websockets are not forwarded")
                await send({"type": "websocket.close", "code": 1008})

    async def _live(self, receive: Receive, send: Send) -> None:
        import httpx

        # Redirects and cookies are the caller's own business, so no more than send() is used.
        async with httpx.AsyncClient(
            transport=self._transport, timeout=_PATIENCE_SECONDS, follow_redirects=False
        ) as self._client:
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _forward(self, scope: Message, receive: Receive, send: Send) -> None:
        import httpx

        assert self._client is not None  # noqa: S101 - a server starts the lifespan first
        at = self._recorder.now()
        asked = request_of(scope, b"")
        url = self._way.to(asked)
        if url is None:
            self._recorder.miss("a host that is no service's was meant")
            why = "The Host header names no service that is recorded here; nothing was sent."
            await send_response(send, asked.method, own_answer(403, why))
            return
        sent = _Copy(self._recorder.max_bytes)
        outgoing = httpx.Request(
            asked.method,
            url,
            headers=[*_kept(scope["headers"]), (b"host", _authority(url))],
            content=_stream(receive, sent) if _has_body(scope["headers"]) else None,
        )
        try:
            incoming = await self._client.send(outgoing, stream=True)
        except (httpx.HTTPError, ConnectionAbortedError) as error:
            self._recorder.miss(type(error).__name__)
            host = urlsplit(url).netloc.rpartition("@")[2]
            why = f"{host} could not be asked: {type(error).__name__}"
            await send_response(send, asked.method, own_answer(502, why))
            return
        try:
            await self._answer(incoming, send, replace(asked, scheme="https"), sent, at)
        finally:
            await incoming.aclose()

    async def _answer(
        self, incoming: httpx.Response, send: Send, asked: Request, sent: _Copy, at: datetime
    ) -> None:
        """Pass an answer on as it comes; the recorder has it before its last byte is sent."""
        lines = list(_kept(incoming.headers.raw))
        start = {"type": "http.response.start", "status": incoming.status_code, "headers": lines}
        await send(start)
        received = _Copy(self._recorder.max_bytes)
        try:
            async for chunk in incoming.aiter_raw():
                received.add(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except Exception as error:
            # Raised on, it breaks off the caller's connection as the service's was.
            self._recorder.miss(type(error).__name__)
            raise
        if sent.is_whole and received.is_whole:
            request = replace(asked, body=bytes(sent.content))
            response = Response(incoming.status_code, joined(lines), bytes(received.content))
            host = incoming.request.url.netloc.decode()
            self._recorder.note(request, response, at, host=host)
        else:
            self._recorder.overflow()
        await send({"type": "http.response.body", "body": b""})


class _Copy:
    """What has gone by, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.content = bytearray()
        self.is_whole = True
        self._limit = limit

    def add(self, chunk: bytes) -> None:
        self.is_whole = self.is_whole and len(self.content) + len(chunk) <= self._limit
        if self.is_whole:
            self.content += chunk
        else:
            self.content.clear()


async def _stream(receive: Receive, copy: _Copy) -> AsyncIterator[bytes]:
    """A request's body as it comes."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("the caller went away")
        chunk, more = message.get("body", b""), message.get("more_body", False)
        copy.add(chunk)
        if chunk:
            yield chunk


def _kept(raw: Iterable[tuple[bytes, bytes]]) -> Lines:
    """Header lines that are not of one connection; encodings asked for are such as we can read."""
    lines = [(name.lower(), value) for name, value in raw]
    named = {
        word.strip().lower()
        for name, value in lines
        if name == b"connection"
        for word in value.split(b",")
    }
    return [
        (name, readable(value.decode("latin-1")).encode() if name == b"accept-encoding" else value)
        for name, value in lines
        if name not in named
        and name.decode("latin-1") not in _HOP_BY_HOP
        and not name.startswith(b"proxy-")
    ]


def _has_body(raw: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in raw)


def _authority(url: str) -> bytes:
    return urlsplit(url).netloc.rpartition("@")[2].encode("ascii")
