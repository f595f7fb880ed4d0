"""Sessions: jobs that belong together, one after the other on one device."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, get_args

from dryshot_client.calls import D, Resource, call
from dryshot_client.checks import check_choice, check_count, check_text
from dryshot_client.drivers import AsyncDriver, SyncDriver
from dryshot_client.errors import DryshotClientError, NotFound
from dryshot_client.flows import Flow
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.models import Session, SessionMode
from dryshot_client.platform.resource import PlatformResource

__all__ = ["OpenSession", "Sessions"]

_SHIELDED = 30.0
"""Seconds that a block which was cancelled may take to close its session."""


class Sessions(PlatformResource[D]):
    """The instance's sessions. An unknown id is ``NotFound``."""

    @call
    def create(
        self, *, backend: str, mode: SessionMode = "dedicated", max_ttl: int | None = None
    ) -> Flow[Session]:
        """Begin a session, which ends at the latest ``max_ttl`` seconds after its first job began.

        A "dedicated" session has the device to itself; a "batch" runs its jobs close together.
        """
        return _create(self._api, _check(backend, mode, max_ttl))

    def open(
        self, *, backend: str, mode: SessionMode = "dedicated", max_ttl: int | None = None
    ) -> OpenSession[D]:
        """A session for a ``with`` (or ``async with``) block, which is given its :class:`Session`.

        At the end of the block it takes no more jobs, and closes when those it has are done. If the
        block ends in an error it closes at once, and jobs that wait in it will not run; should that
        fail, the error has a note of it.
        """
        return OpenSession(self._api, self._driver, _check(backend, mode, max_ttl))

    @call
    def get(self, session_id: str) -> Flow[Session]:
        """The session as it is now."""
        ask = self._api.prepare("get_session", {"session_id": session_id})
        return self._api.ask(ask, Session.read)

    @call
    def update(self, session_id: str, *, accepting_jobs: bool) -> Flow[None]:
        """Say whether the session takes more jobs; one that does not closes when it is empty."""
        return _update(self._api, session_id, accepting_jobs=accepting_jobs)

    @call
    def close(self, session_id: str) -> Flow[None]:
        """Close at once: what runs is finished, what waits fails."""
        return _close(self._api, session_id)


class OpenSession(Resource[D]):
    """A session that begins and ends with a block; see :meth:`Sessions.open`."""

    def __init__(self, api: PlatformApi, driver: D, settings: Mapping[str, Any]) -> None:
        super().__init__(driver)
        self._api = api
        self._settings = settings
        self._id: str | None = None

    def __enter__(self: OpenSession[SyncDriver]) -> Session:
        return self._driver.run(self._begin())

    def __exit__(
        self: OpenSession[SyncDriver],
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._driver.run(self._end(error))

    async def __aenter__(self: OpenSession[AsyncDriver]) -> Session:
        return await self._driver.run(self._begin())

    async def __aexit__(
        self: OpenSession[AsyncDriver],
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

    def _begin(self) -> Flow[Session]:
        session = yield from _create(self._api, self._settings)
        self._id = session.id
        return session

    def _end(self, error: BaseException | None) -> Flow[None]:
        session_id, self._id = self._id, None
        if session_id is None:  # it never began
            return
        try:
            if error is None:
                yield from _update(self._api, session_id, accepting_jobs=False)
            else:
                yield from _close(self._api, session_id)
        except NotFound:
            return  # closed and forgotten meanwhile: what was wanted
        except DryshotClientError as failure:
            if error is None:
                raise
            # The block's own error matters more; this one must not take its place.
            error.add_note(f"session {session_id} could not be closed: {failure}")


def _check(backend: str, mode: SessionMode, max_ttl: int | None) -> dict[str, Any]:
    return {
        "mode": check_choice("mode", check_text("mode", mode), get_args(SessionMode)),
        "backend": check_text("backend", backend, most=1000),
        "max_ttl": check_count("max_ttl", max_ttl, least=1),
    }


def _create(api: PlatformApi, settings: Mapping[str, Any]) -> Flow[Session]:
    return api.ask(api.prepare("create_session", body=settings), Session.read)


def _update(api: PlatformApi, session_id: str, *, accepting_jobs: bool) -> Flow[None]:
    if not isinstance(accepting_jobs, bool):
        raise TypeError(f"accepting_jobs is {type(accepting_jobs).__name__}, not a bool")
    ids, body = {"session_id": session_id}, {"accepting_jobs": accepting_jobs}
    return api.do(api.prepare("update_session", ids, body=body))


def _close(api: PlatformApi, session_id: str) -> Flow[None]:
    return api.do(api.prepare("delete_session_close", {"session_id": session_id}))
