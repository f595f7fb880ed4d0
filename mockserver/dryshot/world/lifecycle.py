"""The life of jobs and sessions: every state and every way between them, in two tables.

The tables are the whole truth: whatever changes a state goes through :func:`next_status` or
:func:`next_session_state`, and what is not in a table raises :class:`~dryshot.errors.Conflict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from dryshot.errors import Conflict

__all__ = [
    "JOB_TRANSITIONS",
    "SESSION_TRANSITIONS",
    "JobEvent",
    "JobStatus",
    "SessionEvent",
    "SessionState",
    "next_session_state",
    "next_status",
]


class JobStatus(StrEnum):
    """The words on the wire for a job's status."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETED = "Completed"
    CANCELLED = "Cancelled"
    FAILED = "Failed"

    @property
    def final(self) -> bool:
        """Whether nothing can follow."""
        return not JOB_TRANSITIONS[self]


class JobEvent(StrEnum):
    """What can happen to a job."""

    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    RUN_TOO_LONG = "run too long"


JOB_TRANSITIONS: Mapping[JobStatus, Mapping[JobEvent, JobStatus]] = {
    JobStatus.QUEUED: {
        JobEvent.START: JobStatus.RUNNING,
        JobEvent.FAIL: JobStatus.FAILED,
        JobEvent.CANCEL: JobStatus.CANCELLED,
    },
    JobStatus.RUNNING: {
        JobEvent.COMPLETE: JobStatus.COMPLETED,
        JobEvent.FAIL: JobStatus.FAILED,
        JobEvent.CANCEL: JobStatus.CANCELLED,
        JobEvent.RUN_TOO_LONG: JobStatus.CANCELLED,
    },
    JobStatus.COMPLETED: {},
    JobStatus.CANCELLED: {},
    JobStatus.FAILED: {},
}


class SessionState(StrEnum):
    """The words on the wire for a session's state."""

    OPEN = "open"
    ACTIVE = "active"
    INACTIVE = "inactive"
    CLOSED = "closed"


class SessionEvent(StrEnum):
    """What can happen to a session."""

    ACTIVATE = "activate"
    GO_IDLE = "go idle"
    CLOSE = "close"


SESSION_TRANSITIONS: Mapping[SessionState, Mapping[SessionEvent, SessionState]] = {
    SessionState.OPEN: {
        SessionEvent.ACTIVATE: SessionState.ACTIVE,
        SessionEvent.CLOSE: SessionState.CLOSED,
    },
    SessionState.ACTIVE: {
        SessionEvent.GO_IDLE: SessionState.INACTIVE,
        SessionEvent.CLOSE: SessionState.CLOSED,
    },
    SessionState.INACTIVE: {
        SessionEvent.ACTIVATE: SessionState.ACTIVE,
        SessionEvent.CLOSE: SessionState.CLOSED,
    },
    SessionState.CLOSED: {},
}

_State = TypeVar("_State", bound=StrEnum)
_Event = TypeVar("_Event", bound=StrEnum)


def _next(
    table: Mapping[_State, Mapping[_Event, _State]], state: _State, event: _Event, what: str
) -> _State:
    try:
        return table[state][event]
    except KeyError:
        raise Conflict(f"{what} is {state.value}; it cannot {event.value}") from None


def next_status(status: JobStatus, event: JobEvent) -> JobStatus:
    """The status after ``event``; ``Conflict`` if the table has none."""
    return _next(JOB_TRANSITIONS, status, event, "the job")


def next_session_state(state: SessionState, event: SessionEvent) -> SessionState:
    """The session's state after ``event``; ``Conflict`` if the table has none."""
    return _next(SESSION_TRANSITIONS, state, event, "the session")
