"""The 21 figures by which usage is told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dryshot.world.jobs import Job
from dryshot.world.sessions import Session

__all__ = ["Figures", "figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts, and times in milliseconds. ``individual_jobs`` are those in no session.

    The names are those of the wire.
    """

    usage: float = 0.0
    jobs: int = 0
    sessions: int = 0
    sessions_usage: float = 0.0
    avg_sessions_usage: float = 0.0
    max_sessions_usage: float = 0.0
    batch_sessions: int = 0
    batch_sessions_usage: float = 0.0
    avg_batch_sessions_usage: float = 0.0
    max_batch_sessions_usage: float = 0.0
    dedicated_sessions: int = 0
    dedicated_sessions_usage: float = 0.0
    avg_dedicated_sessions_usage: float = 0.0
    max_dedicated_sessions_usage: float = 0.0
    individual_jobs: int = 0
    individual_jobs_usage: float = 0.0
    avg_individual_jobs_usage: float = 0.0
    max_individual_jobs_usage: float = 0.0
    queue_time: float = 0.0
    avg_queue_time: float = 0.0
    max_queue_time: float = 0.0


def figures(jobs: Sequence[Job], sessions: Sequence[Session], now: datetime) -> Figures:
    """What the jobs and sessions come to; a job that has not started has no queue time yet."""
    spent = {mode: [] for mode in ("batch", "dedicated")}  # type: dict[str, list[float]]
    for session in sessions:
        spent[session.mode].append(session.usage(now) * 1000)
    alone = [job.charge * 1000.0 for job in jobs if job.session_id is None]
    in_sessions = [*spent["batch"], *spent["dedicated"]]
    queued = [
        (job.started - job.created).total_seconds() * 1000
        for job in jobs
        if job.started is not None
    ]
    return Figures(
        usage=math.fsum(alone) + math.fsum(in_sessions),
        jobs=len(jobs),
        sessions=len(in_sessions),
        sessions_usage=math.fsum(in_sessions),
        avg_sessions_usage=_mean(in_sessions),
        max_sessions_usage=max(in_sessions, default=0.0),
        batch_sessions=len(spent["batch"]),
        batch_sessions_usage=math.fsum(spent["batch"]),
        avg_batch_sessions_usage=_mean(spent["batch"]),
        max_batch_sessions_usage=max(spent["batch"], default=0.0),
        dedicated_sessions=len(spent["dedicated"]),
        dedicated_sessions_usage=math.fsum(spent["dedicated"]),
        avg_dedicated_sessions_usage=_mean(spent["dedicated"]),
        max_dedicated_sessions_usage=max(spent["dedicated"], default=0.0),
        individual_jobs=len(alone),
        individual_jobs_usage=math.fsum(alone),
        avg_individual_jobs_usage=_mean(alone),
        max_individual_jobs_usage=max(alone, default=0.0),
        queue_time=math.fsum(queued),
        avg_queue_time=_mean(queued),
        max_queue_time=max(queued, default=0.0),
    )


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return math.fsum(numbers) / len(numbers) if numbers else 0.0
