from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

from dryshot.engines import AerEngine
from dryshot.world.work import Outcome

from .platform_jobs import bell, heron, isa, job

VERSIONS = ("v0.1", "v0.2", "v1.0", "v1.1", "v2.0")


def sdk(module: str) -> Any:
    return import_module(f"qiskit_ibm_runtime.{module}")


def params(program: Any, options: Any = None, version: str = "v2.0") -> dict[str, Any]:
    """A program as the SDK sends it."""
    converter = sdk("quantum_program.params_converters").QUANTUM_PROGRAM_PARAMS_CONVERTERS[version]
    options = options or sdk("options_models.executor").ExecutorOptions()
    sent: dict[str, Any] = converter.encoder(program, options).model_dump(mode="json")
    return sent


def read(outcome: Outcome) -> Any:
    """A result as the SDK reads it."""
    assert not outcome.failed, outcome.body
    return sdk("decoders.executor.decoder").ExecutorResultDecoder.decode(outcome.body)


def sweep(**settings: Any) -> Any:
    """A program of one circuit, an angle swept over two rows and three columns."""
    angle = Parameter("angle")
    circuit = QuantumCircuit(2)
    circuit.rx(angle, 0)
    circuit.x(1)
    circuit.measure_all()
    program = sdk("quantum_program").QuantumProgram(shots=50, **settings)
    values = np.array([[[0.0], [np.pi], [0.0]], [[np.pi], [0.0], [np.pi]]])
    program.append_circuit_item(isa(circuit), circuit_arguments=values)
    return program


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_booleans_in_the_shape_of_its_item(
    aer: AerEngine, version: str
) -> None:
    outcome = aer(job("executor", params(sweep(), version=version)))
    result = read(outcome)
    bits = result[0]["meas"]
    assert bits.shape == (2, 3, 50, 2)
    assert bits.dtype == bool
    ones = bits.mean(axis=-2)
    assert np.allclose(ones[..., 0], [[0, 1, 0], [1, 0, 1]], atol=0.15)
    assert np.allclose(ones[..., 1], 1, atol=0.15)
    (span,) = result.metadata.chunk_timing
    assert span.stop > span.start
    assert span.parts[0].size == 6
    assert outcome.executions == 300
    assert outcome.quantum_seconds >= 2


def test_data_that_pass_through_come_back_with_the_role(aer: AerEngine) -> None:
    program = sweep(passthrough_data={"own": [1, np.arange(3.0)], "name": "a"})
    program._semantic_role = "someone-elses"  # noqa: SLF001 - as the SDK's own primitives set it
    result = read(aer(job("executor", params(program))))
    assert result.passthrough_data["name"] == "a"
    assert result.passthrough_data["own"][0] == 1
    assert result.passthrough_data["own"][1].tolist() == [0, 1, 2]
    assert result._semantic_role == "someone-elses"  # noqa: SLF001 - the SDK has no other way


@pytest.mark.parametrize(
    ("level", "shapes"),
    [
        ("kerneled", {"meas": (2, 3, 50, 2)}),
        ("avg_kerneled", {"meas": (2, 3, 2)}),
        ("both", {"meas": (2, 3, 50, 2), "meas_iq": (2, 3, 50, 2)}),
    ],
)
def test_the_level_of_measurement_decides_what_comes_back(
    aer: AerEngine, level: str, shapes: dict[str, tuple[int, ...]]
) -> None:
    result = read(aer(job("executor", params(sweep(meas_level=level)))))
    assert {name: value.shape for name, value in result[0].items()} == shapes
    assert np.iscomplexobj(result[0]["meas"]) is (level != "both")


def test_openqasm_text_is_run_too(aer: AerEngine) -> None:
    text = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $3; c[0] = measure $3;'
    sent = params(sweep())
    sent["quantum_program"]["circuits"] = {"data": [text]}
    tensor = {"data": "eJwDAAAAAAE=", "shape": [0], "dtype": "f64"}
    item = {"item_type": "circuit", "circuit_arguments": tensor, "shape": [4], "chunk_size": "auto"}
    sent["quantum_program"]["items"] = [item]
    result = read(aer(job("executor", sent)))
    assert result[0]["c"].shape == (4, 50, 1)
    assert result[0]["c"].mean() > 0.9


@pytest.mark.parametrize(
    ("options", "randomized"),
    [
        ({}, None),
        ({"twirling": {"enable_gates": True, "enable_measure": True}}, 32),
    ],
)
def test_the_sdks_own_sampler_reads_its_result(
    aer: AerEngine, options: Any, randomized: int | None
) -> None:
    prepare = sdk("executor_sampler.prepare").prepare
    decoder = sdk("decoders.executor_sampler.decoder").ClientSideSamplerResultDecoder
    program, own = prepare([(bell(),)], sdk("options_models.sampler").SamplerOptions(**options))
    program._semantic_role = decoder.SEMANTIC_ROLE  # noqa: SLF001 - as the SDK's sampler does
    result = read(aer(job("executor", params(program, own))))
    assert decoder.is_applicable(result)
    pub = decoder.decode(result)[0]
    counts = pub.data.meas.get_counts()
    assert counts["00"] + counts["11"] > 0.95 * 4096
    assert pub.metadata.get("num_randomizations") == randomized


