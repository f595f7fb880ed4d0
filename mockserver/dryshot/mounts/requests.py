"""requests sessions of this process, and everything else that sends through urllib3.

The cut is at the socket. Sessions, adapters and their subclasses, hooks, redirects, cookies,
``Retry``, response streams, urllib3 and :mod:`http.client` are the real ones: a genuine connection
pool, made for one call and then forgotten, has connections whose far end is the endpoint. Pools
that a session keeps are never touched, so nothing of ours outlives the patch, and an idle
connection to the real host is not used while it lasts.
"""

from __future__ import annotations

import functools
import io
import itertools
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from dryshot.http import Delivery, Endpoint, Request, Response
from dryshot.mounts.delivery import Broken, Flow, begin, parts
from dryshot.mounts.foretold import take
from dryshot.mounts.wire import DEFAULT_PORTS, framed, joined

__all__ = ["Patch"]

Find = Callable[[Request], Endpoint | None]


class _CarriedError(Exception):
    """Takes an endpoint's exception through urllib3, which would retry an ``OSError``."""

    def __init__(self, origin: Exception) -> None:
        super().__init__(origin)
        self.origin = origin


@dataclass(frozen=True)
class _Line:
    """Makes the connections of one call; stands where urllib3 expects a connection class."""

    endpoint: Endpoint
    target: Request

    def __call__(self, host: str, port: int | None = None, **_: Any) -> _Connection:
        return _Connection(self, host, port)


class _Connection(HTTPConnection):
    """A connection whose socket is an endpoint; used for one exchange, then connected anew."""

    def __init__(self, line: _Line, host: str, port: int | None) -> None:
        super().__init__(host, port)
        # What goes without saying in the Host header.
        self.default_port = DEFAULT_PORTS[line.target.scheme]  # type: ignore[misc] # one class, both schemes
        self._line = line

    def connect(self) -> None:
        # What the timeout is now is for connecting; urllib3 sets the one for reading later.
        self.sock = cast("socket.socket", _Socket(self, self._line, self.timeout))
        self.is_verified = True  # nothing leaves the process: there is nothing to warn of

    def getresponse(self) -> Any:
        try:
            return super().getresponse()
        finally:
            self.sock = None  # as http.client does on "connection: close"


class _Socket:
    """What :mod:`http.client` needs of a socket: request bytes in, response bytes out."""

    def __init__(self, connection: _Connection, line: _Line, timeout: float | None) -> None:
        self._connection = connection
        self._line = line
        self._connect = self._read = timeout
        self._sent = bytearray()

    def settimeout(self, seconds: float | None) -> None:
        """How long the caller would wait; nothing here does."""
        self._read = seconds

    def close(self) -> None:
        """Nothing is open."""

    def sendall(self, data: bytes) -> None:
        """Collect the request."""
        self._sent += data

    def makefile(self, _mode: str) -> io.BufferedIOBase:
        """The whole request has been sent: ask the endpoint."""
        request = _parse(bytes(self._sent), self._line.target)
        try:
            response = self._line.endpoint(request)
        except ConnectionRefusedError as error:
            raise NewConnectionError(self._connection, str(error)) from error
        except (ConnectionError, TimeoutError):
            raise  # a failing network: urllib3 knows these, and may retry
        except Exception as error:
            raise _CarriedError(error) from error
        if response.delivery is None:
            return io.BytesIO(_serialize(request.method, response))
        return self._halting(request.method, response, response.delivery)

    def _halting(self, method: str, response: Response, delivery: Delivery) -> io.BufferedIOBase:
        """An answer that does not come at once and whole."""
        try:
            begin(delivery, connect=self._connect, read=self._read)
        except Broken as broken:
            connection = self._connection
            match broken.reason:
                case "refused":
                    raise NewConnectionError(connection, str(broken)) from broken
                case "connect timeout":
                    why = f"Connection to {connection.host} timed out."
                    why += f" (connect timeout={self._connect})"
                    raise ConnectTimeoutError(connection, why) from broken
                case "dropped":
                    return io.BytesIO()
                case _:
                    raise broken.of_socket() from broken
        head, _, body = _serialize(method, response).partition(b"\r\n\r\n")
        flow = itertools.chain([head + b"\r\n\r\n"], parts(delivery, body, read=self._read))
        return io.BufferedReader(Flow(flow))


