from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dryshot import Mock
from dryshot.world.runner import Pace
from tests.conformance.stage import connect, submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")


@pytest.fixture(scope="module")
def turned(backend: Any) -> Any:
    from qiskit import QuantumCircuit, transpile
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("theta"), 0)
    circuit.measure_all()
    return transpile(circuit, backend, optimization_level=1, seed_transpiler=1)


def test_a_program_gives_bits_of_each_circuit(backend: Any, bell: Any) -> None:
    program = runtime.QuantumProgram(shots=300)
    program.append_circuit_item(bell)
    result = runtime.Executor(backend).run(program).result()
    bits = result[0]["meas"]
    assert bits.shape == (300, 2)
    assert bits.dtype == bool
    assert np.mean(bits[:, 0] == bits[:, 1]) > 0.85


def test_arguments_span_the_shape_of_an_item(backend: Any, bell: Any, turned: Any) -> None:
    angles = np.linspace(0, np.pi, 6).reshape(2, 3, 1)
    program = runtime.QuantumProgram(shots=500)
    program.append_circuit_item(bell)
    program.append_circuit_item(turned, circuit_arguments=angles)
    result = runtime.Executor(backend).run(program).result()
    assert result[0]["meas"].shape == (500, 2)
    bits = result[1]["meas"]
    assert bits.shape == (2, 3, 500, 1)
    assert bits.mean(axis=(-2, -1)) == pytest.approx(np.sin(angles[..., 0] / 2) ** 2, abs=0.15)


def test_what_was_passed_through_comes_back(backend: Any, bell: Any) -> None:
    program = runtime.QuantumProgram(shots=10, passthrough_data={"mine": [1, "two"]})
    program.append_circuit_item(bell)
    result = runtime.Executor(backend).run(program).result()
    assert result.passthrough_data == {"mine": [1, "two"]}


def test_every_part_of_a_program_has_its_time(backend: Any, bell: Any) -> None:
    program = runtime.QuantumProgram(shots=10)
    program.append_circuit_item(bell)
    program.append_circuit_item(bell)
    timing = runtime.Executor(backend).run(program).result().metadata.chunk_timing
    assert sorted(part.idx_item for span in timing for part in span.parts) == [0, 1]
    assert all(span.start < span.stop for span in timing)


@pytest.mark.parametrize(
    ("level", "shape"), [("kerneled", (50, 2)), ("avg_kerneled", (2,))], ids=["each", "mean"]
)
def test_levels_of_measurement_are_points(
    backend: Any, bell: Any, level: str, shape: tuple[int, ...]
) -> None:
    program = runtime.QuantumProgram(shots=50, meas_level=level)
    program.append_circuit_item(bell)
    points = runtime.Executor(backend).run(program).result()[0]["meas"]
    assert np.iscomplexobj(points)
    assert points.shape == shape


def test_twirled_boxes_are_sampled(backend: Any, bell: Any) -> None:
    samplomatic = pytest.importorskip("samplomatic", reason="needs samplomatic")
    manager = samplomatic.transpiler.generate_boxing_pass_manager(
        enable_gates=True, enable_measures=True
    )
    template, samplex = samplomatic.build(manager.run(bell))
    program = runtime.QuantumProgram(shots=100)
    program.append_samplex_item(template, samplex=samplex, shape=(4,))
    result = runtime.Executor(backend).run(program).result()[0]
    bits, flips = result["meas"], result["measurement_flips.meas"]
    assert bits.shape == (4, 100, 2)
    undone = bits ^ flips
    assert np.mean(undone[..., 0] == undone[..., 1]) > 0.85
    assert 0.3 < np.mean(undone[..., 0]) < 0.7


def test_a_program_joins_a_session(backend: Any, bell: Any) -> None:
    with runtime.Session(backend=backend) as session:
        program = runtime.QuantumProgram(shots=10)
        program.append_circuit_item(bell)
        job = runtime.Executor(session).run(program)
        assert job.result()
        assert job.session_id == session.session_id


def test_tags_and_limits_are_sent(backend: Any, bell: Any) -> None:
    executor = runtime.Executor(backend)
    executor.options.environment.job_tags = ["mine"]
    program = runtime.QuantumProgram(shots=10)
    program.append_circuit_item(bell)
    job = executor.run(program)
    assert job.tags == ["mine"]
    assert job.inputs["schema_version"] == "v2.0"
    assert job.primitive_id == "executor"


def test_a_program_of_an_unknown_version_is_refused(backend: Any) -> None:
    with pytest.raises(runtime.IBMRuntimeError, match="1208"):
        submit(backend, "executor", params={"schema_version": "v9.9", "quantum_program": {}})


def test_a_program_may_run_too_long(bell: Any) -> None:
    with Mock(pace=Pace(0, 100)).activate() as mock:
        backend = connect(instance="premium-instance").backend("ibm_fez")
        program = runtime.QuantumProgram(shots=10)
        program.append_circuit_item(bell)
        job = runtime.Executor(backend, options={"max_execution_time": 30}).run(program)
        mock.clock.advance(30)
        with pytest.raises(runtime.RuntimeJobMaxTimeoutError):
            job.result()
