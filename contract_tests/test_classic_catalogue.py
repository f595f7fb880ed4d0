from __future__ import annotations

from datetime import datetime

import pytest

from dryshot_client import LegacyRuntime, NotFound


def test_the_four_programs_are_there(legacy_runtime: LegacyRuntime) -> None:
    programs = {program["id"]: program for program in legacy_runtime.programs.list()}
    assert {"sampler", "estimator", "circuit-runner", "qasm3-runner"} <= set(programs)
    assert programs["sampler"]["cost"] == 10000
    assert legacy_runtime.programs.get("sampler")["id"] == "sampler"


def test_an_unknown_program_is_not_found(legacy_runtime: LegacyRuntime) -> None:
    with pytest.raises(NotFound):
        legacy_runtime.programs.get("no-such-program")


def test_backends_are_listed_by_name(legacy_runtime: LegacyRuntime) -> None:
    names = legacy_runtime.backends.list()
    assert names
    assert all(isinstance(name, str) for name in names)


def test_a_simulator_is_described(legacy_runtime: LegacyRuntime, simulator: str) -> None:
    configuration = legacy_runtime.backends.configuration(simulator)
    assert configuration["backend_name"] == simulator
    assert configuration["simulator"] is True
    assert "delay" in {gate["name"] for gate in configuration["gates"]}
    assert legacy_runtime.backends.properties(simulator) == {}
    assert isinstance(legacy_runtime.backends.defaults(simulator), dict)


def test_a_device_is_described_and_calibrated(legacy_runtime: LegacyRuntime, device: str) -> None:
    configuration = legacy_runtime.backends.configuration(device)
    n_qubits = configuration["n_qubits"]
    assert configuration["simulator"] is False
    edges = configuration["coupling_map"]
    assert edges
    assert all(0 <= qubit < n_qubits for edge in edges for qubit in edge)
    properties = legacy_runtime.backends.properties(device)
    assert len(properties["qubits"]) == n_qubits
    assert datetime.fromisoformat(properties["last_update_date"]).tzinfo is not None
    assert {"T1", "T2", "readout_error"} <= {item["name"] for item in properties["qubits"][0]}


def test_a_backend_tells_its_status(legacy_runtime: LegacyRuntime, simulator: str) -> None:
    status = legacy_runtime.backends.status(simulator)
    assert isinstance(status["state"], bool)
    assert status["length_queue"] >= 0


@pytest.mark.parametrize("what", ["configuration", "properties", "defaults", "status"])
def test_an_unknown_backend_is_not_found(legacy_runtime: LegacyRuntime, what: str) -> None:
    with pytest.raises(NotFound):
        getattr(legacy_runtime.backends, what)("no_such_backend")
