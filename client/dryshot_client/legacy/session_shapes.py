"""What the classic API tells of sessions, workloads, and jobs in its facade, as types."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from dryshot_client.legacy.shapes import Message, ProgramReference

__all__ = [
    "CreatedSession",
    "ExtendedSession",
    "FacadeJob",
    "FacadeState",
    "JobKind",
    "Session",
    "SessionMode",
    "SessionState",
    "Workload",
    "WorkloadMode",
    "WorkloadStatus",
]

SessionMode = Literal["dedicated", "batch"]
SessionState = Literal["open", "active", "inactive", "closed"]
WorkloadMode = Literal["job", "session", "batch"]
WorkloadStatus = Literal["pending", "in_progress", "failed", "completed", "canceled"]
JobKind = Literal["RUNTIME", "IQX"]
"""Through which API a job came: this one, or the one before it."""


class CreatedSession(TypedDict):
    """The answer to a new session."""

    id: str
    messages: NotRequired[list[Message]]


class Session(TypedDict):
    """A session. Dates are ISO 8601; times to live, and what has elapsed, are in seconds."""

    id: str
    backend_name: NotRequired[str | None]
    state: NotRequired[SessionState | None]
    state_reason: NotRequired[str | None]
    accepting_jobs: NotRequired[bool | None]
    mode: NotRequired[SessionMode | None]
    created_at: NotRequired[str | None]
    started_at: NotRequired[str | None]
    activated_at: NotRequired[str | None]
    closed_at: NotRequired[str | None]
    last_job_started: NotRequired[str | None]
    last_job_completed: NotRequired[str | None]
    interactive_ttl: NotRequired[int | None]
    max_ttl: NotRequired[int | None]
    active_ttl: NotRequired[int | None]
    elapsed_time: NotRequired[float | None]
    user_id: NotRequired[str | None]


class ExtendedSession(Session):
    """A session with the ids of its jobs."""

    jobs: NotRequired[list[str]]


class Workload(TypedDict):
    """A session, a batch, or a job outside of them; dates are ISO 8601, usage is in seconds."""

    id: str
    mode: WorkloadMode
    status: WorkloadStatus
    backend: str
    instance: str
    created: str
    ended: NotRequired[str | None]
    user_id: NotRequired[str | None]
    accepting_jobs: NotRequired[bool | None]
    status_reason: NotRequired[str | None]
    tags: NotRequired[list[str] | None]
    usage_seconds: NotRequired[float | None]


class FacadeState(TypedDict):
    """Where a job is, and why."""

    status: str
    reason: NotRequired[str | None]


class FacadeJob(TypedDict):
    """A job as the service's own pages saw it; dates are ISO 8601."""

    id: str
    hub: str
    group: str
    project: str
    backend: str
    status: str
    created: str
    type: JobKind
    state: NotRequired[FacadeState]
    program: NotRequired[ProgramReference | None]
    tags: NotRequired[list[str] | None]
    name: NotRequired[str | None]
    runMode: NotRequired[str | None]
    private: NotRequired[bool | None]
    endTime: NotRequired[str | None]
    runtime: NotRequired[str | None]
    sessionId: NotRequired[str | None]
