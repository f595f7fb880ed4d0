"""Runtimes as blocks: an httpx client that is made here is closed here, another one stays open."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx

__all__ = ["AsyncOwner", "Owner"]

Timeout = float | httpx.Timeout | None


class Owner:
    """Has a blocking client, its own or one that was passed in."""

    def __init__(
        self,
        client: httpx.Client | None,
        transport: httpx.BaseTransport | None,
        timeout: Timeout,
    ) -> None:
        _check(client, transport)
        self._client = client or httpx.Client(transport=transport, timeout=timeout)
        self._owned = client is None

    def close(self) -> None:
        """Close the connections, if they were opened here. Does not log out."""
        if self._owned:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncOwner:
    """Has an asynchronous client, its own or one that was passed in."""

    def __init__(
        self,
        client: httpx.AsyncClient | None,
        transport: httpx.AsyncBaseTransport | None,
        timeout: Timeout,
    ) -> None:
        _check(client, transport)
        self._client = client or httpx.AsyncClient(transport=transport, timeout=timeout)
        self._owned = client is None

    async def aclose(self) -> None:
        """Close the connections, if they were opened here. Does not log out."""
        if self._owned:
            await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


def _check(client: object, transport: object) -> None:
    if client is not None and transport is not None:
        raise ValueError("transport is for the client made here; with client, give it to that")
