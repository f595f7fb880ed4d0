from __future__ import annotations

from typing import Any

import numpy as np
import pytest

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def layers(backend: Any) -> Any:
    from qiskit import QuantumCircuit, transpile

    circuit = QuantumCircuit(3)
    circuit.cz(0, 1)
    circuit.barrier()
    circuit.cz(1, 2)
    return transpile(
        circuit, backend, optimization_level=1, seed_transpiler=1, initial_layout=[0, 1, 2]
    )


@pytest.fixture(scope="module")
def boxes(backend: Any, bell: Any) -> Any:
    """The box of gates and the box of measurements of a Bell pair."""
    samplomatic = pytest.importorskip("samplomatic", reason="needs samplomatic")
    del backend
    manager = samplomatic.transpiler.generate_boxing_pass_manager(
        enable_gates=True, enable_measures=True, inject_noise_targets="all"
    )
    return samplomatic.utils.find_unique_box_instructions(manager.run(bell))


def test_the_older_learner_learns_the_layers_of_a_circuit(backend: Any, layers: Any) -> None:
    learner = runtime.NoiseLearner(backend, {"layer_pair_depths": [0, 2, 8]})
    result = learner.run([layers]).result()
    assert len(result) == 2
    for layer in result:
        assert layer.error.num_qubits == len(layer.qubits)
        assert layer.error.rates.min() >= 0
        assert layer.error.rates.sum() > 0
        assert layer.circuit.count_ops()["cz"] >= 1
    assert result.metadata["backend"] == "ibm_fez"


def test_no_more_layers_are_learned_than_wanted(backend: Any, layers: Any) -> None:
    learner = runtime.NoiseLearner(backend, {"max_layers_to_learn": 1})
    assert len(learner.run([layers]).result()) == 1


def test_learned_noise_serves_an_estimator(backend: Any, layers: Any) -> None:
    from qiskit.quantum_info import SparsePauliOp

    learned = runtime.NoiseLearner(backend).run([layers]).result()
    options = {
        "resilience": {"pec_mitigation": True, "layer_noise_model": learned},
        "default_precision": 0.1,
    }
    observable = SparsePauliOp("IIZ").apply_layout(layers.layout)
    estimator = runtime.EstimatorV2(mode=backend, options=options)
    (result,) = estimator.run([(layers, observable)]).result()
    assert float(result.data.evs) == pytest.approx(1, abs=0.4)


def test_the_newer_learner_learns_boxes(backend: Any, boxes: Any) -> None:
    learner = runtime.NoiseLearnerV3(backend)
    result = learner.run(boxes).result()
    assert len(result) == len(boxes)
    for learned, box in zip(result, boxes, strict=True):
        model = learned.to_pauli_lindblad_map()
        assert model.num_qubits == len(box.qubits)
        assert np.all(np.asarray(model.rates) >= 0)
