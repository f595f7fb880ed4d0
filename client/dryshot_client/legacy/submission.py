"""A new job of the classic API, from arguments to what is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

from dryshot_client.checks import check_texts
from dryshot_client.legacy.api import LegacyApi, split_instance
from dryshot_client.legacy.shapes import LogLevel

__all__ = ["NewJob", "write_job"]


class NewJob(TypedDict, total=False):
    """A job to submit: which program runs where, and ``params``, which are its inputs.

    ``session_time`` and ``cost``, the longest the session and the job may take, are in seconds;
    ``runtime`` names an image, as ``"name:tag"``. The instance may be that of the runtime.
    """

    program: Required[str]
    backend: Required[str]
    params: Mapping[str, Any] | None
    instance: str | None
    tags: Sequence[str] | None
    session_id: str | None
    start_session: bool | None
    session_time: int | None
    cost: int | None
    log_level: LogLevel | None
    runtime: str | None


def write_job(
    api: LegacyApi,
    *,
    program: str,
    backend: str,
    params: Mapping[str, Any] | None = None,
    instance: str | None = None,
    tags: Sequence[str] | None = None,
    session_id: str | None = None,
    start_session: bool | None = None,
    session_time: int | None = None,
    cost: int | None = None,
    log_level: LogLevel | None = None,
    runtime: str | None = None,
) -> dict[str, Any]:
    """The body that asks for a job."""
    chosen = api.choose_instance(instance)
    hub, group, project = split_instance(chosen) if chosen else (None, None, None)
    return {
        "program_id": program,
        "backend": backend,
        "hub": hub,
        "group": group,
        "project": project,
        "params": params,
        "tags": check_texts("tags", tags),
        "session_id": session_id,
        "start_session": start_session,
        "session_time": session_time,
        "cost": cost,
        "log_level": log_level,
        "runtime": runtime,
    }
