"""The state of a mock's world as JSON, to be read after something went wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dryshot.clock import isoformat
from dryshot.mock import Mock
from dryshot.world.jobs import Job
from dryshot.world.sessions import Session

__all__ = ["state_of"]


def state_of(mock: Mock) -> dict[str, Any]:
    """Clock, jobs, sessions, instances and faults; whoever shows it takes the secrets out."""
    with mock.clock.lock:
        world = mock.world
        sessions = [*world.sessions.values(), *world.platform.sessions.values()]
        return {
            "clock": {"now": isoformat(mock.clock.now()), "frozen": mock.clock.is_frozen},
            "jobs": [_job(job) for job in world.jobs.values()],
            "sessions": [_session(one, mock.clock.now()) for one in sessions],
            "instances": _instances(mock),
            "faults": mock.faults.to_json(),
        }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else isoformat(at)


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "dialect": job.dialect,
        "program": job.program_id,
        "backend": job.backend,
        "status": job.status.value,
        "reason": job.reason,
        "reason_code": job.reason_code,
        "instance": job.instance,
        "session": job.session_id,
        "tags": list(job.tags),
        "private": job.submission.private,
        "created": isoformat(job.created),
        "started": _instant(job.started),
        "ended": _instant(job.ended),
        "charge_seconds": job.charge,
        "usage_status": job.usage_status,
    }


def _session(session: Session, now: datetime) -> dict[str, Any]:
    return {
        "id": session.id,
        "mode": session.mode,
        "backend": session.backend,
        "instance": session.instance,
        "state": session.state.value,
        "reason": session.state_reason,
        "accepting_jobs": session.accepting_jobs,
        "created": isoformat(session.created),
        "closed": _instant(session.closed),
        "usage_seconds": session.usage(now),
        "states": [
            {"state": state.value, "since": isoformat(since)} for state, since in session.timestamps
        ],
    }


def _instances(mock: Mock) -> list[dict[str, Any]]:
    platform, shown = mock.world.platform, {}
    for account in mock.world.accounts:
        for instance in platform.instances(account):
            usage = platform.usage(instance)
            shown[instance.crn] = {
                "crn": instance.crn,
                "name": instance.name,
                "plan": instance.plan.name,
                "used_seconds": usage.consumed,
                "limit_seconds": usage.limit,
                "limit_reached": usage.limit_reached,
            }
    return list(shown.values())
