"""Sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from dryshot_client.models import Model

__all__ = ["Session", "SessionMode", "SessionState"]

SessionMode = Literal["batch", "dedicated"]
SessionState = Literal["open", "active", "inactive", "closed"]


class Session(Model):
    """A session. Times to live, and what has elapsed, are in seconds."""

    id: str
    mode: SessionMode
    backend_name: str | None = None
    state: SessionState | None = None
    state_reason: str | None = None
    accepting_jobs: bool | None = None
    started_at: datetime | None = None
    activated_at: datetime | None = None
    closed_at: datetime | None = None
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    interactive_ttl: int | None = None
    max_ttl: int | None = None
    active_ttl: int | None = None
    elapsed_time: float | None = None
    user_id: str | None = None
