"""What qiskit and IBM's own SDK make of our documents."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import pytest

from dryshot.world.backends import Backend
from dryshot.world.devices import catalogue
from dryshot.world.devices.gates import gate
from tests.world.chips import CALIBRATED, SIZES, made, value

CATALOGUE = catalogue(seed=3, calibrated=CALIBRATED)
BACKENDS = {**{f"size {size}": made(size) for size in SIZES}, **CATALOGUE}
STANDARD = (
    *("id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "p", "u1", "u2", "u3", "u", "r"),
    *("rx", "ry", "rz", "cx", "cy", "cz", "cp", "swap", "ecr", "rzz", "rxx", "rzx", "ccx"),
)


def models(backend: Backend, *, fractional: bool | None = None) -> tuple[Any, Any]:
    """The SDK's own objects, made from what comes over the wire."""
    decoder = pytest.importorskip("qiskit_ibm_runtime.utils.backend_decoder")
    raw = copy.deepcopy([dict(backend.configuration), dict(backend.properties)])
    configuration = decoder.configuration_from_server_data(raw[0], use_fractional_gates=fractional)
    assert configuration is not None, "the SDK refuses the configuration"
    if not raw[1]:
        return configuration, None
    return configuration, decoder.properties_from_server_data(
        raw[1], use_fractional_gates=fractional
    )


def target_of(backend: Backend, *, fractional: bool | None = None) -> Any:
    converter = pytest.importorskip("qiskit_ibm_runtime.utils.backend_converter")
    configuration, properties = models(backend, fractional=fractional)
    return converter.convert_to_target(configuration, properties)


@pytest.mark.parametrize("name", BACKENDS)
def test_the_sdk_makes_a_target_of_every_backend(name: str) -> None:
    backend = BACKENDS[name]
    target = target_of(backend)
    wanted = {*backend.configuration["basis_gates"], "measure", "reset", "delay"}
    assert target.num_qubits == backend.num_qubits
    assert wanted <= set(target.operation_names)
    if not backend.simulator:
        coupling = {tuple(pair) for pair in backend.configuration["coupling_map"]}
        assert set(target.build_coupling_map().get_edges()) == coupling


def test_the_sdk_reads_our_units() -> None:
    backend = made(127)
    configuration, properties = models(backend)
    qubits = backend.properties["qubits"]
    assert configuration.dt == pytest.approx(0.5e-9)
    assert configuration.default_rep_delay == pytest.approx(250e-6)
    assert properties.t1(3) == pytest.approx(value(qubits[3], "T1") * 1e-6)
    assert properties.frequency(3) == pytest.approx(value(qubits[3], "frequency") * 1e9)
    assert properties.readout_length(3) == pytest.approx(1.4e-6)
    assert properties.gate_length("sx", 3) == pytest.approx(60e-9)
    assert properties.last_update_date.timestamp() == CALIBRATED.timestamp()


def test_fractional_gates_are_given_to_those_who_ask_for_them() -> None:
    assert {"rx", "rzz"} <= set(target_of(made(156), fractional=True).operation_names)
    assert {"rx", "rzz"}.isdisjoint(target_of(made(156), fractional=False).operation_names)


@pytest.mark.parametrize("num_qubits", [5, 27, 127, 133])
def test_qiskit_transpiles_for_a_device(num_qubits: int) -> None:
    qiskit = pytest.importorskip("qiskit")
    circuit = qiskit.QuantumCircuit(4)
    circuit.h(0)
    for qubit in range(3):
        circuit.cx(0, qubit + 1)
    circuit.measure_all()
    target = target_of(made(num_qubits), fractional=False)
    out = qiskit.transpile(circuit, target=target, seed_transpiler=1)
    for instruction in out.data:
        qubits = tuple(out.find_bit(qubit).index for qubit in instruction.qubits)
        if instruction.operation.name != "barrier":
            assert target.instruction_supported(instruction.operation.name, qubits)


def test_aer_makes_a_noise_model_of_a_device_with_dead_pairs() -> None:
    noise = pytest.importorskip("qiskit_aer.noise")
    dead = next(
        backend
        for backend in (made(127, seed=seed) for seed in range(20))
        if any(
            item["gate"] == "ecr" and value(item["parameters"], "gate_error") == 1
            for item in backend.properties["gates"]
        )
    )
    _, properties = models(dead, fractional=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Aer's own, about its argument
        model = noise.NoiseModel.from_backend_properties(properties, dt=0.5e-9)
    assert {"ecr", "sx", "measure"} <= set(model.noise_instructions)
    assert len(model.noise_qubits) == 127


@pytest.mark.parametrize("name", STANDARD)
def test_the_definition_of_a_gate_is_that_gate(name: str) -> None:
    qasm2 = pytest.importorskip("qiskit.qasm2")
    library = pytest.importorskip("qiskit.circuit.library")
    operator = pytest.importorskip("qiskit.quantum_info").Operator
    entry = gate(name)
    angles = [0.3, 0.7, 1.1][: len(entry["parameters"])]
    standard = type(library.get_standard_gate_name_mapping()[name])(*angles)
    qubits = ", ".join(f"r[{qubit}]" for qubit in range(standard.num_qubits))
    call = f"ours({', '.join(map(str, angles))})" if angles else "ours"
    definition = entry["qasm_def"].replace(f"gate {name}", "gate ours", 1)
    program = f"OPENQASM 2.0; {definition} qreg r[{standard.num_qubits}]; {call} {qubits};"
    assert operator(qasm2.loads(program)).equiv(operator(standard))
