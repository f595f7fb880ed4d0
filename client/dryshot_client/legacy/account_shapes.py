"""What the classic API tells of users, instances, usage and itself, as types."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

__all__ = [
    "AnalyticsBy",
    "AnalyticsDay",
    "AnalyticsDays",
    "AnalyticsFilters",
    "AnalyticsGroup",
    "AnalyticsGroups",
    "AnalyticsUsage",
    "Group",
    "Health",
    "Hub",
    "Instance",
    "InstanceId",
    "InstanceUsage",
    "Instances",
    "Named",
    "Period",
    "Plan",
    "Project",
    "Services",
    "Urls",
    "Usage",
    "User",
    "Validity",
]

AnalyticsBy = Literal["instance", "backend"]
Plan = Literal["premium", "open", "internal"]


class Services(TypedDict):
    """Where the services are; ``runtime`` is empty for who may not use it."""

    runtime: str
    quantumLab: NotRequired[str]
    extractorsService: NotRequired[str]


class Urls(TypedDict):
    """Where the user finds everything; hubs are listed below ``http``."""

    http: str
    ws: str
    services: Services


class User(TypedDict):
    """Who is asking. The service tells much more than this of them."""

    urls: Urls
    id: NotRequired[str]
    email: NotRequired[str]
    username: NotRequired[str]
    userType: NotRequired[str]
    firstName: NotRequired[str]
    lastName: NotRequired[str]
    institution: NotRequired[str]
    roles: NotRequired[list[str]]
    applications: NotRequired[list[str]]


class Project(TypedDict):
    """The third part of an instance, and its devices by name."""

    name: str
    isDefault: NotRequired[bool]
    title: NotRequired[str]
    description: NotRequired[str]
    creationDate: NotRequired[str]
    deleted: NotRequired[bool]
    devices: NotRequired[dict[str, Any]]


class Group(TypedDict):
    """The second part, and its projects by name."""

    name: str
    projects: dict[str, Project]
    isDefault: NotRequired[bool]
    title: NotRequired[str]
    description: NotRequired[str]
    creationDate: NotRequired[str]
    deleted: NotRequired[bool]


Hub = TypedDict(
    "Hub",
    {
        "name": str,
        "groups": dict[str, Group],
        "isDefault": NotRequired[bool],
        "title": NotRequired[str],
        "description": NotRequired[str],
        "creationDate": NotRequired[str],
        "deleted": NotRequired[bool],
        "private": NotRequired[bool],
        "class": NotRequired[str],  # a word of Python's, hence the other notation
    },
)
Hub.__doc__ = """The first part of an instance, and its groups by name."""


class Health(TypedDict):
    """How the runtime is: "ok"."""

    status: str


class Validity(TypedDict):
    """Whether the token is good."""

    valid: bool


class Instance(TypedDict):
    """An instance, ``name`` being "hub/group/project", and its plan."""

    name: str
    plan: Plan


class Instances(TypedDict):
    """The account's instances."""

    instances: list[Instance]


class Period(TypedDict):
    """From ``start`` to ``end``, ISO 8601."""

    start: str
    end: str


class InstanceUsage(TypedDict):
    """What was used of one instance and what may be, in seconds; ``None`` is no limit."""

    instance: str
    quota: float | None
    usage: float
    pendingJobs: int
    maxPendingJobs: int | None


class Usage(TypedDict):
    """What was used in a month, instance by instance."""

    period: Period
    byInstance: list[InstanceUsage]


class AnalyticsUsage(TypedDict):
    """How many of each kind there were, and how much time they took: in all, on average, at most.

    Times are in milliseconds. ``individual_jobs`` are those outside sessions.
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
    """The usage of one instance or backend, which ``key`` names."""

    key: str


class AnalyticsDay(AnalyticsGroup):
    """The same of one day; ISO 8601."""

    interval_start: str
    interval_end: str


class AnalyticsGroups(TypedDict):
    """One for each instance or backend."""

    data: list[AnalyticsGroup]


class AnalyticsDays(TypedDict):
    """One for each of them and day."""

    data: list[AnalyticsDay]


class Named(TypedDict):
    """Something with a name."""

    name: str


class InstanceId(TypedDict):
    """An instance by its name, "hub/group/project"."""

    id: str
    deleted: bool


class AnalyticsFilters(TypedDict):
    """What usage can be filtered by."""

    backends: list[Named]
    instances: list[InstanceId]
