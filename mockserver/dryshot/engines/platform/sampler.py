"""The sampler of the platform: every shot of every register, as bits or as points of a plane."""

from __future__ import annotations

from typing import Any

from dryshot.engines.binding import bindings
from dryshot.engines.failure import ProgramError, within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import operation_names
from dryshot.engines.platform.bench import TargetBench, content_key
from dryshot.engines.platform.inputs import check_executions
from dryshot.engines.platform.options import Options
from dryshot.engines.platform.readout import packed, plane, registers
from dryshot.engines.platform.results import PubData, Span, circuit_metadata, render
from dryshot.engines.platform.tables import run_table
from dryshot.engines.platform.target import check_twirling
from dryshot.engines.platform.timing import Timeline

__all__ = ["sample"]


def sample(bench: TargetBench, options: Options) -> Any:
    """The result of a sampler's job."""
    line = Timeline(bench.task)
    pubs, spans = [], []
    for pub in bench.inputs.pubs:
        before = bench.seconds
        with within(pub.index):
            data = _pub(bench, pub, options)
        check_executions(bench.task, bench.executions)
        number, each = options.twirling.split(pub.shots) if options.twirling.enabled else (0, 0)
        if number:
            data = PubData(data.shape, data.fields, {**data.metadata, "num_randomizations": number})
        pubs.append(data)
        period = line.add(bench.seconds - before)
        spans.append(Span(pub.index, period, data.shape, pub.shots, number, each))
    return render(
        pubs,
        {"version": 2},
        typed=bench.inputs.support_qiskit,
        kind="SamplerPubResult",
        spans=spans,
    )


def _pub(bench: TargetBench, pub: Pub, options: Options) -> PubData:
    circuit = bench.circuit(pub)
    if "measure" not in operation_names(circuit):
        raise ProgramError("the circuit has no measurement, so there is nothing to sample")
    if options.twirling.enable_gates:
        check_twirling(circuit)
    prepared = bench.prepare(pub)
    array = bindings(pub, prepared.sent)
    check_executions(bench.task, pub.shots * array.size)
    names = [parameter.name for parameter in prepared.sent.parameters]
    values = array.as_array(names).reshape(array.size, len(names))
    key = content_key(pub.circuit)
    twirled = options.twirling.enable_measure
    table = run_table(bench, pub, prepared, key, values, twirled=twirled)
    shape = tuple(array.shape)
    fields: dict[str, Any] = {}
    for name, bits in registers(prepared.sent, table, shape):
        if options.meas_type == "classified":
            fields[name] = packed(bits)
        else:
            points = plane(bits, bench.seed(pub.index, len(fields), bits.shape[-1]))
            averaged = options.meas_type == "avg_kerneled"
            fields[name] = points.mean(axis=-2) if averaged else points
    return PubData(shape, fields, {"circuit_metadata": circuit_metadata(prepared.sent)})
