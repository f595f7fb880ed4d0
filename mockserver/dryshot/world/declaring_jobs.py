"""Jobs that are already there when a world begins, declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dryshot.clock import Clock, Instant
from dryshot.errors import DryshotError
from dryshot.world.accounts import Account, Accounts
from dryshot.world.backends import Backend
from dryshot.world.commons import Commons
from dryshot.world.jobs import Job, Submission
from dryshot.world.lifecycle import JobStatus
from dryshot.world.platform import Platform
from dryshot.world.sessions import Session
from dryshot.world.starting import (
    BadDeclaration,
    Times,
    check_count,
    failing,
    outcome_of,
    owner_of,
    params_for,
    place_for,
    times_of,
    word,
)
from dryshot.world.work import DialectName, Given, Outcome, Script

__all__ = ["DeclaringJobs"]

_LONG = 60.0
"""Seconds."""


class DeclaringJobs:
    """How a world takes a job that is already there; see :mod:`dryshot.world.declaring`."""

    clock: Clock
    accounts: Accounts
    backends: dict[str, Backend]
    platform: Platform
    kept: bool = False
    """Whether a log says how the world came about: then requests alone may change it."""
    _commons: Commons

    def add_job(
        self,
        *,
        state: str = "Queued",
        program: str = "sampler",
        backend: str | None = None,
        dialect: DialectName = "platform",
        account: Account | str | None = None,
        instance: str | None = None,
        session: Session | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Iterable[str] = (),
        created: Instant | None = None,
        started: Instant | None = None,
        ended: Instant | None = None,
        results: Any = None,
        reason: str | None = None,
        reason_code: int | None = None,
        usage: int = 0,
        seconds: float = _LONG,
        private: bool = False,
        cost: int = 10_000,
        id: str | None = None,  # noqa: A002 - the service's own word
    ) -> Job:
        """A job that is there, in a state of IBM's words: Queued, Running, Completed, ...

        ``seconds`` is how long one that has not ended stays in its state; ``math.inf`` is until
        something changes it, or until a running one's ``cost`` is used up. ``results`` (text as it
        is sent, or a JSON value) and ``usage`` (seconds of device time) are of a job that has
        ended; of another they are what it will end with, where otherwise the engine decides; with
        a ``reason_code`` it will fail.
        Instants that are not given are as late as they can be.
        """
        with self.clock.lock:
            self.check_free()
            status = word(JobStatus, state, "state")
            owner = owner_of(self.accounts, account)
            place = session.instance if session is not None and instance is None else instance
            wanted = session.backend if session is not None and backend is None else backend
            crn, device = place_for(self, owner, dialect, place, wanted)
            check_count("usage", usage)
            now = self.clock.now()
            times = times_of(now, status, created, started, ended, usage)
            failed = status is JobStatus.FAILED or (not status.final and reason_code is not None)
            if failed:
                reason_code, reason = failing(reason_code, reason)
            if not seconds >= 0:
                raise BadDeclaration("seconds", f"{seconds} s; it is 0 or more")
            if id is not None and id in self._commons.jobs.all:
                raise BadDeclaration("id", f"there is a job {id!r}")
            submission = Submission(
                program_id=program,
                backend=device.name,
                params=params_for(program, params),
                instance=crn,
                tags=tuple(tags),
                session_id=session.id if session else None,
                private=private,
                dialect=dialect,
            )
            job = Job(
                id=self._commons.new_id() if id is None else id,
                account_id=owner.id,
                submission=submission,
                instance=crn,
                created=times.created,
                cost=cost,
                tags=submission.tags,
                session_id=submission.session_id,
                user_id=owner.user_id,
                mock=device.mock,
            )
            outcome = outcome_of(results, usage, reason if failed else None, reason_code)
            if status.final:
                job.status, job.started, job.ended = status, times.started, times.ended
                job.reason, job.reason_code = reason, reason_code
                job.outcome, job.charge = outcome, usage
                self._conclude(job, session)
                return job
            self._go_on(job, device, times, seconds, outcome)
            if session is not None and dialect == "platform":
                self.platform.join_session(session, job)
            return job

    def check_free(self) -> None:
        """``DryshotError`` if requests alone may change this world."""
        if self.kept:
            raise DryshotError(
                "this world is kept in a state file, which tells of requests alone; "
                "declare or restore in a world without one"
            )

    def _conclude(self, job: Job, session: Session | None) -> None:
        self._commons.jobs.keep(job)
        job.usage_status = "complete"
        if job.dialect == "platform":
            self.platform.charge(self.platform.instance_of(job), job.charge, job.ended)
        if session is not None:
            session.charge += job.charge

    def _go_on(
        self,
        job: Job,
        device: Backend,
        times: Times,
        seconds: float,
        outcome: Outcome | None,
    ) -> None:
        runner = self._commons.runner
        script = Script() if outcome is None else Script(Given(outcome))
        usual = runner.pace(job) if callable(runner.pace) else runner.pace
        if times.started is None:
            self._commons.enqueue(job, device, replace(usual, queue=seconds), script)
            return
        self._commons.jobs.keep(job)
        runner.resume(job, self._commons.task(job, device), replace(usual, run=seconds), script)
        job.started = times.started
