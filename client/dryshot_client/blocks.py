"""A session that begins and ends with a ``with`` block, whatever the dialect."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, Protocol, TypeVar

from dryshot_client.calls import D, Resource
from dryshot_client.drivers import AsyncDriver, SyncDriver
from dryshot_client.errors import DryshotClientError, NotFound
from dryshot_client.flows import Flow

__all__ = ["OpenSession", "SessionFlows"]

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)

_SHIELDED = 30.0
"""Seconds that a block which was cancelled may take to close its session."""


class SessionFlows(Protocol[S_co]):
    """How one session is begun and ended."""

    def begin(self) -> Flow[tuple[str, S_co]]:
        """Begin it; returns its id, and what the block is given."""

    def release(self, session_id: str) -> Flow[None]:
        """Take no more jobs: it closes when those it has are done."""

    def close(self, session_id: str) -> Flow[None]:
        """Close it at once."""


class OpenSession(Resource[D], Generic[D, S]):
    """A session that begins and ends with a block; see ``sessions.open``."""

    def __init__(self, flows: SessionFlows[S], driver: D) -> None:
        super().__init__(driver)
        self._flows = flows
        self._id: str | None = None

    def __enter__(self: OpenSession[SyncDriver, S]) -> S:
        return self._driver.run(self._begin())

    def __exit__(
        self: OpenSession[SyncDriver, S],
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._driver.run(self._end(error))

    async def __aenter__(self: OpenSession[AsyncDriver, S]) -> S:
        return await self._driver.run(self._begin())

    async def __aexit__(
        self: OpenSession[AsyncDriver, S],
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            await self._driver.run(self._end(None))
            return
        import anyio  # late: only asynchronous blocks that fail have a use for it

        # The block may have been cancelled; without a shield nothing could be sent any more.
        with anyio.move_on_after(_SHIELDED, shield=True):
            await self._driver.run(self._end(error))

    def _begin(self) -> Flow[S]:
        self._id, session = yield from self._flows.begin()
        return session

    def _end(self, error: BaseException | None) -> Flow[None]:
        session_id, self._id = self._id, None
        if session_id is None:  # it never began
            return
        try:
            if error is None:
                yield from self._flows.release(session_id)
            else:
                yield from self._flows.close(session_id)
        except NotFound:
            return  # closed and forgotten meanwhile: what was wanted
        except DryshotClientError as failure:
            if error is None:
                raise
            # The block's own error matters more; this one must not take its place.
            error.add_note(f"session {session_id} could not be closed: {failure}")
