"""The estimator: expectation values from measured shots, V1 and V2.

On a device with a resilience level of 1 or more, readout is twirled, which makes its errors
symmetric, and every Pauli term is divided by what a calibration of its readout gave. Level 2 of V1
does something else instead: it measures with more and more noise, and extrapolates to none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Any

from dryshot.engines.bench import Bench, Samples
from dryshot.engines.binding import bind, bindings
from dryshot.engines.encoding import encode
from dryshot.engines.failure import ProgramError, within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared
from dryshot.engines.observables import (
    Terms,
    measure_group,
    observables,
    qubitwise_groups,
    support,
)
from dryshot.engines.platform.folding import folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["estimate", "estimate_pubs"]

TWIRLED_CIRCUITS = 16
CALIBRATION_SHOTS = 8192
RANDOMIZATIONS = 32
STREAMS = 2**20
"""From the random numbers of one noise factor to those of the next; more than there are pubs."""
MIN_SIGNAL = 1e-3
"""A readout whose signal is weaker than this is not divided by; it would only blow up noise."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expectation value, and the variance of one shot."""

    value: float
    variance: float


@dataclass(frozen=True, slots=True)
class Group:
    """What one circuit measured: each label's sign for each outcome, and the outcomes' weights."""

    signs: dict[str, NDArray[np.float64]]
    weights: NDArray[np.float64]


def estimate(bench: Bench) -> dict[str, Any]:
    """V1: one value for each circuit, observable and set of parameter values."""
    values, metadata = [], []
    for pub in bench.inputs.pubs:
        with within(pub.index):
            estimate, zne = _single(bench, pub)
        values.append(estimate.value)
        entry: dict[str, Any] = {"variance": estimate.variance, "shots": pub.shots}
        if zne is not None:
            entry["zne"] = zne
        elif bench.level > 0:
            entry["readout_mitigation_num_twirled_circuits"] = TWIRLED_CIRCUITS
            entry["readout_mitigation_shots_calibration"] = CALIBRATION_SHOTS
        metadata.append(entry)
    return {"values": values, "metadata": metadata}


def _single(bench: Bench, pub: Pub) -> tuple[Estimate, dict[str, Any] | None]:
    """The one value of ``pub``, and what extrapolation says of it."""
    zne = bench.inputs.zne
    factors = zne.noise_factors if zne else (1,)
    found = []
    for place, factor in enumerate(factors):
        _, estimates = _pub(bench, pub, factor, place * STREAMS)
        if len(estimates) != 1:
            raise ProgramError("one observable and one set of values is expected")
        found += estimates
    if zne is None:
        return found[0], None
    values, variances = [item.value for item in found], [item.variance for item in found]
    estimate = Estimate(*zne.extrapolated(values, variances, pub.shots))
    return estimate, zne.metadata(values, variances, pub.shots)


def estimate_pubs(bench: Bench) -> Any:
    """V2: for each pub arrays of the shape to which values and observables broadcast.

    With ``support_qiskit`` the same, as an encoded ``PrimitiveResult``.
    """
    import numpy as np
    from qiskit.primitives import DataBin, PrimitiveResult, PubResult

    results = []
    metadata = {"resilience": {"measure_mitigation": bench.level > 0}, "version": 2}
    for pub in bench.inputs.pubs:
        with within(pub.index):
            shape, estimates = _pub(bench, pub)
        evs = np.array([item.value for item in estimates]).reshape(shape)
        errors = np.array([sqrt(item.variance / pub.shots) for item in estimates]).reshape(shape)
        fields = {"evs": evs, "stds": errors, "ensemble_standard_error": errors}
        own: dict[str, Any] = {
            "shots": pub.shots,
            "target_precision": pub.precision,
            "circuit_metadata": {},
            "resilience": {},
            "num_randomizations": RANDOMIZATIONS,
        }
        results.append(PubResult(DataBin(**fields, shape=shape), own))
    if bench.inputs.support_qiskit:
        return encode(PrimitiveResult(results, metadata))
    plain = [
        {
            "data": {name: field.tolist() for name, field in result.data.items()},
            "metadata": result.metadata,
        }
        for result in results
    ]
    return {"results": plain, "metadata": metadata}


