"""The service's documented limits: what they are, and who has reached one."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from dryshot.clock import Clock
from dryshot.errors import RateExceeded
from dryshot.world.plans import Plan
from dryshot.world.work import MAX_EXECUTIONS

__all__ = ["Limits", "SubmissionRate"]

MINUTE = 60.0
_LONGEST_COST = 10_800
_LONGEST_SESSION = 28_800
_PAYLOAD_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the service takes; None lifts a limit.

    Attributes:
        submissions_per_minute: jobs that one user may submit within any 60 seconds of the clock;
            the next is refused with 429, code 1202 and Retry-After. Documented as 5; off unless it
            is asked for, since the service was seen to take more.
        tags: how many tags a job may have (400, code 1204).
        tag_length: how many characters a tag may have (400, code 1205). What is not 86 counts for
            the classic service too, whose own document says 24.
        cost: the longest time of a job of the platform, in seconds; a longer one is shortened.
        payload_bytes: the largest body of a request (400, code 1208).
        shots: how many executions a job of the platform may have over all its circuits; one with
            more is accepted, and fails (code 1520).
        plans: whether plans restrict what their instances may do: the length of a job (600 s on the
            open plan) and of a session, dedicated sessions (400, code 1352), calibrations (403).
        usage: what becomes of a job whose instance has used up its time: "queue" lets it wait,
            "refuse" does not take it (409, code 4317), None takes no notice.
        uploads: whether users of the classic service may upload programs, as before November 2023
            (else 403, code 1200). What was uploaded is kept and never executed.
    """

    submissions_per_minute: int | None = None
    tags: int | None = 8
    tag_length: int | None = 86
    cost: int | None = _LONGEST_COST
    payload_bytes: int | None = _PAYLOAD_BYTES
    shots: int | None = MAX_EXECUTIONS
    plans: bool = True
    usage: Literal["queue", "refuse"] | None = "queue"
    uploads: bool = False

    def __post_init__(self) -> None:
        for name in _NUMBERS:
            value = getattr(self, name)
            number = isinstance(value, int) and not isinstance(value, bool)
            if value is not None and (not number or value < 1):
                raise ValueError(
                    f"limits.{name} is {value!r}; it is a whole number from 1, or None"
                )
        for name in ("plans", "uploads"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(  # noqa: TRY004 - one kind for whatever stands in a file
                    f"limits.{name} is {getattr(self, name)!r}; it is True or False"
                )
        if self.usage not in ("queue", "refuse", None):
            raise ValueError(f"limits.usage is {self.usage!r}; it is 'queue', 'refuse' or None")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Limits by their names, as a file or a command line has them; ``ValueError`` names one."""
        known = [one.name for one in fields(cls)]
        for name in values:
            if name not in known:
                raise ValueError(f"there is no limit {name!r}; there are {', '.join(known)}")
        return cls(**values)

    @property
    def changes(self) -> Mapping[str, Any]:
        """Those that are not the usual ones, by their names."""
        usual = Limits()
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in given.items() if value != getattr(usual, name)}

    @property
    def bounds_of_tags(self) -> tuple[tuple[str, int | None], ...]:
        """What has to be otherwise in a document of the service: keywords by their pointers."""
        places = {
            "tags": "/components/schemas/Tags/maxItems",
            "tag_length": "/components/schemas/Tags/items/maxLength",
        }
        changes = self.changes
        return tuple((where, changes[name]) for name, where in places.items() if name in changes)

    def plan(self, plan: Plan) -> Plan:
        """A plan as it is enforced; of the cost see :meth:`cost_of`."""
        if self.plans:
            return plan
        return replace(
            plan,
            max_cost=_LONGEST_COST,
            session_max_ttl=_LONGEST_SESSION,
            dedicated_sessions=True,
            calibrations=True,
        )

    def cost_of(self, plan: Plan, asked: int | None) -> int:
        """The longest time of a job, in seconds, where its sender ``asked`` for some."""
        own = plan.max_cost if self.plans and plan.max_cost < _LONGEST_COST else None
        given = [seconds for seconds in (asked, own, self.cost) if seconds is not None]
        return min(given, default=_LONGEST_COST)


_NUMBERS = ("submissions_per_minute", "tags", "tag_length", "cost", "payload_bytes", "shots")


class SubmissionRate:
    """How many jobs each user submitted in the last minute of the clock.

    What was refused is not counted, so that a log of what was accepted tells it all.
    """

    def __init__(self, clock: Clock, limit: int | None) -> None:
        self._clock = clock
        self._limit = limit
        self._recent: dict[str, deque[float]] = {}

    def check(self, user: str) -> None:
        """``RateExceeded`` if the user has to wait."""
        limit, recent = self._limit, self._recent.get(user)
        if limit is None or recent is None or len(recent) < limit:
            return
        left = recent[0] + MINUTE - self._clock.time()
        if left > 0:
            raise RateExceeded(limit, math.ceil(left))

    def change(self, limit: int | None) -> int | None:
        """Let another limit hold from now on, for what comes from now on; which one held before."""
        before, self._limit = self._limit, limit
        self._recent.clear()
        return before

    def count(self, user: str) -> None:
        """Note a job that was accepted now."""
        if self._limit is not None:
            recent = self._recent.setdefault(user, deque(maxlen=self._limit))
            recent.append(self._clock.time())
