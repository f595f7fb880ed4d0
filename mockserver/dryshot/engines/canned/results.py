"""Results of primitives from what a test says of them; each with its number of shots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, TypeVar

from dryshot.engines.canned import arrays
from dryshot.engines.canned.counts import Misfit, joint, keyed, split
from dryshot.engines.inputs import Inputs, Pub
from dryshot.engines.platform.results import PubData, Span, render
from dryshot.engines.platform.timing import Timeline
from dryshot.engines.shapes import CircuitShape, broadcast, circuit_shape, nested_shape
from dryshot.engines.stub import values_shape
from dryshot.world.work import Task

__all__ = ["counted", "distributed", "estimated", "sampled", "valued"]

T = TypeVar("T")


def sampled(task: Task, inputs: Inputs, given: Any) -> tuple[Any, int]:
    """The second version's sampler: every register's values."""
    line, spans, pubs, total = Timeline(task), [], [], 0
    for pub, counts in _each(inputs, given):
        shape = circuit_shape(pub.circuit)
        registers = {name: size for name, size in shape.registers.items() if size}
        outcomes = _at(pub, lambda: split(counts, registers))  # noqa: B023 - called at once
        axes = values_shape(pub, shape)
        shots = len(next(iter(outcomes.values()), ()))
        fields = {name: arrays.bits(outcomes[name], registers[name], axes) for name in registers}
        pubs.append(PubData(axes, fields, {"circuit_metadata": {}}))
        spans.append(Span(pub.index, line.add(0), axes, shots))
        total += shots * prod(axes)
    value = render(
        pubs,
        {"version": 2},
        typed=inputs.support_qiskit,
        kind="SamplerPubResult",
        spans=spans if task.dialect == "platform" else None,
    )
    return value, total


def estimated(inputs: Inputs, evs: Any, stds: Any) -> tuple[Any, int]:
    """The second version's estimator; errors that are not given are the precision."""
    pubs, total = [], 0
    for (pub, value), (_, deviation) in zip(_each(inputs, evs), _each(inputs, stds), strict=True):
        axes = _axes(pub)
        error = _flat(pub.precision if deviation is None else deviation, axes, pub, "stds")
        fields = {
            "evs": arrays.numbers(_flat(value, axes, pub, "evs"), axes),
            "stds": arrays.numbers(error, axes),
            "ensemble_standard_error": arrays.numbers(error, axes),
        }
        metadata: dict[str, Any] = {
            "shots": pub.shots,
            "target_precision": pub.precision,
            "circuit_metadata": {},
            "resilience": {},
            "num_randomizations": 1,
        }
        pubs.append(PubData(axes, fields, metadata))
        total += pub.shots
    value = render(pubs, {"version": 2}, typed=inputs.support_qiskit, kind="PubResult")
    return value, total


def distributed(inputs: Inputs, given: Any, *, counts: bool = False) -> tuple[Any, int]:
    """The first version's sampler: a distribution for each circuit, keys in binary."""
    dists, metadata, total = [], [], 0
    for pub, item in _each(inputs, given):
        shape = circuit_shape(pub.circuit)
        read = joint if counts else keyed
        found = _at(pub, lambda: read(item, shape.registers))  # noqa: B023 - called at once
        shots = sum(found.values()) if counts else pub.shots
        share = shots if counts else 1
        dists.append({f"{key:0{shape.width}b}": value / share for key, value in found.items()})
        metadata.append({"shots": shots})
        total += shots
    return {"quasi_dists": dists, "metadata": metadata}, total


def valued(inputs: Inputs, evs: Any, stds: Any) -> tuple[Any, int]:
    """The first version's estimator; ``stds`` give the variances, 0 if they are not given."""
    values = [_number(value, "evs", pub) for pub, value in _each(inputs, evs)]
    stds = 0.0 if stds is None else stds
    errors = [_number(value, "stds", pub) for pub, value in _each(inputs, stds)]
    metadata = [
        {"variance": error**2 * pub.shots, "shots": pub.shots}
        for pub, error in zip(inputs.pubs, errors, strict=True)
    ]
    return {"values": values, "metadata": metadata}, sum(pub.shots for pub in inputs.pubs)


def counted(task: Task, inputs: Inputs, given: Any) -> tuple[Any, int]:
    """The classic runners: Qiskit's ``Result`` as JSON."""
    made, total = [], 0
    for pub, counts in _each(inputs, given):
        shape = circuit_shape(pub.circuit)
        found = _at(pub, lambda: joint(counts, shape.registers))  # noqa: B023 - called at once
        data: dict[str, Any] = {"counts": {hex(key): count for key, count in found.items()}}
        if inputs.memory:
            data["memory"] = [hex(key) for key, count in found.items() for _ in range(count)]
        shots = sum(found.values())
        entry = {"shots": shots, "success": True, "data": data, "meas_level": 2, "status": "DONE"}
        made.append({**entry, "header": _header(pub, shape)})
        total += shots
    value = {
        "backend_name": task.backend.name,
        "backend_version": str(task.backend.configuration.get("backend_version", "0.0.0")),
        "qobj_id": "",
        "job_id": task.job_id,
        "success": True,
        "results": made,
        "status": "COMPLETED",
    }
    return value, total


def _header(pub: Pub, shape: CircuitShape) -> Mapping[str, Any]:
    return {
        "name": f"circuit-{pub.index}",
        "n_qubits": shape.num_qubits,
        "memory_slots": shape.width,
        "creg_sizes": [[name, size] for name, size in shape.registers.items()],
        "metadata": {},
    }


def _each(inputs: Inputs, given: Any) -> list[tuple[Pub, Any]]:
    """Each pub with its item of a list, or with the one thing that is for all."""
    if not isinstance(given, Sequence):
        return [(pub, given) for pub in inputs.pubs]
    if len(given) != len(inputs.pubs):
        raise Misfit(f"{len(given)} were given for {len(inputs.pubs)} circuits")
    return list(zip(inputs.pubs, given, strict=True))


def _at(pub: Pub, make: Callable[[], T]) -> T:
    try:
        return make()
    except Misfit as error:
        raise Misfit(f"circuit {pub.index}: {error}") from None


def _axes(pub: Pub) -> tuple[int, ...]:
    """The shape of a pub's values."""
    raw = pub.observables
    raw = raw["__value__"] if isinstance(raw, dict) and "__value__" in raw else raw
    return broadcast(values_shape(pub, circuit_shape(pub.circuit)), nested_shape(raw))


def _flat(given: Any, axes: tuple[int, ...], pub: Pub, what: str) -> list[float]:
    """The values in order; one number is the value at each point."""
    given = given.tolist() if hasattr(given, "tolist") else given
    if not isinstance(given, list | tuple):
        return [_number(given, what, pub)] * prod(axes)
    shape = nested_shape(_listed(given))
    if shape != axes:
        raise Misfit(f"circuit {pub.index}: {what} have the shape {shape}; the pub has {axes}")
    return [_number(item, what, pub) for item in _leaves(given)]


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def _leaves(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        return [value]
    return [leaf for item in value for leaf in _leaves(item)]


def _number(value: Any, what: str, pub: Pub) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misfit(f"circuit {pub.index}: {what}: {value!r} is not a number")
    return float(value)
