"""The world's values in the classic runtime's spelling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dryshot.clock import isoformat
from dryshot.dialects.legacy.eras import Era
from dryshot.world import Job
from dryshot.world.programs import Program

__all__ = ["instant", "job", "metrics", "program", "results"]

_VERSION = "0.12.2,0.25.1"
"""``qiskit_version``: those of the runtime client and of Terra on the notebook's day."""


def program(program: Program) -> dict[str, Any]:
    """A program without its source, which only its owner may see."""
    body = {
        "id": program.id,
        "name": program.name or program.id,
        "description": program.description,
        "cost": program.cost,
        "creation_date": isoformat(program.created),
        "update_date": isoformat(program.updated),
        "is_public": program.public,
        "spec": {
            "backend_requirements": dict(program.backend_requirements),
            "parameters": program.parameters,
            "return_values": program.return_values,
            "interim_results": program.interim_results,
        },
    }
    return body | {"tags": list(program.tags)} if program.tags else body


def job(job: Job, era: Era, *, exclude_params: bool) -> dict[str, Any]:
    """A job as it was told of in an era."""
    hub, group, project = job.instance.split("/")
    body: dict[str, Any] = {
        "id": job.id,
        "hub": hub,
        "group": group,
        "project": project,
        "backend": job.backend,
        "state": _state(job, era),
        "status": job.status,
        "params": job.submission.params,
        "program": {"id": job.program_id},
        "created": isoformat(job.created, "milliseconds" if era.full_job else "microseconds"),
        "runtime": job.submission.runtime or "",
        "cost": job.cost,
        "tags": list(job.tags),
        "session_id": job.session_id,
        "usage": {"seconds": _seconds(job)},
        "estimated_running_time_seconds": float(job.cost),
    }
    if exclude_params:
        del body["params"]
    if era.full_job:
        ended = None if job.ended is None else isoformat(job.ended, "milliseconds")
        body |= {"ended": ended, "private": False, "user_id": job.account_id}
    return body


def _state(job: Job, era: Era) -> dict[str, Any]:
    """The status, and why it is so, if there is a reason or the era always told."""
    state: dict[str, Any] = {"status": job.status}
    if job.reason is not None:
        # clients up to 0.29 read only reason_code, the service wrote reasonCode
        code = job.reason_code
        return state | {"reason": job.reason, "reasonCode": code, "reason_code": code}
    return state | {"reason": "", "reasonCode": None} if era.full_state else state


def results(job: Job, body: str, era: Era, *, simulated: bool) -> str:
    """What a program returned, as text; the sampler's says more in later eras.

    What it noted on a circuit comes last on simulators and second on devices; it is empty, since
    that is in the circuits themselves.
    """
    if not era.circuit_metadata or job.program_id != "sampler":
        return body
    try:
        value = json.loads(body)
    except ValueError:
        return body  # it was spoilt on purpose
    if not isinstance(value, dict) or "quasi_dists" not in value:
        return body
    value["metadata"] = [
        told if "circuit_metadata" in told else _with_circuit(told, last=simulated)
        for told in value["metadata"]
    ]
    return json.dumps(value, separators=(",", ":"))  # NaN stays what it is


def _with_circuit(told: Mapping[str, Any], *, last: bool) -> dict[str, Any]:
    items = list(told.items())
    items.insert(len(items) if last else 1, ("circuit_metadata", {}))
    return dict(items)


def metrics(job: Job) -> dict[str, Any]:
    """Instants, usage in seconds, and the sizes of the circuits once the job has run."""
    instants = {"created": job.created, "running": job.started, "finished": job.ended}
    seconds = _seconds(job)
    body: dict[str, Any] = {
        "timestamps": {
            name: None if instant is None else isoformat(instant)
            for name, instant in instants.items()
        },
        "qiskit_version": _VERSION,
        "usage": {"quantum_seconds": seconds, "seconds": seconds},
        "bss": {"seconds": seconds},
        "estimated_start_time": None,
        "estimated_completion_time": None,
        "position_in_queue": None,
        "position_in_provider": None,
    }
    if job.outcome is not None:
        body |= {
            "executions": job.outcome.executions,
            "num_circuits": job.outcome.num_circuits,
            "num_qubits": list(job.outcome.num_qubits),
            "circuit_depths": list(job.outcome.circuit_depths),
        }
    return body


def _seconds(job: Job) -> float:
    return job.outcome.quantum_seconds if job.outcome else 0.0


def instant(query: Mapping[str, Any], name: str) -> datetime | None:
    """The instant that a query names, if it does."""
    text = query.get(name)
    return None if text is None else datetime.fromisoformat(text.upper())
