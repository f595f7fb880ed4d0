"""The programs of the platform by name, and how a job of theirs ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from dryshot.engines.bench import Store
from dryshot.engines.failure import ProgramError
from dryshot.engines.inputs import Inputs
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.calibrator import calibrate
from dryshot.engines.platform.charges import quantum_seconds
from dryshot.engines.platform.estimator import estimate
from dryshot.engines.platform.executor import execute
from dryshot.engines.platform.inputs import read
from dryshot.engines.platform.learner_v2 import learn_circuits
from dryshot.engines.platform.learner_v3 import learn_boxes
from dryshot.engines.platform.packages import require
from dryshot.engines.platform.sampler import sample
from dryshot.world.work import Outcome, Task

__all__ = ["run"]

PROGRAMS: Mapping[str, Callable[[TargetBench], Any]] = {
    "calibrate": calibrate,
    "executor": execute,
    "noise-learner": learn_circuits,
    "noise-learner v3": learn_boxes,
}
"""Programs that have no options of primitives."""


def run(task: Task, store: Store, *, noise: bool) -> Outcome:
    """Run ``task``; raises :class:`ProgramError` for what is wrong with it."""
    if task.program_id in {"sampler", "estimator"}:
        inputs, options = read(task)
        bench = TargetBench(task, inputs, store, noise)
        return _ended(bench, (sample if inputs.program == "sampler" else estimate)(bench, options))
    boxes = task.program_id == "noise-learner" and "schema_version" in task.params
    name = "noise-learner v3" if boxes else task.program_id
    if name not in PROGRAMS:
        raise ProgramError(f"the program {task.program_id!r} is not simulated yet")
    if name in {"executor", "noise-learner v3"}:
        require(task.program_id)
    bench = TargetBench(task, Inputs("runner", 2, (), level=0, seed=task.seed), store, noise)
    return _ended(bench, PROGRAMS[name](bench))


def _ended(bench: TargetBench, value: Any) -> Outcome:
    """The outcome of a job that gave ``value``, which may hold NaN, as the service's may."""
    circuits = list(bench.used.values())
    return Outcome(
        failed=False,
        body=json.dumps(value, separators=(",", ":")),
        quantum_seconds=0.0 if bench.device is None else quantum_seconds(bench.seconds),
        executions=bench.executions,
        num_circuits=len(circuits),
        num_qubits=tuple(prepared.circuit.num_qubits for prepared in circuits),
        circuit_depths=tuple(prepared.circuit.depth() for prepared in circuits),
    )
