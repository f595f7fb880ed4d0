"""Usage over time and across instances. All times are in milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from dryshot_client.models import Model

__all__ = [
    "AnalyticsBy",
    "AnalyticsDay",
    "AnalyticsDays",
    "AnalyticsFilters",
    "AnalyticsGroup",
    "AnalyticsUsage",
    "NamedItem",
]

AnalyticsBy = Literal["instance", "backend", "user_id", "plan", "subscription_id"]


class AnalyticsUsage(Model):
    """How many of each kind there were, and how much time they took: in all, on average, at most.

    ``individual_jobs`` are those outside sessions. ``queue_time`` is time spent waiting.
    """

    usage: float
    jobs: float
    sessions: float
    sessions_usage: float
    avg_sessions_usage: float
    max_sessions_usage: float
    batch_sessions: float
    batch_sessions_usage: float
    avg_batch_sessions_usage: float
    max_batch_sessions_usage: float
    dedicated_sessions: float
    dedicated_sessions_usage: float
    avg_dedicated_sessions_usage: float
    max_dedicated_sessions_usage: float
    individual_jobs: float
    individual_jobs_usage: float
    avg_individual_jobs_usage: float
    max_individual_jobs_usage: float
    queue_time: float
    avg_queue_time: float
    max_queue_time: float


class AnalyticsGroup(AnalyticsUsage):
    """The usage of one instance, backend, user, plan or subscription, which ``key`` names."""

    key: str | None = None


class AnalyticsDay(AnalyticsGroup):
    """The usage of one instance in one interval."""

    interval_start: datetime
    interval_end: datetime


class AnalyticsDays(Model):
    """Usage interval by interval."""

    interval_start: datetime
    interval_end: datetime
    data: list[AnalyticsDay]


class NamedItem(Model):
    """Something to filter by. Backends and plans have a name, the others an id."""

    id: str | None = None
    name: str | None = None
    deleted: bool | None = None


class AnalyticsFilters(Model):
    """What usage can be filtered by."""

    backends: list[NamedItem]
    instances: list[NamedItem]
    users: list[NamedItem]
    plans: list[NamedItem]
    subscriptions: list[NamedItem]
