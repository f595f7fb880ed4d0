"""Sessions of the classic API: opened before their first job, closed at once or in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from dryshot_client.blocks import OpenSession
from dryshot_client.calls import D, call
from dryshot_client.checks import check_choice, check_count, check_text
from dryshot_client.flows import Flow
from dryshot_client.legacy.api import LegacyApi
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource
from dryshot_client.legacy.session_shapes import (
    CreatedSession,
    ExtendedSession,
    Session,
    SessionMode,
)

__all__ = ["Sessions"]


class Sessions(LegacyResource[D]):
    """The account's sessions. An unknown id is ``NotFound``."""

    @call
    def create(
        self,
        *,
        backend: str,
        instance: str | None = None,
        mode: SessionMode | None = None,
        max_ttl: int | None = None,
    ) -> Flow[CreatedSession]:
        """Begin a session, which lasts for at most ``max_ttl`` seconds.

        An instance is needed, here or on the runtime. A "dedicated" session, which is what it is
        without a ``mode``, has the device to itself; a "batch" runs its jobs close together.
        """
        return _create(self._api, _check(self._api, backend, instance, mode, max_ttl))

    def open(
        self,
        *,
        backend: str,
        instance: str | None = None,
        mode: SessionMode | None = None,
        max_ttl: int | None = None,
    ) -> OpenSession[D, CreatedSession]:
        """A session for a ``with`` (or ``async with``) block, which is given what it was made as.

        At the end of the block it takes no more jobs, and closes when those it has are done. If the
        block ends in an error it closes at once, and jobs that wait in it will not run; should that
        fail, the error has a note of it.
        """
        settings = _check(self._api, backend, instance, mode, max_ttl)
        return OpenSession(_Begun(self._api, settings), self._driver)

    @call
    def get(self, session_id: str) -> Flow[Session]:
        """The session as it is now."""
        ask = self._api.prepare("get_session", {"id": session_id})
        return self._api.ask(ask, read_as(Session))

    @call
    def extended(self, session_id: str) -> Flow[ExtendedSession]:
        """The same, with the ids of its jobs."""
        ask = self._api.prepare("get_session_extended", {"id": session_id})
        return self._api.ask(ask, read_as(ExtendedSession))

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

    def __init__(self, api: LegacyApi, settings: Mapping[str, Any]) -> None:
        self._api = api
        self._settings = settings

    def begin(self) -> Flow[tuple[str, CreatedSession]]:
        session = yield from _create(self._api, self._settings)
        return session["id"], session

    def release(self, session_id: str) -> Flow[None]:
        return _update(self._api, session_id, accepting_jobs=False)

    def close(self, session_id: str) -> Flow[None]:
        return _close(self._api, session_id)


def _check(
    api: LegacyApi,
    backend: str,
    instance: str | None,
    mode: SessionMode | None,
    max_ttl: int | None,
) -> dict[str, Any]:
    chosen = api.choose_instance(instance)
    if chosen is None:
        raise ValueError("instance is missing: a session is opened in one")
    return {
        "backend": check_text("backend", backend),
        "instance": chosen,
        "mode": check_choice("mode", mode, get_args(SessionMode)),
        "max_session_ttl": check_count("max_ttl", max_ttl, least=1),
    }


def _create(api: LegacyApi, settings: Mapping[str, Any]) -> Flow[CreatedSession]:
    return api.ask(api.prepare("create_session", body=settings), read_as(CreatedSession))


def _update(api: LegacyApi, session_id: str, *, accepting_jobs: bool) -> Flow[None]:
    if not isinstance(accepting_jobs, bool):
        raise TypeError(f"accepting_jobs is {type(accepting_jobs).__name__}, not a bool")
    ids, body = {"id": session_id}, {"accepting_jobs": accepting_jobs}
    return api.do(api.prepare("update_session", ids, body=body))


def _close(api: LegacyApi, session_id: str) -> Flow[None]:
    return api.do(api.prepare("close_session", {"id": session_id}))
