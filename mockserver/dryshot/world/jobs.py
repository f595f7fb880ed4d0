"""Jobs: what was submitted, how far it got, and how lists of them are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from dryshot.errors import NotFound
from dryshot.world.lifecycle import JobEvent, JobStatus, next_status
from dryshot.world.work import DialectName, Outcome

__all__ = ["Job", "JobQuery", "Loss", "Submission"]


@dataclass(frozen=True, slots=True)
class Submission:
    """What a caller asks for.

    ``instance`` is ``hub/group/project``; None is the account's own. ``cost`` is the longest time
    the job may run, in seconds; None is the program's or the plan's. The fields from ``private`` on
    are the platform's; ``client`` is what the caller's program says it is.
    """

    program_id: str
    backend: str
    params: Mapping[str, Any]
    instance: str | None = None
    tags: tuple[str, ...] = ()
    session_id: str | None = None
    start_session: bool = False
    session_time: int | None = None
    cost: int | None = None
    runtime: str | None = None
    log_level: str | None = None
    private: bool = False
    calibration_id: str | None = None
    client: str | None = None
    remote_storage: Mapping[str, Any] | None = None
    dialect: DialectName = "classic"


@dataclass(slots=True)
class Loss:
    """Results that can be read ``reads`` more times; then they answer ``status``, 204 or 404."""

    reads: int = 0
    status: int = 204


@dataclass(slots=True)
class Job:
    """A job of an account. Only :meth:`happen` changes its status.

    ``instance`` is ``hub/group/project`` in the classic dialect and a CRN in the platform's. There
    ``charge`` is the whole seconds of device time that it costs, settled when ``usage_status`` is
    complete; ``mock`` says that it runs on a mock device.
    """

    id: str
    account_id: str
    submission: Submission
    instance: str
    created: datetime
    cost: int
    tags: tuple[str, ...] = ()
    session_id: str | None = None
    status: JobStatus = JobStatus.QUEUED
    started: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None
    reason_code: int | None = None
    outcome: Outcome | None = field(default=None, repr=False)
    user_id: str = ""
    mock: bool = False
    charge: int = 0
    usage_status: Literal["pending", "complete"] = "pending"
    reason_solution: str | None = None
    loss: Loss | None = None

    @property
    def dialect(self) -> DialectName:
        """The API through which it came."""
        return self.submission.dialect

    @property
    def program_id(self) -> str:
        """The program it runs."""
        return self.submission.program_id

    @property
    def backend(self) -> str:
        """The name of the backend it runs on."""
        return self.submission.backend

    def happen(
        self,
        event: JobEvent,
        now: datetime,
        *,
        reason: str | None = None,
        reason_code: int | None = None,
    ) -> None:
        """Go to the status that follows ``event``; ``Conflict`` if none does."""
        self.status = next_status(self.status, event)
        if event is JobEvent.START:
            self.started = now
        if self.status.final:
            self.ended = now
        self.reason = reason
        self.reason_code = reason_code

    def read_results(self) -> bool:
        """Whether its results can still be read, once fewer; ``NotFound`` if lost like that."""
        if self.loss is None:
            return True
        if self.loss.reads > 0:
            self.loss.reads -= 1
            return True
        if self.loss.status == HTTPStatus.NOT_FOUND:
            raise NotFound("job", self.id)
        return False


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs of an account, in which order, and which page of them.

    ``pending`` True keeps those that are Queued or Running, False the others. ``tags`` must all be
    there. The bounds of ``created`` are included. ``include_mocks`` False leaves out the jobs of
    mock devices.
    """

    pending: bool | None = None
    program_id: str | None = None
    backend: str | None = None
    instance: str | None = None
    session_id: str | None = None
    tags: frozenset[str] = frozenset()
    created_after: datetime | None = None
    created_before: datetime | None = None
    include_mocks: bool = True
    ascending: bool = False
    limit: int = 200
    offset: int = 0

    def holds(self, job: Job) -> bool:
        """Whether the job is one of those asked for."""
        wanted = (
            (self.program_id, job.program_id),
            (self.backend, job.backend),
            (self.instance, job.instance),
            (self.session_id, job.session_id),
        )
        return (
            all(want is None or want == have for want, have in wanted)
            and (self.pending is None or self.pending != job.status.final)
            and (self.created_after is None or job.created >= self.created_after)
            and (self.created_before is None or job.created <= self.created_before)
            and self.tags <= set(job.tags)
            and (self.include_mocks or not job.mock)
        )

    def page(self, jobs: Iterable[Job]) -> tuple[list[Job], int]:
        """The page asked for of ``jobs``, which are in the order of their making, and the count."""
        found = [job for job in jobs if self.holds(job)]
        if not self.ascending:
            found.reverse()
        return found[self.offset : self.offset + self.limit], len(found)
