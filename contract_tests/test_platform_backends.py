from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from contract_tests.platform import Connect, run, submit
from dryshot.mock import Mock
from dryshot_client import PermissionDenied, Runtime
from dryshot_client.platform.api import LATEST_VERSION
from dryshot_client.platform.models import Backend

VERSIONS = [
    "2024-01-01",
    "2025-01-01",
    "2025-05-01",
    "2026-02-01",
    "2026-02-15",
    "2026-03-15",
    "2026-04-15",
]


def find(runtime: Runtime, name: str) -> Backend:
    """A device as it is listed."""
    return next(device for device in runtime.backends.list() if device.name == name)


def test_versions_are_told_to_everyone(connect: Connect) -> None:
    versions = connect(instance="none of anybody's").versions.list()
    assert [version.version for version in versions] == VERSIONS
    assert [version.status for version in versions] == ["deprecated"] * 6 + ["live"]
    assert [version.sunset_date is None for version in versions] == [False] * 6 + [True]


@pytest.mark.parametrize("version", [None, "2024-01-01", "2023-12-31", "2025-03-03", "nonsense"])
def test_the_oldest_version_lists_names(platform: httpx.Client, version: str | None) -> None:
    del platform.headers["ibm-api-version"]
    headers = {} if version is None else {"ibm-api-version": version}
    assert "ibm_fez" in platform.get("/backends", headers=headers).json()["devices"]


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_later_versions_list_objects(connect: Connect, version: str) -> None:
    fez = find(connect(api_version=version), "ibm_fez")
    assert fez.qubits == 156
    assert fez.status.name == "online"
    assert fez.queue_length >= 0
    assert fez.processor_type is not None
    assert fez.processor_type.family == "Heron"


@pytest.mark.costs(2)
@pytest.mark.parametrize("version", VERSIONS[:5])
def test_early_versions_tell_seconds(
    runtime: Runtime, platform: httpx.Client, version: str
) -> None:
    job_id = run(runtime).id
    platform.headers["ibm-api-version"] = version
    usage = platform.get(f"/jobs/{job_id}").json()["usage"]
    assert usage.keys() <= {"seconds", "quantum_seconds"}
    assert usage["seconds"] > 0
    (listed,) = platform.get("/jobs?limit=1").json()["jobs"]
    assert listed["usage"] == usage
    metrics = platform.get(f"/jobs/{job_id}/metrics").json()
    assert metrics["bss"]["seconds"] == metrics["usage"]["seconds"] == usage["seconds"]


@pytest.mark.costs(2)
@pytest.mark.parametrize("version", VERSIONS[5:])
def test_late_versions_tell_charges(connect: Connect, version: str) -> None:
    runtime = connect(api_version=version)
    job = run(runtime)
    assert job.usage is not None
    assert job.usage.qpu_charge_time_seconds
    assert "seconds" not in job.usage.raw
    metrics = runtime.jobs.metrics(job.id)
    assert "bss" not in metrics.raw
    at_root = version == LATEST_VERSION
    assert (metrics.circuits_execution_time_ns is not None) is at_root
    assert ("circuits_execution_time_ns" in metrics.usage.raw) is not at_root


def test_a_device_has_one_name_everywhere(runtime: Runtime) -> None:
    for device in runtime.backends.list():
        configuration = runtime.backends.configuration(device.name)
        properties = runtime.backends.properties(device.name)
        assert properties is not None
        assert configuration["backend_name"] == properties["backend_name"] == device.name
        assert configuration["n_qubits"] == len(properties["qubits"]) == device.qubits
        assert configuration["backend_version"] == properties["backend_version"]


def test_mock_devices_are_listed_when_asked_for(runtime: Runtime, open_runtime: Runtime) -> None:
    def listed(runtime: Runtime, *, include_mocks: bool | None) -> list[str]:
        devices = runtime.backends.list(include_mocks=include_mocks)
        assert devices
        return [device.name for device in devices if device.class_ == "mock"]

    assert listed(runtime, include_mocks=None) == listed(runtime, include_mocks=False) == []
    assert "mock_fez" in listed(runtime, include_mocks=True)
    assert runtime.backends.status("mock_fez").state is True
    assert listed(open_runtime, include_mocks=True) == []


@pytest.mark.parametrize("what", ["configuration", "properties"])
def test_the_open_plan_has_no_calibrations_but_the_usual(
    runtime: Runtime, open_runtime: Runtime, what: str
) -> None:
    with pytest.raises(PermissionDenied):
        getattr(open_runtime.backends, what)("ibm_fez", calibration_id="slow_gates")
    assert getattr(runtime.backends, what)("ibm_fez", calibration_id="slow_gates")


def test_a_working_device_says_so(runtime: Runtime) -> None:
    status = runtime.backends.status("ibm_fez")
    assert (status.state, status.status, status.message) == (True, "active", "")
    assert status.length_queue >= 0


def test_a_paused_device_says_so_and_keeps_its_jobs(runtime: Runtime, mock: Mock) -> None:
    mock.world.platform.set_condition("ibm_fez", "paused")
    job_id = submit(runtime, backend="ibm_fez")
    assert runtime.backends.status("ibm_fez").raw == {
        "state": False,
        "status": "maintenance",
        "message": "maintenance",
        "length_queue": 1,
        "backend_version": "",
    }
    fez = find(runtime, "ibm_fez")
    assert (fez.status.name, fez.status.reason) == ("paused", "maintenance")
    assert fez.queue_length == 1
    assert runtime.jobs.get(job_id).status == "Queued"
    mock.world.platform.set_condition("ibm_fez")
    assert runtime.jobs.wait(job_id).status == "Completed"


def test_properties_before_the_last_calibration_are_none(runtime: Runtime) -> None:
    now = runtime.backends.properties("ibm_fez")
    assert now is not None
    late = runtime.backends.properties("ibm_fez", updated_before="2999-01-01T00:00:00Z")
    assert late == now
    calibrated = datetime.fromisoformat(now["last_update_date"])
    assert runtime.backends.properties("ibm_fez", updated_before=calibrated) is None


def test_no_device_has_defaults(runtime: Runtime) -> None:
    assert runtime.backends.defaults("ibm_fez") is None
