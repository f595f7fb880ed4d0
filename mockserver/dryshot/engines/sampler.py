"""The sampler: quasi-probabilities (V1), or every shot of every register (V2)."""

from __future__ import annotations

from typing import Any

from dryshot.engines.bench import Bench
from dryshot.engines.binding import bind, bindings
from dryshot.engines.encoding import encode
from dryshot.engines.failure import ProgramError, within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared
from dryshot.engines.mitigation import Mitigated, calibrate, mitigate

__all__ = ["mitigated", "mitigation_seconds", "sample", "sample_pubs"]

DIGITS = 16


def sample(bench: Bench) -> dict[str, Any]:
    """V1: one distribution for each circuit, mitigated on a device unless its level is 0.

    Keys are binary, one character for each classical bit, the highest first.
    """
    dists, metadata = [], []
    for pub in bench.inputs.pubs:
        with within(pub.index):
            dist, own = _distribution(bench, pub)
        dists.append(dist)
        metadata.append(own)
    return {"quasi_dists": dists, "metadata": metadata}


def _distribution(bench: Bench, pub: Pub) -> tuple[dict[str, float], dict[str, Any]]:
    prepared = _prepare(bench, pub)
    circuits = bind(prepared, bindings(pub, prepared.sent), prepared.sent)
    if len(circuits) != 1:
        raise ProgramError("one set of parameter values is expected")
    counts = bench.run(pub, prepared, circuits)[0].counts
    found = mitigated(bench, prepared, counts)
    width = prepared.sent.num_clbits
    dist = {f"{key:0{width}b}": found.quasi[key] for key in sorted(found.quasi)}
    metadata: dict[str, Any] = {"shots": pub.shots}
    if bench.inputs.level > 0:
        metadata["readout_mitigation_overhead"] = found.overhead
        metadata["readout_mitigation_time"] = mitigation_seconds(bench, pub, len(counts))
    return dist, metadata


def mitigated(bench: Bench, prepared: Prepared, counts: dict[int, int]) -> Mitigated:
    """Quasi-probabilities from counts; on a simulator and at level 0 the counts' own shares."""
    if bench.device is None or bench.level == 0:
        total = sum(counts.values())
        return Mitigated({key: count / total for key, count in counts.items()}, 1.0)
    measured = prepared.final_measurements
    bits = sorted(measured)
    qubits = [prepared.physical[measured[bit]] for bit in bits]
    return mitigate(counts, bits, calibrate(bench.device, qubits))


def mitigation_seconds(bench: Bench, pub: Pub, outcomes: int) -> float:
    """How long mitigation is said to have taken, in s: drawn, since a real one would not repeat."""
    from numpy.random import default_rng

    spread = float(default_rng(bench.seed(pub.index, outcomes)).uniform(0.05, 0.25))
    return round(spread + 1e-4 * outcomes, DIGITS)


def sample_pubs(bench: Bench) -> Any:
    """V2: for each pub and register the shots; nested lists, by the shape of its parameter values.

    With ``support_qiskit`` the same, as an encoded ``PrimitiveResult``.
    """
    data, metadata = [], []
    for pub in bench.inputs.pubs:
        with within(pub.index):
            prepared = _prepare(bench, pub)
            array = bindings(pub, prepared.sent)
            circuits = bind(prepared, array, prepared.sent)
            runs = bench.run(pub, prepared, circuits, memory=True)
        shots = [run.memory or [] for run in runs]
        data.append((prepared.sent, tuple(array.shape), shots))
        metadata.append({"circuit_metadata": _json(prepared.sent.metadata)})
    if bench.inputs.support_qiskit:
        return _encoded(data, metadata)
    results = [
        {"data": _plain(circuit, shape, shots), "metadata": own}
        for (circuit, shape, shots), own in zip(data, metadata, strict=True)
    ]
    return {"results": results, "metadata": {"version": 2}}


def _json(metadata: Any) -> dict[str, Any]:
    """A circuit's own metadata, without what JSON cannot say."""
    simple = str | int | float | bool | None
    return {str(key): value for key, value in (metadata or {}).items() if isinstance(value, simple)}


def _prepare(bench: Bench, pub: Pub) -> Prepared:
    circuit = bench.circuit(pub)
    if not circuit.num_clbits or not _measures(circuit):
        raise ProgramError("the circuit has no measurement, so there is nothing to sample")
    return bench.prepare(pub)


def _measures(circuit: Any) -> bool:
    return any(
        item.operation.name == "measure"
        or any(_measures(block) for block in getattr(item.operation, "blocks", ()))
        for item in circuit.data
    )


def _register(circuit: Any, register: Any, shots: list[int]) -> list[int]:
    """The part of every shot that belongs to ``register``."""
    places = [circuit.find_bit(bit).index for bit in register]
    first = places[0]
    if places == list(range(first, first + len(places))):
        mask = (1 << len(places)) - 1
        return [shot >> first & mask for shot in shots]
    return [sum((shot >> place & 1) << bit for bit, place in enumerate(places)) for shot in shots]


def _plain(circuit: Any, shape: tuple[int, ...], shots: list[list[int]]) -> dict[str, Any]:
    data = {}
    for register in circuit.cregs:
        if len(register) == 0:
            continue
        samples = [[hex(value) for value in _register(circuit, register, run)] for run in shots]
        data[register.name] = {"samples": _nested(samples, shape), "num_bits": len(register)}
    return data


def _nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    """``flat``, in C order, as nested lists of ``shape``; its only item for no shape."""
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return flat
    step = len(flat) // shape[0] if shape[0] else 0
    return [
        _nested(flat[place * step : (place + 1) * step], shape[1:]) for place in range(shape[0])
    ]


def _encoded(
    data: list[tuple[Any, tuple[int, ...], list[list[int]]]], metadata: list[dict[str, Any]]
) -> Any:
    import numpy as np
    from qiskit.primitives import BitArray, DataBin, PrimitiveResult, SamplerPubResult

    results = []
    for (circuit, shape, shots), own in zip(data, metadata, strict=True):
        fields = {}
        for register in circuit.cregs:
            if len(register) == 0:
                continue
            width = -(-len(register) // 8)
            raw = b"".join(
                value.to_bytes(width, "big")
                for run in shots
                for value in _register(circuit, register, run)
            )
            table = np.frombuffer(raw, dtype=np.uint8).reshape(*shape, -1, width)
            fields[register.name] = BitArray(table, len(register))
        results.append(SamplerPubResult(DataBin(**fields, shape=shape), own))
    return encode(PrimitiveResult(results, {"version": 2}))
