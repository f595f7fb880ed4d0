"""What the classic API answers, as types. Extra keys may come: later editions added some."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

__all__ = [
    "BackendConfiguration",
    "BackendDefaults",
    "BackendProperties",
    "BackendStatus",
    "CreatedJob",
    "GateConfiguration",
    "GateProperties",
    "Job",
    "JobMetrics",
    "JobState",
    "JobStatus",
    "JobTimestamps",
    "JobUsage",
    "LogLevel",
    "Message",
    "Parameter",
    "Program",
    "ProgramReference",
    "ProgramSpec",
    "Sort",
]

JobStatus = Literal["Queued", "Running", "Completed", "Cancelled", "Failed"]
LogLevel = Literal["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"]
Sort = Literal["ASC", "DESC"]
"""By time of creation."""


class ProgramSpec(TypedDict, total=False):
    """What a program needs and gives; the last three are JSON Schemas."""

    backend_requirements: dict[str, Any]
    parameters: dict[str, Any]
    return_values: dict[str, Any]
    interim_results: dict[str, Any]


class Program(TypedDict):
    """A program that jobs can run. ``cost`` is its longest time in seconds; dates are ISO 8601."""

    id: str
    name: str
    cost: NotRequired[int]
    description: NotRequired[str]
    creation_date: NotRequired[str]
    update_date: NotRequired[str]
    is_public: NotRequired[bool]
    spec: NotRequired[ProgramSpec]
    tags: NotRequired[list[str]]
    data: NotRequired[str]


class GateConfiguration(TypedDict):
    """A gate of a backend's basis; ``coupling_map`` lists the qubits it works on."""

    name: str
    parameters: NotRequired[list[str] | None]
    qasm_def: NotRequired[str | None]
    coupling_map: NotRequired[list[list[int]] | None]


class BackendConfiguration(TypedDict):
    """What a backend is. Devices have many more keys than these, which every backend has."""

    backend_name: str
    backend_version: str
    n_qubits: int
    basis_gates: list[str]
    gates: list[GateConfiguration]
    local: bool
    simulator: bool
    conditional: bool
    open_pulse: bool
    memory: bool
    max_shots: int
    max_experiments: int
    coupling_map: list[list[int]] | None
    online_date: NotRequired[str]


class Parameter(TypedDict):
    """One calibrated figure with its unit and its date (ISO 8601)."""

    name: str
    value: float
    unit: str
    date: str


class GateProperties(TypedDict):
    """The figures of one gate on some qubits."""

    gate: str
    qubits: list[int]
    parameters: list[Parameter]
    name: NotRequired[str]


class BackendProperties(TypedDict, total=False):
    """A backend's calibration; a simulator has none, and answers an empty object."""

    backend_name: str
    backend_version: str
    last_update_date: str
    qubits: list[list[Parameter]]
    gates: list[GateProperties]
    general: list[Parameter]


class BackendDefaults(TypedDict, total=False):
    """A backend's pulses, frequencies in GHz; what has none answers an empty object."""

    qubit_freq_est: list[float]
    meas_freq_est: list[float]
    buffer: float
    pulse_library: list[dict[str, Any]]
    cmd_def: list[dict[str, Any]]


class BackendStatus(TypedDict):
    """Whether a backend takes jobs (``state``), and how many wait for it."""

    state: bool
    status: str
    message: str
    length_queue: int
    backend_version: str


class Message(TypedDict):
    """Something the service wants the user to read."""

    data: str
    level: NotRequired[str]


class CreatedJob(TypedDict):
    """The answer to a new job; ``session_id`` only if it is in a session."""

    id: str
    backend: str
    session_id: NotRequired[str]
    messages: NotRequired[list[Message]]


class JobState(TypedDict):
    """Where a job is, and why. The service has spelt the reason's code both ways."""

    status: JobStatus
    reason: NotRequired[str | None]
    reasonCode: NotRequired[int | str | None]
    reason_code: NotRequired[int | str | None]


class ProgramReference(TypedDict):
    """Which program a job runs."""

    id: str


class JobUsage(TypedDict, total=False):
    """Time used, in seconds."""

    seconds: float
    quantum_seconds: float


class Job(TypedDict):
    """A job; ``params`` only where they were not excluded, dates ISO 8601, ``cost`` in seconds."""

    id: str
    backend: str
    state: JobState
    status: NotRequired[JobStatus]
    program: ProgramReference
    created: str
    ended: NotRequired[str | None]
    hub: NotRequired[str]
    group: NotRequired[str]
    project: NotRequired[str]
    params: NotRequired[dict[str, Any]]
    runtime: NotRequired[str]
    cost: NotRequired[int]
    tags: NotRequired[list[str] | None]
    session_id: NotRequired[str | None]
    usage: NotRequired[JobUsage]
    estimated_running_time_seconds: NotRequired[float]


class JobTimestamps(TypedDict):
    """ISO 8601, or ``None`` until it comes to that."""

    created: str | None
    running: str | None
    finished: str | None


class JobMetrics(TypedDict):
    """What a job took, and for how long it will have to wait."""

    timestamps: JobTimestamps
    usage: NotRequired[JobUsage]
    bss: NotRequired[JobUsage]
    qiskit_version: NotRequired[str]
    executions: NotRequired[int]
    num_circuits: NotRequired[int]
    num_qubits: NotRequired[list[int]]
    circuit_depths: NotRequired[list[int]]
    estimated_start_time: NotRequired[str | None]
    estimated_completion_time: NotRequired[str | None]
    position_in_queue: NotRequired[int | None]
    position_in_provider: NotRequired[int | None]
