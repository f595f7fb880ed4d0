"""Sessions: jobs that belong together, one after the other on one device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from dryshot_client.blocks import OpenSession
from dryshot_client.calls import D, call
from dryshot_client.checks import check_choice, check_count, check_text
from dryshot_client.flows import Flow
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.models import Session, SessionMode
from dryshot_client.platform.resource import PlatformResource

__all__ = ["Sessions"]


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
    ) -> OpenSession[D, Session]:
        """A session for a ``with`` (or ``async with``) block, which is given its :class:`Session`.

        At the end of the block it takes no more jobs, and closes when those it has are done. If the
        block ends in an error it closes at once, and jobs that wait in it will not run; should that
        fail, the error has a note of it.
        """
        return OpenSession(_Begun(self._api, _check(backend, mode, max_ttl)), self._driver)

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


class _Begun:
    """How a session with such settings is begun and ended."""

    def __init__(self, api: PlatformApi, settings: Mapping[str, Any]) -> None:
        self._api = api
        self._settings = settings

    def begin(self) -> Flow[tuple[str, Session]]:
        session = yield from _create(self._api, self._settings)
        return session.id, session

    def release(self, session_id: str) -> Flow[None]:
        return _update(self._api, session_id, accepting_jobs=False)

    def close(self, session_id: str) -> Flow[None]:
        return _close(self._api, session_id)


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
