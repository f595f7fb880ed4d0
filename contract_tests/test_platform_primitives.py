"""The two primitives, from circuits in a device's own gates to results that were read."""

from __future__ import annotations

from math import pi

import pytest

from contract_tests.platform import QASM
from dryshot_client import JobFailed, ResultsGone, Runtime
from dryshot_client.platform.programs import Observables

pytestmark = pytest.mark.costs(2)

DEVICE = "ibm_torino"
HEADER = 'OPENQASM 3.0; include "stdgates.inc";'
ONE = f"{HEADER} x $0;"
SWEPT = f"{HEADER} input float theta; bit[1] c; sx $0; rz(theta) $0; sx $0; c[0] = measure $0;"
"""One for an angle of 0, nought for pi."""


def bell(runtime: Runtime, *, measured: bool = True) -> str:
    """A Bell state on two qubits that the device can entangle."""
    edges = runtime.backends.configuration(DEVICE)["coupling_map"]
    assert edges
    one, other = edges[0]
    hadamard = "rz(pi/2) ${0}; sx ${0}; rz(pi/2) ${0};"
    first, second = hadamard.format(one), hadamard.format(other)
    entangled = f"{first} {second} cz ${one}, ${other}; {second}"
    if not measured:
        return f"{HEADER} {entangled}"
    return f"{HEADER} bit[2] c; {entangled} c[0] = measure ${one}; c[1] = measure ${other};"


def test_a_bell_state_is_measured(runtime: Runtime) -> None:
    job = runtime.sampler(DEVICE, bell(runtime), shots=1000, tags=["dryshot"])
    assert job.backend == DEVICE
    (pub,) = job.result(timeout=3600)
    counts = pub.counts()
    assert sum(counts.values()) == len(pub.bitstrings("c")) == 1000
    assert counts["00"] + counts["11"] > 800
    assert min(counts["00"], counts["11"]) > 300
    assert job.get().tags == ["dryshot"]


def test_a_bell_state_has_its_correlations(runtime: Runtime) -> None:
    circuit = bell(runtime, measured=False)
    observables: Observables = [["ZZ", "XX"], ["ZI", {"ZZ": 0.5, "XX": 0.5}]]
    job = runtime.estimator(DEVICE, circuit, observables, precision=0.05)
    (pub,) = job.result(timeout=3600)
    assert pub.shape == (2, 2)
    evs, stds = pub.evs, pub.stds
    assert evs[0] == pytest.approx([1, 1], abs=0.3)
    assert evs[1] == pytest.approx([0, 1], abs=0.3)
    assert all(std > 0 for row in stds for std in row)


def test_a_circuit_is_run_for_every_set_of_parameters(runtime: Runtime) -> None:
    job = runtime.sampler(DEVICE, SWEPT, parameters={"theta": [0, pi / 2, pi]}, shots=200)
    (pub,) = job.result(timeout=3600)
    register = pub.registers["c"]
    assert register.shape == (3,)
    ones = [pub.counts(index=place).get("1", 0) for place in range(3)]
    assert ones[0] > 150 > ones[1] > 50 > ones[2]


def test_each_circuit_has_its_own_shots_and_parameters(runtime: Runtime) -> None:
    circuits, parameters = [QASM, SWEPT], [None, {"theta": pi}]
    job = runtime.sampler(DEVICE, circuits, shots=[50, 70], parameters=parameters)
    one, nought = job.result(timeout=3600)
    assert (sum(one.counts().values()), sum(nought.counts().values())) == (50, 70)
    assert one.counts()["1"] > 25
    assert nought.counts()["0"] > 35


def test_each_circuit_has_its_own_observables(runtime: Runtime) -> None:
    job = runtime.estimator(DEVICE, [ONE, HEADER + " sx $0; sx $0;"], ["Z", ["Z", "X"]])
    alone, both = job.result(timeout=3600)
    assert alone.evs == pytest.approx(-1, abs=0.2)
    assert both.evs == pytest.approx([-1, 0], abs=0.2)


def test_options_reach_the_service(runtime: Runtime) -> None:
    job = runtime.sampler(DEVICE, QASM, options={"default_shots": 30})
    (pub,) = job.result(timeout=3600)
    assert len(pub.bitstrings()) == 30
    assert runtime.jobs.get(job.id).params["options"] == {"default_shots": 30}


def test_what_a_private_job_measured_is_read_once(runtime: Runtime) -> None:
    job = runtime.sampler(DEVICE, QASM, private=True)
    assert job.result(timeout=3600)[0].counts()
    with pytest.raises(ResultsGone):
        job.result(timeout=3600)


def test_primitives_run_in_a_session(runtime: Runtime) -> None:
    with runtime.sessions.open(backend=DEVICE) as session:
        sampled = runtime.sampler(DEVICE, QASM, session_id=session.id)
        estimated = runtime.estimator(DEVICE, ONE, "Z", session_id=session.id)
    assert sampled.result(timeout=3600)[0].counts()
    assert estimated.result(timeout=3600)[0].evs == pytest.approx(-1, abs=0.2)
    ids = {job.id for job in runtime.jobs.list(session_id=session.id)}
    assert ids == {sampled.id, estimated.id}


def test_a_circuit_in_other_gates_fails_its_job(runtime: Runtime) -> None:
    job = runtime.sampler(DEVICE, f"{HEADER} bit[1] c; h $0; c[0] = measure $0;")
    with pytest.raises(JobFailed) as failed:
        job.result(timeout=3600)
    assert failed.value.reason_code == 1517
    assert "transpile" in str(failed.value)
