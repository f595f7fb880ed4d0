"""The items of a quantum program, read from every version of its model; samplexes are sampled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

from dryshot.engines.failure import ProgramError, Reason, within
from dryshot.engines.platform.bench import TargetBench

__all__ = ["Item", "read_items"]


@dataclass(frozen=True, slots=True)
class Item:
    """One circuit to run for each element of ``shape``.

    ``values`` has the circuit's parameters on its last axis, ``extra`` what a result holds beside
    its registers. ``key`` tells the circuit's content.
    """

    circuit: Any
    key: str
    shape: tuple[int, ...]
    values: Any
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many circuits the item comes to."""
        return prod(self.shape)


def read_items(bench: TargetBench, version: str, program: Any) -> list[Item]:
    """All items of ``program``, the model of a quantum program."""
    items = []
    circuits = _circuits(bench, version, program)
    for index, (item, (key, circuit)) in enumerate(zip(program.items, circuits, strict=True)):
        with within(index):
            make = _plain if item.item_type == "circuit" else _sampled
            items.append(make(bench, index, item, circuit, key))
    return items


def _circuits(bench: TargetBench, version: str, program: Any) -> Iterator[tuple[str, Any]]:
    """Each item's circuit with what tells its content."""
    if version.startswith("v0."):
        for index, item in enumerate(program.items):
            key = item.circuit.circuit_b64
            with within(index):
                yield key, _load(bench, key, item.circuit.to_quantum_circuit)
        return
    encoded = getattr(program.circuits, "b64_data", None)
    key = encoded if encoded is not None else "\0".join(program.circuits.data)
    digest = hashlib.sha256(key.encode()).hexdigest()
    reason = Reason.UNREADABLE if encoded is not None else Reason.UNLOADABLE
    circuits = _load(bench, digest, program.circuits.to_python, reason)
    for index, circuit in enumerate(circuits):
        yield f"{digest} {index}", circuit


def _load(bench: TargetBench, key: str, make: Any, reason: Reason = Reason.UNREADABLE) -> Any:
    try:
        return bench.store.circuits.get(("executor", key), make)
    except Exception as error:
        kind = f"{type(error).__module__}.{type(error).__name__}"
        raise ProgramError(str(error) or "no message", reason=reason, kind=kind) from error


def _plain(_bench: TargetBench, _index: int, item: Any, circuit: Any, key: str) -> Item:
    import numpy as np

    values = item.circuit_arguments.to_numpy()
    if values.shape[-1:] != (circuit.num_parameters,):
        raise ProgramError(
            f"circuit_arguments of shape {values.shape} for {circuit.num_parameters} parameters"
        )
    shape = np.broadcast_shapes(tuple(getattr(item, "shape", ())), values.shape[:-1])
    values = np.broadcast_to(values, (*shape, circuit.num_parameters))
    return Item(circuit, key, shape, values)


def _sampled(bench: TargetBench, index: int, item: Any, circuit: Any, key: str) -> Item:
    import numpy as np

    text = item.samplex.samplex_json
    samplex = bench.store.circuits.get(
        ("samplex", text), lambda: item.samplex.to_samplex().finalize()
    )
    inputs = samplex.inputs().make_broadcastable()
    for name, value in item.samplex_arguments.items():
        if hasattr(value, "to_numpy"):
            inputs[name] = value.to_numpy()
        elif hasattr(value, "to_pauli_lindblad_map"):
            inputs[name] = value.to_pauli_lindblad_map()
        else:
            inputs[name] = value
    if not inputs.fully_bound:
        raise ProgramError("a samplex has arguments without values")
    shape = np.broadcast_shapes(tuple(item.shape), inputs.shape)
    drawn = _draw(samplex, inputs, shape, np.random.default_rng(bench.seed(index, len("samplex"))))
    values = drawn.pop("parameter_values", np.zeros((*shape, 0)))
    return Item(circuit, key, shape, values, drawn)


def _draw(samplex: Any, inputs: Any, shape: tuple[int, ...], rng: Any) -> dict[str, Any]:
    """Samples for every element of ``shape``: axes on which no argument varies are randomized."""
    import numpy as np

    own = (1,) * (len(shape) - inputs.ndim) + tuple(inputs.shape)
    swept = [axis for axis, length in enumerate(own) if length > 1]
    free = [axis for axis, length in enumerate(own) if length <= 1]
    outer = tuple(shape[axis] for axis in swept)
    inner = tuple(shape[axis] for axis in free)
    drawn: dict[str, list[Any]] = {}
    for place in np.ndindex(outer):
        index = [0] * len(shape)
        for axis, at in zip(swept, place, strict=True):
            index[axis] = at
        arguments = inputs[tuple(index[len(shape) - inputs.ndim :])]
        output = samplex.sample(arguments, num_randomizations=prod(inner), rng=rng)
        for name, value in output.items():
            drawn.setdefault(name, []).append(value)
    return {
        name: np.moveaxis(
            np.stack(parts).reshape(*outer, *inner, *parts[0].shape[1:]),
            range(len(shape)),
            [*swept, *free],
        )
        for name, parts in drawn.items()
    }