def _parse(raw: bytes, target: Request) -> Request:
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    method, url, _ = line.decode("latin-1").split(" ", 2)
    if not url.startswith("/"):  # the absolute form, as proxies are sent
        parts = urlsplit(url)
        url = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path, _, query = url.partition("?")
    headers = joined((name, value) for name, _, value in (item.partition(b": ") for item in lines))
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    return Request(
        method=method,
        host=target.host,
        path=path,
        query=query,
        headers=headers,
        body=body,
        scheme=target.scheme,
        port=target.port,
    )


def _unchunked(body: bytes) -> bytes:
    chunks: list[bytes] = []
    start = 0
    while True:
        end = body.index(b"\r\n", start)
        size = int(body[start:end], 16)
        if size == 0:
            return b"".join(chunks)
        chunks.append(body[end + 2 : end + 2 + size])
        start = end + 2 + size + 2


def _serialize(method: str, response: Response) -> bytes:
    headers, body = framed(method, response)
    head = f"HTTP/1.1 {response.status} {response.reason}\r\n".encode("latin-1")
    return b"".join([head, *(b"%b: %b\r\n" % header for header in headers), b"\r\n", body])


def _target(pool: HTTPConnectionPool, method: str, url: str) -> Request:
    """Where a call goes: behind a forwarding proxy the absolute URL says it, else the pool."""
    scheme, host, port = pool.scheme, pool.host, pool.port
    parts = urllib3.util.parse_url(url)
    if pool.proxy is not None and parts.scheme and parts.host:
        scheme, host, port = parts.scheme, parts.host.strip("[]"), parts.port
    return Request(
        method=method,
        host=host,
        path=parts.path or "/",
        scheme=scheme,
        port=None if port == DEFAULT_PORTS[scheme] else port,
    )


def _pool(pool: HTTPConnectionPool, line: _Line) -> HTTPConnectionPool:
    """A pool like ``pool``, for one call, that dials ``line``."""
    target = line.target
    kind = HTTPSConnectionPool if target.scheme == "https" else HTTPConnectionPool
    port = target.port or DEFAULT_PORTS[target.scheme]
    settings: Any = {"timeout": pool.timeout, "headers": pool.headers, "retries": pool.retries}
    twin = kind(target.host, port, **settings)
    twin.ConnectionCls = cast("type[Any]", line)
    return twin


class Patch:
    """Sends what urllib3 would put on a network to the endpoint that ``find`` names, if any."""

    def __init__(self, find: Find) -> None:
        self._original = original = HTTPConnectionPool.urlopen

        @functools.wraps(original)
        def urlopen(pool: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            if isinstance(pool.ConnectionCls, _Line):
                return original(pool, method, url, *args, **kwargs)
            target = _target(pool, method, url)
            endpoint = take() or find(target)
            if endpoint is None:
                return original(pool, method, url, *args, **kwargs)
            twin = _pool(pool, _Line(endpoint, target))
            try:
                return original(twin, method, url, *args, **kwargs)
            except _CarriedError as carried:
                error = carried.origin
            raise error  # outside the handler, so that its cause and context stay what they were

        self._urlopen = urlopen

    def install(self) -> None:
        """Patch urllib3."""
        setattr(HTTPConnectionPool, "urlopen", self._urlopen)  # noqa: B010 - a method

    def remove(self) -> None:
        """Put urllib3's own method back."""
        setattr(HTTPConnectionPool, "urlopen", self._original)  # noqa: B010 - as above
