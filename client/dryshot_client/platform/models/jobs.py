"""Jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from dryshot_client.models import Model

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

RAN_TOO_LONG = "1305"


class CreatedJob(Model):
    """The answer to a submission. ``backend`` may be another than was asked for."""

    id: str
    backend: str
    session_id: str | None = None
    private: bool = False
    calibration_id: str | None = None


class JobState(Model):
    """How a job stands, and why, with a code, if it failed."""

    status: JobStatus
    reason: str | None = None
    reason_code: int | str | None = None
    reason_solution: str | None = None


class JobUsage(Model):
    """What a job is charged, in seconds.

    ``status`` is "pending" until the charge is settled. Versions of the API before 2026-03-15 have
    ``seconds`` and ``quantum_seconds`` in its place.
    """

    qpu_charge_time_seconds: float | None = None
    status: Literal["pending", "complete"] | None = None
    seconds: float | None = None
    quantum_seconds: float | None = None


class Program(Model):
    """What a job runs."""

    id: str


class Job(Model):
    """A job. ``cost``, the longest it may take, and the estimate are in seconds.

    ``status`` is ``state.status``, but for "Cancelled - Ran too long". ``params`` is empty where it
    was excluded, and for a private job.
    """

    id: str
    state: JobState
    status: JobStatus | Literal["Cancelled - Ran too long"]
    program: Program
    created: datetime
    backend: str | None = None
    cost: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    session_id: str | None = None
    user_id: str | None = None
    usage: JobUsage | None = None
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
        return self.state.status == "Cancelled" and str(self.state.reason_code) == RAN_TOO_LONG


class JobTimestamps(Model):
    """When a job was created, began to run, and ended; ``None`` for what has not happened."""

    created: datetime | None = None
    running: datetime | None = None
    finished: datetime | None = None


class JobMetrics(Model):
    """Times and charge of a job. The last three are of versions before 2026-03-15 only."""

    timestamps: JobTimestamps
    usage: JobUsage
    caller: str | None = None
    qiskit_version: str | None = None
    circuits_execution_time_ns: int | None = None
    estimated_start_time: datetime | None = None
    estimated_completion_time: datetime | None = None
    position_in_queue: int | None = None
