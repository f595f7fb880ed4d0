"""What an account used: figures over jobs and sessions, whole, in groups, or day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeVar

from dryshot.clock import Clock
from dryshot.errors import Invalid
from dryshot.world.accounts import Account
from dryshot.world.backends import Backend
from dryshot.world.instances import ServiceInstance
from dryshot.world.jobs import Job
from dryshot.world.platform.figures import Figures, figures
from dryshot.world.sessions import Session

__all__ = ["Analytics", "AnalyticsQuery", "Figures", "Filters", "GroupBy", "Slice"]

GroupBy = Literal["instance", "backend", "user_id", "plan", "subscription_id"]

_DAY = timedelta(days=1)

K = TypeVar("K", str, tuple[datetime, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsQuery:
    """Which jobs and sessions are counted: those made from ``start`` to before ``end``.

    An empty set stands for all.
    """

    instances: frozenset[str] = frozenset()
    start: datetime | None = None
    end: datetime | None = None
    backends: frozenset[str] = frozenset()
    user_ids: frozenset[str] = frozenset()
    simulators: bool = True
    plans: frozenset[str] = frozenset()
    subscription_ids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise Invalid("interval_end", "the interval ends before it starts")


class Slice(NamedTuple):
    """The figures of one group in one day, which ends at ``end``."""

    key: str
    start: datetime
    end: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Filters:
    """What an account's figures can be told apart by; names, but for subscriptions id -> name."""

    backends: list[str] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    subscriptions: dict[str, str] = field(default_factory=dict)


class _Item(NamedTuple):
    """A job or a session, and what it can be grouped by."""

    thing: Job | Session
    instance: str
    backend: str
    user_id: str
    plan: str
    subscription_id: str


class Analytics:
    """Figures of accounts. A job that was deleted is counted no more.

    Each instance is a subscription of its own, whose id is the instance's uuid.
    """

    def __init__(
        self,
        clock: Clock,
        instances_of: Callable[[Account], list[ServiceInstance]],
        backends: Mapping[str, Backend],
        jobs: Mapping[str, Job],
        sessions: Mapping[str, Session],
    ) -> None:
        self._clock = clock
        self._instances_of = instances_of
        self._backends = backends
        self._jobs = jobs
        self._sessions = sessions

    def total(self, account: Account, query: AnalyticsQuery) -> Figures:
        """All in one."""
        return self._figures(self._items(account, query))

    def grouped(
        self, account: Account, query: AnalyticsQuery, group_by: GroupBy
    ) -> list[tuple[str, Figures]]:
        """By the value of one property, in the order of the values."""
        groups = _groups(self._items(account, query), lambda item: getattr(item, group_by))
        return [(key, self._figures(items)) for key, items in groups]

    def by_date(self, account: Account, query: AnalyticsQuery) -> list[Slice]:
        """By instance and day of UTC, days with nothing left out."""

        def key(item: _Item) -> tuple[datetime, str]:
            return midnight(item.thing.created), item.instance

        return [
            Slice(instance, day, day + _DAY, self._figures(items))
            for (day, instance), items in _groups(self._items(account, query), key)
        ]

    def interval(self, account: Account, query: AnalyticsQuery) -> tuple[datetime, datetime]:
        """The interval of a query; what is not given is the first day with a job, and now."""
        end = query.end or self._clock.now()
        made = (item.thing.created for item in self._items(account, query))
        return query.start or midnight(min(made, default=end)), end

    def filters(self, account: Account, instances: Iterable[str] = ()) -> Filters:
        """Every value that a filter can have, sorted."""
        items = self._items(account, AnalyticsQuery(instances=frozenset(instances)))
        wanted = set(instances)
        own = [one for one in self._instances_of(account) if not wanted or one.crn in wanted]
        return Filters(
            backends=sorted({item.backend for item in items}),
            instances=[instance.crn for instance in own],
            users=sorted({item.user_id for item in items}),
            plans=sorted({instance.plan.name for instance in own}),
            subscriptions={_subscription(instance): instance.name for instance in own},
        )

    def _figures(self, items: Iterable[_Item]) -> Figures:
        things = [item.thing for item in items]
        jobs = [thing for thing in things if isinstance(thing, Job)]
        sessions = [thing for thing in things if isinstance(thing, Session)]
        return figures(jobs, sessions, self._clock.now())

    def _items(self, account: Account, query: AnalyticsQuery) -> list[_Item]:
        own = {instance.crn: instance for instance in self._instances_of(account)}
        things: list[Job | Session] = [*self._sessions.values(), *self._jobs.values()]
        items = [
            _Item(
                thing,
                thing.instance,
                thing.backend,
                thing.user_id,
                own[thing.instance].plan.name,
                _subscription(own[thing.instance]),
            )
            for thing in things
            if thing.instance in own
        ]
        return [item for item in items if self._holds(query, item)]

    def _holds(self, query: AnalyticsQuery, item: _Item) -> bool:
        wanted = (
            (query.instances, item.instance),
            (query.backends, item.backend),
            (query.user_ids, item.user_id),
            (query.plans, item.plan),
            (query.subscription_ids, item.subscription_id),
        )
        backend = self._backends.get(item.backend)
        return (
            all(not want or have in want for want, have in wanted)
            and (query.start is None or item.thing.created >= query.start)
            and (query.end is None or item.thing.created < query.end)
            and (query.simulators or backend is None or not backend.simulator)
        )


def midnight(instant: datetime) -> datetime:
    """The start of the day in which an instant is."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def _subscription(instance: ServiceInstance) -> str:
    return instance.crn.split(":")[7]


def _groups(items: Iterable[_Item], key: Callable[[_Item], K]) -> list[tuple[K, list[_Item]]]:
    """Items of equal key together, in the order of the keys."""
    groups: dict[K, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return [(one, groups[one]) for one in sorted(groups)]
