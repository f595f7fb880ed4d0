"""One request at a time, to an unknown server: bounded in time and in bytes, whatever it does."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from dryshot.errors import DryshotError
from dryshot.http import Request, Response

__all__ = ["Answer", "OutOfTime", "Unanswered", "Wire"]

_MOST_BYTES = 32 * 1024 * 1024
_GRACE = 0.25
"""Seconds that httpx has to notice by itself that time is over."""


class Unanswered(DryshotError):
    """The server did not answer, or not in time, or not in HTTP."""


class OutOfTime(DryshotError):
    """All the time that was given is over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to a request; neither shows its headers, where tokens are."""

    request: Request = field(repr=False)
    response: Response = field(repr=False)

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300  # noqa: PLR2004 - what HTTP calls successful

    @property
    def json(self) -> Any:
        """The body, decoded; None if it is not JSON."""
        try:
            return json.loads(self.response.body)
        except ValueError:
            return None


class Wire:
    """Sends plain requests and gives plain answers; what is not an answer is ``Unanswered``.

    ``timeout`` is for each request, in seconds, from its beginning to the last byte of its answer,
    ``budget`` for all of them together. ``transport`` is httpx's own if it is not given.
    ``sleep`` and ``monotonic`` are the service's time, which a mock's clock may be.
    """

    def __init__(
        self,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 20.0,
        budget: float = 600.0,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._client = self._connect(timeout)
        self._timeout = timeout
        self._end = time.monotonic() + budget
        self.sleep = sleep
        self.monotonic = monotonic
        self.sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """The answer; ``Unanswered`` if there is none in time, ``OutOfTime`` when all is over."""
        begun = time.monotonic()
        if begun > self._end:
            raise OutOfTime("the time for all requests is over")
        end = min(begun + self._timeout, self._end)
        self.sent += 1
        # What the caller does not say is not said: not even what httpx says by default.
        said = {"accept": "application/json", **(headers or {})}
        try:
            request = self._client.build_request(method, url, headers=said, content=body or None)
            response = self._exchange(request, end)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Unanswered(f"{type(error).__name__}: {error}") from error
        parts = urlsplit(url)
        asked = Request(method, parts.hostname or "", parts.path, parts.query, said, body)
        return Answer(asked, response)

    def _exchange(self, request: httpx.Request, end: float) -> Response:
        if self._transport is not None:
            return _exchange(self._client, request, end)
        # httpx bounds each read, and a server may send a byte now and then for ever: so another
        # thread reads, and is left behind if need be.
        client, box = self._client, queue.SimpleQueue[Response | Exception]()

        def work() -> None:
            try:
                box.put(_exchange(client, request, end))
            except Exception as error:  # noqa: BLE001 - it is raised again where it is waited for
                box.put(error)

        threading.Thread(target=work, name="dryshot conformance", daemon=True).start()
        try:
            found = box.get(timeout=max(0.0, end - time.monotonic()) + _GRACE)
        except queue.Empty:
            self._client = self._connect(self._timeout)
            raise Unanswered("the answer did not end in time") from None
        if isinstance(found, Exception):
            raise found
        return found

    def _connect(self, timeout: float) -> httpx.Client:
        transport = self._transport or httpx.HTTPTransport()
        return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False)


def _exchange(client: httpx.Client, request: httpx.Request, end: float) -> Response:
    response = client.send(request, stream=True)
    try:
        content = _read(response, end)
    finally:
        response.close()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Response(response.status_code, headers, content)


def _read(response: httpx.Response, end: float) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise Unanswered(f"the answer is longer than {_MOST_BYTES} bytes")
        if time.monotonic() > end:
            raise Unanswered("the answer did not end in time")
    return bytes(content)
