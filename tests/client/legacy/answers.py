"""A good answer of each operation of the classic API, as small as it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ANSWERS", "PLACES", "RESULTS", "STORED"]

_INSTANCE = "hub/group/project"
_JOB = {
    "id": "j1",
    "backend": "b",
    "state": {"status": "Completed"},
    "program": {"id": "sampler"},
    "created": "2023-09-11T17:27:49.689785Z",
}
_PROGRAM = {"id": "sampler", "name": "sampler", "spec": {"parameters": {}}, "tags": ["primitive"]}
_MEASURE = {"name": "T1", "value": 121.5, "unit": "us", "date": "2023-09-11T04:11:00-04:00"}
_CONFIGURATION = {
    "backend_name": "b",
    "backend_version": "1.5.4",
    "n_qubits": 2,
    "basis_gates": ["x", "cx"],
    "gates": [
        {"name": "cx", "parameters": [], "qasm_def": "gate cx q0,q1 {}", "coupling_map": [[0, 1]]},
        {"name": "reset", "parameters": None, "qasm_def": None, "coupling_map": None},
    ],
    **dict.fromkeys(("local", "simulator", "open_pulse", "memory", "conditional"), False),
    "max_shots": 100000,
    "max_experiments": 300,
    "coupling_map": [[0, 1]],
    "online_date": "2021-05-11T04:00:00+00:00",
}
_PROPERTIES = {
    "backend_name": "b",
    "backend_version": "1.5.4",
    "last_update_date": "2023-09-11T05:02:11-04:00",
    "qubits": [[_MEASURE]],
    "gates": [{"qubits": [0], "gate": "x", "name": "x0", "parameters": [_MEASURE]}],
    "general": [],
}
_DEFAULTS = {
    "qubit_freq_est": [5.0, 5],
    "meas_freq_est": [7.1],
    "buffer": 0,
    "pulse_library": [{"name": "x", "samples": []}],
    "cmd_def": [{"name": "x", "qubits": [0], "sequence": []}],
}
_STATUS = {
    "state": True,
    "status": "active",
    "message": "",
    "length_queue": 3,
    "backend_version": "1.5.4",
}
_METRICS = {
    "timestamps": {
        "created": "2023-09-11T17:27:49.689785Z",
        "running": "2023-09-11T17:27:51Z",
        "finished": None,
    },
    "qiskit_version": "0.12.2,0.25.1",
    "usage": {"quantum_seconds": 0.5, "seconds": 1},
    "bss": {"seconds": 1.0},
    "num_qubits": [2],
    "position_in_queue": None,
}
_SESSION = {
    "id": "s1",
    "backend_name": "b",
    "state": "active",
    "accepting_jobs": True,
    "mode": "batch",
    "started_at": None,
    "max_ttl": 28800,
}
_WORKLOAD = {
    "id": "w1",
    "mode": "job",
    "status": "completed",
    "backend": "b",
    "instance": _INSTANCE,
    "created": "2023-09-11T17:27:49.689Z",
    "tags": ["one"],
    "usage_seconds": 2.5,
}
_SEEN = {
    "id": "j1",
    "hub": "hub",
    "group": "group",
    "project": "project",
    "backend": "b",
    "status": "Completed",
    "created": "2023-09-11T17:27:49.689785Z",
    "type": "RUNTIME",
    "state": {"status": "Completed", "reason": ""},
    "endTime": None,
}
_USER = {
    "id": "u1",
    "urls": {"http": "https://h", "ws": "wss://w", "services": {"runtime": "https://r"}},
    "roles": [],
}
_PROJECT = {"name": "project", "isDefault": True}
_HUB = {
    "name": "hub",
    "groups": {"group": {"name": "group", "projects": {"project": _PROJECT}}},
    "class": "Open",
}
_KINDS = ("", "batch_", "dedicated_")
_FIGURES = {
    **dict.fromkeys(("usage", "jobs", "individual_jobs", "individual_jobs_usage"), 1.5),
    **dict.fromkeys(("avg_individual_jobs_usage", "max_individual_jobs_usage"), 1),
    **dict.fromkeys(("queue_time", "avg_queue_time", "max_queue_time"), 0),
    **{f"{kind}sessions": 0 for kind in _KINDS},
    **{f"{how}{kind}sessions_usage": 0 for how in ("", "avg_", "max_") for kind in _KINDS},
}
_DAY = {"interval_start": "2023-09-11T00:00:00Z", "interval_end": "2023-09-12T00:00:00Z"}
_PERIOD = {"start": "2023-09-01T00:00:00Z", "end": "2023-10-01T00:00:00Z"}
_USED = {
    "instance": _INSTANCE,
    "quota": None,
    "usage": 2.0,
    "pendingJobs": 0,
    "maxPendingJobs": 3,
}

RESULTS: Mapping[str, Any] = {
    "sampler": {
        "quasi_dists": [{"0": -0.001, "1": 1.001}],
        "metadata": [{"shots": 4000, "readout_mitigation_overhead": 1.0098}],
    },
    "estimator": {"values": [-0.996, 1], "metadata": [{"variance": 0.008, "shots": 4000}, {}]},
    "runner": {
        "backend_name": "b",
        "success": True,
        "results": [{"shots": 4, "success": True, "data": {"counts": {"0x0": 4}}}],
    },
    "version 2": {
        "results": [{"data": {"c": {"samples": ["0x1"], "num_bits": 1}}, "metadata": {}}],
        "metadata": {"version": 2},
    },
}
"""What the service's programs return."""

