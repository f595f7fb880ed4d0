"""Requests read from, and answers written to, a connection without an application in between."""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote

from dryshot.http import Headers, Request, Response
from dryshot.mounts.asgi import authority
from dryshot.mounts.wire import DEFAULT_PORTS, HOP_BY_HOP, joined
from dryshot.server.application import OWN
from dryshot.server.limits import Limits

__all__ = ["Reader", "answer_bytes"]

_RawHeaders = list[tuple[bytes, bytes]]

_ORIGIN_FORM = re.compile(rb'(?P<path>/[!"$->@-~]*)(?:\?(?P<query>[!"$-~]*))?').fullmatch
"""A path and maybe a query, without a fragment; anything else is rare."""

_UNUSUAL = frozenset({b"content-encoding", b"expect", b"transfer-encoding", b"upgrade"})
_DIGITS = 15
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
_BODYLESS = frozenset({204, 304})
_LEAST_STATUS, _LARGEST_STATUS = 200, 599


class Reader:
    """Makes requests of what one connection sends, if it is plain and within ``limits``.

    ``server`` is the address that it was made to. Its headers are remembered: clients repeat them.
    """

    def __init__(self, limits: Limits, scheme: str, server: tuple[str, int | None] | None) -> None:
        self._limits = limits
        self._scheme = scheme
        self._server = server
        self._raw: _RawHeaders | None = None
        self._headers: Headers | None = None
        self._host = ""
        self._port: int | None = None

    def read(self, method: bytes, url: bytes, raw: _RawHeaders, body: bytes) -> Request | None:
        """The request; None if it is not plain, or is the server's own affair.

        ``raw`` is kept, and its names are in lower case.
        """
        if raw != self._raw:
            self._learn(raw)
        headers = self._headers
        target = _ORIGIN_FORM(url)
        if headers is None or target is None or len(url) > self._limits.target_bytes:
            return None
        path, query = target.groups(b"")
        text = path.decode("ascii")
        if _is_own(text):
            return None
        return Request(
            method.decode("ascii"),
            self._host,
            text,
            query.decode("ascii"),
            headers,
            body,
            self._scheme,
            self._port,
        )

    def _learn(self, raw: _RawHeaders) -> None:
        self._raw, self._headers = raw, None
        if len(raw) > self._limits.headers:
            return
        for name, value in raw:
            if name in _UNUSUAL:
                return
            if name == b"content-length" and (
                len(value) > _DIGITS or int(value) > self._limits.body_bytes
            ):
                return
        headers = joined(raw)
        self._host, port = authority(headers.get("host", ""), self._server)
        self._port = None if port == DEFAULT_PORTS.get(self._scheme) else port
        self._headers = headers


def _is_own(path: str) -> bool:
    path = unquote(path) if "%" in path else path
    return path.startswith(OWN) and (len(path) == len(OWN) or path[len(OWN)] == "/")


def answer_bytes(response: Response, before: bytes, *, keep_alive: bool) -> bytes | None:
    """A plain answer to any request but a HEAD, after status and the lines ``before``.

    None if it is not plain: without a body by its status, told to close the connection or to come
    otherwise than at once, or with what no header may have.
    """
    status, headers = response.status, response.headers
    if (
        response.delivery is not None
        or status in _BODYLESS
        or not _LEAST_STATUS <= status <= _LARGEST_STATUS
        or "connection" in headers
    ):
        return None
    try:
        lines = b"".join([_line(*header) for header in headers.items()])
    except ValueError:
        return None
    body = response.body
    length = b"content-length: %d\r\n" % len(body)
    end = b"\r\n" if keep_alive else b"connection: close\r\n\r\n"
    return b"".join((_status_line(status, response.reason), before, lines, length, end, body))


@functools.lru_cache(maxsize=64)
def _status_line(status: int, reason: str) -> bytes:
    return f"HTTP/1.1 {status} {reason}\r\n".encode()


@functools.lru_cache(maxsize=512)
def _line(name: str, value: str) -> bytes:
    """A header line; ``ValueError`` if it may not stand in a head."""
    if name in HOP_BY_HOP or name == "content-length":
        return b""
    if _CONTROL(name) or _CONTROL(value) or " " in name or ":" in name:
        raise ValueError(name)
    return f"{name}: {value}\r\n".encode("latin-1")
