"""Backends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, NotRequired, TypedDict

from dryshot_client.models import Model, named

__all__ = [
    "Backend",
    "BackendConfiguration",
    "BackendProperties",
    "BackendStatus",
    "Clops",
    "DeviceStatus",
    "GateConfiguration",
    "GateProperties",
    "Parameter",
    "PerformanceMetrics",
    "ProcessorType",
    "WaitTime",
]


class DeviceStatus(Model):
    """Whether a device runs jobs."""

    name: Literal["online", "paused", "offline"]
    reason: str | None = None


class Clops(Model):
    """Circuit layer operations per second."""

    type: Literal["virtual", "hardware"]
    value: int


class ProcessorType(Model):
    """The device's kind, such as Heron r2."""

    family: str | None = None
    revision: str | None = None
    segment: str | None = None


class PerformanceMetrics(Model):
    """Errors as figures, each with ``value`` and ``unit``, and the gate and qubits it is of."""

    two_q_error_best: Mapping[str, Any] | None = None
    two_q_error_layered: Mapping[str, Any] | None = None
    two_q_error_median: Mapping[str, Any] | None = None
    readout_error_median: Mapping[str, Any] | None = None


class WaitTime(Model):
    """Time in the queue, in seconds."""

    average: float
    p50: float | None = None
    p95: float | None = None


class Backend(Model):
    """A device as it is listed. ``wait_time_seconds`` is there only if it was asked for."""

    name: str
    status: DeviceStatus
    queue_length: int
    is_simulator: bool = False
    qubits: int | None = None
    physical_qubits: int | None = None
    class_: str | None = field(default=None, metadata=named("class"))
    clops: Clops | None = None
    processor_type: ProcessorType | None = None
    performance_metrics: PerformanceMetrics | None = None
    wait_time_seconds: WaitTime | None = None


class BackendStatus(Model):
    """Whether the backend takes jobs (``state``), and how many are waiting."""

    length_queue: int
    state: bool | None = None
    status: str | None = None
    message: str | None = None
    backend_version: str | None = None


class GateConfiguration(TypedDict):
    """A gate the backend knows."""

    name: str
    parameters: list[str] | None
    qasm_def: str | None
    coupling_map: NotRequired[list[list[int]]]
    latency_map: NotRequired[list[list[int]]]
    conditional: NotRequired[bool]
    description: NotRequired[str]


class BackendConfiguration(TypedDict):
    """What the backend is, as it is sent; more keys may come.

    ``dt`` and ``dtm`` are in nanoseconds, repetition delays in microseconds.
    """

    backend_name: str
    backend_version: str
    n_qubits: int
    basis_gates: list[str]
    gates: list[GateConfiguration]
    coupling_map: list[list[int]] | None
    local: bool
    simulator: bool
    conditional: bool
    open_pulse: bool
    memory: bool
    max_shots: int
    max_experiments: int
    online_date: str
    coords: NotRequired[list[list[int]]]
    dt: NotRequired[float]
    dtm: NotRequired[float]
    default_rep_delay: NotRequired[float]
    rep_delay_range: NotRequired[list[float]]
    rep_times: NotRequired[list[float]]
    supported_instructions: NotRequired[list[str]]
    supported_features: NotRequired[list[str]]
    timing_constraints: NotRequired[dict[str, int]]
    processor_type: NotRequired[dict[str, Any]]
    quantum_volume: NotRequired[int | None]
    meas_map: NotRequired[list[list[int]]]
    meas_levels: NotRequired[list[int]]
    display_name: NotRequired[str]
    description: NotRequired[str]
    tags: NotRequired[list[str]]


class Parameter(TypedDict):
    """A figure that was measured, in its unit, at an instant of ISO 8601."""

    date: str
    name: str
    unit: str
    value: float


class GateProperties(TypedDict):
    """The figures of one gate on its qubits."""

    gate: str
    qubits: list[int]
    parameters: list[Parameter]
    name: NotRequired[str]


class BackendProperties(TypedDict):
    """The backend's calibration, as it is sent: ``qubits`` has a list of figures for each."""

    backend_name: str
    backend_version: str
    last_update_date: str
    qubits: list[list[Parameter]]
    gates: list[GateProperties]
    general: list[Parameter]
