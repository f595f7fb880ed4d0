"""A right request for every operation, and what it may be answered with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.conformance.dialects import PLATFORM, Dialect, Facts
from dryshot.conformance.model import Model
from dryshot.conformance.sessions import Sessions

__all__ = ["Right", "right_calls"]

_UNKNOWN_JOB = "c5dge2d3rn7breq27i9g"
_UNKNOWN_SESSION = "3f8a1c62-9b47-4d05-8e1f-6a2b7c9d0e41"
_UNKNOWN = "dryshot-no-such-thing"
_OLD = {"ibm-api-version": "2025-05-01"}
"""Has the operations that were dropped later."""


@dataclass(frozen=True, slots=True)
class Right:
    """A call, the statuses that are right for it, and those for an id that does not exist."""

    call: Call
    statuses: tuple[int, ...] = (200, 204)
    unknown: str = _UNKNOWN
    unknown_statuses: tuple[int, ...] = (404,)
    last: bool = False
    """Whether it ends what it is about, so that it comes after the wrong ones."""


_Maker = Callable[[Model, Sessions], Right]


def right_calls(
    dialect: Dialect, facts: Facts, api_key: str, *, cautious: bool
) -> Iterator[_Maker]:
    """One for each operation, in a sensible order; each makes what it is about.

    ``cautious`` leaves out what would change an account's own settings.
    """
    token = dialect.token_call(api_key)
    yield lambda _model, _sessions: Right(token)
    if dialect is PLATFORM:
        yield from _platform(facts, cautious=cautious)
    else:
        yield from _classic(facts)


def _given(
    key: str,
    ids: Mapping[str, str] | None = None,
    *,
    statuses: tuple[int, ...] = (200, 204),
    unknown_statuses: tuple[int, ...] = (404,),
    **given: Any,
) -> _Maker:
    call = Call(key, ids, **given)
    right = Right(call, statuses, unknown_statuses=unknown_statuses)
    return lambda _model, _sessions: right


def _of_job(
    key: str,
    path: str,
    *,
    ended: bool = True,
    last: bool = False,
    statuses: tuple[int, ...] = (200, 204),
    **given: Any,
) -> _Maker:
    def make(model: Model, _sessions: Sessions) -> Right:
        job = model.submit()
        if ended:
            model.wait(job)
        return Right(Call(key, {path: job.id}, **given), statuses, _UNKNOWN_JOB, last=last)

    return make


def _of_session(key: str, *, last: bool = False, **given: Any) -> _Maker:
    def make(_model: Model, sessions: Sessions) -> Right:
        call = Call(key, {"id": sessions.open().id}, **given)
        return Right(call, unknown=_UNKNOWN_SESSION, last=last)

    return make


def _platform(facts: Facts, *, cautious: bool) -> Iterator[_Maker]:
    runtime = "platform-runtime"
    backend = {"id": facts.backend}
    body = {"query": "service_name:quantum-computing"}
    yield _given("platform-search.search_resources", body=body, query={"limit": 100})
    yield _given("platform-catalog.get_catalog_entry", {"plan_id": facts.plan_id or _UNKNOWN})
    yield _given("platform-resources.list_resource_instances")
    yield _given(
        "platform-resources.get_resource_instance", {"id": facts.crn}, unknown_statuses=(403, 404)
    )
    if not cautious:
        key = "platform-resources.update_resource_instance"
        ids = {"id": facts.crn}
        yield _given(key, ids, body={"parameters": {}}, unknown_statuses=(403, 404))
    yield _given(f"{runtime}.get_versions")
    yield _given(f"{runtime}.list_backends")
    for name in ("configuration", "properties", "status"):
        yield _given(f"{runtime}.get_backend_{name}", backend)
    yield _given(f"{runtime}.get_backend_defaults", backend, statuses=(200, 404))
    yield _given(f"{runtime}.create_job", body=PLATFORM.job(facts.backend))
    yield _given(f"{runtime}.list_jobs", query={"limit": 5})
    yield _of_job(f"{runtime}.get_job", "id")
    yield _of_job(f"{runtime}.get_job_results_jid", "id")
    yield _of_job(f"{runtime}.get_jog_logs_jid", "id", statuses=(200, 404))
    yield _of_job(f"{runtime}.get_job_metrics_jid", "id")
    yield _of_job(f"{runtime}.get_job_interim_results", "id", headers=_OLD)
    key = f"{runtime}.get_job_transpiled_circuits"
    yield _of_job(key, "id", headers=_OLD, statuses=(200, 404))
    yield _of_job(f"{runtime}.replace_job_tags", "id", body={"tags": ["dryshot-conformance"]})
    yield _of_job(f"{runtime}.cancel_job_jid", "id", ended=False, last=True, statuses=(204, 409))
    yield _of_job(f"{runtime}.delete_job", "id", last=True)
    yield _given(f"{runtime}.list_tags", query={"type": "job", "search": "dryshot"})
    yield _given(f"{runtime}.create_session", body={"mode": "batch", "backend": facts.backend})
    yield _of_session(f"{runtime}.get_session")
    yield _of_session(f"{runtime}.update_session", body={"accepting_jobs": True})
    yield _of_session(f"{runtime}.delete_session_close", last=True)
    yield _given(f"{runtime}.get_instance")
    yield _given(f"{runtime}.get_instance_configuration")
    if not cautious:
        key = f"{runtime}.replace_instance_configuration"
        yield _given(key, body={"instance_limit": None}, statuses=(204, 403, 409))
    yield _given(f"{runtime}.get_usage")
    yield _given(f"{runtime}.get_account", {"id": facts.account}, unknown_statuses=(403, 404))
    yield _given(f"{runtime}.find_instance_workloads", query={"limit": 5})
    yield _given(f"{runtime}.analytics_usage", statuses=(200, 403))
    for name, by in (("grouped", "backend"), ("grouped_by_date", "instance")):
        key = f"{runtime}.get_usage_analytics_{name}"
        yield _given(key, query={"group_by": by}, statuses=(200, 403))
    yield _given(f"{runtime}.analytics_filters", statuses=(200, 403))


def _classic(facts: Facts) -> Iterator[_Maker]:
    runtime, job = "legacy-runtime", "job_id"
    backend = {"backend_name": facts.backend}
    yield _given(f"{runtime}.list_programs", query={"limit": 5})
    yield _given(f"{runtime}.get_program", {"program_id": "sampler"})
    yield _given(f"{runtime}.list_backends")
    for name in ("configuration", "properties", "defaults", "status"):
        statuses = (200,) if name in ("configuration", "status") else (200, 404)
        yield _given(f"{runtime}.get_backend_{name}", backend, statuses=statuses)
    body = {
        "program_id": "sampler",
        "backend": facts.backend,
        "params": {"circuits": ["OPENQASM 3.0; bit c; qubit q; c = measure q;"]},
    }
    yield _given(f"{runtime}.create_job", body=body)
    yield _given(f"{runtime}.list_jobs", query={"limit": 5})
    yield _of_job(f"{runtime}.get_job", job)
    yield _of_job(f"{runtime}.get_job_results", job)
    yield _of_job(f"{runtime}.get_job_logs", job)
    yield _of_job(f"{runtime}.get_job_metrics", job)
    yield _of_job(f"{runtime}.replace_job_tags", job, body={"tags": ["dryshot-conf"]})
    yield _of_job(f"{runtime}.cancel_job", job, ended=False, last=True, statuses=(204, 409))
    yield _of_job(f"{runtime}.delete_job", job, last=True)
    yield _given("legacy-auth.logout", statuses=(204,))
