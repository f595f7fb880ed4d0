"""Every method of a classic runtime that asks a service something, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["METHODS", "SILENT", "TEXTS"]

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
