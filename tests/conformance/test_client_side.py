"""The primitives that the SDK computes itself, from jobs of the executor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
pytest.importorskip("samplomatic", reason="needs samplomatic")


def sampler(backend: Any, **options: Any) -> Any:
    from qiskit_ibm_runtime.executor_sampler import Sampler

    return Sampler(mode=backend, options=options)


def estimator(backend: Any, **options: Any) -> Any:
    from qiskit_ibm_runtime.executor_estimator import Estimator

    return Estimator(mode=backend, options=options)


@pytest.fixture(scope="module")
def turned(backend: Any) -> Any:
    from qiskit import QuantumCircuit, transpile
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("theta"), 0)
    circuit.cx(0, 1)
    return transpile(circuit, backend, optimization_level=1, seed_transpiler=1)


def observable(text: str, circuit: Any) -> Any:
    from qiskit.quantum_info import SparsePauliOp

    return SparsePauliOp(text).apply_layout(circuit.layout)


def test_the_sampler_gives_counts(backend: Any, bell: Any) -> None:
    job = sampler(backend).run([bell], shots=500)
    assert job.primitive_id == "executor"
    counts = job.result()[0].data.meas.get_counts()
    assert sum(counts.values()) == 500
    assert counts["00"] + counts["11"] > 420


def test_the_sampler_twirls(backend: Any, bell: Any) -> None:
    twirling = {"enable_gates": True, "enable_measure": True, "num_randomizations": 4}
    (result,) = sampler(backend, twirling=twirling).run([bell], shots=400).result()
    counts = result.data.meas.get_counts()
    assert sum(counts.values()) == 400
    assert counts["00"] + counts["11"] > 330


def test_the_sampler_broadcasts(backend: Any, turned: Any) -> None:
    circuit = turned.copy()
    circuit.measure_active()
    angles = np.linspace(0, np.pi, 4).reshape(2, 2, 1)
    data = sampler(backend).run([(circuit, angles)], shots=200).result()[0].data
    assert data.shape == (2, 2)


def test_the_sampler_gives_points_of_a_plane(backend: Any, bell: Any) -> None:
    (result,) = sampler(backend, execution={"meas_type": "kerneled"}).run([bell], shots=20).result()
    assert result.data.meas.shape == (20, 2)


def test_the_estimator_gives_values(backend: Any, turned: Any) -> None:
    angles = np.linspace(0, np.pi, 3).reshape(3, 1)
    observables = [[observable("ZZ", turned)], [observable("IZ", turned)]]
    job = estimator(backend).run([(turned, observables, angles)], precision=0.05)
    data = job.result()[0].data
    assert data.evs.shape == (2, 3)
    expected = np.stack([np.ones(3), np.cos(angles.ravel())])
    assert data.evs == pytest.approx(expected, abs=0.25)
    assert np.all(data.stds >= 0)


def test_the_estimator_mitigates_measurements(backend: Any, turned: Any) -> None:
    options = {"resilience": {"measure_mitigation": True}}
    pub = (turned, observable("ZZ", turned), [np.pi])
    (result,) = estimator(backend, **options).run([pub], precision=0.03).result()
    assert float(result.data.evs) == pytest.approx(1, abs=0.15)


def test_the_estimator_extrapolates_to_zero_noise(backend: Any, turned: Any) -> None:
    options = {"resilience": {"zne_mitigation": True}}
    pub = (turned, observable("ZZ", turned), [np.pi])
    (result,) = estimator(backend, **options).run([pub], precision=0.05).result()
    assert float(result.data.evs) == pytest.approx(1, abs=0.25)


def test_they_join_a_batch(backend: Any, bell: Any) -> None:
    with runtime.Batch(backend=backend) as batch:
        job = sampler(batch).run([bell], shots=10)
        assert job.result()[0].data.meas.num_shots == 10
    assert job.session_id == batch.session_id


def test_a_job_found_by_its_id_has_the_same_results(backend: Any, bell: Any, turned: Any) -> None:
    counted = sampler(backend).run([bell], shots=50)
    found = backend.service.job(counted.job_id()).result()[0].data.meas.get_counts()
    assert found == counted.result()[0].data.meas.get_counts()
    pub = (turned, observable("ZZ", turned), [0.3])
    valued = estimator(backend).run([pub], precision=0.1)
    again = backend.service.job(valued.job_id()).result()
    assert again[0].data.evs == valued.result()[0].data.evs


def test_a_dry_run_has_results_of_the_same_form(backend: Any, bell: Any) -> None:
    job = sampler(backend).run([bell], shots=10, dry_run=True)
    assert job.backend().name == "mock_fez"
    assert job.result()[0].data.meas.num_shots == 10
