"""The world's values in the platform's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dryshot.clock import isoformat
from dryshot.contract import Call
from dryshot.dialects.platform.caller import speaks
from dryshot.world import Job
from dryshot.world.platform import Workload
from dryshot.world.sessions import Session

__all__ = ["created", "instant", "job", "metrics", "session", "speaks_of_charges", "workload"]

_RAN_TOO_LONG = 1305
_CHARGED = "2026-03-15"
"""The first version that speaks of charges rather than of seconds."""


def created(job: Job) -> dict[str, Any]:
    """The answer to a submission."""
    body: dict[str, Any] = {"id": job.id, "backend": job.backend}
    if job.session_id is not None:
        body["session_id"] = job.session_id
    if job.submission.private:
        body["private"] = True
    if job.submission.calibration_id is not None:
        body["calibration_id"] = job.submission.calibration_id
    return body


def job(call: Call, job: Job, *, exclude_params: bool) -> dict[str, Any]:
    """A job. ``status`` alone says that it ran too long; ``state`` has the code for that."""
    state: dict[str, Any] = {"status": job.status}
    if job.reason is not None:
        state["reason"] = job.reason
    if job.reason_code is not None:
        state["reason_code"] = job.reason_code
    if job.reason_solution is not None:
        state["reason_solution"] = job.reason_solution
    too_long = job.reason_code == _RAN_TOO_LONG
    private = job.submission.private
    body = created(job) | {
        "state": state,
        "status": "Cancelled - Ran too long" if too_long else job.status,
        "program": {"id": job.program_id},
        "created": isoformat(job.created),
        "runtime": job.submission.runtime or "",
        "cost": job.cost,
        "tags": list(job.tags),
        "user_id": job.user_id,
        "usage": _usage(call, job),
        "estimated_running_time_seconds": float(job.charge),
    }
    if job.submission.remote_storage is not None:
        body["remote_storage"] = job.submission.remote_storage
    if not exclude_params:
        body["params"] = {} if private else job.submission.params
    return body


def metrics(call: Call, job: Job) -> dict[str, Any]:
    """Instants, and what the job is charged."""
    instants = {"created": job.created, "running": job.started, "finished": job.ended}
    body: dict[str, Any] = {
        "timestamps": {
            name: None if instant is None else isoformat(instant)
            for name, instant in instants.items()
        },
        "usage": _usage(call, job),
        "qiskit_version": "2.6.2",
    }
    if job.submission.client is not None:
        body["caller"] = job.submission.client
    nanoseconds = round(job.outcome.quantum_seconds * 1e9) if job.outcome else 0
    if speaks(call, "2026-04-15"):
        body["circuits_execution_time_ns"] = nanoseconds
    elif speaks(call, _CHARGED):
        body["usage"]["circuits_execution_time_ns"] = nanoseconds
    else:
        body["bss"] = {"seconds": job.charge}
        body |= {
            "estimated_start_time": None,
            "estimated_completion_time": None,
            "position_in_queue": None,
            "position_in_provider": None,
        }
    return body


def session(session: Session, now: datetime) -> dict[str, Any]:
    """A session; times it has not reached are null."""
    instants = {
        "started_at": session.started,
        "activated_at": session.activated,
        "closed_at": session.closed,
        "last_job_started": session.last_job_started,
        "last_job_completed": session.last_job_completed,
    }
    return {
        "id": session.id,
        "backend_name": session.backend,
        "mode": session.mode,
        "state": session.state,
        "state_reason": session.state_reason,
        "accepting_jobs": session.accepting_jobs,
        "interactive_ttl": session.interactive_ttl,
        "max_ttl": session.max_ttl,
        "active_ttl": session.active_ttl(now),
        "user_id": session.user_id,
        "elapsed_time": session.elapsed_time,
        "timestamps": [
            {"status": state, "timestamp": isoformat(instant, "milliseconds")}
            for state, instant in session.timestamps
        ],
    } | {
        name: None if instant is None else isoformat(instant, "milliseconds")
        for name, instant in instants.items()
    }


def workload(workload: Workload) -> dict[str, Any]:
    """A job, or a session with all that is in it."""
    usage: dict[str, Any] = {"qpu_charge_time_seconds": workload.usage_seconds}
    if workload.usage_status is not None:
        usage["status"] = workload.usage_status
    body: dict[str, Any] = {
        "id": workload.id,
        "created": isoformat(workload.created, "milliseconds"),
        "backend": workload.backend,
        "instance": workload.instance,
        "user_id": workload.user_id,
        "accepting_jobs": workload.accepting_jobs,
        "mode": workload.mode,
        "status": workload.status,
        "tags": list(workload.tags),
        "usage_seconds": workload.usage_seconds,
        "usage": usage,
    }
    if workload.ended is not None:
        body["ended"] = isoformat(workload.ended, "milliseconds")
    if workload.status_reason is not None:
        body["status_reason"] = workload.status_reason
    return body


def instant(query: Mapping[str, Any], name: str) -> datetime | None:
    """A query parameter as an instant."""
    text = query.get(name)
    return None if text is None else datetime.fromisoformat(text.upper())


def speaks_of_charges(call: Call) -> bool:
    """Whether the caller asked for a version in which jobs have charges."""
    return speaks(call, _CHARGED)


def _usage(call: Call, job: Job) -> dict[str, Any]:
    if speaks_of_charges(call):
        return {"qpu_charge_time_seconds": job.charge, "status": job.usage_status}
    return {"quantum_seconds": job.charge, "seconds": job.charge}
