"""Workloads: jobs on their own, sessions and batches."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Literal

from dryshot_client.models import Model
from dryshot_client.platform.models.jobs import JobUsage

__all__ = ["Workload", "WorkloadMode", "WorkloadSort", "WorkloadStatus"]

WorkloadMode = Literal["job", "session", "batch"]
WorkloadStatus = Literal["completed", "canceled", "failed", "pending", "in_progress"]
WorkloadSort = Literal["createdAt", "-createdAt"]
"""By time of creation; with the minus sign the newest first."""


class Workload(Model):
    """A job that is on its own, a session or a batch. ``instance`` is a CRN."""

    id: str
    mode: WorkloadMode
    status: WorkloadStatus
    created: datetime
    backend: str
    instance: str
    user_id: str
    ended: datetime | None = None
    accepting_jobs: bool | None = None
    status_reason: str | None = None
    tags: list[str] = field(default_factory=list)
    usage: JobUsage | None = None
    usage_seconds: float | None = None
    estimated_running_time_seconds: float | None = None
