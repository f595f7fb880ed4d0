"""A session: jobs that run after one another on one backend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dryshot.world.lifecycle import SessionEvent, SessionState, next_session_state

__all__ = ["DEFAULT_MAX_TTL", "Session"]

DEFAULT_MAX_TTL = 28800
"""Seconds a session may last if its maker does not say."""


@dataclass(slots=True)
class Session:
    """Born with its first job, whose id it takes. Times are instants, ``max_ttl`` seconds."""

    id: str
    account_id: str
    instance: str
    backend: str
    created: datetime
    max_ttl: int = DEFAULT_MAX_TTL
    state: SessionState = SessionState.OPEN
    activated: datetime | None = None
    closed: datetime | None = None
    accepting_jobs: bool = True

    def happen(self, event: SessionEvent, now: datetime) -> None:
        """Go to the state that follows ``event``; ``Conflict`` if none does."""
        self.state = next_session_state(self.state, event)
        if event is SessionEvent.ACTIVATE:
            self.activated = now
        elif event is SessionEvent.CLOSE:
            self.closed = now
            self.accepting_jobs = False
