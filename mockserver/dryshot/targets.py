"""What tests talk to: the mock in this process, or a service at a URL."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from dryshot.mock import Mock
from dryshot.mounts.referee import Referee
from dryshot_client.legacy import AUTH_URL, RUNTIME_URL

__all__ = ["Target", "live_target", "mock_target"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the classic services are, how to reach them, and how to wait for them.

    ``transport`` checks every answer against the OpenAPI documents.
    """

    auth_url: str
    runtime_url: str
    api_token: str = field(repr=False)
    transport: httpx.BaseTransport
    sleep: Callable[[float], object] = time.sleep


def mock_target(mock: Mock) -> Target:
    """The mock, under IBM's names; waiting moves its clock."""
    return Target(
        AUTH_URL,
        RUNTIME_URL,
        "any text opens an account",
        Referee(mock.transport()),
        mock.clock.advance,
    )


def live_target(base_url: str, api_token: str) -> Target:
    """A service: its auth API at ``base_url/api``, its runtime API at ``base_url/runtime``."""
    base = base_url.rstrip("/")
    return Target(f"{base}/api", f"{base}/runtime", api_token, Referee())
