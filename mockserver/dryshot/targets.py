"""What tests talk to: a mock, near or behind a server, a recording, or a service."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

import httpx
from anyio import to_thread

from dryshot.http import Endpoint
from dryshot.mock import Mock
from dryshot.mounts.httpx import AsyncTransport, Transport, exchange, from_httpx
from dryshot.mounts.referee import AsyncReferee, Referee
from dryshot_client import AsyncRuntime, LegacyRuntime, Runtime
from dryshot_client.legacy import AUTH_URL, RUNTIME_URL
from dryshot_client.platform.hosts import CLOUD_URL

__all__ = ["Kind", "Target", "live_target", "mock_target"]

Kind = Literal["mock", "served", "replay", "live"]

_NEWEST = 64
"""Exchanges among which the last one of a request is looked for; others may ask meanwhile."""


@dataclass(frozen=True, slots=True)
class Target:
    """How to reach the services, under IBM's own names, and how to wait for them.

    ``auth_url`` and ``runtime_url`` are the classic API's, ``cloud_url`` and ``instance`` the
    platform's; ``api_token`` is good for both. The transports check every answer against the
    OpenAPI documents. ``sleep`` and ``monotonic`` are the service's clock.
    """

    auth_url: str
    runtime_url: str
    cloud_url: str
    instance: str | None
    api_token: str = field(repr=False)
    transport: httpx.BaseTransport
    async_transport: httpx.AsyncBaseTransport
    sleep: Callable[[float], object] = time.sleep
    async_sleep: Callable[[float], Awaitable[object]] | None = None
    monotonic: Callable[[], float] = time.monotonic
    kind: Kind = "mock"

    def runtime(self) -> Runtime:
        """A new client of the platform."""
        return Runtime(
            api_key=self.api_token,
            instance=self.instance,
            url=self.cloud_url,
            transport=self.transport,
            sleep=self.sleep,
            monotonic=self.monotonic,
        )

    def async_runtime(self) -> AsyncRuntime:
        """A new asynchronous client of the platform."""
        return AsyncRuntime(
            api_key=self.api_token,
            instance=self.instance,
            url=self.cloud_url,
            transport=self.async_transport,
            sleep=self.async_sleep,
            monotonic=self.monotonic,
        )

    def legacy_runtime(self) -> LegacyRuntime:
        """A new client of the classic API."""
        return LegacyRuntime(
            api_token=self.api_token,
            auth_url=self.auth_url,
            runtime_url=self.runtime_url,
            transport=self.transport,
            sleep=self.sleep,
            monotonic=self.monotonic,
        )


def mock_target(mock: Mock, *, endpoint: Endpoint | None = None, kind: Kind = "mock") -> Target:
    """The mock, whose clock moves when somebody waits; ``endpoint`` is the way to it.

    The caller is the first declared account with its first instance; where none is declared,
    somebody with an instance of the premium plan.
    """

    async def sleep(seconds: float) -> None:
        mock.clock.advance(seconds)

    account = next(iter(mock.world.accounts), None)
    declared = None if account is None else account.service_instances
    crns = [instance.crn for instance in declared or ()]
    way = mock if endpoint is None else endpoint
    return Target(
        AUTH_URL,
        RUNTIME_URL,
        CLOUD_URL,
        "premium-instance" if declared is None else next(iter(crns), None),
        "any text opens an account" if account is None else account.api_token,
        Referee(Transport(way), excuse=lambda request: _was_struck(mock, request)),
        AsyncReferee(AsyncTransport(way), excuse=lambda request: _was_struck(mock, request)),
        mock.clock.advance,
        sleep,
        mock.clock.time,
        kind,
    )


def _was_struck(mock: Mock, request: httpx.Request) -> bool:
    """Whether a fault made the mock's last answer to such a request."""
    path = request.url.raw_path.decode().partition("?")[0]
    newest = reversed(mock.journal.since(max(0, mock.journal.last - _NEWEST)))
    same = (one for one in newest if (one.method, one.request.path) == (request.method, path))
    return next((one.fault is not None for one in same), False)


def live_target(endpoint: Endpoint, api_token: str, instance: str | None = None) -> Target:
    """A service that ``endpoint`` leads to; it may wait, while an event loop goes on."""
    return Target(
        AUTH_URL,
        RUNTIME_URL,
        CLOUD_URL,
        instance,
        api_token,
        Referee(Transport(endpoint)),
        AsyncReferee(_ThreadedTransport(endpoint)),
        kind="live",
    )


class _ThreadedTransport(httpx.AsyncBaseTransport):
    """For asynchronous clients: the endpoint waits in a thread, the event loop goes on."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Read the request, and answer it."""
        await request.aread()
        plain = from_httpx(request)
        return await to_thread.run_sync(exchange, self._endpoint, request, plain)
