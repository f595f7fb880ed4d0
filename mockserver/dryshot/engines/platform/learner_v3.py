"""The third noise learner: the noise of boxes, of gates or of measurements."""

from __future__ import annotations

from typing import Any

from dryshot.engines.failure import ProgramError, Reason, within
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.learning import (
    Effort,
    Generator,
    learn_layer,
    learn_readout,
    physical,
)
from dryshot.engines.platform.packages import schema, tensor, validated

__all__ = ["learn_boxes"]

PAIR = 2
OWN = "version"
"""A key that clients send beside the model's own."""


def learn_boxes(bench: TargetBench) -> dict[str, Any]:
    """The result of a job of version v0.1, v0.2 or v0.3."""
    params = {key: value for key, value in bench.task.params.items() if key != OWN}
    version = str(params.get("schema_version"))
    model = validated(schema("noise_learner_v3", version).ParamsModel, params)
    try:
        circuit = model.instructions.to_quantum_circuit()
    except Exception as error:
        kind = f"{type(error).__module__}.{type(error).__name__}"
        raise ProgramError(
            str(error) or "no message", reason=Reason.UNREADABLE, kind=kind
        ) from error
    options = model.options
    effort = Effort(
        options.shots_per_randomization,
        options.num_randomizations,
        tuple(options.layer_pair_depths),
    )
    data = []
    for index, item in enumerate(circuit.data):
        with within(index):
            data.append(_box(bench, circuit, item, effort, version, bench.seed(index)))
    return {"schema_version": version, "data": data}


def _box(
    bench: TargetBench, circuit: Any, item: Any, effort: Effort, version: str, seed: int
) -> dict[str, Any]:
    if item.operation.name != "box":
        raise ProgramError(f"expected a box, found {item.operation.name}")
    body = item.operation.body
    at = {
        inner: physical(outer, circuit.find_bit(outer).index)
        for inner, outer in zip(body.qubits, item.qubits, strict=True)
    }
    qubits = sorted(at.values())
    operations = [inner for inner in body.data if inner.operation.name != "barrier"]
    if operations and all(inner.operation.name == "measure" for inner in operations):
        found = learn_readout(bench, qubits, effort, seed)
        return _result(found, qubits, version, "trex", 1.0)
    pairs = [inner for inner in operations if len(inner.qubits) == PAIR]
    if any(inner.operation.name == "measure" for inner in operations):
        raise ProgramError("a box has gates and measurements, and no protocol learns both")
    layer = frozenset(
        (inner.operation.name, tuple(at[bit] for bit in inner.qubits)) for inner in pairs
    )
    if len({bit for inner in pairs for bit in inner.qubits}) != PAIR * len(pairs):
        raise ProgramError("a box has more than one layer of two-qubit gates")
    found = learn_layer(bench, layer, qubits, effort, seed)
    return _result(found, qubits, version, "lindblad", {str(depth): 1.0 for depth in effort.depths})


def _result(
    found: list[Generator], qubits: list[int], version: str, protocol: str, kept: Any
) -> dict[str, Any]:
    import numpy as np

    selection: dict[str, Any] = {"fraction_kept": kept}
    if version != "v0.1":
        selection["success_rates"] = {}
    rates, stds = (
        tensor(np.array([getattr(item, name) for item in found], dtype=float))
        for name in ("rate", "std")
    )
    return {
        "generators_sparse": [[[item.pauli, list(item.qubits)]] for item in found],
        "num_qubits": len(qubits),
        "rates": rates,
        "rates_std": stds,
        "metadata": {"learning_protocol": protocol, "post_selection": selection},
    }
