"""What tests talk to: the mock in this process, or a service at a URL."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from dryshot.mock import Mock
from dryshot.mounts.referee import AsyncReferee, Referee
from dryshot_client.legacy import AUTH_URL, RUNTIME_URL
from dryshot_client.platform.hosts import CLOUD_URL

__all__ = ["Target", "live_target", "mock_target"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the services are, how to reach them, and how to wait for them.

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


def mock_target(mock: Mock) -> Target:
    """The mock, under IBM's names; waiting moves its clock.

    The caller is the first declared account with its first instance; where none is declared,
    somebody with an instance of the premium plan.
    """

    async def sleep(seconds: float) -> None:
        mock.clock.advance(seconds)

    account = next(iter(mock.world.accounts), None)
    declared = None if account is None else account.service_instances
    crns = [instance.crn for instance in declared or ()]
    return Target(
        AUTH_URL,
        RUNTIME_URL,
        CLOUD_URL,
        "premium-instance" if declared is None else next(iter(crns), None),
        "any text opens an account" if account is None else account.api_token,
        Referee(mock.transport()),
        AsyncReferee(mock.async_transport()),
        mock.clock.advance,
        sleep,
        mock.clock.time,
    )


def live_target(base_url: str, api_token: str, instance: str | None = None) -> Target:
    """A service at ``base_url``.

    The classic auth API is at ``/api`` there, the classic runtime API at ``/runtime``, the
    platform's at ``/api/v1``.
    """
    base = base_url.rstrip("/")
    return Target(
        f"{base}/api",
        f"{base}/runtime",
        base,
        instance,
        api_token,
        Referee(),
        AsyncReferee(),
    )
