"""The world's values in the classic runtime's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dryshot.clock import isoformat
from dryshot.world import Job
from dryshot.world.programs import Program

__all__ = ["instant", "job", "metrics", "program"]

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


def job(job: Job, *, exclude_params: bool) -> dict[str, Any]:
    """A job; ``state`` has the status alone, until there is a reason to tell."""
    hub, group, project = job.instance.split("/")
    state: dict[str, Any] = {"status": job.status}
    if job.reason is not None:
        # clients up to 0.29 read only reason_code, the service wrote reasonCode
        state |= {
            "reason": job.reason,
            "reasonCode": job.reason_code,
            "reason_code": job.reason_code,
        }
    body: dict[str, Any] = {
        "id": job.id,
        "hub": hub,
        "group": group,
        "project": project,
        "backend": job.backend,
        "state": state,
        "status": job.status,
        "params": job.submission.params,
        "program": {"id": job.program_id},
        "created": isoformat(job.created),
        "runtime": job.submission.runtime or "",
        "cost": job.cost,
        "tags": list(job.tags),
        "session_id": job.session_id,
        "usage": {"seconds": _seconds(job)},
        "estimated_running_time_seconds": float(job.cost),
    }
    if exclude_params:
        del body["params"]
    return body


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
