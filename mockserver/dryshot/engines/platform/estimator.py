"""The estimator of the platform: expectation values, mitigated as the options ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dryshot.engines.binding import bind, bindings
from dryshot.engines.failure import ProgramError, Reason, within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared
from dryshot.engines.observables import (
    Terms,
    measure_group,
    observables,
    qubitwise_groups,
    support,
)
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.cancellation import cancel
from dryshot.engines.platform.folding import folded
from dryshot.engines.platform.inputs import check_executions
from dryshot.engines.platform.options import Options, Zne
from dryshot.engines.platform.results import PubData, circuit_metadata, render
from dryshot.engines.platform.target import check_angles, check_twirling
from dryshot.engines.platform.terms import Basis, as_array, moments, read_basis
from dryshot.engines.platform.zne import ZeroNoise, zero_noise

__all__ = ["estimate"]

CALIBRATION_SHOTS = 8192
MIN_SIGNAL = 1e-3
STREAMS = 2**20
"""From the random numbers of one noise factor to those of the next; more than there are pubs."""


@dataclass(frozen=True, slots=True)
class Question:
    """A pub read: for each value asked for its set of parameter values, and its terms."""

    shape: tuple[int, ...]
    which: list[int]
    terms: list[Terms]
    circuits: list[Any]
    prepared: Prepared
    labels: list[set[str]]

    @property
    def all_labels(self) -> list[str]:
        """Every term that is measured, once."""
        return sorted(set().union(*self.labels))


def estimate(bench: TargetBench, options: Options) -> Any:
    """The result of an estimator's job."""
    pubs = []
    for pub in bench.inputs.pubs:
        with within(pub.index):
            pubs.append(_pub(bench, pub, options))
        check_executions(bench.task, bench.executions)
    return render(pubs, options.metadata(), typed=bench.inputs.support_qiskit, kind="PubResult")


def _pub(bench: TargetBench, pub: Pub, options: Options) -> PubData:
    question = _question(bench, pub, options)
    twirling = options.twirling
    pec = options.pec is not None
    number = twirling.split(pub.shots, pec=pec)[0] if twirling.enabled or pec else 1
    signals = _signals(bench, pub, question, options)
    metadata: dict[str, Any] = {
        "shots": pub.shots,
        "target_precision": pub.precision,
        "circuit_metadata": circuit_metadata(question.prepared.sent),
        "resilience": {},
        "num_randomizations": number,
    }
    if options.zne is not None:
        found = _extrapolated(bench, pub, question, options.zne, options, signals, number)
        metadata["resilience"] = {"zne": {"extrapolator": found.extrapolators}}
        return PubData(question.shape, found.fields, metadata)
    if options.pec is None:
        bases = _measure(bench, pub, question, options, number)
    else:
        cancellation = cancel(question.prepared, bench.device, options.pec)
        metadata["resilience"] = cancellation.metadata()
        metadata["num_randomizations"] = round(number * cancellation.scaling)
        seconds, executions = bench.seconds, bench.executions
        gain = cancellation.gain
        bases = _measure(bench, pub, question, options, number, amplification=gain)
        # cancelling takes more shots, which buy no precision
        more = cancellation.scaling - 1
        bench.seconds += more * (bench.seconds - seconds)
        bench.executions += round(more * (bench.executions - executions))
    found_all = [
        moments(terms, bases[binding], signals)
        for binding, terms in zip(question.which, question.terms, strict=True)
    ]
    fields = {
        "evs": as_array(found_all, "value", question.shape),
        "stds": as_array(found_all, "spread", question.shape),
        "ensemble_standard_error": as_array(found_all, "ensemble", question.shape),
    }
    return PubData(question.shape, fields, metadata)


def _question(bench: TargetBench, pub: Pub, options: Options) -> Question:
    """Read ``pub`` and everything about it that may be refused."""
    import numpy as np

    circuit = bench.circuit(pub)
    if circuit.has_control_flow_op():
        raise ProgramError("an estimator takes no dynamic circuit", reason=Reason.DYNAMIC)
    if options.twirling.enable_gates:
        check_twirling(circuit)
    array = bindings(pub, circuit)
    try:
        wanted = observables(pub, circuit)
    except ProgramError as error:
        error.reason = Reason.OBSERVABLE
        raise
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
    if bench.device is not None and circuit.parameters:
        check_angles(circuits)
    return Question(tuple(shape), which, terms, circuits, prepared, labels)


def _measure(
    bench: TargetBench,
    pub: Pub,
    question: Question,
    options: Options,
    number: int,
    *,
    amplification: float = 1.0,
) -> list[list[Basis]]:
    """The bases measured for each set of values; all their circuits run in one go."""
    plans = [qubitwise_groups(own) for own in question.labels]
    prepared = question.prepared
    runs = [
        measure_group(circuit, basis, prepared.position)
        for circuit, plan in zip(question.circuits, plans, strict=True)
        for basis, _ in plan
    ]
    check_executions(bench.task, bench.executions + pub.shots * len(runs))
    samples = iter(
        bench.run(
            pub,
            prepared,
            runs,
            memory=True,
            twirled=options.twirling.enable_measure or options.measure_mitigation,
            amplification=amplification,
        )
    )
    offset = prepared.circuit.num_clbits
    return [
        [read_basis(next(samples), offset, list(basis), members, number) for basis, members in plan]
        for plan in plans
    ]


def _signals(
    bench: TargetBench, pub: Pub, question: Question, options: Options
) -> dict[str, float]:
    """How much of each term's value survives twirled readout, as calibrated; 1 if unmitigated."""
    import numpy as np

    device, labels = bench.device, question.all_labels
    if device is None or not bench.noise or not options.measure_mitigation:
        return dict.fromkeys(labels, 1.0)
    rng = np.random.default_rng(bench.seed(pub.index, CALIBRATION_SHOTS))
    signals = {}
    for label in labels:
        exact = 1.0
        for qubit in support(label):
            place = question.prepared.physical[question.prepared.position[qubit]]
            exact *= 1 - 2 * device.qubits[place].readout_error
        flipped = rng.binomial(CALIBRATION_SHOTS, (1 - exact) / 2) / CALIBRATION_SHOTS
        found = float(1 - 2 * flipped)
        signals[label] = found if abs(found) > MIN_SIGNAL else 1.0
    return signals


def _extrapolated(
    bench: TargetBench,
    pub: Pub,
    question: Question,
    zne: Zne,
    options: Options,
    signals: dict[str, float],
    number: int,
) -> ZeroNoise:
    """Measure at every noise factor, and extrapolate."""
    bases = []
    for place, factor in enumerate(zne.noise_factors):
        own = replace(pub, index=pub.index + place * STREAMS)
        if zne.amplifier == "pea":
            bases.append(_measure(bench, own, question, options, number, amplification=factor))
        else:
            stronger = _folded(question, factor, zne, bench.seed(own.index, len("fold")))
            bases.append(_measure(bench, own, stronger, options, number))
    return zero_noise(zne, question.shape, question.which, question.terms, bases, signals)


def _folded(question: Question, factor: float, zne: Zne, seed: int) -> Question:
    prepared = folded(question.prepared, factor, zne.amplifier, seed)
    circuits = [
        folded(replace(question.prepared, circuit=circuit), factor, zne.amplifier, seed).circuit
        for circuit in question.circuits
    ]
    return replace(question, prepared=prepared, circuits=circuits)
