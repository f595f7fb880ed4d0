"""The stub engine: results of the right shape, with values drawn from the seed and no physics.

It needs no library. Every result says ``"engine": "stub"`` in its metadata, and each engine warns
once. It sees declarations, not gates: an unknown gate goes unnoticed.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from math import prod, sqrt
from random import Random
from typing import Any

from dryshot.engines.failure import ProgramError, Reason, failed, within
from dryshot.engines.inputs import Inputs, Pub
from dryshot.engines.platform.charges import failure as charged_failure
from dryshot.engines.platform.invented import dress
from dryshot.engines.platform.options import Options
from dryshot.engines.shapes import (
    CircuitShape,
    array_shape,
    broadcast,
    fill,
    nested_shape,
)
from dryshot.engines.stub_reading import Readings
from dryshot.world.work import Outcome, Task

__all__ = ["StubEngine", "StubResultWarning", "values_shape"]

FLAG = {"engine": "stub"}
MAX_OUTCOMES = 4
MAX_VALUES = 5_000_000
DECAY = 0.95
"""What is left of a value when there is once the noise of a device."""

_encode = json.JSONEncoder(separators=(",", ":")).encode


class StubResultWarning(UserWarning):
    """Results are made up: the libraries that would compute them are not installed."""


class StubEngine:
    """Answers every program with plausible values; equal tasks get equal ones."""

    def __init__(self) -> None:
        self._warned = False
        self._lock = threading.Lock()
        self._readings = Readings()

    def __repr__(self) -> str:
        return "<StubEngine>"

    def __getstate__(self) -> dict[str, Any]:
        return {"_warned": self._warned}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]
        self._warned = state["_warned"]

    def __call__(self, task: Task, /) -> Outcome:
        """Make up a result for ``task``."""
        self._warn()
        end = charged_failure if task.dialect == "platform" else failed
        try:
            return _run(task, *self._read(task))
        except ProgramError as error:
            return end(task, error)
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            kind, text = type(error).__name__, str(error) or "no message"
            return end(task, ProgramError(text, reason=Reason.NOT_RUN, kind=kind))

    def _read(self, task: Task) -> tuple[Inputs, Options | None, list[CircuitShape]]:
        inputs, options = self._readings.inputs(task)
        if inputs.support_qiskit:
            raise ProgramError("results in Qiskit's own types need the aer engine: dryshot[sim]")
        shapes = []
        for pub in inputs.pubs:
            with within(pub.index):
                shapes.append(_checked(self._readings.shape(pub.circuit), task, inputs))
        return inputs, options, shapes

    def _warn(self) -> None:
        with self._lock:
            first, self._warned = not self._warned, True
        if first:
            warnings.warn(
                'job results are made up, not computed; for real ones: pip install "dryshot[sim]"',
                StubResultWarning,
                stacklevel=3,
            )


def _run(
    task: Task, inputs: Inputs, options: Options | None, shapes: list[CircuitShape]
) -> Outcome:
    value = _PROGRAMS[inputs.program, inputs.version](task, inputs, shapes)
    shots = sum([pub.shots for pub in inputs.pubs])
    delay = float(task.backend.configuration.get("default_rep_delay") or 250.0) * 1e-6
    seconds = 0.0 if task.backend.simulator else shots * delay
    if options is not None:
        seconds = dress(task, inputs, options, value, seconds)
    return Outcome(
        failed=False,
        body=_encode(value),
        quantum_seconds=seconds,
        executions=shots,
        num_circuits=len(shapes),
        num_qubits=tuple([shape.num_qubits for shape in shapes]),
        circuit_depths=(1,) * len(shapes),
        logs="values were made up by the stub engine\n",
    )


def _checked(shape: CircuitShape, task: Task, inputs: Inputs) -> CircuitShape:
    limit = task.backend.num_qubits
    if shape.num_qubits > limit:
        text = f"the circuit needs {shape.num_qubits} qubits; {task.backend.name} has {limit}"
        raise ProgramError(text)
    if inputs.program != "estimator" and not (shape.measured and shape.width):
        raise ProgramError("the circuit has no measurement")
    return shape


def _random(inputs: Inputs, *path: int) -> Random:
    return Random(f"{inputs.seed} {path}")


def _draw(random: Random, width: int, shots: int) -> list[int]:
    """Shots over a few outcomes of ``width`` bits, with weights of their own."""
    outcomes = sorted({random.getrandbits(width) for _ in range(MAX_OUTCOMES)})
    weights = [0.1 + random.random() for _ in outcomes]
    return random.choices(outcomes, weights, k=shots)


def _hexes(random: Random, width: int, shots: int) -> list[str]:
    return [hex(value) for value in _draw(random, width, shots)]


def _sample(task: Task, inputs: Inputs, shapes: list[CircuitShape]) -> Any:
    dists, metadata = [], []
    for pub, shape in zip(inputs.pubs, shapes, strict=True):
        random = _random(inputs, pub.index)
        counts = Counter(_draw(random, shape.width, pub.shots))
        dists.append({f"{key:0{shape.width}b}": counts[key] / pub.shots for key in sorted(counts)})
        entry: dict[str, Any] = {"shots": pub.shots}
        if inputs.level > 0:
            entry["readout_mitigation_overhead"] = 1.0 if task.backend.simulator else 1.01
            entry["readout_mitigation_time"] = random.uniform(0.05, 0.25)
        metadata.append({**entry, **FLAG})
    return {"quasi_dists": dists, "metadata": metadata}


def _estimate(task: Task, inputs: Inputs, _shapes: list[CircuitShape]) -> Any:
    values, metadata = [], []
    for pub in inputs.pubs:
        value = _random(inputs, pub.index).uniform(-1, 1)
        values.append(value)
        entry: dict[str, Any] = {"variance": 1 - value**2, "shots": pub.shots}
        if inputs.zne is not None:
            weak = [value * DECAY**factor for factor in inputs.zne.noise_factors]
            spread = [1 - item**2 for item in weak]
            entry["zne"] = inputs.zne.metadata(weak, spread, pub.shots)
        elif inputs.level > 0 and not task.backend.simulator:
            entry["readout_mitigation_num_twirled_circuits"] = 16
            entry["readout_mitigation_shots_calibration"] = 8192
        metadata.append({**entry, **FLAG})
    return {"values": values, "metadata": metadata}


def values_shape(pub: Pub, shape: CircuitShape) -> tuple[int, ...]:
    """How many sets of parameter values, by axes; the last axis of an array is the parameters."""
    raw = pub.values
    if isinstance(raw, dict) and raw.get("__type__") == "BindingsArray":
        return tuple(raw["__value__"]["shape"])
    if isinstance(raw, dict) and "__type__" not in raw:
        result: tuple[int, ...] = ()
        for name, values in raw.items():
            own = array_shape(values)
            single = "," not in name and own[-1:] != (1,)  # a last axis of one is the parameter's
            result = broadcast(result, own if single else own[:-1])
        return result
    axes = array_shape(raw)
    parameters = shape.parameters
    if parameters is not None and (axes[-1] if axes else 0) != len(parameters):
        raise ProgramError(f"values for {len(parameters)} parameters expected", circuit=pub.index)
    return axes[:-1]


def _bounded(shape: tuple[int, ...], each: int) -> tuple[int, ...]:
    if prod(shape) * each > MAX_VALUES:
        raise ProgramError(f"a result of {prod(shape) * each} values; {MAX_VALUES} can be made")
    return shape


def _sample_pubs(_task: Task, inputs: Inputs, shapes: list[CircuitShape]) -> Any:
    results = []
    for pub, shape in zip(inputs.pubs, shapes, strict=True):
        axes = _bounded(values_shape(pub, shape), pub.shots)
        data = {}
        for place, (name, size) in enumerate(shape.registers.items()):
            random = _random(inputs, pub.index, place)
            samples = fill(axes, partial(_hexes, random, size, pub.shots))
            data[name] = {"samples": samples, "num_bits": size}
        results.append({"data": data, "metadata": {"circuit_metadata": {}, **FLAG}})
    return {"results": results, "metadata": {"version": 2, **FLAG}}


def _estimate_pubs(_task: Task, inputs: Inputs, shapes: list[CircuitShape]) -> Any:
    results = []
    for pub, shape in zip(inputs.pubs, shapes, strict=True):
        raw = pub.observables
        raw = raw.get("__value__") if isinstance(raw, dict) and "__value__" in raw else raw
        axes = _bounded(broadcast(values_shape(pub, shape), nested_shape(raw)), 1)
        error = 1 / sqrt(pub.shots)
        random = _random(inputs, pub.index)
        values = fill(axes, partial(random.uniform, -1, 1))
        errors = fill(axes, partial(float, error))
        data = {"evs": values, "stds": errors, "ensemble_standard_error": errors}
        metadata: dict[str, Any] = {
            "shots": pub.shots,
            "target_precision": pub.precision,
            "circuit_metadata": {},
            "resilience": {},
            "num_randomizations": 32,
            **FLAG,
        }
        results.append({"data": data, "metadata": metadata})
    return {"results": results, "metadata": {"version": 2, **FLAG}}


def _results(task: Task, inputs: Inputs, shapes: list[CircuitShape]) -> Any:
    results = []
    for pub, shape in zip(inputs.pubs, shapes, strict=True):
        shots = _draw(_random(inputs, pub.index), shape.width, pub.shots)
        counts = Counter(shots)
        data: dict[str, Any] = {"counts": {hex(key): counts[key] for key in sorted(counts)}}
        if inputs.memory:
            data["memory"] = [hex(shot) for shot in shots]
        header = {
            "name": f"circuit-{pub.index}",
            "n_qubits": shape.num_qubits,
            "memory_slots": shape.width,
            "creg_sizes": [[name, size] for name, size in shape.registers.items()],
            "metadata": {},
        }
        entry = {"shots": pub.shots, "success": True, "data": data, "meas_level": 2}
        results.append({**entry, "header": header, "status": "DONE", "metadata": FLAG})
    return {
        "backend_name": task.backend.name,
        "backend_version": str(task.backend.configuration.get("backend_version", "0.0.0")),
        "qobj_id": "",
        "job_id": task.job_id,
        "success": True,
        "results": results,
        "status": "COMPLETED",
        "header": FLAG,
    }


_PROGRAMS: dict[tuple[str, int], Callable[[Task, Inputs, list[CircuitShape]], Any]] = {
    ("sampler", 1): _sample,
    ("sampler", 2): _sample_pubs,
    ("estimator", 1): _estimate,
    ("estimator", 2): _estimate_pubs,
    ("runner", 1): _results,
}
