from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from contract_tests.platform import LATEST, Platform, error
from dryshot.mock import Mock

VERSIONS = [
    "2024-01-01",
    "2025-01-01",
    "2025-05-01",
    "2026-02-01",
    "2026-02-15",
    "2026-03-15",
    "2026-04-15",
]


def test_versions_are_told_to_everyone(platform_guest: httpx.Client) -> None:
    versions = platform_guest.get("/versions").json()["versions"]
    assert [version["version"] for version in versions] == VERSIONS
    assert [version["status"] for version in versions] == ["deprecated"] * 6 + ["live"]
    assert ["sunset_date" in version for version in versions] == [True] * 6 + [False]


@pytest.mark.parametrize("version", [None, "2024-01-01", "2023-12-31", "2025-03-03", "nonsense"])
def test_the_oldest_version_lists_names(platform: Platform, version: str | None) -> None:
    del platform.http.headers["ibm-api-version"]
    headers = {} if version is None else {"ibm-api-version": version}
    devices = platform.http.get("/backends", headers=headers).json()["devices"]
    assert "ibm_fez" in devices


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_later_versions_list_objects(platform: Platform, version: str) -> None:
    headers = {"ibm-api-version": version}
    devices = platform.http.get("/backends", headers=headers).json()["devices"]
    fez = next(device for device in devices if device["name"] == "ibm_fez")
    assert fez["qubits"] == 156
    assert fez["status"]["name"] == "online"
    assert fez["queue_length"] >= 0
    assert fez["processor_type"]["family"] == "Heron"


@pytest.mark.parametrize("version", VERSIONS[:5])
def test_early_versions_tell_seconds(platform: Platform, version: str) -> None:
    job_id = platform.run()["id"]
    headers = {"ibm-api-version": version}
    job = platform.http.get(f"/jobs/{job_id}", headers=headers).json()
    assert job["usage"].keys() <= {"seconds", "quantum_seconds"}
    assert job["usage"]["seconds"] > 0
    (listed,) = platform.http.get("/jobs?limit=1", headers=headers).json()["jobs"]
    assert listed["usage"] == job["usage"]
    metrics = platform.http.get(f"/jobs/{job_id}/metrics", headers=headers).json()
    assert metrics["bss"]["seconds"] == metrics["usage"]["seconds"] == job["usage"]["seconds"]


@pytest.mark.parametrize("version", VERSIONS[5:])
def test_late_versions_tell_charges(platform: Platform, version: str) -> None:
    job_id = platform.run()["id"]
    headers = {"ibm-api-version": version}
    job = platform.http.get(f"/jobs/{job_id}", headers=headers).json()
    assert job["usage"]["qpu_charge_time_seconds"] > 0
    assert "seconds" not in job["usage"]
    metrics = platform.http.get(f"/jobs/{job_id}/metrics", headers=headers).json()
    assert "bss" not in metrics
    at_root = version == LATEST
    assert ("circuits_execution_time_ns" in metrics) is at_root
    assert ("circuits_execution_time_ns" in metrics["usage"]) is not at_root


def test_a_device_has_one_name_everywhere(platform: Platform) -> None:
    for device in platform.http.get("/backends").json()["devices"]:
        name = device["name"]
        configuration = platform.ask("get_backend_configuration", backend=name).json()
        properties = platform.ask("get_backend_properties", backend=name).json()
        assert configuration["backend_name"] == properties["backend_name"] == name
        assert configuration["n_qubits"] == len(properties["qubits"]) == device["qubits"]
        assert configuration["backend_version"] == properties["backend_version"]


def test_mock_devices_are_listed_when_asked_for(platform: Platform) -> None:
    def listed(query: str) -> list[dict[str, Any]]:
        devices: list[dict[str, Any]] = platform.http.get(f"/backends{query}").json()["devices"]
        return [device for device in devices if device.get("class") == "mock"]

    assert listed("") == listed("?include_mocks=false") == []
    assert "mock_fez" in [device["name"] for device in listed("?include_mocks=True")]
    assert platform.ask("get_backend_status", backend="mock_fez").status_code == 200


def test_the_open_plan_has_no_mock_devices(platform_open: Platform) -> None:
    devices = platform_open.http.get("/backends?include_mocks=True").json()["devices"]
    assert devices
    assert not [device for device in devices if "class" in device]


def test_the_open_plan_has_no_calibrations_but_the_usual(
    platform: Platform, platform_open: Platform
) -> None:
    for what in ("configuration", "properties"):
        path = f"/backends/ibm_fez/{what}?calibration_id=slow_gates"
        assert error(platform_open.http.get(path))[0] == 403
        assert platform.http.get(path).status_code == 200


def test_a_working_device_says_so(platform: Platform) -> None:
    status = platform.ask("get_backend_status", backend="ibm_fez").json()
    assert status["state"] is True
    assert status["status"] == "active"
    assert status["message"] == ""
    assert status["length_queue"] >= 0


def test_a_paused_device_says_so_and_keeps_its_jobs(
    platform: Platform, platform_mock: Mock
) -> None:
    platform_mock.world.platform.set_condition("ibm_fez", "paused")
    job_id = platform.submit(backend="ibm_fez")
    status = platform.ask("get_backend_status", backend="ibm_fez").json()
    assert status == {
        "state": False,
        "status": "maintenance",
        "message": "maintenance",
        "length_queue": 1,
        "backend_version": "",
    }
    devices = platform.http.get("/backends").json()["devices"]
    fez = next(device for device in devices if device["name"] == "ibm_fez")
    assert fez["status"] == {"name": "paused", "reason": "maintenance"}
    assert fez["queue_length"] == 1
    assert platform.http.get(f"/jobs/{job_id}").json()["status"] == "Queued"
    platform_mock.world.platform.set_condition("ibm_fez")
    assert platform.finish(job_id)["status"] == "Completed"


def test_properties_before_the_last_calibration_are_none(platform: Platform) -> None:
    path = "/backends/ibm_fez/properties"
    now = platform.http.get(path).json()
    calibrated = datetime.fromisoformat(now["last_update_date"])
    assert platform.http.get(path, params={"updated_before": "2999-01-01T00:00:00Z"}).json() == now
    before = platform.http.get(path, params={"updated_before": calibrated.isoformat()})
    assert before.status_code == 200
    assert not before.json()


def test_no_device_has_defaults(platform: Platform) -> None:
    answer = platform.ask("get_backend_defaults", backend="ibm_fez")
    assert answer.status_code == 200
    assert answer.json() is None
