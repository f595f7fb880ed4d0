"""The admin API of tenants, called without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from dryshot.server.admin import application
from dryshot.server.tenants import Tenants
from tests.server_state.stage import User

HEADERS = {"X-Dryshot-Token": "the-admin-token"}
JSON = {"content-type": "application/json"}
WAIT = 30

Lived = tuple[User, tuple[str, ...], Any, Any]
"""Who lived, with which sessions, what was seen of it, and the exported state."""


def call(tenants: Tenants, method: str, path: str = "/state", **sent: Any) -> httpx.Response:
    """One call to the admin API, without a network."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(application(tenants, token=HEADERS["X-Dryshot-Token"]))
        base = "http://127.0.0.1:8787/_dryshot/api"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.request(method, path, **({"headers": HEADERS} | sent))

    return asyncio.run(run())


def exported(tenants: Tenants) -> Any:
    answer = call(tenants, "GET")
    assert answer.status_code == 200, answer.text
    return answer.json()


def imported(tenants: Tenants, value: Any) -> Any:
    answer = call(tenants, "PUT", json=value)
    assert answer.status_code == 200, answer.text
    return answer.json()
