from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from dryshot import Mock
from tests.conformance.stage import asked, connect, submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def ready(backend: Any, circuit: Any) -> Any:
    from qiskit import transpile

    return transpile(circuit, backend, optimization_level=1, seed_transpiler=1)


@pytest.fixture(scope="module")
def turned(backend: Any) -> Any:
    """One qubit turned by an angle, measured into ``c``; another, not turned, into ``d``."""
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
    from qiskit.circuit import Parameter

    c, d = ClassicalRegister(1, "c"), ClassicalRegister(2, "d")
    circuit = QuantumCircuit(QuantumRegister(2), c, d)
    circuit.rx(Parameter("theta"), 0)
    circuit.x(1)
    circuit.measure(0, c[0])
    circuit.measure(1, d[1])
    return ready(backend, circuit)


def sampler(backend: Any, **options: Any) -> Any:
    return runtime.SamplerV2(mode=backend, options=options)


def test_a_bell_pair_gives_counts(backend: Any, bell: Any) -> None:
    (result,) = sampler(backend).run([bell], shots=1000).result()
    counts = result.data.meas.get_counts()
    assert sum(counts.values()) == 1000
    assert counts["00"] + counts["11"] > 850
    assert min(counts["00"], counts["11"]) > 350


def test_a_finished_job_is_looked_at_once(mock: Mock, backend: Any, bell: Any) -> None:
    job = sampler(backend).run([bell], shots=10)
    before = len(mock.journal)
    assert job.result()
    calls = [name for name in asked(mock, before) if name != "create_token"]
    assert calls == ["get_job", "get_job_results_jid"]


def test_a_submission_asks_what_the_service_asks(mock: Mock, backend: Any, bell: Any) -> None:
    assert backend.target  # fetched before
    before = len(mock.journal)
    sampler(backend).run([bell])
    calls = [name for name in asked(mock, before) if name != "create_token"]
    assert calls == ["get_usage", "get_backend_status", "create_job"]


def test_shots_come_from_the_run_the_pub_or_the_options(backend: Any, bell: Any) -> None:
    primitive = sampler(backend, default_shots=30)
    results = primitive.run([bell, (bell, None, 20)]).result()
    assert [pub.data.meas.num_shots for pub in results] == [30, 20]
    assert primitive.run([bell], shots=10).result()[0].data.meas.num_shots == 10
    assert sampler(backend).run([bell]).result()[0].data.meas.num_shots == 4096


def test_registers_are_apart_and_values_are_broadcast(backend: Any, turned: Any) -> None:
    angles = np.linspace(0, np.pi, 6).reshape(2, 3, 1)
    data = sampler(backend).run([(turned, angles)], shots=400).result()[0].data
    assert set(data) == {"c", "d"}
    assert data.shape == data.c.shape == (2, 3)
    ones = [data.c.get_counts(loc).get("1", 0) / 400 for loc in np.ndindex(2, 3)]
    assert ones == pytest.approx(np.sin(angles.ravel() / 2) ** 2, abs=0.12)
    assert data.d.num_bits == 2
    assert data.d.get_counts((0, 0))["10"] > 340


def test_several_pubs_have_results_in_their_order(backend: Any, bell: Any, turned: Any) -> None:
    result = sampler(backend).run([bell, (turned, [np.pi])], shots=200).result()
    assert len(result) == 2
    assert set(result[0].data) == {"meas"}
    assert result[1].data.c.get_counts().get("1", 0) > 170


def test_registers_join_and_slice(backend: Any, turned: Any) -> None:
    (result,) = sampler(backend).run([(turned, [np.pi])], shots=100).result()
    joined = result.join_data(["c", "d"])
    assert joined.num_bits == 3
    assert joined.get_counts()["101"] > 70
    assert result.data.d.slice_bits([1]).get_counts()["1"] > 80


def test_results_carry_metadata(backend: Any, bell: Any) -> None:
    circuit = bell.copy()
    circuit.metadata = {"mine": 7}
    result = sampler(backend).run([circuit, circuit], shots=50).result()
    assert result.metadata["version"] == 2
    assert result[0].metadata["circuit_metadata"] == {"mine": 7}
    spans = result.metadata["execution"]["execution_spans"]
    assert spans.start < spans.stop
    assert sorted(index for span in spans for index in span.pub_idxs) == [0, 1]
    assert spans[0].mask(0).sum() == 50


