"""Sessions of the classic API: opened before their first job, closed at once or in time."""

from __future__ import annotations

from typing import Any

from dryshot_client.calls import D, Resource, call
from dryshot_client.checks import check_count
from dryshot_client.flows import Flow
from dryshot_client.legacy.api import LegacyApi, split_instance

__all__ = ["Sessions"]


class Sessions(Resource[D]):
    """The account's sessions. An unknown id is ``NotFound``."""

    def __init__(self, api: LegacyApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api

    @call
    def create(
        self,
        *,
        backend: str,
        instance: str | None = None,
        max_ttl: int | None = None,
        mode: str | None = None,
    ) -> Flow[dict[str, Any]]:
        """Open a session for at most ``max_ttl`` seconds; the answer has its ``id``.

        An instance is needed, here or on the runtime. ``mode`` is "dedicated" or "batch".
        """
        chosen = self._api.choose_instance(instance)
        if chosen is None:
            raise ValueError("instance is missing: a session is opened in one")
        split_instance(chosen)
        check_count("max_ttl", max_ttl, least=1)
        body = {"backend": backend, "instance": chosen, "max_session_ttl": max_ttl, "mode": mode}
        return self._api.call_object(self._api.prepare("create_session", body=body))

    @call
    def get(self, session_id: str) -> Flow[dict[str, Any]]:
        """One session as it is now."""
        return self._api.call_object(self._api.prepare("get_session", {"id": session_id}))

    @call
    def extended(self, session_id: str) -> Flow[dict[str, Any]]:
        """The same, with the ids of its jobs."""
        return self._api.call_object(self._api.prepare("get_session_extended", {"id": session_id}))

    @call
    def update(self, session_id: str, *, accepting_jobs: bool) -> Flow[None]:
        """Take jobs, or no more: then it closes when its last job has ended."""
        body = {"accepting_jobs": accepting_jobs}
        ask = self._api.prepare("update_session", {"id": session_id}, body=body)
        yield from self._api.call(ask)

    @call
    def close(self, session_id: str) -> Flow[None]:
        """Close it now; its queued jobs fail."""
        yield from self._api.call(self._api.prepare("close_session", {"id": session_id}))
