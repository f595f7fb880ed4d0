"""The world: everything the mock knows, and the only place that changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from types import MappingProxyType

from dryshot.clock import Clock
from dryshot.errors import Invalid, NotFound, PermissionDenied
from dryshot.world.accounts import Account, Accounts
from dryshot.world.backends import Backend
from dryshot.world.classic import (
    Accounting,
    ClassicSessions,
    EraName,
    Programs,
    maker_of_ids,
    makes_later_ids,
)
from dryshot.world.commons import Commons
from dryshot.world.declaring import Declaring
from dryshot.world.devices import listing
from dryshot.world.ids import IdSource, stream
from dryshot.world.jobs import Job, JobQuery, Owner, Submission
from dryshot.world.lifecycle import JobEvent
from dryshot.world.limits import Limits, SubmissionRate
from dryshot.world.platform import Platform
from dryshot.world.runner import InlineExecutor, PacePolicy, Runner, default_pace
from dryshot.world.sessions import Mode, Session
from dryshot.world.shelves import Jobs
from dryshot.world.trouble import Trouble
from dryshot.world.work import Engine

__all__ = ["World"]


class World(Declaring):
    """Accounts, backends, programs, jobs and sessions under one clock.

    Its own methods are the classic service's; ``platform`` has those of the platform. Both keep
    their jobs here, and neither sees the other's.

    Every method is one step that happens wholly or not at all: a ``Refusal`` changes nothing.
    Callers hold ``clock.lock``. ``offered`` are names of backends that the instances which
    accounts have by default have besides the usual ones. An instance of the classic service that
    one of ``spent`` holds for has used up its time. ``era`` is the classic service's.
    ``trouble`` lets things go wrong.
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
        limits: Limits | None = None,
        era: EraName = "2023-09",
    ) -> None:
        self.clock = clock
        self.era = era
        self.limits = Limits() if limits is None else limits
        self.seed = seed
        self.accounts = Accounts(clock, seed, accounts)
        self.backends = dict(backends)
        self.programs = Programs(clock, stream(seed, "program ids"), allowed=self.limits.uploads)
        self._jobs = Jobs()
        self._runner = Runner(
            clock,
            engine,
            pace or default_pace,
            executor=executor or InlineExecutor(),
            on_change=self._follow,
            wait=wait,
            # made below, from what is made here
            hold=lambda job: self.platform.hold(job),  # noqa: PLW0108
        )
        self._commons = Commons(
            clock,
            seed,
            self.accounts,
            self.backends,
            self._jobs,
            ids or maker_of_ids(era),
            self._runner,
            self.limits,
            later_ids=makes_later_ids(era),
        )
        self.platform = Platform(self._commons, offered)
        self.classic = ClassicSessions(self._commons)
        self.accounting = Accounting(clock, self.backends, self._jobs, self.sessions)
        self.spent: list[Callable[[str], bool]] = []
        self.trouble = Trouble(self)

    @property
    def jobs(self) -> MappingProxyType[str, Job]:
        """Every job of both services by its id, in the order of their making."""
        return self._jobs.all

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Every session of the classic service by its id, oldest first."""
        return self.classic.all

    @property
    def runner(self) -> Runner:
        """What moves jobs along."""
        return self._runner

    @property
    def rate(self) -> SubmissionRate:
        """How many jobs each user submitted lately, and how many that may be."""
        return self._commons.rate

    @property
    def removed(self) -> list[str]:
        """The names of backends that are gone for now, each as often as it was removed."""
        return self._commons.removed

    def backend(self, name: str) -> Backend:
        """One backend; ``NotFound`` if there is none of that name."""
        if name not in self.backends or name in self._commons.removed:
            raise NotFound("backend", name)
        return self.backends[name]

    def backend_names(self, account: Account, instance: str | None = None) -> list[str]:
        """Names as the service lists them: an instance's own, or those of all, with repeats.

        An instance that the account does not have, has none.
        """
        if instance is None:
            names = listing(account.instances, self.backends)
        elif instance in account.instances:
            names = list(account.instances[instance])
        else:
            names = list(self.backends) if account.any_instance else []
        removed = self._commons.removed
        return [name for name in names if name not in removed] if removed else names

    def queue_length(self, backend: str) -> int:
        """How many jobs wait for a backend, those of others included."""
        return self.platform.queue_length(backend)

    def submit(self, account: Account, submission: Submission) -> Job:
        """Queue a new job; ``Refusal`` of the fitting kind if it cannot be accepted."""
        self._commons.rate.check(account.id)
        program = self.programs.find(account, submission.program_id)
        instance = self._instance_for(account, submission.backend, submission.instance)
        session = self.classic.admit(account, submission)
        if self.spent and any(spent(instance) for spent in self.spent):
            raise PermissionDenied("The quota of the instance is exceeded", code=4317)
        job = Job(
            id=self._commons.new_classic_id(),
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
        self._commons.enqueue(job, self.backends[submission.backend])
        if session is not None:
            self.classic.join(session, job)
        elif submission.start_session:
            self.classic.begin(job)
        self._commons.rate.count(account.id)
        return job

    def adopt(self, job: Job) -> None:
        """Take in a job of either service that was made elsewhere; one that is not final goes on.

        One on a backend that is not of this world stays as it is.
        """
        backend = self.backends.get(job.backend)
        if job.status.final or backend is None:
            self._jobs.keep(job)
        else:
            self._commons.enqueue(job, backend)

    def job(self, account: Account, job_id: str) -> Job:
        """One job of the account; ``NotFound`` if it has none of that id."""
        job = self._jobs.get(job_id)
        if job is None or job.owner != _owner(account):
            raise NotFound("job", job_id)
        return job

    def find_jobs(self, account: Account, query: JobQuery) -> tuple[list[Job], int]:
        """A page of the account's jobs, and how many there are on all pages."""
        return self._jobs.find(_owner(account), query)

    def tags(self, account: Account) -> list[str]:
        """Every tag that a job of the account has, sorted."""
        return self._jobs.tags(_owner(account))

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
        self._jobs.remove(job)

    def replace_tags(self, account: Account, job_id: str, tags: Iterable[str]) -> Job:
        """Give a job these tags instead of those it had."""
        job = self.job(account, job_id)
        self._jobs.retag(job, tags)
        return job

    def open_session(
        self,
        account: Account,
        *,
        instance: str | None,
        backend: str,
        mode: Mode = "dedicated",
        max_ttl: int | None = None,
    ) -> Session:
        """A new session before its first job; ``max_ttl`` is in seconds."""
        place = self._instance_for(account, backend, instance)
        return self.classic.open(account, place, backend, mode, max_ttl)

    def close_session(self, session: Session) -> None:
        """Close it; its running jobs go on, its queued jobs fail."""
        self.classic.close(session)

    def _instance_for(self, account: Account, backend: str, instance: str | None) -> str:
        if backend not in self.backends or backend in self._commons.removed:
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

    def _follow(self, job: Job) -> None:
        """Let a job's session go where its job takes it."""
        if job.dialect == "platform":
            self.platform.follow(job)
            return
        if job.status.final:
            self.accounting.settle(job)
        self.classic.follow(job)


def _owner(account: Account) -> Owner:
    return "classic", account.id
