"""The world: everything the mock knows, and the only place that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor

from dryshot.clock import Clock
from dryshot.errors import Invalid, NotFound, PermissionDenied
from dryshot.world.accounts import Account, Accounts
from dryshot.world.backends import Backend
from dryshot.world.commons import Commons
from dryshot.world.devices import listing
from dryshot.world.ids import IdSource
from dryshot.world.jobs import Job, JobQuery, Submission
from dryshot.world.lifecycle import JobEvent, JobStatus, SessionEvent, SessionState
from dryshot.world.platform import Platform
from dryshot.world.programs import PROGRAMS, Program
from dryshot.world.runner import InlineExecutor, PacePolicy, Runner, default_pace
from dryshot.world.sessions import DEFAULT_MAX_TTL, Session
from dryshot.world.work import Engine

__all__ = ["World"]


class World:
    """Accounts, backends, programs, jobs and sessions under one clock.

    Its own methods are the classic service's; ``platform`` has those of the platform. Both keep
    their jobs here, and neither sees the other's.

    Every method is one step that happens wholly or not at all: a ``Refusal`` changes nothing.
    Callers hold ``clock.lock``. ``offered`` are names of backends that the instances which
    accounts have by default have besides the usual ones.
    """

    def __init__(
        self,
        clock: Clock,
        engine: Engine,
        *,
        backends: Mapping[str, Backend],
        seed: int = 0,
        accounts: Iterable[Account] = (),
        ids: IdSource | None = None,
        pace: PacePolicy | None = None,
        executor: Executor | None = None,
        wait: bool = True,
        offered: Iterable[str] = (),
    ) -> None:
        self.clock = clock
        self.seed = seed
        self.accounts = Accounts(clock, seed, accounts)
        self.backends = dict(backends)
        self.programs: Mapping[str, Program] = PROGRAMS
        self.sessions: dict[str, Session] = {}
        self.jobs: dict[str, Job] = {}
        self._runner = Runner(
            clock,
            engine,
            pace or default_pace,
            executor=executor or InlineExecutor(),
            on_change=self._follow,
            wait=wait,
            hold=lambda job: self.platform.hold(job) if job.dialect == "platform" else 0.0,
        )
        self._commons = Commons(
            clock, seed, self.accounts, self.backends, self.jobs, ids or IdSource(), self._runner
        )
        self.platform = Platform(self._commons, offered)

    def program(self, program_id: str) -> Program:
        """One program; ``NotFound`` if there is none of that name."""
        try:
            return self.programs[program_id]
        except KeyError:
            raise NotFound("program", program_id) from None

    def backend(self, name: str) -> Backend:
        """One backend; ``NotFound`` if there is none of that name."""
        try:
            return self.backends[name]
        except KeyError:
            raise NotFound("backend", name) from None

    def backend_names(self, account: Account, instance: str | None = None) -> list[str]:
        """Names as the service lists them: an instance's own, or those of all, with repeats.

        An instance that the account does not have, has none.
        """
        if instance is None:
            return listing(account.instances, self.backends)
        if instance in account.instances:
            return list(account.instances[instance])
        return list(self.backends) if account.any_instance else []

    def queue_length(self, backend: str) -> int:
        """How many jobs wait for a backend."""
        return self._runner.queue_length(backend)

    def submit(self, account: Account, submission: Submission) -> Job:
        """Queue a new job; ``Refusal`` of the fitting kind if it cannot be accepted."""
        program = self.program(submission.program_id)
        instance = self._instance_for(account, submission)
        session = self._session_for(account, submission)
        job = Job(
            id=self._commons.new_id(),
            account_id=account.id,
            submission=submission,
            instance=instance,
            created=self.clock.now(),
            cost=program.cost if submission.cost is None else submission.cost,
            tags=submission.tags,
            session_id=session.id if session else None,
        )
        if submission.start_session:
            job.session_id = job.id
            ttl = submission.session_time or DEFAULT_MAX_TTL
            self.sessions[job.id] = Session(
                job.id, account.id, instance, submission.backend, job.created, max_ttl=ttl
            )
        self._commons.enqueue(job, self.backends[submission.backend])
        return job

    def adopt(self, job: Job) -> None:
        """Take in a job of either service that was made elsewhere; one that is not final goes on.

        One on a backend that is not of this world stays as it is.
        """
        backend = self.backends.get(job.backend)
        if job.status.final or backend is None:
            self.jobs[job.id] = job
        else:
            self._commons.enqueue(job, backend)

    def job(self, account: Account, job_id: str) -> Job:
        """One job of the account; ``NotFound`` if it has none of that id."""
        job = self.jobs.get(job_id)
        if job is None or not _is_classic(job, account):
            raise NotFound("job", job_id)
        return job

    def find_jobs(self, account: Account, query: JobQuery) -> tuple[list[Job], int]:
        """A page of the account's jobs, and how many there are on all pages."""
        return query.page(job for job in self.jobs.values() if _is_classic(job, account))

    def cancel(self, account: Account, job_id: str) -> Job:
        """Cancel a job that is not final, else ``Conflict``; a session ends with its first job."""
        job = self.job(account, job_id)
        job.happen(JobEvent.CANCEL, self.clock.now())
        self._runner.drop(job)
        self._follow(job)
        return job

    def delete(self, account: Account, job_id: str) -> None:
        """Remove a job, whatever its status."""
        job = self.job(account, job_id)
        if not job.status.final:
            self.cancel(account, job_id)
        del self.jobs[job_id]

    def replace_tags(self, account: Account, job_id: str, tags: Iterable[str]) -> Job:
        """Give a job these tags instead of those it had."""
        job = self.job(account, job_id)
        job.tags = tuple(tags)
        return job

    def close_session(self, session: Session) -> None:
        """Close it; its running jobs go on, its queued jobs fail."""
        now = self.clock.now()
        session.happen(SessionEvent.CLOSE, now)
        reason = f"Session {session.id} has been closed"
        for job in self.jobs.values():
            if job.session_id == session.id and job.status is JobStatus.QUEUED:
                self._runner.drop(job)
                job.happen(JobEvent.FAIL, now, reason=reason, reason_code=1217)

    def _instance_for(self, account: Account, submission: Submission) -> str:
        backend, instance = submission.backend, submission.instance
        if backend not in self.backends:
            raise Invalid("backend", f"{backend!r} is not a backend of this service", code=1216)
        if instance is None:
            for name, backends in account.instances.items():
                if backend in backends:
                    return name
            if account.any_instance:
                return next(iter(account.instances))
            raise Invalid(
                "backend", f"no instance of this account has a backend {backend!r}", code=1216
            )
        if not account.any_instance:
            if instance not in account.instances:
                raise PermissionDenied(f"hub, group, project: no access to instance {instance}")
            if backend not in account.instances[instance]:
                raise Invalid(
                    "backend", f"instance {instance} has no backend {backend!r}", code=1216
                )
        return instance

    def _session_for(self, account: Account, submission: Submission) -> Session | None:
        if submission.session_id is None:
            return None
        session = self.sessions.get(submission.session_id)
        if session is None or session.account_id != account.id:
            raise Invalid("session_id", f"there is no session {submission.session_id!r}")
        if submission.start_session:
            raise Invalid("start_session", "a job that joins a session cannot start one")
        if session.backend != submission.backend:
            raise Invalid("backend", f"the session's backend is {session.backend!r}")
        if not session.accepting_jobs:
            raise Invalid("session_id", f"Session {session.id} has been closed", code=1217)
        return session

    def _follow(self, job: Job) -> None:
        """Let a job's session go where its job takes it."""
        if job.dialect == "platform":
            self.platform.follow(job)
            return
        session = self.sessions.get(job.session_id or "")
        if session is None or session.state is SessionState.CLOSED:
            return
        if job.status is JobStatus.RUNNING and session.state is not SessionState.ACTIVE:
            session.happen(SessionEvent.ACTIVATE, self.clock.now())
        elif job.status is JobStatus.CANCELLED and job.id == session.id:
            self.close_session(session)


def _is_classic(job: Job, account: Account) -> bool:
    return job.account_id == account.id and job.dialect == "classic"
