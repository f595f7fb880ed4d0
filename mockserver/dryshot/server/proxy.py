"""A proxy that leads a few hosts to one port of this machine, and refuses all others.

It decides by name alone: of a host that is refused, no address is ever looked up.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

__all__ = ["Proxy", "is_vendor", "normal"]

_HTTPS = 443
_PORTS = {b"https": _HTTPS, b"wss": _HTTPS, b"ftp": 21}
_MAX_NAMES = 1000
_DIAL_SECONDS = 10.0
_LINGER_SECONDS = 1.0
_CHUNK = 64 * 1024

_HOST = rb"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})"
_CONNECT = re.compile(rb"CONNECT " + _HOST + rb":([0-9]{1,5}) HTTP/1\.[01]")
_FORWARD = re.compile(
    rb"([A-Z]{1,20}) ([a-z]{2,8})://(?:[^/?# @]*@)?" + _HOST + rb"(?::([0-9]{1,5}))?"
    rb"((?:[/?][!-~]*)?) HTTP/1\.[01]"
)
_OF_THE_PROXY = (b"proxy-", b"connection:", b"keep-alive:")


class _Refused(Exception):
    """What was asked gets no tunnel; the text says why and what to do."""

    def __init__(self, status: HTTPStatus, why: str, advice: str = "") -> None:
        super().__init__(f"{why}. {advice}".rstrip())
        self.status = status
        self.why = why


def normal(host: str) -> str:
    """A host name as it is compared: lower case, without brackets or a dot at the end."""
    return host.strip("[]").lower().rstrip(".")


def is_vendor(host: str) -> bool:
    """Whether a host is one of IBM's, to which nothing is ever let through."""
    host = normal(host)
    return host == "ibm.com" or host.endswith(".ibm.com")


@dataclass(frozen=True, slots=True)
class _Way:
    """Where to dial, and what to say there first; ``secure`` is the name that TLS is to prove."""

    host: str
    port: int
    first: bytes = b""
    secure: str | None = None


