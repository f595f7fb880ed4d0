"""Workloads: sessions, and the jobs that are in none, in one list that is read page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dryshot.clock import isoformat
from dryshot.errors import Invalid
from dryshot.world.jobs import Job
from dryshot.world.lifecycle import JobStatus, SessionState
from dryshot.world.sessions import Session

__all__ = ["Workload", "WorkloadPage", "WorkloadQuery", "WorkloadStatus", "workloads_of"]

WorkloadStatus = Literal["completed", "canceled", "failed", "pending", "in_progress"]
WorkloadMode = Literal["job", "session", "batch"]

_JOB_STATUS: dict[JobStatus, WorkloadStatus] = {
    JobStatus.QUEUED: "pending",
    JobStatus.RUNNING: "in_progress",
    JobStatus.COMPLETED: "completed",
    JobStatus.CANCELLED: "canceled",
    JobStatus.FAILED: "failed",
}
_SESSION_STATUS: dict[SessionState, WorkloadStatus] = {
    SessionState.OPEN: "pending",
    SessionState.ACTIVE: "in_progress",
    SessionState.INACTIVE: "in_progress",
    SessionState.CLOSED: "completed",
}


@dataclass(frozen=True, slots=True)
class Workload:
    """A job, or a session with all that is in it. Usage is in seconds.

    ``accepting_jobs`` is None for a job, ``usage_status`` for a session.
    """

    id: str
    mode: WorkloadMode
    created: datetime
    ended: datetime | None
    backend: str
    instance: str
    user_id: str
    accepting_jobs: bool | None
    status: WorkloadStatus
    status_reason: str | None
    tags: tuple[str, ...]
    usage_seconds: float
    usage_status: str | None
    mock: bool


@dataclass(frozen=True, slots=True)
class WorkloadPage:
    """``total`` counts all pages; ``previous`` and ``next`` are cursors, None at the ends."""

    workloads: list[Workload]
    total: int
    limit: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadQuery:
    """Which workloads, in which order, and which page of them.

    ``search`` is a part of an id or of a tag. ``tags`` must all be there, ``statuses`` are
    alternatives; the bounds of ``created`` are included. Of the cursors at most one is given.
    """

    user_id: str | None = None
    backend: str | None = None
    search: str | None = None
    statuses: frozenset[str] = frozenset()
    mode: WorkloadMode | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    tags: frozenset[str] = frozenset()
    include_mocks: bool = False
    ascending: bool = True
    limit: int = 10
    next: str | None = None
    previous: str | None = None

    def holds(self, workload: Workload) -> bool:
        """Whether the workload is one of those asked for."""
        wanted = (
            (self.user_id, workload.user_id),
            (self.backend, workload.backend),
            (self.mode, workload.mode),
        )
        return (
            all(want is None or want == have for want, have in wanted)
            and (not self.statuses or workload.status in self.statuses)
            and (self.created_after is None or workload.created >= self.created_after)
            and (self.created_before is None or workload.created <= self.created_before)
            and (
                self.search is None
                or any(self.search in text for text in (workload.id, *workload.tags))
            )
            and self.tags <= set(workload.tags)
            and (self.include_mocks or not workload.mock)
        )

    def page(self, workloads: Iterable[Workload]) -> WorkloadPage:
        """The page asked for; ``Invalid`` if a cursor is none.

        A cursor says between which workloads a page begins or ends, so that what is new, or gone,
        elsewhere moves nothing.
        """
        found = [workload for workload in workloads if self.holds(workload)]
        found.sort(key=_key, reverse=not self.ascending)
        first, last = 0, min(self.limit, len(found))
        if self.next is not None:
            place = _decode("next", self.next)
            first = sum(not self._is_after(workload, place) for workload in found)
            last = min(first + self.limit, len(found))
        elif self.previous is not None:
            place = _decode("previous", self.previous)
            last = sum(self._is_before(workload, place) for workload in found)
            first = max(last - self.limit, 0)
        page = found[first:last]
        return WorkloadPage(
            workloads=page,
            total=len(found),
            limit=self.limit,
            previous=_encode(page[0]) if page and first > 0 else None,
            next=_encode(page[-1]) if page and last < len(found) else None,
        )

    def _is_after(self, workload: Workload, place: tuple[datetime, str]) -> bool:
        return _key(workload) > place if self.ascending else _key(workload) < place

    def _is_before(self, workload: Workload, place: tuple[datetime, str]) -> bool:
        return _key(workload) < place if self.ascending else _key(workload) > place


def workloads_of(jobs: Iterable[Job], sessions: Iterable[Session], now: datetime) -> list[Workload]:
    """Every session, and every job that is in none."""
    return [
        *(_session(session, now) for session in sessions),
        *(_job(job) for job in jobs if job.session_id is None),
    ]


def _job(job: Job) -> Workload:
    return Workload(
        id=job.id,
        mode="job",
        created=job.created,
        ended=job.ended,
        backend=job.backend,
        instance=job.instance,
        user_id=job.user_id,
        accepting_jobs=None,
        status=_JOB_STATUS[job.status],
        status_reason=job.reason,
        tags=job.tags,
        usage_seconds=float(job.charge),
        usage_status=job.usage_status,
        mock=job.mock,
    )


def _session(session: Session, now: datetime) -> Workload:
    return Workload(
        id=session.id,
        mode="batch" if session.mode == "batch" else "session",
        created=session.created,
        ended=session.closed,
        backend=session.backend,
        instance=session.instance,
        user_id=session.user_id,
        accepting_jobs=session.accepting_jobs,
        status=_SESSION_STATUS[session.state],
        status_reason=session.state_reason,
        tags=(),
        usage_seconds=session.usage(now),
        usage_status=None,
        mock=session.mock,
    )


def _key(workload: Workload) -> tuple[datetime, str]:
    return workload.created, workload.id


def _encode(workload: Workload) -> str:
    text = f"{isoformat(workload.created)}|{workload.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(field: str, cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        instant, _, id_ = text.partition("|")
        created = datetime.fromisoformat(instant)
    except (ValueError, binascii.Error) as error:
        raise Invalid(field, f"{cursor!r} is not a cursor of this list") from error
    if created.tzinfo is None:
        raise Invalid(field, f"{cursor!r} is not a cursor of this list")
    return created, id_
