"""The executor: the items of a quantum program, each over its whole shape, as tensors."""

from __future__ import annotations

from typing import Any

from dryshot.engines.failure import within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import operation_names
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.inputs import check_executions
from dryshot.engines.platform.packages import schema, tensor, validated
from dryshot.engines.platform.program_items import Item, read_items
from dryshot.engines.platform.readout import plane, registers
from dryshot.engines.platform.tables import run_table
from dryshot.engines.platform.timing import Period, Timeline

__all__ = ["execute"]


def execute(bench: TargetBench) -> dict[str, Any]:
    """The result of a job of any version, from v0.1 to v2.0."""
    import numpy as np

    params = bench.task.params
    version = str(params.get("schema_version", ""))
    model = validated(schema("executor", version).ParamsModel, params)
    program = model.quantum_program
    items = read_items(bench, version, program)
    check_executions(bench.task, sum(program.shots * item.size for item in items))
    line = Timeline(bench.task)
    packed = version.startswith("v2.")
    data, spans = [], []
    level = getattr(program, "meas_level", "classified")
    for index, item in enumerate(items):
        before = bench.seconds
        with within(index):
            results = _run(bench, Pub(index, None, program.shots), item, level)
        tensors = {
            name: tensor(np.asarray(value), packed=packed) for name, value in results.items()
        }
        data.append({"results": tensors, "metadata": _metadata(version)})
        spans.append(_span(version, index, item, line.add(bench.seconds - before)))
    answer = {"schema_version": version, "data": data, "metadata": {"chunk_timing": spans}}
    raw = params["quantum_program"]
    if version != "v0.1":
        answer["passthrough_data"] = raw.get("passthrough_data")
    if not version.startswith("v0."):
        answer["semantic_role"] = raw.get("semantic_role")
    return answer


def _run(bench: TargetBench, pub: Pub, item: Item, level: str) -> dict[str, Any]:
    prepared = bench.fit(item.circuit, item.key)
    bench.used[pub.index] = prepared
    results: dict[str, Any] = {}
    if "measure" in operation_names(prepared.circuit):
        values = item.values.reshape(item.size, item.values.shape[-1])
        table = run_table(bench, pub, prepared, item.key, values)
        for name, bits in registers(prepared.sent, table, item.shape):
            seed = bench.seed(pub.index, len(results), bits.shape[-1])
            results.update(_levels(name, bits, level, seed))
    return {**results, **item.extra}


def _levels(name: str, bits: Any, level: str, seed: int) -> dict[str, Any]:
    """A register's results at the level, or the levels, that were asked for."""
    if level == "classified":
        return {name: bits}
    points = plane(bits, seed)
    if level == "avg_kerneled":
        return {name: points.mean(axis=-2)}
    return {name: points} if level == "kerneled" else {name: bits, f"{name}_iq": points}


def _metadata(version: str) -> Any:
    return None if version == "v0.1" else {"scheduler_timing": None, "stretch_values": None}


def _span(version: str, index: int, item: Item, period: Period) -> dict[str, Any]:
    part: dict[str, Any] = {"idx_item": index, "size": item.size}
    if not version.startswith("v0."):
        part["permutation"] = list(range(len(item.shape)))
        part["element_range"] = [0, item.size, 1]
    start, stop = (moment.isoformat().replace("+00:00", "Z") for moment in period)
    return {"start": start, "stop": stop, "parts": [part]}
