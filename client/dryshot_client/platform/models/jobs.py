"""Jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dryshot_client.models import INSTANT, Model, one

__all__ = [
    "CreatedJob",
    "Job",
    "JobMetrics",
    "JobState",
    "JobStatus",
    "JobTimestamps",
    "JobUsage",
    "LogLevel",
    "Program",
    "ProgramId",
    "Sort",
]

JobStatus = Literal["Queued", "Running", "Completed", "Cancelled", "Failed"]
LogLevel = Literal["critical", "error", "warning", "info", "debug"]
ProgramId = Literal["sampler", "estimator", "noise-learner", "executor", "calibrate"]
Sort = Literal["ASC", "DESC"]
"""By time of creation."""

RAN_TOO_LONG = 1305


@dataclass(frozen=True, kw_only=True)
class CreatedJob(Model):
    """The answer to a submission. ``backend`` may be another than was asked for."""

    id: str
    backend: str
    session_id: str | None = None
    private: bool = False
    calibration_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobState(Model):
    """How a job stands, and why, with a code, if it failed."""

    status: JobStatus
    reason: str | None = None
    reason_code: int | None = None
    reason_solution: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobUsage(Model):
    """What a job is charged, in seconds.

    ``status`` is "pending" until the charge is settled. Versions of the API before 2026-03-15 have
    ``seconds`` and ``quantum_seconds`` in its place.
    """

    qpu_charge_time_seconds: float | None = None
    status: Literal["pending", "complete"] | None = None
    seconds: float | None = None
    quantum_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Program(Model):
    """What a job runs."""

    id: str


@dataclass(frozen=True, kw_only=True)
class Job(Model):
    """A job. ``cost``, the longest it may take, and the estimate are in seconds.

    ``status`` is ``state.status``, but for "Cancelled - Ran too long". ``params`` is empty where it
    was excluded, and for a private job.
    """

    id: str
    state: JobState = field(metadata=one(JobState))
    status: JobStatus | Literal["Cancelled - Ran too long"]
    program: Program = field(metadata=one(Program))
    created: datetime = field(metadata=INSTANT)
    backend: str | None = None
    cost: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    session_id: str | None = None
    user_id: str | None = None
    usage: JobUsage | None = field(default=None, metadata=one(JobUsage))
    private: bool = False
    runtime: str | None = None
    calibration_id: str | None = None
    remote_storage: Mapping[str, Any] | None = None
    estimated_running_time_seconds: float | None = None

    @property
    def ended(self) -> bool:
        """Whether the job is at its end, however it ended."""
        # A word that is new must not be waited for: those for the way are known.
        return self.state.status not in {"Queued", "Running"}

    @property
    def ran_too_long(self) -> bool:
        """Whether the service cancelled the job because its time was up."""
        return self.state.status == "Cancelled" and self.state.reason_code == RAN_TOO_LONG


@dataclass(frozen=True, kw_only=True)
class JobTimestamps(Model):
    """When a job was created, began to run, and ended; ``None`` for what has not happened."""

    created: datetime | None = field(default=None, metadata=INSTANT)
    running: datetime | None = field(default=None, metadata=INSTANT)
    finished: datetime | None = field(default=None, metadata=INSTANT)


@dataclass(frozen=True, kw_only=True)
class JobMetrics(Model):
    """Times and charge of a job. The last three are of versions before 2026-03-15 only."""

    timestamps: JobTimestamps = field(metadata=one(JobTimestamps))
    usage: JobUsage = field(metadata=one(JobUsage))
    caller: str | None = None
    qiskit_version: str | None = None
    circuits_execution_time_ns: int | None = None
    estimated_start_time: datetime | None = field(default=None, metadata=INSTANT)
    estimated_completion_time: datetime | None = field(default=None, metadata=INSTANT)
    position_in_queue: int | None = None
