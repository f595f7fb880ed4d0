"""Sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dryshot_client.models import INSTANT, Model

__all__ = ["Session", "SessionMode", "SessionState"]

SessionMode = Literal["batch", "dedicated"]
SessionState = Literal["open", "active", "inactive", "closed"]


@dataclass(frozen=True, kw_only=True)
class Session(Model):
    """A session. Times to live, and what has elapsed, are in seconds."""

    id: str
    mode: SessionMode
    backend_name: str | None = None
    state: SessionState | None = None
    state_reason: str | None = None
    accepting_jobs: bool | None = None
    started_at: datetime | None = field(default=None, metadata=INSTANT)
    activated_at: datetime | None = field(default=None, metadata=INSTANT)
    closed_at: datetime | None = field(default=None, metadata=INSTANT)
    last_job_started: datetime | None = field(default=None, metadata=INSTANT)
    last_job_completed: datetime | None = field(default=None, metadata=INSTANT)
    interactive_ttl: int | None = None
    max_ttl: int | None = None
    active_ttl: int | None = None
    elapsed_time: float | None = None
    user_id: str | None = None
