"""A right request for every operation, and what it may be answered with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.conformance.dialects import PLATFORM, Dialect, Facts
from dryshot.conformance.model import Model
from dryshot.conformance.requests import Maker, Right, given, of_job
from dryshot.conformance.rightly_classic import classic_calls
from dryshot.conformance.sessions import Sessions

__all__ = ["Right", "right_calls"]

_UNKNOWN_SESSION = "3f8a1c62-9b47-4d05-8e1f-6a2b7c9d0e41"
_UNKNOWN = "dryshot-no-such-thing"
_OLD = {"ibm-api-version": "2025-05-01"}
"""Has the operations that were dropped later."""


def right_calls(dialect: Dialect, facts: Facts, api_key: str, *, cautious: bool) -> Iterator[Maker]:
    """One for each operation, in a sensible order; each makes what it is about.

    ``cautious`` leaves out what would change an account's own settings.
    """
    token = dialect.token_call(api_key)
    yield lambda _model, _sessions: Right(token)
    if dialect is PLATFORM:
        yield from _platform(facts, cautious=cautious)
    else:
        yield from classic_calls(facts, api_key)


def _of_session(key: str, *, last: bool = False, **more: Any) -> Maker:
    def make(_model: Model, sessions: Sessions) -> Right:
        call = Call(key, {"id": sessions.open().id}, **more)
        return Right(call, unknown=_UNKNOWN_SESSION, last=last)

    return make


def _platform(facts: Facts, *, cautious: bool) -> Iterator[Maker]:
    runtime = "platform-runtime"
    backend = {"id": facts.backend}
    body = {"query": "service_name:quantum-computing"}
    yield given("platform-search.search_resources", body=body, query={"limit": 100})
    yield given("platform-catalog.get_catalog_entry", {"plan_id": facts.plan_id or _UNKNOWN})
    yield given("platform-resources.list_resource_instances")
    yield given(
        "platform-resources.get_resource_instance", {"id": facts.crn}, unknown_statuses=(403, 404)
    )
    if not cautious:
        key = "platform-resources.update_resource_instance"
        ids = {"id": facts.crn}
        yield given(key, ids, body={"parameters": {}}, unknown_statuses=(403, 404))
    yield given(f"{runtime}.get_versions")
    yield given(f"{runtime}.list_backends")
    for name in ("configuration", "properties", "status"):
        yield given(f"{runtime}.get_backend_{name}", backend)
    yield given(f"{runtime}.get_backend_defaults", backend, statuses=(200, 404))
    yield given(f"{runtime}.create_job", body=PLATFORM.job(facts.backend))
    yield given(f"{runtime}.list_jobs", query={"limit": 5})
    yield of_job(f"{runtime}.get_job", "id")
    yield of_job(f"{runtime}.get_job_results_jid", "id")
    yield of_job(f"{runtime}.get_jog_logs_jid", "id", statuses=(200, 404))
    yield of_job(f"{runtime}.get_job_metrics_jid", "id")
    yield of_job(f"{runtime}.get_job_interim_results", "id", headers=_OLD)
    key = f"{runtime}.get_job_transpiled_circuits"
    yield of_job(key, "id", headers=_OLD, statuses=(200, 404))
    yield of_job(f"{runtime}.replace_job_tags", "id", body={"tags": ["dryshot-conformance"]})
    yield of_job(f"{runtime}.cancel_job_jid", "id", ended=False, last=True, statuses=(204, 409))
    yield of_job(f"{runtime}.delete_job", "id", last=True)
    yield given(f"{runtime}.list_tags", query={"type": "job", "search": "dryshot"})
    yield given(f"{runtime}.create_session", body={"mode": "batch", "backend": facts.backend})
    yield _of_session(f"{runtime}.get_session")
    yield _of_session(f"{runtime}.update_session", body={"accepting_jobs": True})
    yield _of_session(f"{runtime}.delete_session_close", last=True)
    yield given(f"{runtime}.get_instance")
    yield given(f"{runtime}.get_instance_configuration")
    if not cautious:
        key = f"{runtime}.replace_instance_configuration"
        yield given(key, body={"instance_limit": None}, statuses=(204, 403, 409))
    yield given(f"{runtime}.get_usage")
    yield given(f"{runtime}.get_account", {"id": facts.account}, unknown_statuses=(403, 404))
    yield given(f"{runtime}.find_instance_workloads", query={"limit": 5})
    yield given(f"{runtime}.analytics_usage", statuses=(200, 403))
    for name, by in (("grouped", "backend"), ("grouped_by_date", "instance")):
        key = f"{runtime}.get_usage_analytics_{name}"
        yield given(key, query={"group_by": by}, statuses=(200, 403))
    yield given(f"{runtime}.analytics_filters", statuses=(200, 403))
