from __future__ import annotations

from typing import Any

import numpy as np
import pytest

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def ready(backend: Any, circuit: Any) -> Any:
    from qiskit import transpile

    return transpile(circuit, backend, optimization_level=1, seed_transpiler=1)


@pytest.fixture(scope="module")
def flipped(backend: Any) -> Any:
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(1)
    circuit.x(0)
    return ready(backend, circuit)


@pytest.fixture(scope="module")
def turned(backend: Any) -> Any:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("theta"), 0)
    return ready(backend, circuit)


@pytest.fixture(scope="module")
def pair(backend: Any) -> Any:
    """A Bell pair without measurements."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return ready(backend, circuit)


def observable(text: str, circuit: Any) -> Any:
    from qiskit.quantum_info import SparsePauliOp

    return SparsePauliOp(text).apply_layout(circuit.layout)


def estimator(backend: Any, **options: Any) -> Any:
    return runtime.EstimatorV2(mode=backend, options=options)


def value(backend: Any, circuit: Any, text: str, **options: Any) -> Any:
    (result,) = estimator(backend, **options).run([(circuit, observable(text, circuit))]).result()
    return result


def test_a_flipped_qubit_is_minus_one(backend: Any, flipped: Any) -> None:
    result = value(backend, flipped, "Z")
    assert float(result.data.evs) == pytest.approx(-1, abs=0.1)
    assert 0 < float(result.data.stds) < 0.1
    assert result.data.evs.shape == ()


def test_observables_and_parameters_are_broadcast(backend: Any, turned: Any) -> None:
    angles = np.linspace(0, np.pi, 5).reshape(5, 1)
    observables = [[observable("Z", turned)], [observable("Y", turned)]]
    (result,) = estimator(backend).run([(turned, observables, angles)]).result()
    assert result.data.evs.shape == result.data.stds.shape == (2, 5)
    expected = np.stack([np.cos(angles.ravel()), -np.sin(angles.ravel())])
    assert result.data.evs == pytest.approx(expected, abs=0.15)


def test_several_pubs_have_results_in_their_order(backend: Any, flipped: Any, pair: Any) -> None:
    pubs = [
        (flipped, observable("Z", flipped)),
        (pair, [observable(text, pair) for text in ("ZZ", "XX", "ZI")]),
    ]
    one, two = estimator(backend).run(pubs).result()
    assert float(one.data.evs) == pytest.approx(-1, abs=0.1)
    assert two.data.evs == pytest.approx([1, 1, 0], abs=0.15)


def test_precision_decides_the_shots(backend: Any, flipped: Any) -> None:
    pub = (flipped, observable("Z", flipped))
    primitive = estimator(backend, default_precision=0.1)
    coarse = primitive.run([pub]).result()[0].metadata
    fine = primitive.run([pub], precision=0.02).result()[0].metadata
    assert (coarse["target_precision"], fine["target_precision"]) == (0.1, 0.02)
    assert fine["shots"] >= 2500 > coarse["shots"] >= 100


@pytest.mark.parametrize("level", [0, 1, 2])
def test_resilience_levels_mitigate(backend: Any, flipped: Any, level: int) -> None:
    from qiskit_ibm_runtime import EstimatorV2

    primitive = EstimatorV2(mode=backend, options={"resilience_level": level})
    result = primitive.run([(flipped, observable("Z", flipped))]).result()
    assert float(result[0].data.evs) == pytest.approx(-1, abs=0.15)
    resilience = result.metadata["resilience"]
    assert resilience["measure_mitigation"] is (level > 0)
    assert resilience["zne_mitigation"] is (level == 2)
    assert result.metadata["twirling"]["enable_measure"] is (level > 0)
    assert result.metadata["twirling"]["enable_gates"] is (level == 2)
    assert result.metadata["version"] == 2


def test_mitigation_of_measurements_brings_values_nearer(backend: Any, pair: Any) -> None:
    bare = value(backend, pair, "ZZ", resilience_level=0, default_precision=0.01)
    mitigated = value(backend, pair, "ZZ", resilience_level=1, default_precision=0.01)
    assert abs(1 - float(mitigated.data.evs)) < abs(1 - float(bare.data.evs))


def test_extrapolation_to_zero_noise_tells_its_factors(backend: Any, pair: Any) -> None:
    zne = {"noise_factors": (1, 3, 5), "extrapolator": ("linear", "exponential")}
    result = value(
        backend,
        pair,
        "XX",
        resilience_level=1,
        resilience={"zne_mitigation": True, "zne": zne},
    )
    assert float(result.data.evs) == pytest.approx(1, abs=0.15)
    assert result.data.evs_noise_factors.shape == (3,)
    assert result.data.stds_noise_factors.shape == (3,)
    assert result.data.evs_extrapolated.shape[0] == 2
    assert result.metadata["resilience"]["zne"]


def test_probabilistic_error_cancellation_has_an_overhead(backend: Any, pair: Any) -> None:
    result = value(backend, pair, "ZZ", resilience_level=1, resilience={"pec_mitigation": True})
    assert float(result.data.evs) == pytest.approx(1, abs=0.2)
    assert float(result.data.stds) > 0


def test_options_of_decoupling_and_twirling_are_told(backend: Any, flipped: Any) -> None:
    primitive = estimator(
        backend,
        dynamical_decoupling={"enable": True, "sequence_type": "XpXm"},
        twirling={"enable_gates": True, "num_randomizations": 4, "shots_per_randomization": 64},
    )
    result = primitive.run([(flipped, observable("Z", flipped))]).result()
    assert result.metadata["dynamical_decoupling"]["sequence_type"] == "XpXm"
    assert result.metadata["twirling"]["num_randomizations"] == 4
    assert result[0].metadata["num_randomizations"] == 4


def test_a_result_keeps_the_metadata_of_its_circuit(backend: Any, flipped: Any) -> None:
    circuit = flipped.copy()
    circuit.metadata = {"mine": 7}
    result = value(backend, circuit, "Z")
    assert result.metadata["circuit_metadata"] == {"mine": 7}


def test_what_is_incompatible_is_refused_before_it_is_sent(backend: Any, flipped: Any) -> None:
    both = {"zne_mitigation": True, "pec_mitigation": True}
    with pytest.raises(ValueError, match="pec_mitigation"):
        value(backend, flipped, "Z", resilience=both)


def test_a_job_found_by_its_id_has_the_same_values(backend: Any, flipped: Any) -> None:
    job = estimator(backend).run([(flipped, observable("Z", flipped))])
    again = backend.service.job(job.job_id()).result()
    assert again[0].data.evs == job.result()[0].data.evs
    assert again[0].data.stds == job.result()[0].data.stds
