from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

from dryshot.engines import AerEngine

from .platform_jobs import bell, encoded, heron, job


def sdk(module: str) -> Any:
    return import_module(f"qiskit_ibm_runtime.{module}")


def boxes() -> list[Any]:
    """A box with a gate on a coupled pair, and one that measures it."""
    twirl = import_module("samplomatic").Twirl
    pair = heron().configuration["coupling_map"][0]
    circuit = QuantumCircuit(QuantumRegister(156, "q"), ClassicalRegister(2, "c"))
    with circuit.box([twirl()]):
        circuit.cz(*pair)
    with circuit.box([twirl()]):
        circuit.measure(pair, [0, 1])
    return list(circuit)


def sent(instructions: list[Any], version: str) -> dict[str, Any]:
    converters = sdk("noise_learner_v3.params_converters").NOISE_LEARNER_V3_PARAMS_CONVERTERS
    options = sdk("options_models").NoiseLearnerV3Options()
    params: dict[str, Any] = (
        converters[version].encoder(instructions, options).model_dump(mode="json")
    )
    return {**params, "version": 3}


@pytest.mark.parametrize("version", ["v0.1", "v0.2", "v0.3"])
def test_boxes_are_learned_by_their_protocols(aer: AerEngine, version: str) -> None:
    outcome = aer(job("noise-learner", sent(boxes(), version)))
    assert not outcome.failed, outcome.body
    decoder = sdk("decoders.noise_learner_v3.decoder").NoiseLearnerV3ResultDecoder
    gate, readout = decoder.decode(outcome.body).data
    assert gate.metadata["learning_protocol"] == "lindblad"
    assert len(gate) == 15
    assert readout.metadata["learning_protocol"] == "trex"
    assert readout.to_pauli_lindblad_map().to_sparse_list()[0][0] == "X"
    assert outcome.quantum_seconds > 2


def test_learned_rates_are_those_of_the_calibration(aer: AerEngine) -> None:
    outcome = aer(job("noise-learner", sent(boxes(), "v0.2")))
    decoder = sdk("decoders.noise_learner_v3.decoder").NoiseLearnerV3ResultDecoder
    gate, readout = decoder.decode(outcome.body).data
    pair = heron().configuration["coupling_map"][0]
    error = next(
        entry["parameters"][0]["value"]
        for entry in heron().properties["gates"]
        if entry["gate"] == "cz" and sorted(entry["qubits"]) == sorted(pair)
    )
    total = gate.to_pauli_lindblad_map().rates.sum()
    assert total == pytest.approx(1.25 * error, abs=1.5e-3)
    flips = [
        next(
            part["value"]
            for part in heron().properties["qubits"][qubit]
            if part["name"] == "readout_error"
        )
        for qubit in sorted(pair)
    ]
    found = (1 - np.exp(-2 * readout.to_pauli_lindblad_map().rates)) / 2
    assert np.allclose(found, flips, atol=0.03)


def test_the_layers_of_circuits_are_learned_in_qiskits_types(aer: AerEngine) -> None:
    params = {
        "circuits": [encoded(bell(measured=False))],
        "options": {"support_qiskit": True, "max_layers_to_learn": 2},
    }
    outcome = aer(job("noise-learner", params))
    assert not outcome.failed, outcome.body
    result = sdk("decoders.noise_learner").NoiseLearnerResultDecoder.decode(outcome.body)
    (layer,) = result.data
    assert layer.circuit.count_ops() == {"cz": 1}
    assert len(layer.qubits) == 2
    assert len(layer.error.rates) == 15
    assert result.metadata["backend"] == "ibm_tests"
    assert result.metadata["input_options"]["max_layers_to_learn"] == 2
    assert result.metadata["input_options"]["layer_pair_depths"] == [0, 1, 2, 4, 16, 32]


def test_layers_that_occur_more_often_are_learned_first(aer: AerEngine) -> None:
    pairs = heron().configuration["coupling_map"]
    first, second = pairs[0], next(pair for pair in pairs if not set(pair) & set(pairs[0]))
    circuit = QuantumCircuit(QuantumRegister(156, "q"))
    circuit.cz(*first)
    circuit.barrier()
    for _ in range(3):
        circuit.cz(*second)
    options = {"max_layers_to_learn": 1, "twirling_strategy": "active"}
    params = {"circuits": [encoded(circuit)], "options": options}
    outcome = aer(job("noise-learner", params))
    result = sdk("decoders.noise_learner").NoiseLearnerResultDecoder.decode(outcome.body)
    assert [layer.qubits for layer in result.data] == [sorted(second)]


def test_fractional_gates_cannot_be_learned(aer: AerEngine) -> None:
    circuit = QuantumCircuit(QuantumRegister(156, "q"))
    circuit.rzz(0.3, *heron().configuration["coupling_map"][0])
    outcome = aer(job("noise-learner", {"circuits": [encoded(circuit)]}))
    assert outcome.reason_code == 1519


def test_a_box_with_a_gate_that_the_device_lacks_fails(aer: AerEngine) -> None:
    circuit = QuantumCircuit(QuantumRegister(156, "q"))
    with circuit.box([import_module("samplomatic").Twirl()]):
        circuit.cz(0, 100)
    outcome = aer(job("noise-learner", sent(list(circuit), "v0.3")))
    assert outcome.reason_code == 1517
