"""A session: jobs that run after one another on one backend."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from dryshot.world.lifecycle import SessionEvent, SessionState, next_session_state

__all__ = ["DEFAULT_MAX_TTL", "INTERACTIVE_TTL", "Mode", "Session"]

DEFAULT_MAX_TTL = 28800
"""Seconds a session may last if its maker does not say."""

INTERACTIVE_TTL = 60
"""Seconds without a job after which a session of the platform gives its backend back."""

Mode = Literal["batch", "dedicated"]


@dataclass(slots=True)
class Session:
    """Times are instants, ``max_ttl`` and ``interactive_ttl`` seconds.

    A classic one is born with its first job, whose id it takes; the platform's has a uuid, and only
    there the fields from ``mode`` on mean something. ``charge`` is the whole seconds of device time
    of its jobs. ``timestamps`` are the states it was in, and since when.
    """

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
    mode: Mode = "batch"
    user_id: str = ""
    mock: bool = False
    interactive_ttl: int = INTERACTIVE_TTL
    state_reason: str | None = "session_created"
    started: datetime | None = None
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    charge: int = 0
    timestamps: list[tuple[SessionState, datetime]] = field(default_factory=list)
    _held: timedelta = field(default=timedelta(), repr=False)

    def __post_init__(self) -> None:
        self.timestamps.append((self.state, self.created))

    def happen(self, event: SessionEvent, now: datetime, reason: str | None = None) -> None:
        """Go to the state that follows ``event``; ``Conflict`` if none does."""
        following = next_session_state(self.state, event)
        if self.state is SessionState.ACTIVE and self.activated is not None:
            self._held += now - self.activated
        self.state = following
        self.state_reason = reason
        self.timestamps.append((following, now))
        if event is SessionEvent.ACTIVATE:
            self.activated = now
            self.started = self.started or now
        elif event is SessionEvent.CLOSE:
            self.closed = now
            self.accepting_jobs = False

    def active_ttl(self, now: datetime) -> int:
        """Seconds that are left of ``max_ttl``, which counts from the start of the first job."""
        if self.started is None:
            return self.max_ttl
        return max(0, self.max_ttl - int(((self.closed or now) - self.started).total_seconds()))

    def usage(self, now: datetime) -> float:
        """Seconds it costs: of the time it was active if dedicated, of its jobs if a batch."""
        if self.mode == "batch":
            return float(self.charge)
        held = self._held
        if self.state is SessionState.ACTIVE and self.activated is not None:
            held += now - self.activated
        return held.total_seconds()

    @property
    def elapsed_time(self) -> float | None:
        """Its usage in seconds once it is closed, None before."""
        return None if self.closed is None else self.usage(self.closed)
