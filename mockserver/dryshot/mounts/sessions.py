"""requests sessions of this process, where nothing stands between session and endpoint.

Most requests need nothing of urllib3: a plain adapter, no proxy, a body in memory, an answer that
comes at once and whole. For these an adapter asks the endpoint and builds the answer, of classes
that are requests' and urllib3's own; what is asked and answered is the same as at the socket, where
:mod:`dryshot.mounts.requests` takes all others, and those that somebody else listens to.
"""

from __future__ import annotations

import functools
import inspect
import io
import re
from collections.abc import Callable
from os.path import exists
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse

from dryshot.http import Endpoint, Request, Response
from dryshot.mounts.foretold import foretold
from dryshot.mounts.wire import DEFAULT_PORTS, HOP_BY_HOP

__all__ = ["Patch"]

Find = Callable[[Request], Endpoint | None]

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_URL = re.compile(
    r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::([0-9]{1,5}))?"
    r"(/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*)"
    r"(?:\?((?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*))?"
)
"""What no library on the way would write otherwise."""
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OK, _MULTIPLE, _BAD, _END = 200, 300, 400, 600
_BODILESS = 204


class Patch:
    """Lets requests' own adapter ask the endpoint that ``find`` names, if any, without detours."""

    def __init__(self, find: Find) -> None:
        self._original = original = HTTPAdapter.send
        self._urlopen: Any = None

        def send(
            adapter: HTTPAdapter,
            request: requests.PreparedRequest,
            stream: bool = False,  # noqa: FBT001, FBT002 - requests' own signature
            timeout: Any = None,
            verify: Any = True,  # noqa: FBT002 - as above
            cert: Any = None,
            proxies: Any = None,
        ) -> requests.Response:
            def by_urllib3() -> requests.Response:
                return original(adapter, request, stream, timeout, verify, cert, proxies)

            if (
                type(adapter) is not HTTPAdapter  # what others override is theirs
                or stream
                or cert is not None
                or not _is_trust(verify)
                or not _is_patience(timeout)
                or request.hooks["response"]
                or HTTPConnectionPool.urlopen is not self._urlopen
            ):
                return by_urllib3()
            plain = _plain(request)
            if plain is None or (proxies and select_proxy(request.url or "", proxies)):
                return by_urllib3()
            endpoint = find(plain)
            if endpoint is None:
                return by_urllib3()
            said: Response | Exception
            try:
                said = endpoint(plain)
            except Exception as error:  # noqa: BLE001 - whatever it is, urllib3 has a word for it
                said = error
            if isinstance(said, Response) and _is_simple(adapter, plain, said):
                return _answer(adapter, request, plain, said)
            with foretold(endpoint, said):
                return by_urllib3()

        self._send = send

    def install(self) -> None:
        """Patch requests, unless somebody else has already: theirs is the first word."""
        self._urlopen = HTTPConnectionPool.urlopen
        below = inspect.unwrap(self._urlopen)
        if (self._original.__module__, below.__module__) == (
            HTTPAdapter.__module__,
            HTTPConnectionPool.__module__,
        ):
            setattr(HTTPAdapter, "send", self._send)  # noqa: B010 - a method, for a type checker

    def remove(self) -> None:
        """Put requests' own method back."""
        setattr(HTTPAdapter, "send", self._original)  # noqa: B010 - as above


def _plain(request: requests.PreparedRequest) -> Request | None:
    """What urllib3 would send, if that is beyond doubt."""
    target = _target(request.url or "")
    method, body, given = request.method, request.body, request.headers
    if target is None or method not in _METHODS:
        return None
    if isinstance(body, str):
        body = body.encode()
    elif body is not None and type(body) is not bytes:
        return None
    scheme, host, port, path, query = target
    headers = {"host": host if port is None else f"{host}:{port}"}
    for name, value in given.items():
        lower = _lower(name)
        if not lower or type(value) is not str or not _is_text(value):
            return None
        headers[lower] = value
    if (
        len(headers) != len(given) + 1  # a Host of its own
        or "user-agent" not in headers
        or "accept-encoding" not in headers
        or "transfer-encoding" in headers
        or headers.get("content-length") != _length(method, body)
    ):
        return None
    return Request(method, host, path, query, headers, body or b"", scheme, port)


@functools.lru_cache(maxsize=256)
def _target(url: str) -> tuple[str, str, int | None, str, str] | None:
    """Scheme, host, port, path and query of a URL that is written in the plainest way."""
    match = _URL.fullmatch(url)
    if match is None:
        return None
    scheme, host, digits, path, query = match.groups()
    port = None if digits is None else int(digits)
    if port == DEFAULT_PORTS[scheme]:
        port = None
    return scheme, host, port, path, query or ""


@functools.lru_cache(maxsize=256)
def _lower(name: object) -> str:
    """A header's name in lower case; empty if it is none."""
    return name.lower() if isinstance(name, str) and _NAME.fullmatch(name) else ""


def _is_text(value: str) -> bool:
    """Whether a header's value goes over a line as it stands here."""
    return value.isascii() and value.isprintable()


def _length(method: str, body: bytes | None) -> str | None:
    """The content-length that requests gives to what it prepares."""
    if body:
        return str(len(body))
    return None if method == "GET" else "0"


def _is_trust(verify: Any) -> bool:
    """Whether requests would not complain of a bundle of certificates that is not there."""
    return isinstance(verify, bool) or (
        type(verify) is str and exists(verify)  # noqa: PTH110 - a Path takes ten times as long
    )


def _is_patience(timeout: Any) -> bool:
    if isinstance(timeout, tuple):
        return len(timeout) == 2 and all(map(_is_patience, timeout))  # noqa: PLR2004 - connect, read
    return timeout is None or (type(timeout) in {int, float} and timeout > 0)


def _is_simple(adapter: HTTPAdapter, request: Request, response: Response) -> bool:
    """Whether the answer comes at once and whole, and nobody does more with it than read it."""
    status, headers = response.status, response.headers
    return (
        response.delivery is None
        and (_OK <= status < _MULTIPLE or _BAD <= status < _END)
        and status != _BODILESS
        and "set-cookie" not in headers
        and "content-encoding" not in headers
        and all(map(_is_text, headers.values()))
        and not adapter.max_retries.is_retry(
            request.method, status, has_retry_after="retry-after" in headers
        )
    )


def _answer(
    adapter: HTTPAdapter, prepared: requests.PreparedRequest, request: Request, response: Response
) -> requests.Response:
    """What is left of an answer when its body has been read."""
    given, body = response.headers, response.body
    headers = {name: given[name] for name in given if name not in HOP_BY_HOP}
    headers.pop("content-length", None)
    headers["content-length"] = str(len(body))  # the last and true, as at the socket
    raw = HTTPResponse(
        io.BytesIO(),
        HTTPHeaderDict(headers),
        response.status,
        version=11,
        version_string="HTTP/1.1",
        reason=response.reason,
        preload_content=False,
        decode_content=False,
        retries=adapter.max_retries,
        request_method=request.method,
        request_url=request.target,
    )
    raw.length_remaining = 0
    answer: Any = adapter.build_response(prepared, raw)
    answer._content = body  # noqa: SLF001 - as requests does before it gives it to anyone
    answer._content_consumed = True  # noqa: SLF001 - as above
    whole: requests.Response = answer
    return whole
