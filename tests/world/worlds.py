"""Small worlds for tests."""

from __future__ import annotations

import json
from typing import Any

from dryshot.clock import Clock
from dryshot.world import Account, Backend, BackendData, Outcome, Submission, Task, World

START = "2023-09-11T17:27:49Z"
ACCOUNT = Account("token", instances={"h/g/p": ["box"], "h/g/q": ["box", "bin"]})


def echo(task: Task) -> Outcome:
    """An engine that fails where it is told to, and else counts its parameters."""
    if task.params.get("fail"):
        return Outcome(failed=True, body="Traceback: no", reason="no", reason_code=3211)
    if task.params.get("crash"):
        raise ArithmeticError("the engine broke")
    body = {"quasi_dists": [{"1": 1.0}], "metadata": [{"shots": 1 + len(task.params)}]}
    return Outcome(failed=False, body=json.dumps(body), quantum_seconds=2.0)


def backend(name: str) -> Backend:
    return Backend(
        name, simulator=True, load=lambda: BackendData({"backend_name": name, "n_qubits": 1})
    )


def world(**settings: Any) -> World:
    defaults: dict[str, Any] = {
        "backends": {"box": backend("box"), "bin": backend("bin")},
        "accounts": [ACCOUNT],
    }
    return World(Clock(START), settings.pop("engine", echo), **(defaults | settings))


def submission(**fields: Any) -> Submission:
    return Submission(**({"program_id": "sampler", "backend": "box", "params": {}} | fields))
