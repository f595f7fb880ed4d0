"""Jobs: what was submitted, how far it got, and how lists of them are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal, Protocol

from dryshot.errors import NotFound
from dryshot.world.lifecycle import JobEvent, JobStatus, next_status
from dryshot.world.work import DialectName, Outcome

__all__ = ["Job", "JobQuery", "Label", "Loss", "Owner", "Submission"]

Label = tuple[str, str | bool]
"""A kind, and what a job is of that kind: ``("backend", "ibm_fez")``."""

Owner = tuple[DialectName, str]
"""Whose a job is: an account of the classic service, or an instance of the platform."""

_PENDING: Label = ("pending", True)
_DONE: Label = ("pending", False)


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


class Drawer(Protocol):
    """Where a job is kept, and known by its labels."""

    def relabel(self, position: int, before: Iterable[Label], after: Iterable[Label]) -> None:
        """Know a job by some labels, and no more by others."""


@dataclass(slots=True)
class Job:
    """A job of an account. Only :meth:`happen` changes its status.

    A job that is kept is in a ``drawer`` at a ``position``, which are the drawer's to say.
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
    drawer: Drawer | None = field(default=None, repr=False, compare=False)
    position: int = field(default=-1, repr=False, compare=False)

    @property
    def owner(self) -> Owner:
        """In whose lists it is."""
        dialect = self.submission.dialect
        return dialect, self.account_id if dialect == "classic" else self.instance

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
            if self.drawer is not None:
                self.drawer.relabel(self.position, [_PENDING], [_DONE])
        self.reason = reason
        self.reason_code = reason_code

    def labels(self) -> list[Label]:
        """What lists can be asked for by, but for the instant of its making."""
        labels: list[Label] = [
            ("backend", self.submission.backend),
            ("program", self.submission.program_id),
            ("instance", self.instance),
            _DONE if self.status.final else _PENDING,
            ("mock", self.mock),
        ]
        if self.session_id is not None:
            labels.append(("session", self.session_id))
        labels += self.tag_labels()
        return labels

    def tag_labels(self) -> list[Label]:
        """Those of them that may change at any time."""
        return [("tag", tag) for tag in self.tags]

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
    there, ``backends`` are alternatives, none of them is any. The bounds of ``created`` are
    included. ``include_mocks`` False leaves out the jobs of mock devices. ``search`` is a part of
    an id or of a tag.
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
    backends: frozenset[str] = frozenset()
    search: str = ""
    ascending: bool = False
    limit: int = 200
    offset: int = 0

    def labels(self) -> list[Label]:
        """The labels that a job must have, all of them."""
        labels: list[Label] = [("tag", tag) for tag in self.tags]
        named = (
            ("session", self.session_id),
            ("program", self.program_id),
            ("backend", self.backend),
            ("instance", self.instance),
        )
        labels += [(kind, value) for kind, value in named if value is not None]
        if self.pending is not None:
            labels.append(_PENDING if self.pending else _DONE)
        if not self.include_mocks:
            labels.append(("mock", False))
        return labels