@pytest.mark.parametrize("options", [{}, {"resilience": {"zne_mitigation": True}}])
def test_the_sdks_own_estimator_reads_its_result(aer: AerEngine, options: Any) -> None:
    angle = Parameter("angle")
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.rx(angle, 1)
    circuit = isa(circuit)
    observable = SparsePauliOp("ZZ").apply_layout(circuit.layout)
    prepare = sdk("executor_estimator.prepare").prepare
    decoder = sdk("decoders.executor_estimator.decoder").ClientSideEstimatorDecoder
    values = np.array([[0.0], [np.pi / 2], [np.pi]])
    program, own = prepare(
        [(circuit, observable, values)], sdk("options_models.estimator").EstimatorOptions(**options)
    )
    program._semantic_role = decoder.SEMANTIC_ROLE  # noqa: SLF001 - as the SDK's estimator does
    result = decoder.decode(read(aer(job("executor", params(program, own)))))
    assert np.allclose(result[0].data.evs, [1, 0, -1], atol=0.1)


def test_lone_qubits_of_a_wide_circuit_are_as_noisy_as_a_simulator_makes_them(
    aer: AerEngine,
) -> None:
    angle = Parameter("angle")
    program = sdk("quantum_program").QuantumProgram(shots=4000)
    pair = heron().configuration["coupling_map"][0]
    for width in (4, 20):
        qubits = [*pair, *[qubit for qubit in range(40, 156) if qubit not in pair]][:width]
        circuit = QuantumCircuit(QuantumRegister(156, "q"), ClassicalRegister(width, "c"))
        circuit.cz(*pair)
        for qubit in qubits[2:]:
            for _ in range(120):
                circuit.sx(qubit)
            circuit.rz(2 * angle, qubit)
            circuit.rx(0.4, qubit)
        circuit.measure(qubits, range(width))
        program.append_circuit_item(circuit, circuit_arguments=np.array([[0.3], [1.2]]))
    narrow, wide = (item["c"].mean(axis=-2) for item in read(aer(job("executor", params(program)))))
    assert wide.shape == (2, 20)
    assert np.allclose(wide[:, :4], narrow, atol=0.04)


def test_without_noise_lone_qubits_are_perfect() -> None:
    circuit = QuantumCircuit(QuantumRegister(156, "q"), ClassicalRegister(30, "c"))
    circuit.x(range(0, 30, 2))
    circuit.measure(range(30), range(30))
    program = sdk("quantum_program").QuantumProgram(shots=20)
    program.append_circuit_item(circuit)
    bits = read(AerEngine(noise=False)(job("executor", params(program))))[0]["c"]
    assert (bits == [place % 2 == 0 for place in range(30)]).all()


def test_parts_of_a_wide_circuit_do_not_share_their_chance() -> None:
    pairs: list[list[int]] = []
    for pair in heron().configuration["coupling_map"]:
        if len(pairs) < 6 and not {*pair} & {qubit for other in pairs for qubit in other}:
            pairs.append(pair)
    circuit = QuantumCircuit(QuantumRegister(156, "q"), ClassicalRegister(12, "c"))
    for place, (first, second) in enumerate(pairs):
        circuit.sx(first)
        circuit.cz(first, second)
        circuit.measure([first, second], [2 * place, 2 * place + 1])
    program = sdk("quantum_program").QuantumProgram(shots=2000)
    program.append_circuit_item(circuit)
    bits = read(AerEngine()(job("executor", params(program))))[0]["c"][:, ::2]
    correlation = np.corrcoef(bits.T.astype(float))
    assert np.abs(correlation - np.eye(6)).max() < 0.1


def test_a_circuit_that_does_not_fit_fails_as_in_the_primitives(aer: AerEngine) -> None:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.measure_all()
    program = sdk("quantum_program").QuantumProgram(shots=5)
    program.append_circuit_item(circuit)
    outcome = aer(job("executor", params(program)))
    assert outcome.reason_code == 1517


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"schema_version": "v9.9"}, 5203),
        ({"schema_version": None}, 5203),
        ({"quantum_program": {}}, 5203),
    ],
)
def test_a_program_that_its_model_refuses_fails(aer: AerEngine, change: Any, code: int) -> None:
    outcome = aer(job("executor", {**params(sweep()), **change}))
    assert outcome.failed
    assert outcome.reason_code == code


def test_text_that_cannot_be_loaded_fails_with_1603(aer: AerEngine) -> None:
    sent = params(sweep())
    sent["quantum_program"]["circuits"] = {"data": ["OPENQASM 3.0; nonsense"]}
    assert aer(job("executor", sent)).reason_code == 1603


def test_equal_jobs_give_equal_results(aer: AerEngine) -> None:
    sent = params(sweep())
    first, second = aer(job("executor", sent)), AerEngine()(job("executor", sent))
    assert json.loads(first.body) == json.loads(second.body)


@pytest.mark.parametrize("program", ["executor", "noise-learner"])
def test_without_ibms_packages_a_job_fails_and_names_what_to_install(
    aer: AerEngine, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setitem(sys.modules, "samplomatic", None)
    outcome = aer(job(program, {"schema_version": "v0.2"}))
    assert outcome.reason_code == 5203
    assert 'pip install "dryshot[sdk]"' in str(outcome.reason)
    assert "samplomatic" in str(outcome.reason)
