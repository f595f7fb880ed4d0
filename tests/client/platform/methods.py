"""Every method of a runtime that asks the service something, and how to use it on the mock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.client.platform.stage import PARAMS

__all__ = ["METHODS", "SILENT", "TEXTS", "Names"]

Names = Mapping[str, str]
"""The ids of a ``job`` that has ended, of one that is ``queued``, and of a ``session``."""

_NEW = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}

METHODS: Mapping[str, Callable[[Any, Names], Any]] = {
    "backends.list": lambda runtime, _: runtime.backends.list(),
    "backends.get": lambda runtime, _: runtime.backends.get("ibm_fez"),
    "backends.configuration": lambda runtime, _: runtime.backends.configuration("ibm_fez"),
    "backends.properties": lambda runtime, _: runtime.backends.properties("ibm_fez"),
    "backends.defaults": lambda runtime, _: runtime.backends.defaults("ibm_fez"),
    "backends.status": lambda runtime, _: runtime.backends.status("ibm_fez"),
    "jobs.create": lambda runtime, _: runtime.jobs.create(**_NEW),
    "jobs.get": lambda runtime, ids: runtime.jobs.get(ids["job"]),
    "jobs.list": lambda runtime, _: runtime.jobs.list(limit=2),
    "jobs.wait": lambda runtime, ids: runtime.jobs.wait(ids["job"]),
    "jobs.results": lambda runtime, ids: runtime.jobs.results(ids["job"]),
    "jobs.logs": lambda runtime, ids: runtime.jobs.logs(ids["job"]),
    "jobs.metrics": lambda runtime, ids: runtime.jobs.metrics(ids["job"]),
    "jobs.cancel": lambda runtime, ids: runtime.jobs.cancel(ids["queued"]),
    "jobs.delete": lambda runtime, ids: runtime.jobs.delete(ids["job"]),
    "jobs.tags": lambda runtime, ids: runtime.jobs.tags(ids["job"], ["new"]),
    "tags.list": lambda runtime, _: runtime.tags.list("tag"),
    "sessions.create": lambda runtime, _: runtime.sessions.create(backend="ibm_fez"),
    "sessions.get": lambda runtime, ids: runtime.sessions.get(ids["session"]),
    "sessions.update": lambda runtime, ids: runtime.sessions.update(
        ids["session"], accepting_jobs=False
    ),
    "sessions.close": lambda runtime, ids: runtime.sessions.close(ids["session"]),
    "instances.list": lambda runtime, _: runtime.instances.list(),
    "instances.get": lambda runtime, _: runtime.instances.get(),
    "instances.usage": lambda runtime, _: runtime.instances.usage(),
    "instances.configuration": lambda runtime, _: runtime.instances.configuration(),
    "instances.configure": lambda runtime, _: runtime.instances.configure(instance_limit=900),
    "accounts.get": lambda runtime, _: runtime.accounts.get(),
    "versions.list": lambda runtime, _: runtime.versions.list(),
    "workloads.list": lambda runtime, _: runtime.workloads.list(page_size=1),
    "analytics.usage": lambda runtime, _: runtime.analytics.usage(),
    "analytics.usage_grouped": lambda runtime, _: runtime.analytics.usage_grouped("plan"),
    "analytics.usage_grouped_by_date": lambda runtime, _: runtime.analytics.usage_grouped_by_date(),
    "analytics.filters": lambda runtime, _: runtime.analytics.filters(),
}
"""By the name of the method."""

SILENT = frozenset(
    {
        "jobs.cancel",
        "jobs.delete",
        "jobs.tags",
        "sessions.update",
        "sessions.close",
        "instances.configure",
    }
)
"""Those that are answered with nothing but success."""

TEXTS = frozenset({"jobs.logs"})
"""Those that are answered with plain text."""
