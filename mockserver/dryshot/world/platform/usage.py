"""What jobs cost, and how much of it counts against an instance's limit."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dryshot.clock import Clock
from dryshot.world.backends import Backend
from dryshot.world.instances import ServiceInstance
from dryshot.world.jobs import Job

__all__ = ["WINDOW", "Ledger", "Usage", "charge_for"]

WINDOW = timedelta(days=28)

_LEAST = 2
"""Seconds that any job costs that reached the device."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Device time in whole seconds from ``start`` to ``end``; None is no limit."""

    consumed: int
    limit: int | None
    allocation: int | None
    start: datetime
    end: datetime

    @property
    def limit_reached(self) -> bool:
        """Whether nothing is left."""
        return self.limit is not None and self.consumed >= self.limit


def charge_for(job: Job, backend: Backend) -> int:
    """Whole seconds that a job costs which has ended.

    Nothing if it never ran or used no device. One that was stopped costs the time that it ran.
    """
    if backend.simulator or backend.mock or job.started is None or job.ended is None:
        return 0
    if job.outcome is None:
        seconds = (job.ended - job.started).total_seconds()
    elif job.outcome.quantum_seconds > 0:
        seconds = job.outcome.quantum_seconds
    else:
        return 0
    return max(_LEAST, math.ceil(seconds))


@dataclass(slots=True)
class _Account:
    charges: deque[tuple[datetime, int]] = field(default_factory=deque)
    total: int = 0


class Ledger:
    """The charges of every instance that are not yet older than the rolling window.

    A job that is deleted leaves its charge behind.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accounts: dict[str, _Account] = {}

    def add(self, crn: str, seconds: int, when: datetime | None = None) -> None:
        """Charge an instance, now or at an instant before."""
        if seconds:
            account = self._accounts.setdefault(crn, _Account())
            charge = (self._clock.now() if when is None else when, seconds)
            if when is None or not account.charges or account.charges[-1] <= charge:
                account.charges.append(charge)
            else:
                insort(account.charges, charge)
            account.total += seconds

    def take_back(self, crn: str, seconds: int, when: datetime) -> None:
        """Undo what was charged at ``when``, if it still counts."""
        account = self._current(crn)
        if (when, seconds) in account.charges:
            account.charges.remove((when, seconds))
            account.total -= seconds

    def usage(self, instance: ServiceInstance) -> Usage:
        """What the instance used in the last 28 days, the instant at their very start excluded."""
        end = self._clock.now()
        return Usage(
            consumed=self._current(instance.crn).total,
            limit=instance.usage_limit_seconds,
            allocation=instance.usage_allocation_seconds,
            start=end - WINDOW,
            end=end,
        )

    def wait(self, instance: ServiceInstance) -> float:
        """Seconds until the instance is below its limit again; 0 if it is, ``inf`` if never."""
        limit = instance.usage_limit_seconds
        if limit is None:
            return 0.0
        account = self._current(instance.crn)
        if account.total < limit:
            return 0.0
        left = account.total
        for when, seconds in account.charges:
            left -= seconds
            if left < limit:
                return (when + WINDOW - self._clock.now()).total_seconds()
        return math.inf

    def _current(self, crn: str) -> _Account:
        account = self._accounts.get(crn)
        if account is None:
            return _Account()
        start = self._clock.now() - WINDOW
        while account.charges and account.charges[0][0] <= start:
            account.total -= account.charges.popleft()[1]
        return account
