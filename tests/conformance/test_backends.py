from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dryshot import Account, Mock
from dryshot.world.platform import ServiceInstance
from tests.conformance.stage import asked, connect

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

DEVICES = ["ibm_torino", "ibm_fez", "ibm_marrakesh", "ibm_kingston"]


def test_a_backend_has_a_configuration(backend: Any) -> None:
    assert backend.num_qubits == 156
    configuration = backend.configuration()
    assert configuration.backend_name == backend.name == "ibm_fez"
    assert not configuration.simulator
    assert configuration.max_shots == 100_000
    assert configuration.processor_type["family"] == "Heron"
    assert configuration.dt == pytest.approx(4e-9)
    assert configuration.online_date.tzinfo is not None
    assert {"cz", "sx", "rz", "x", "id"} <= set(configuration.basis_gates)
    assert backend.max_circuits is None
    assert backend.coupling_map.is_symmetric
    assert len(backend.coupling_map.get_edges()) == 352


def test_a_backend_has_a_target_with_errors(backend: Any) -> None:
    target = backend.target
    assert target.num_qubits == 156
    assert {"cz", "sx", "rz", "measure", "delay", "if_else"} <= set(target.operation_names)
    pair = backend.coupling_map.get_edges()[0]
    assert 0 < target["cz"][tuple(pair)].error <= 1
    assert 0 < target["measure"][0,].error < 1
    assert target.dt == pytest.approx(backend.dt)


def test_a_backend_has_properties(backend: Any) -> None:
    properties = backend.properties()
    assert properties.backend_name == "ibm_fez"
    assert 0 < properties.readout_error(0) < 1
    assert properties.t1(0) > 1e-6
    assert 0 < properties.gate_error("sx", 0) < 1
    assert properties.last_update_date.year == 2023


def test_properties_of_an_instant_are_those_before_it(mock: Mock, backend: Any) -> None:
    assert backend.properties(datetime=datetime(2000, 1, 1, tzinfo=UTC)) is None
    now = mock.clock.now()
    assert backend.properties(datetime=now).backend_name == "ibm_fez"
    *_, last = mock.journal.of("get_backend_properties")
    assert "updated_before" in str(last.request.query)


def test_refreshing_asks_again(mock: Mock, service: Any) -> None:
    backend = service.backend("ibm_torino")
    before = len(mock.journal)
    backend.refresh()
    again = [name for name in asked(mock, before) if name != "create_token"]
    assert again == ["get_backend_configuration", "get_backend_properties"]
    assert backend.target.num_qubits == 133


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, DEVICES),
        ({"operational": True}, DEVICES),
        ({"operational": False}, []),
        ({"simulator": True}, []),
        ({"simulator": False, "min_num_qubits": 150}, DEVICES[1:]),
        ({"n_qubits": 133}, ["ibm_torino"]),
        ({"name": "ibm_fez"}, ["ibm_fez"]),
        ({"name": "ibm_nowhere"}, []),
    ],
    ids=[
        "all",
        "operational",
        "not operational",
        "simulators",
        "large devices",
        "this width",
        "name",
        "unknown name",
    ],
)
def test_backends_are_filtered(service: Any, filters: Any, names: list[str]) -> None:
    assert [backend.name for backend in service.backends(**filters)] == names


def test_a_function_filters_backends(service: Any) -> None:
    found = service.backends(filters=lambda backend: backend.num_qubits == 133)
    assert [backend.name for backend in found] == ["ibm_torino"]


def test_an_unknown_backend_is_not_found(service: Any) -> None:
    from qiskit.providers.exceptions import QiskitBackendNotFoundError

    with pytest.raises(QiskitBackendNotFoundError, match="No backend matches"):
        service.backend("ibm_nowhere")