def test_the_same_seed_gives_the_same_counts(bell: Any) -> None:
    def counts(seed: int) -> Any:
        with Mock(seed=seed).activate():
            service = connect(instance="premium-instance")
            (result,) = sampler(service.backend("ibm_fez")).run([bell], shots=2000).result()
            return result.data.meas.get_counts()

    assert counts(1) == counts(1) != counts(2)


@pytest.mark.parametrize(
    "options",
    [
        {"dynamical_decoupling": {"enable": True, "sequence_type": "XY4"}},
        {"execution": {"init_qubits": True, "rep_delay": 0.00025}},
        {"environment": {"log_level": "DEBUG"}},
    ],
    ids=["decoupling", "execution", "environment"],
)
def test_options_are_taken(backend: Any, bell: Any, options: Any) -> None:
    (result,) = sampler(backend, **options).run([bell], shots=100).result()
    assert sum(result.data.meas.get_counts().values()) == 100


def test_twirling_is_told_in_the_metadata(backend: Any, bell: Any) -> None:
    twirling = {
        "enable_gates": True,
        "enable_measure": True,
        "num_randomizations": 8,
        "shots_per_randomization": 50,
    }
    result = sampler(backend, twirling=twirling).run([bell], shots=400).result()
    assert result[0].data.meas.num_shots == 400
    assert result[0].metadata["num_randomizations"] == 8
    counts = result[0].data.meas.get_counts()
    assert counts["00"] + counts["11"] > 320


@pytest.mark.parametrize("meas_type", ["kerneled", "avg_kerneled"])
def test_kerneled_results_are_points_of_a_plane(backend: Any, bell: Any, meas_type: str) -> None:
    primitive = sampler(backend, execution={"meas_type": meas_type})
    points = primitive.run([bell], shots=64).result()[0].data.meas
    assert np.iscomplexobj(points)
    assert points.shape == ((64, 2) if meas_type == "kerneled" else (2,))


def test_a_dynamic_circuit_runs(backend: Any) -> None:
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

    first, second = ClassicalRegister(1, "first"), ClassicalRegister(1, "second")
    circuit = QuantumCircuit(QuantumRegister(2), first, second)
    circuit.x(0)
    circuit.measure(0, first[0])
    with circuit.if_test((first, 1)):
        circuit.x(1)
    circuit.measure(1, second[0])
    (result,) = sampler(backend).run([ready(backend, circuit)], shots=200).result()
    assert result.data.second.get_counts().get("1", 0) > 160


def test_fractional_gates_run(service: Any) -> None:
    from qiskit import QuantumCircuit

    backend = service.backend("ibm_fez", use_fractional_gates=True)
    circuit = QuantumCircuit(2)
    circuit.rx(0.7, 0)
    circuit.rzz(0.4, 0, 1)
    circuit.rx(np.pi - 0.7, 0)
    circuit.rzz(-0.4, 0, 1)
    circuit.measure_all()
    made = ready(backend, circuit)
    assert {"rx", "rzz"} & set(made.count_ops())
    (result,) = sampler(backend).run([made], shots=100).result()
    assert sum(result.data.meas.get_counts().values()) == 100


def test_openqasm_3_is_a_circuit_too(backend: Any) -> None:
    text = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $5; c[0] = measure $5;'
    params = {"pubs": [[text, None, 100]], "version": 2, "support_qiskit": True, "options": {}}
    (result,) = submit(backend, params=params).result()
    assert result.data.c.get_counts()["1"] > 80


def test_jobs_may_be_submitted_from_several_threads(backend: Any, bell: Any) -> None:
    assert backend.target  # fetched before
    shots = range(10, 90, 10)

    def run(number: int) -> int:
        (result,) = sampler(backend).run([bell], shots=number).result()
        return int(result.data.meas.num_shots)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, shots)) == list(shots)
