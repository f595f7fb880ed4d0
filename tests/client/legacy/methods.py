"""Every method of a classic runtime that asks a service something, and what it may be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["ANSWERS", "METHODS", "SILENT", "TEXTS", "VAGUE"]

_INSTANCE = "hub/group/project"
_JOB = {
    "id": "j1",
    "backend": "b",
    "state": {"status": "Completed"},
    "program": {"id": "sampler"},
    "created": "2023-09-11T17:27:49.689785Z",
}
_PROGRAM = {"id": "sampler", "name": "sampler", "spec": {"parameters": {}}, "tags": ["primitive"]}
_SESSION = {
    "id": "s1",
    "backend_name": "b",
    "state": "active",
    "accepting_jobs": True,
    "mode": "batch",
    "started_at": None,
    "max_ttl": 28800,
}
_WORKLOAD = {
    "id": "w1",
    "mode": "job",
    "status": "completed",
    "backend": "b",
    "instance": _INSTANCE,
    "created": "2023-09-11T17:27:49.689Z",
    "tags": ["one"],
    "usage_seconds": 2.5,
}
_SEEN = {
    "id": "j1",
    "hub": "hub",
    "group": "group",
    "project": "project",
    "backend": "b",
    "status": "Completed",
    "created": "2023-09-11T17:27:49.689785Z",
    "type": "RUNTIME",
    "state": {"status": "Completed", "reason": ""},
    "endTime": None,
}
_USER = {
    "id": "u1",
    "urls": {"http": "https://h", "ws": "wss://w", "services": {"runtime": "https://r"}},
    "roles": [],
}
_PROJECT = {"name": "project", "isDefault": True}
_HUB = {
    "name": "hub",
    "groups": {"group": {"name": "group", "projects": {"project": _PROJECT}}},
    "class": "Open",
}
_KINDS = ("", "batch_", "dedicated_")
_FIGURES = {
    **dict.fromkeys(("usage", "jobs", "individual_jobs", "individual_jobs_usage"), 1.5),
    **dict.fromkeys(("avg_individual_jobs_usage", "max_individual_jobs_usage"), 1),
    **dict.fromkeys(("queue_time", "avg_queue_time", "max_queue_time"), 0),
    **{f"{kind}sessions": 0 for kind in _KINDS},
    **{f"{how}{kind}sessions_usage": 0 for how in ("", "avg_", "max_") for kind in _KINDS},
}
_DAY = {"interval_start": "2023-09-11T00:00:00Z", "interval_end": "2023-09-12T00:00:00Z"}
_PERIOD = {"start": "2023-09-01T00:00:00Z", "end": "2023-10-01T00:00:00Z"}
_USED = {
    "instance": _INSTANCE,
    "quota": None,
    "usage": 2.0,
    "pendingJobs": 0,
    "maxPendingJobs": 3,
}
_NEW = {"program": "sampler", "backend": "b", "params": {"circuits": ["x"]}}

METHODS: Mapping[str, Callable[[Any], Any]] = {
    "programs.list": lambda runtime: runtime.programs.list(),
    "programs.get": lambda runtime: runtime.programs.get("sampler"),
    "programs.upload": lambda runtime: runtime.programs.upload(name="mine", data="pass"),
    "programs.update": lambda runtime: runtime.programs.update("mine", cost=60),
    "programs.replace_data": lambda runtime: runtime.programs.replace_data("mine", b"pass"),
    "programs.publish": lambda runtime: runtime.programs.publish("mine"),
    "programs.hide": lambda runtime: runtime.programs.hide("mine"),
    "programs.delete": lambda runtime: runtime.programs.delete("mine"),
    "backends.list": lambda runtime: runtime.backends.list(),
    "backends.configuration": lambda runtime: runtime.backends.configuration("b"),
    "backends.properties": lambda runtime: runtime.backends.properties("b"),
    "backends.defaults": lambda runtime: runtime.backends.defaults("b"),
    "backends.status": lambda runtime: runtime.backends.status("b"),
    "jobs.create": lambda runtime: runtime.jobs.create(**_NEW),
    "jobs.get": lambda runtime: runtime.jobs.get("j1"),
    "jobs.list": lambda runtime: runtime.jobs.list(limit=2),
    "jobs.wait": lambda runtime: runtime.jobs.wait("j1", timeout=60),
    "jobs.results": lambda runtime: runtime.jobs.results("j1"),
    "jobs.logs": lambda runtime: runtime.jobs.logs("j1"),
    "jobs.interim_results": lambda runtime: runtime.jobs.interim_results("j1"),
    "jobs.transpiled_circuits": lambda runtime: runtime.jobs.transpiled_circuits("j1"),
    "jobs.metrics": lambda runtime: runtime.jobs.metrics("j1", as_admin=True),
    "jobs.cancel": lambda runtime: runtime.jobs.cancel("j1"),
    "jobs.delete": lambda runtime: runtime.jobs.delete("j1"),
    "jobs.replace_tags": lambda runtime: runtime.jobs.replace_tags("j1", ["one"]),
    "sessions.create": lambda runtime: runtime.sessions.create(backend="b"),
    "sessions.get": lambda runtime: runtime.sessions.get("s1"),
    "sessions.extended": lambda runtime: runtime.sessions.extended("s1"),
    "sessions.update": lambda runtime: runtime.sessions.update("s1", accepting_jobs=True),
    "sessions.close": lambda runtime: runtime.sessions.close("s1"),
    "instances.list": lambda runtime: runtime.instances.list(),
    "instances.hubs": lambda runtime: runtime.instances.hubs(),
    "instances.usage": lambda runtime: runtime.instances.usage(),
    "workloads.list": lambda runtime: runtime.workloads.list(limit=2),
    "analytics.usage": lambda runtime: runtime.analytics.usage(backend=["b"]),
    "analytics.usage_grouped": lambda runtime: runtime.analytics.usage_grouped("backend"),
    "analytics.usage_grouped_by_date": lambda runtime: runtime.analytics.usage_grouped_by_date(
        "instance"
    ),
    "analytics.filters": lambda runtime: runtime.analytics.filters(),
    "account.user": lambda runtime: runtime.account.user(),
    "account.runtime_user": lambda runtime: runtime.account.runtime_user(),
    "account.validate": lambda runtime: runtime.account.validate(),
    "account.revoke": lambda runtime: runtime.account.revoke(),
    "account.version": lambda runtime: runtime.account.version(),
    "account.health": lambda runtime: runtime.account.health(),
    "facade.create": lambda runtime: runtime.facade.create(**_NEW),
    "facade.list": lambda runtime: runtime.facade.list(limit=2),
    "facade.job_type": lambda runtime: runtime.facade.job_type("j1"),
    "facade.tags": lambda runtime: runtime.facade.tags(),
}
"""By the name of the method."""

SILENT = frozenset(
    {
        "account.revoke",
        "jobs.cancel",
        "jobs.delete",
        "jobs.replace_tags",
        "programs.delete",
        "programs.hide",
        "programs.publish",
        "programs.replace_data",
        "programs.update",
        "sessions.close",
        "sessions.update",
    }
)
"""Those that are answered with nothing but success."""

TEXTS = frozenset({"jobs.logs", "jobs.interim_results"})
"""Those that are answered with plain text."""

VAGUE = frozenset(
    {
        "backends.configuration",
        "backends.defaults",
        "backends.properties",
        "backends.status",
        "jobs.metrics",
        "jobs.results",
        "programs.get",
    }
)
"""Those whose answer is an object, handed on as it is."""

ANSWERS: Mapping[str, Any] = {
    "programs.list": {"programs": [_PROGRAM], "count": 1},
    "programs.upload": _PROGRAM,
    "backends.list": {"devices": ["b", "c", "b"]},
    "jobs.create": {"id": "j1", "backend": "b"},
    "jobs.get": _JOB,
    "jobs.list": {"jobs": [_JOB], "count": 1, "limit": 2, "offset": 0},
    "jobs.wait": _JOB,
    "sessions.create": {"id": "s1", "messages": [{"data": "hello"}]},
    "sessions.get": _SESSION,
    "sessions.extended": {**_SESSION, "jobs": ["j1"]},
    "instances.list": {"instances": [{"name": _INSTANCE, "plan": "open"}]},
    "instances.hubs": [_HUB],
    "instances.usage": {"period": _PERIOD, "byInstance": [_USED]},
    "workloads.list": {"workloads": [_WORKLOAD]},
    "analytics.usage": _FIGURES,
    "analytics.usage_grouped": {"data": [{"key": "b", **_FIGURES}]},
    "analytics.usage_grouped_by_date": {"data": [{"key": "b", **_DAY, **_FIGURES}]},
    "analytics.filters": {
        "backends": [{"name": "b"}],
        "instances": [{"id": _INSTANCE, "deleted": False}],
    },
    "account.user": _USER,
    "account.runtime_user": _USER,
    "account.validate": {"valid": True},
    "account.version": {"api-auth": "0.174.0"},
    "account.health": {"status": "ok"},
    "facade.create": {"id": "j1", "backend": "b", "session_id": "s1"},
    "facade.list": {"items": [_SEEN], "count": 1, "limit": 2, "offset": 0},
    "facade.job_type": {"type": "IQX"},
    "facade.tags": {"tags": ["one"]},
}
"""A good answer of each of the others; that of ``transpiled_circuits`` is in two places."""