def test_the_least_busy_backend_has_the_shortest_queue() -> None:
    with Mock().activate() as mock:
        for name, others in zip(DEVICES, (5, 4, 0, 7), strict=True):
            mock.world.platform.set_condition(name, others=others)
        mock.world.platform.set_condition("ibm_marrakesh", "paused")
        service = connect(instance="premium-instance")
        assert service.least_busy().name == "ibm_fez"
        assert service.least_busy(filters=lambda backend: backend.num_qubits < 150).name == (
            "ibm_torino"
        )
        assert service.backend("ibm_kingston").status().pending_jobs == 7


def test_a_paused_backend_says_why() -> None:
    with Mock().activate() as mock:
        mock.world.platform.set_condition("ibm_fez", "paused")
        service = connect(instance="premium-instance")
        status = service.backend("ibm_fez").status()
        assert (status.operational, status.status_msg) == (False, "maintenance")
        assert "ibm_fez" not in [backend.name for backend in service.backends(operational=True)]


def test_an_online_backend_is_active(backend: Any) -> None:
    status = backend.status()
    assert (status.operational, status.status_msg) == (True, "active")
    assert status.pending_jobs == 0


@pytest.mark.parametrize("name", ["ibm_fez", "ibm_torino"])
def test_a_pass_manager_makes_circuits_fit(service: Any, name: str) -> None:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import generate_preset_pass_manager

    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.ccx(0, 1, 2)
    circuit.measure_all()
    backend = service.backend(name)
    ready = generate_preset_pass_manager(
        backend=backend, optimization_level=1, seed_transpiler=1
    ).run(circuit)
    assert set(ready.count_ops()) <= {"cz", "sx", "x", "rz", "measure", "barrier"}
    assert all(
        backend.target.instruction_supported(
            item.operation.name, [ready.find_bit(qubit).index for qubit in item.qubits]
        )
        for item in ready
        if item.operation.name != "barrier"
    )


def test_fractional_gates_are_there_when_wanted(service: Any) -> None:
    assert not {"rzz", "rx"} & set(service.backend("ibm_fez").target.operation_names)
    fractional = service.backend("ibm_fez", use_fractional_gates=True)
    assert {"rzz", "rx"} <= set(fractional.target.operation_names)
    assert 0 < fractional.target["rzz"][tuple(fractional.coupling_map.get_edges()[0])].error <= 1


def test_a_calibration_may_be_chosen(mock: Mock, service: Any) -> None:
    backend = service.backend("ibm_fez", calibration_id="slow_gates")
    assert backend.calibration_id == "slow_gates"
    assert backend.target.num_qubits == 156
    for operation in ("get_backend_configuration", "get_backend_properties"):
        *_, last = mock.journal.of(operation)
        assert "slow_gates" in str(last.request.query)


def test_the_open_plan_has_no_other_calibration(mock: Mock) -> None:
    from qiskit.providers.exceptions import QiskitBackendNotFoundError

    service = connect(instance="open-instance")
    with pytest.raises(QiskitBackendNotFoundError):
        service.backend("ibm_fez", calibration_id="slow_gates")
    assert mock.journal.of("get_backend_configuration")[-1].response.status == 403


def test_a_device_without_published_data_is_a_backend() -> None:
    mine = ServiceInstance.make(
        "mine", account_id="b" * 32, plan="flex", backends=["ibm_wellington"]
    )
    account = Account("mine", account_id="b" * 32, service_instances=[mine])
    with Mock(accounts=[account]).activate():
        (backend,) = connect(token="mine").backends()
        assert backend.name == "ibm_wellington"
        assert backend.target.num_qubits == backend.num_qubits


def test_a_target_of_an_instant_has_the_errors_of_then(mock: Mock, backend: Any) -> None:
    then = backend.target_history(datetime=mock.clock.now())
    assert then["measure"][0,].error == backend.target["measure"][0,].error


def test_backends_of_another_instance_are_found(service: Any) -> None:
    (free,) = [item["crn"] for item in service.instances() if item["plan"] == "open"]
    assert [backend.name for backend in service.backends(instance=free)] == DEVICES
    assert service.backend("ibm_fez", instance=free).name == "ibm_fez"
