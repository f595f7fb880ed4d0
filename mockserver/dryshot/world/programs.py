"""The four programs of the classic runtime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

__all__ = ["PROGRAMS", "Program"]

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that jobs run; ``cost`` is the longest time a job of it may run, in seconds.

    ``parameters``, ``return_values`` and ``interim_results`` are JSON schemas of what goes in and
    comes out. ``owner`` is the id of the account that uploaded it, ``data`` its source in base64;
    one that is not ``public`` is its owner's alone.
    """

    id: str
    description: str
    cost: int
    created: datetime
    updated: datetime
    parameters: Schema
    return_values: Schema
    backend_requirements: Mapping[str, Any] = field(default_factory=dict)
    interim_results: Schema = field(default_factory=dict)
    name: str = ""
    tags: tuple[str, ...] = ()
    owner: str | None = None
    public: bool = True
    data: str = field(default="", repr=False)


def _inputs(*required: str, **properties: str | list[str]) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": {name: {"type": kind} for name, kind in properties.items()},
    }


_SETTINGS: Mapping[str, str | list[str]] = {
    "circuit_indices": "array",
    "circuit_ids": "array",
    "parameters": "array",
    "parameter_values": ["array", "object"],
    "transpilation_settings": "object",
    "resilience_settings": "object",
    "run_options": "object",
    "skip_transpilation": "boolean",
}
_RUNNER: Mapping[str, str | list[str]] = {
    "shots": "integer",
    "memory": "boolean",
    "meas_level": "integer",
    "meas_return": "string",
    "init_qubits": "boolean",
    "rep_delay": ["number", "null"],
}
_CIRCUIT_RUNNER: Mapping[str, str | list[str]] = {
    "qubit_lo_freq": ["array", "null"],
    "meas_lo_freq": ["array", "null"],
    "schedule_los": ["array", "object", "null"],
    "use_measure_esp": ["boolean", "null"],
    "header": ["object", "null"],
    "noise_model": ["object", "null"],
    "seed_simulator": ["integer", "null"],
    "measurement_error_mitigation": "boolean",
    "skip_transpilation": "boolean",
    "initial_layout": ["array", "object", "null"],
    "seed_transpiler": ["integer", "null"],
    "optimization_level": ["integer", "null"],
    "transpiler_options": ["object", "null"],
    "scheduling_method": ["string", "null"],
    "schedule_circuit": "boolean",
    "inst_map": ["array", "object", "null"],
    "meas_map": ["array", "null"],
}
_QASM3_RUNNER: Mapping[str, str | list[str]] = {
    "init_num_resets": "integer",
    "init_circuit": ["object", "string", "null"],
    "run_config": "object",
    "exporter_config": "object",
    "transpiler_config": "object",
    "qasm3_args": ["object", "array", "null"],
}
_RUNNER_RESULT = _inputs("results", "success", results="array", success="boolean")
_ANY_CIRCUITS = ["array", "object", "string"]


def _program(id_: str, description: str, cost: int, when: str, **spec: Any) -> Program:
    created = datetime.fromisoformat(when)
    updated = datetime(2022, 9, 27, 18, 46, 43, 52017, UTC)
    return Program(id_, description, cost, created, max(created, updated), **spec)


PROGRAMS: Mapping[str, Program] = {
    program.id: program
    for program in (
        _program(
            "qasm3-runner",
            "Runs OpenQASM 3 programs and returns a Qiskit result.",
            7200,
            "2021-12-10T19:11:47Z",
            parameters=_inputs(
                "circuits",
                circuits=_ANY_CIRCUITS,
                **_RUNNER,
                **_QASM3_RUNNER,
            ),
            return_values=_RUNNER_RESULT,
            backend_requirements={"input_allowed": "qasm3"},
        ),
        _program(
            "sampler",
            "Samples circuits and returns quasi-probabilities.",
            10000,
            "2021-10-26T14:41:57Z",
            parameters=_inputs("circuits", circuits=_ANY_CIRCUITS, **_SETTINGS),
            return_values=_inputs("quasi_dists", "metadata", quasi_dists="array", metadata="array"),
        ),
        _program(
            "estimator",
            "Estimates expectation values of observables.",
            18000,
            "2021-10-26T14:41:57Z",
            parameters=_inputs(
                "circuits",
                "observables",
                circuits=_ANY_CIRCUITS,
                observables=["array", "object"],
                observable_indices="array",
                **_SETTINGS,
            ),
            return_values=_inputs("values", "metadata", values="array", metadata="array"),
        ),
        _program(
            "circuit-runner",
            "Runs circuits and returns a Qiskit result.",
            14400,
            "2021-07-02T15:58:06Z",
            parameters=_inputs(
                "circuits",
                circuits=_ANY_CIRCUITS,
                **_RUNNER,
                **_CIRCUIT_RUNNER,
            ),
            return_values=_RUNNER_RESULT,
        ),
    )
}
"""In the order in which the service listed them on the notebook's day."""