@dataclass(slots=True)
class Proxy:
    """Speaks CONNECT. Port 443 of ``hosts`` is ``target``, a port of this machine.

    Some clients (axios, long) ask a proxy for ``https://`` as others do for ``http://``, and leave
    TLS to it. With ``trust`` this is done for ``hosts``, one request to a connection.

    ``allowed`` hosts are reached over the network. ``refused`` counts the others by name, and
    ``command`` is what refuses them, as a user is told. Who opens a connection has
    ``head_seconds`` for a request.
    """

    hosts: Collection[str]
    target: int
    allowed: Collection[str] = ()
    trust: ssl.SSLContext | None = None
    refused: Counter[str] = field(default_factory=Counter)
    command: str = "dryshot run"
    max_connections: int = 256
    head_seconds: float = 10.0
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, listener: asyncio.Server, until: asyncio.Event) -> None:
        """Answer until the event is set, then close every connection."""
        async with listener:
            await until.wait()
            listener.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection, whatever it sends."""
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            with suppress(OSError):
                await self._answer(reader, writer)
        except asyncio.CancelledError:
            # The proxy ends. What a peer does not read is dropped, or the end would wait for it.
            writer.transport.abort()
        finally:
            if task is not None:
                self._open.discard(task)
            writer.close()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            way = self._route(await self._head(reader))
            inner = await self._dial(way)
        except _Refused as refused:
            await _refuse(reader, writer, refused)
            return
        except (EOFError, OSError):
            return
        try:
            if way.first:
                inner[1].write(way.first)
            else:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with suppress(ExceptionGroup):  # a side broke off, and so does the other
                async with asyncio.TaskGroup() as group:
                    group.create_task(_pipe(reader, inner[1]))
                    group.create_task(_pipe(inner[0], writer))
        except asyncio.CancelledError:
            inner[1].transport.abort()
            raise
        finally:
            inner[1].close()

    async def _head(self, reader: StreamReader) -> bytes:
        """The request line and the header."""
        if len(self._open) > self.max_connections:
            why = f"{self.command}: too many connections"
            advice = f"At most {self.max_connections} are open at a time."
            raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, why, advice)
        try:
            async with asyncio.timeout(self.head_seconds):
                return await reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            why = f"{self.command}: no request came in time"
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, why) from None
        except asyncio.LimitOverrunError:
            why = f"{self.command}: the header is too large"
            raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why) from None

    def _route(self, head: bytes) -> _Way:
        """The way for a request."""
        line, _, header = head.partition(b"\r\n")
        if (wish := _CONNECT.fullmatch(line)) is not None:
            host, port = normal(wish[1].decode()), int(wish[2])
            if host in self.hosts and port == _HTTPS:
                return _Way("127.0.0.1", self.target)
            if host in self.allowed and not (host in self.hosts or is_vendor(host)):
                return _Way(host, port)
            raise self._refusal(host, port)
        if (forward := _FORWARD.fullmatch(line)) is not None:
            method, scheme, name, given, path = forward.groups()
            host, port = normal(name.decode()), int(given or _PORTS.get(scheme, 80))
            if self.trust and scheme == b"https" and host in self.hosts and port == _HTTPS:
                first = _first(method, path, header)
                return _Way("127.0.0.1", self.target, first, secure=host)
            raise self._refusal(host, port, plain=True)
        raise _Refused(
            HTTPStatus.BAD_REQUEST,
            f"{self.command}: this is a proxy, and that is no request to one",
            "It takes CONNECT host:443 HTTP/1.1.",
        )

    def _refusal(self, host: str, port: int, *, plain: bool = False) -> _Refused:
        name = f"{host}:{port}" if port != _HTTPS else host
        if name in self.refused or len(self.refused) < _MAX_NAMES:
            self.refused[name] += 1
        else:
            self.refused["more"] += 1
        why = f"{self.command} refused {name}"
        if host in self.hosts:
            advice = "As the service itself does, it speaks https on port 443 only"
        elif is_vendor(host):
            advice = "It is IBM's and of no service that is known here; nothing was sent"
        elif plain and host in self.allowed:
            advice = "It may be reached by CONNECT only: use https://"
        else:
            way = f"{self.command} --allow-host {host} -- ..."
            advice = f"Nothing was sent. To let it through: {way}"
        return _Refused(HTTPStatus.FORBIDDEN, why, advice)

    async def _dial(self, way: _Way) -> tuple[StreamReader, StreamWriter]:
        trust = self.trust if way.secure else None
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                return await asyncio.open_connection(
                    way.host, way.port, ssl=trust, server_hostname=way.secure
                )
        except (OSError, UnicodeError, OverflowError) as error:
            why = f"{self.command} could not reach {way.host}:{way.port}"
            raise _Refused(HTTPStatus.BAD_GATEWAY, why, f"{type(error).__name__}.") from error


def _first(method: bytes, path: bytes, header: bytes) -> bytes:
    """The head of a request as a server takes it, and as its connection's only one."""
    path = path if path.startswith(b"/") else b"/" + path
    lines = header.split(b"\r\n")
    kept = [line for line in lines if line and not line.lower().startswith(_OF_THE_PROXY)]
    return b"\r\n".join(
        (method + b" " + path + b" HTTP/1.1", *kept, b"connection: close", b"", b"")
    )


async def _refuse(reader: StreamReader, writer: StreamWriter, refused: _Refused) -> None:
    """Say no; the reason stands in the status line too, which is what most clients show."""
    body = f"{refused}\n".encode()
    head = (
        f"HTTP/1.1 {refused.status} {refused.why}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.write_eof()
    # Closed with bytes unread, a socket takes back what was not yet read of the answer.
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while await reader.read(_CHUNK):
                pass


async def _pipe(reader: StreamReader, writer: StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    else:  # TLS has no half of an end
        writer.close()
