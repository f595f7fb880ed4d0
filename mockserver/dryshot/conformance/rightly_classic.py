"""A right request for every operation of the classic API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.conformance.dialects import CLASSIC, Facts
from dryshot.conformance.model import Model
from dryshot.conformance.requests import Maker, Right, given, of_job
from dryshot.conformance.sessions import Sessions

__all__ = ["classic_calls"]

_RUNTIME = "legacy-runtime"
_JOB = "job_id"
_UNKNOWN_SESSION = "c5dge2d3rn7breq27i9g"
_UPLOADS = (200, 201, 204, 403, 404)
"""Programs of one's own were taken until November 2023, and refused from then on."""
_CLOSED = (403, 404)


def classic_calls(facts: Facts, api_key: str) -> Iterator[Maker]:
    """One for each operation but the one that logs in, in a sensible order."""
    yield from _account()
    yield from _programs()
    yield from _backends(facts)
    yield from _jobs(facts)
    yield from _sessions(facts)
    yield from _work(facts)
    for key in (f"{_RUNTIME}.revoke_token", "legacy-auth.logout"):
        yield _log_out(key, api_key)


def _log_out(key: str, api_key: str) -> Maker:
    def make(model: Model, _sessions: Sessions) -> Right:
        model.dialect.log_in(model.caller, api_key, None)  # another may have ended the last token
        return Right(Call(key), (204,))

    return make


def _account() -> Iterator[Maker]:
    for name in ("get_version", "get_user", "list_hubs"):
        yield given(f"legacy-auth.{name}")
    for name in ("get_health", "get_runtime_user", "validate_token", "list_instances"):
        yield given(f"{_RUNTIME}.{name}")


def _programs() -> Iterator[Maker]:
    yield given(f"{_RUNTIME}.list_programs", query={"limit": 5})
    yield given(f"{_RUNTIME}.get_program", {"program_id": "sampler"})
    program = {"name": "dryshot-conformance", "data": "cHJpbnQoMSk=", "cost": 60}
    yield given(f"{_RUNTIME}.upload_program", statuses=_UPLOADS, body=program)
    own = {"program_id": "dryshot-no-such-program"}
    changes = {"update_program": {"description": "Changed."}, "replace_program_data": None}
    for name in ("publish_program", "hide_program", "delete_program"):
        yield given(f"{_RUNTIME}.{name}", own, statuses=_UPLOADS, unknown_statuses=_CLOSED)
    for name, body in changes.items():
        key = f"{_RUNTIME}.{name}"
        content = b"cHJpbnQoMik=" if body is None else body
        yield given(key, own, statuses=_UPLOADS, unknown_statuses=_CLOSED, body=content)


def _backends(facts: Facts) -> Iterator[Maker]:
    yield given(f"{_RUNTIME}.list_backends")
    yield given(f"{_RUNTIME}.list_backends_with_slash")
    for name in ("configuration", "properties", "defaults", "status"):
        statuses = (200,) if name in ("configuration", "status") else (200, 404)
        backend = {"backend_name": facts.backend}
        yield given(f"{_RUNTIME}.get_backend_{name}", backend, statuses=statuses)


def _body(facts: Facts) -> dict[str, Any]:
    circuit = "OPENQASM 3.0; bit c; qubit q; c = measure q;"
    params = {"circuits": [circuit]}
    return {"program_id": "sampler", "backend": facts.backend, "params": params}


def _jobs(facts: Facts) -> Iterator[Maker]:
    yield given(f"{_RUNTIME}.create_job", body=_body(facts))
    yield given(f"{_RUNTIME}.create_facade_job", body=_body(facts))
    yield given(f"{_RUNTIME}.list_jobs", query={"limit": 5})
    yield given(f"{_RUNTIME}.list_facade_jobs", query={"limit": 5})
    yield given(f"{_RUNTIME}.list_job_tags")
    for name in ("get_job", "get_job_results", "get_job_interim_results", "get_job_logs"):
        yield of_job(f"{_RUNTIME}.{name}", _JOB)
    for name in ("get_job_metrics", "get_job_type"):
        yield of_job(f"{_RUNTIME}.{name}", _JOB)
    yield of_job(f"{_RUNTIME}.get_job_transpiled_circuits", _JOB, statuses=(200, 404))
    key = f"{_RUNTIME}.get_stored_circuits"  # its address is signed, and only the service can sign
    query = {"expires": 1, "signature": "0" * 64}
    yield of_job(key, _JOB, statuses=(200, 400, 404), unknown_statuses=(400, 404), query=query)
    key = f"{_RUNTIME}.get_job_metrics_as_admin"
    yield of_job(key, _JOB, statuses=(200, 403), unknown_statuses=_CLOSED)
    yield of_job(f"{_RUNTIME}.replace_job_tags", _JOB, body={"tags": ["dryshot-conf"]})
    yield of_job(f"{_RUNTIME}.cancel_job", _JOB, ended=False, last=True, statuses=(204, 409))
    yield of_job(f"{_RUNTIME}.delete_job", _JOB, last=True)


def _sessions(facts: Facts) -> Iterator[Maker]:
    yield given(f"{_RUNTIME}.create_session", body=CLASSIC.session(facts))
    for name in ("get_session", "get_session_extended"):
        yield _of_session(name)
    yield _of_session("update_session", body={"accepting_jobs": True})
    yield _of_session("close_session", last=True)


def _of_session(name: str, *, last: bool = False, **more: Any) -> Maker:
    def make(_model: Model, sessions: Sessions) -> Right:
        call = Call(f"{_RUNTIME}.{name}", {"session_id": sessions.open().id}, **more)
        return Right(call, unknown=_UNKNOWN_SESSION, last=last)

    return make


def _work(_facts: Facts) -> Iterator[Maker]:
    yield given(f"{_RUNTIME}.get_own_usage")
    yield given(f"{_RUNTIME}.list_own_workloads", query={"limit": 5})
    yield given(f"{_RUNTIME}.list_all_workloads", statuses=(200, 403), query={"limit": 5})
    names = ("get_analytics_usage", "get_usage_grouped", "get_usage_grouped_by_date")
    for name in (*names, "get_analytics_filters"):
        yield given(f"{_RUNTIME}.{name}", statuses=(200, 403))
