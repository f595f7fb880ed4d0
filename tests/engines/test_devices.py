"""Circuits on devices: laid out where they are not, left alone where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dryshot.engines.device import Device, Gate
from dryshot.engines.region import best_region
from dryshot.world.backends import Backend

from .backends import line

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def device(sherbrooke: Backend) -> Device:
    return Device.of(sherbrooke)


def test_calibration_data_are_read_in_their_units(device: Device) -> None:
    assert device.num_qubits == 127
    assert device.rep_delay == 250_000.0
    assert 10_000 < device.qubits[0].t1 < 1_000_000
    gate = device.gate("ecr", (1, 0))
    assert gate is not None
    assert gate.length == pytest.approx(533.3, abs=0.1)
    assert device.gate("ecr", (0, 1)) is None
    small = Device.of(line((0.1,), t1=50.0))
    assert small.qubits[0].t1 == 50_000
    x = small.gate("x", (0,))
    assert x is not None
    assert x.length == pytest.approx(35)


def test_symmetric_gates_serve_both_directions() -> None:
    gate = Gate(0.01, 68.0)
    device = replace(
        Device.of(line((0.1, 0.1))), gates={("cz", (0, 1)): gate}, basis=frozenset({"cz"})
    )
    assert device.gate("cz", (0, 1)) is device.gate("cz", (1, 0)) is gate
    assert Device.of(line((0.1, 0.1))).gate("cx", (1, 0)) is None


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_a_region_is_connected_and_better_than_most(device: Device, size: int) -> None:
    region = best_region(device, size)
    assert len(set(region)) == size
    reached, edges = {region[0]}, [pair for pair in device.pairs() if set(pair) <= set(region)]
    for _ in region:
        reached |= {qubit for pair in edges if reached & set(pair) for qubit in pair}
    assert reached == set(region)
    mean = sum(device.qubits[qubit].readout_error for qubit in region) / size
    everywhere = sum(qubit.readout_error for qubit in device.qubits) / device.num_qubits
    assert mean < everywhere


def test_one_qubit_is_put_on_the_best_one(run: Run) -> None:
    backend = line((0.2, 0.2, 0.0, 0.2))
    text = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'
    params = {"resilience_settings": {"level": 0}}
    assert run("sampler", backend, circuits=[text], **params)["quasi_dists"][0]["1"] > 0.99


def test_physical_qubits_are_where_the_program_says(run: Run) -> None:
    backend = line((0.0, 0.0, 0.0, 0.25))
    text = 'OPENQASM 3; include "stdgates.inc"; bit c; x $3; c = measure $3;'
    params = {"resilience_settings": {"level": 0}}
    (quasi,) = run("sampler", backend, circuits=[text], **params)["quasi_dists"]
    assert quasi["0"] == pytest.approx(0.25, abs=0.04)


def test_physical_qubits_may_use_gates_that_the_device_lacks(run: Run) -> None:
    backend = line((0.0, 0.0, 0.0))
    text = (
        'OPENQASM 3; include "stdgates.inc"; bit[2] c; h $0; cx $0, $2; c[0] = measure $0;'
        "c[1] = measure $2;"
    )
    (quasi,) = run("sampler", backend, circuits=[text])["quasi_dists"]
    assert quasi["00"] + quasi["11"] > 0.98


@pytest.mark.parametrize("fidelity", [0.85])
def test_transpiled_circuits_run_as_they_are(
    run: Run, sherbrooke: Backend, fidelity: float
) -> None:
    from qiskit import QuantumCircuit, qasm3, transpile

    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.measure_all()
    pairs = [list(pair) for pair in Device.of(sherbrooke).pairs()]
    ready = transpile(
        circuit,
        basis_gates=["ecr", "rz", "sx", "x"],
        coupling_map=pairs,
        initial_layout=[1, 2, 3],
        seed_transpiler=1,
        optimization_level=1,
    )
    assert ready.num_qubits == 127
    result = run("sampler", sherbrooke, circuits=[qasm3.dumps(ready)])
    (quasi,) = result["quasi_dists"]
    assert quasi["000"] + quasi["111"] > fidelity


def test_an_ecr_that_is_not_defined_is_the_devices(run: Run, sherbrooke: Backend) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; bit[2] c; ecr $1, $0; ecr $1, $0; x $1;'
        "c[0] = measure $0; c[1] = measure $1;"
    )
    (quasi,) = run("sampler", sherbrooke, circuits=[text])["quasi_dists"]
    assert quasi["10"] > 0.95


def test_a_gate_of_the_same_name_keeps_the_meaning_it_was_given(
    run: Run, sherbrooke: Backend
) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; gate ecr a, b { x a; x b; } qubit[2] q; bit[2] c;'
        "ecr q[0], q[1]; c = measure q;"
    )
    (quasi,) = run("sampler", sherbrooke, circuits=[text])["quasi_dists"]
    assert quasi["11"] > 0.95


def test_delays_may_stand_in_a_circuit(run: Run, lagos: Backend) -> None:
    text = (
        'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; delay[100ns] q; barrier q;'
        "c = measure q;"
    )
    (quasi,) = run("sampler", lagos, circuits=[text])["quasi_dists"]
    assert quasi["1"] > 0.97


def test_two_devices_of_one_name_are_kept_apart(run: Run) -> None:
    text = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'
    zeros = []
    for error in (0.0, 0.2):
        params = {"circuits": [text], "resilience_settings": {"level": 0}}
        (quasi,) = run("sampler", line((error,), name="ibm_twin"), **params)["quasi_dists"]
        zeros.append(quasi.get("0", 0.0))
    assert zeros == [pytest.approx(0, abs=0.005), pytest.approx(0.2, abs=0.04)]