def _pub(
    bench: Bench, pub: Pub, factor: float = 1, stream: int = 0
) -> tuple[tuple[int, ...], list[Estimate]]:
    """The broadcast shape of ``pub``, and its estimates in C order, with ``factor`` the noise.

    ``stream`` tells the random numbers of one factor from those of another.
    """
    import numpy as np

    circuit = bench.circuit(pub)
    array = bindings(pub, circuit)
    wanted = observables(pub, circuit)
    try:
        shape = np.broadcast_shapes(array.shape, wanted.shape)
    except ValueError as error:
        raise ProgramError(
            f"values of shape {array.shape} do not fit observables of shape {wanted.shape}"
        ) from error
    which = np.broadcast_to(np.arange(array.size).reshape(array.shape), shape).ravel().tolist()
    terms: list[Terms] = np.broadcast_to(wanted, shape).ravel().tolist()
    labels: list[set[str]] = [set() for _ in range(array.size)]
    for binding, item in zip(which, terms, strict=True):
        labels[binding].update(label for label in item if support(label))
    keep = frozenset(qubit for own in labels for label in own for qubit in support(label))
    prepared = bench.prepare(pub, keep=keep, measured=False)
    circuits = bind(prepared, array, circuit)
    pub = replace(pub, index=pub.index + stream)
    if factor != 1 and bench.noisy:
        circuits = [_stronger(prepared, bound, factor).circuit for bound in circuits]
        prepared = _stronger(prepared, prepared.circuit, factor)
    groups = _measured(bench, pub, prepared, circuits, labels)
    signals = _signals(bench, pub, prepared, sorted(set().union(*labels)))
    return shape, [
        _estimate(item, groups[binding], signals)
        for binding, item in zip(which, terms, strict=True)
    ]


def _stronger(prepared: Prepared, circuit: Any, factor: float) -> Prepared:
    """``circuit``, made from ``prepared``, its two-qubit gates folded, the first ones first."""
    return folded(replace(prepared, circuit=circuit), factor, "gate_folding_front", seed=0)


def _mitigates(bench: Bench) -> bool:
    """Whether readout is mitigated."""
    return bench.level > 0 and bench.inputs.zne is None


def _measured(
    bench: Bench, pub: Pub, prepared: Prepared, circuits: list[Any], labels: list[set[str]]
) -> list[list[Group]]:
    """The groups measured for each set of values; all their circuits run in one go."""
    plans = [qubitwise_groups(own) for own in labels]
    runs = [
        measure_group(circuit, basis, prepared.position)
        for circuit, plan in zip(circuits, plans, strict=True)
        for basis, _ in plan
    ]
    samples = iter(bench.run(pub, prepared, runs, twirled=_mitigates(bench)))
    offset = prepared.circuit.num_clbits
    return [
        [_group(next(samples), offset, list(basis), members) for basis, members in plan]
        for plan in plans
    ]


def _group(samples: Samples, offset: int, qubits: list[int], members: list[str]) -> Group:
    import numpy as np

    keys = [key >> offset for key in samples.counts]
    table = np.array([[key >> bit & 1 for bit in range(len(qubits))] for key in keys])
    column = {qubit: place for place, qubit in enumerate(qubits)}
    counts = np.array(list(samples.counts.values()), dtype=float)
    signs = {
        label: 1.0 - 2.0 * (table[:, [column[qubit] for qubit in support(label)]].sum(axis=1) % 2)
        for label in members
    }
    return Group(signs, counts / counts.sum())


def _signals(bench: Bench, pub: Pub, prepared: Prepared, labels: list[str]) -> dict[str, float]:
    """How much of each term's value survives twirled readout, as calibrated; 1 if unmitigated."""
    import numpy as np

    device = bench.device
    if device is None or not _mitigates(bench):
        return dict.fromkeys(labels, 1.0)
    rng = np.random.default_rng(bench.seed(pub.index, TWIRLED_CIRCUITS))
    signals = {}
    for label in labels:
        exact = 1.0
        for qubit in support(label):
            place = prepared.physical[prepared.position[qubit]]
            exact *= 1 - 2 * device.qubits[place].readout_error
        flipped = rng.binomial(CALIBRATION_SHOTS, (1 - exact) / 2) / CALIBRATION_SHOTS
        found = float(1 - 2 * flipped)
        signals[label] = found if abs(found) > MIN_SIGNAL else 1.0
    return signals


def _estimate(terms: Terms, groups: list[Group], signals: dict[str, float]) -> Estimate:
    import numpy as np

    value = sum(weight for label, weight in terms.items() if not support(label))
    variance = 0.0
    for group in groups:
        own = [label for label in terms if label in group.signs]
        if not own:
            continue
        shots = sum(
            (terms[label] / signals[label] * group.signs[label] for label in own),
            np.zeros_like(group.weights),
        )
        mean = float(shots @ group.weights)
        value += mean
        variance += float(((shots - mean) ** 2) @ group.weights)
    return Estimate(value, variance)
