"""What an account of the classic service used: by month, by workload, and in figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeVar

from dryshot.clock import Clock
from dryshot.world.accounts import Account
from dryshot.world.backends import Backend
from dryshot.world.jobs import Job
from dryshot.world.platform.analytics import AnalyticsQuery, Slice, midnight
from dryshot.world.platform.figures import Figures, figures
from dryshot.world.platform.usage import charge_for
from dryshot.world.platform.workloads import WorkloadPage, WorkloadQuery, workloads_of
from dryshot.world.sessions import Session
from dryshot.world.shelves import Jobs

__all__ = ["OPEN_INSTANCE", "Accounting", "Allowance", "Property"]

OPEN_INSTANCE = "ibm-q/open/main"
_OPEN_QUOTA = 600
_OPEN_PENDING = 3
_DAY = timedelta(days=1)

Property = Literal["instance", "backend"]

K = TypeVar("K", str, datetime)


class Allowance(NamedTuple):
    """What an account used of an instance in this month, in seconds; None is no limit."""

    instance: str
    quota: int | None
    usage: int
    pending: int
    max_pending: int | None


class _Charge(NamedTuple):
    when: datetime
    account_id: str
    instance: str
    seconds: int


class Accounting:
    """Charges of jobs that have ended, and figures over those that are there.

    A job that is deleted leaves its charge behind, and is counted in no figure any more.
    """

    def __init__(
        self,
        clock: Clock,
        backends: Mapping[str, Backend],
        jobs: Jobs,
        sessions: Mapping[str, Session],
    ) -> None:
        self._clock = clock
        self._backends = backends
        self._jobs = jobs
        self._sessions = sessions
        self._charges: list[_Charge] = []

    def settle(self, job: Job) -> None:
        """Charge a job that has ended."""
        job.usage_status = "complete"
        backend = self._backends.get(job.backend)
        if backend is not None and job.ended is not None:
            job.charge = charge_for(job, backend)
        if job.charge and job.ended is not None:
            self._charges.append(_Charge(job.ended, job.account_id, job.instance, job.charge))

    def month(self) -> tuple[datetime, datetime]:
        """The calendar month, from its first instant to that of the next."""
        start = midnight(self._clock.now()).replace(day=1)
        return start, (start + 32 * _DAY).replace(day=1)

    def allowances(self, account: Account) -> list[Allowance]:
        """Quota and usage of each of the account's instances."""
        start, _ = self.month()
        jobs = self._jobs_of(account)
        return [
            Allowance(
                instance,
                _OPEN_QUOTA if instance == OPEN_INSTANCE else None,
                sum(
                    charge.seconds
                    for charge in self._charges
                    if (charge.account_id, charge.instance) == (account.id, instance)
                    and charge.when >= start
                ),
                sum(job.instance == instance and not job.status.final for job in jobs),
                _OPEN_PENDING if instance == OPEN_INSTANCE else None,
            )
            for instance in account.instances
        ]

    def workloads(self, account: Account, query: WorkloadQuery) -> WorkloadPage:
        """A page of the account's sessions, and of its jobs that are in none."""
        now = self._clock.now()
        return query.page(workloads_of(self._jobs_of(account), self._sessions_of(account), now))

    def total(self, account: Account, query: AnalyticsQuery) -> Figures:
        """All figures in one."""
        return self._figures(self._things(account, query))

    def grouped(
        self, account: Account, query: AnalyticsQuery, by: Property
    ) -> list[tuple[str, Figures]]:
        """Figures by the value of one property, in the order of the values."""
        groups = _groups(self._things(account, query), lambda thing: str(getattr(thing, by)))
        return [(key, self._figures(things)) for key, things in groups.items()]

    def by_date(self, account: Account, query: AnalyticsQuery, by: Property) -> list[Slice]:
        """The same day by day; a day without jobs is left out."""
        days = _groups(self._things(account, query), lambda thing: midnight(thing.created))
        return [
            Slice(key, day, day + _DAY, self._figures(group))
            for day, things in days.items()
            for key, group in _groups(things, lambda thing: str(getattr(thing, by))).items()
        ]

    def used(self, account: Account, by: Property) -> list[str]:
        """Every value that a property has in the account's jobs and sessions, sorted."""
        things = self._things(account, AnalyticsQuery())
        return sorted({str(getattr(thing, by)) for thing in things})

    def _jobs_of(self, account: Account) -> list[Job]:
        return self._jobs.of(("classic", account.id))

    def _sessions_of(self, account: Account) -> list[Session]:
        return [one for one in self._sessions.values() if one.account_id == account.id]

    def _things(self, account: Account, query: AnalyticsQuery) -> list[Job | Session]:
        things: list[Job | Session] = [*self._sessions_of(account), *self._jobs_of(account)]
        return [
            thing
            for thing in things
            if (not query.instances or thing.instance in query.instances)
            and (not query.backends or thing.backend in query.backends)
            and (query.start is None or thing.created >= query.start)
            and (query.end is None or thing.created < query.end)
        ]

    def _figures(self, things: Iterable[Job | Session]) -> Figures:
        known = list(things)
        jobs = [thing for thing in known if isinstance(thing, Job)]
        sessions = [thing for thing in known if isinstance(thing, Session)]
        return figures(jobs, sessions, self._clock.now())


def _groups(
    things: Iterable[Job | Session], key: Callable[[Job | Session], K]
) -> dict[K, list[Job | Session]]:
    """Things of equal key together, in the order of the keys."""
    groups: dict[K, list[Job | Session]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return {one: groups[one] for one in sorted(groups)}
