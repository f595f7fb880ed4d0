"""Sessions of the classic service: born with their first job, or opened before it."""

from __future__ import annotations

from collections.abc import Mapping

from dryshot.errors import Invalid, NotFound
from dryshot.world.accounts import Account
from dryshot.world.commons import Commons
from dryshot.world.jobs import Job, Submission
from dryshot.world.lifecycle import JobEvent, JobStatus
from dryshot.world.platform.sessions import CLOSED_SESSION, Sessions
from dryshot.world.sessions import DEFAULT_MAX_TTL, Mode, Session

__all__ = ["ClassicSessions"]

INTERACTIVE_TTL = 300
"""Seconds without a job after which a session gives its backend back: the five minutes of 2023."""


class ClassicSessions:
    """Every session of the classic service; they live as those of the platform do.

    One that was born with a job has that job's id, and ends when that job is cancelled.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons
        self._sessions = Sessions(commons.clock, commons.new_classic_id, self._fail, commons.limits)

    @property
    def all(self) -> Mapping[str, Session]:
        """Every session by its id, in the order of their making."""
        return self._sessions.all

    def get(self, account: Account, session_id: str) -> Session:
        """One session of the account; ``NotFound`` if it has none of that id."""
        session = self.all.get(session_id)
        if session is None or session.account_id != account.id:
            raise NotFound("session", session_id)
        return session

    def open(
        self, account: Account, instance: str, backend: str, mode: Mode, max_ttl: int | None
    ) -> Session:
        """A new session without a job; ``max_ttl`` is in seconds."""
        made = self._commons.new_classic_id()
        return self._make(made, account.id, instance, backend, mode, max_ttl)

    def begin(self, job: Job) -> None:
        """Open the session that a job asked for, which has its id, and let it be the first."""
        wanted = job.submission
        session = self._make(
            job.id, job.account_id, job.instance, wanted.backend, "dedicated", wanted.session_time
        )
        self._sessions.join(session, job)

    def admit(self, account: Account, submission: Submission) -> Session | None:
        """The session that a new job wants to join, if it may; ``Invalid`` if it may not."""
        if submission.session_id is None:
            return None
        session = self.all.get(submission.session_id)
        if session is None or session.account_id != account.id:
            raise Invalid("session_id", f"there is no session {submission.session_id!r}")
        if submission.start_session:
            raise Invalid("start_session", "a job that joins a session cannot start one")
        if session.backend != submission.backend:
            raise Invalid("backend", f"the session's backend is {session.backend!r}")
        if not session.accepting_jobs:
            message = f"Session {session.id} has been closed"
            raise Invalid("session_id", message, code=CLOSED_SESSION)
        return session

    def join(self, session: Session, job: Job) -> None:
        """Let a job that was admitted be one of the session's."""
        self._sessions.join(session, job)

    def follow(self, job: Job) -> None:
        """Let a job's session go where its job takes it."""
        self._sessions.follow(job)
        if job.status is JobStatus.CANCELLED and job.id in self.all:
            self._sessions.close(self.all[job.id])

    def set_accepting(self, session: Session, accepting: bool) -> None:  # noqa: FBT001 - the value
        """Take new jobs, or no more: then the session closes when its last job has ended."""
        self._sessions.set_accepting(session, accepting)

    def close(self, session: Session) -> None:
        """Close it; its running jobs go on, its queued jobs fail; nothing if it is closed."""
        self._sessions.close(session)

    def _make(
        self,
        session_id: str,
        account_id: str,
        instance: str,
        backend: str,
        mode: Mode,
        max_ttl: int | None,
    ) -> Session:
        session = Session(
            id=session_id,
            account_id=account_id,
            instance=instance,
            backend=backend,
            created=self._commons.clock.now(),
            max_ttl=max_ttl or DEFAULT_MAX_TTL,
            mode=mode,
            interactive_ttl=INTERACTIVE_TTL,
        )
        self._sessions.adopt(session)
        return session

    def _fail(self, job: Job) -> None:
        """End a queued job whose session was closed."""
        self._commons.runner.drop(job)
        reason = f"Session {job.session_id} has been closed"
        job.happen(
            JobEvent.FAIL, self._commons.clock.now(), reason=reason, reason_code=CLOSED_SESSION
        )
        self._sessions.follow(job)