ANSWERS: Mapping[str, Any] = {
    "programs.list": {"programs": [_PROGRAM], "count": 1},
    "programs.get": _PROGRAM,
    "programs.upload": _PROGRAM,
    "backends.list": {"devices": ["b", "c", "b"]},
    "backends.configuration": _CONFIGURATION,
    "backends.properties": _PROPERTIES,
    "backends.defaults": _DEFAULTS,
    "backends.status": _STATUS,
    "jobs.create": {"id": "j1", "backend": "b"},
    "jobs.get": _JOB,
    "jobs.list": {"jobs": [_JOB], "count": 1, "limit": 2, "offset": 0},
    "jobs.wait": _JOB,
    "jobs.metrics": _METRICS,
    "jobs.results": RESULTS["sampler"],
    "sessions.create": {"id": "s1", "messages": [{"data": "hello"}]},
    "sessions.get": _SESSION,
    "sessions.extended": {**_SESSION, "jobs": ["j1"]},
    "instances.list": {"instances": [{"name": _INSTANCE, "plan": "open"}]},
    "instances.hubs": [_HUB],
    "instances.usage": {"period": _PERIOD, "byInstance": [_USED]},
    "workloads.list": {"workloads": [_WORKLOAD]},
    "analytics.usage": _FIGURES,
    "analytics.usage_grouped": {"data": [{"key": "b", **_FIGURES}]},
    "analytics.usage_grouped_by_date": {"data": [{"key": "b", **_DAY, **_FIGURES}]},
    "analytics.filters": {
        "backends": [{"name": "b"}],
        "instances": [{"id": _INSTANCE, "deleted": False}],
    },
    "account.user": _USER,
    "account.runtime_user": _USER,
    "account.validate": {"valid": True},
    "account.version": {"api-auth": "0.174.0"},
    "account.health": {"status": "ok"},
    "facade.create": {"id": "j1", "backend": "b", "session_id": "s1"},
    "facade.list": {"items": [_SEEN], "count": 1, "limit": 2, "offset": 0},
    "facade.job_type": {"type": "IQX"},
    "facade.tags": {"tags": ["one"]},
}
"""A good answer of each of the others; that of ``transpiled_circuits`` is in two places."""

PLACES = {"url": "https://store.example.com/circuits"}
STORED = {"transpiled_circuits": {"qpy": [], "qasm2": ["OPENQASM 2.0;"]}}
