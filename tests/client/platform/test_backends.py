"""Backends of the platform, on the mock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from dryshot_client import NotFound, PermissionDenied
from dryshot_client.platform.models import (
    Backend,
    BackendStatus,
    DeviceStatus,
    PerformanceMetrics,
    ProcessorType,
)
from tests.client.platform.stage import CRN, OPEN, Network, OnMock, Scripted, answer

DEVICES = ["ibm_torino", "ibm_fez", "ibm_marrakesh", "ibm_kingston"]

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]


def test_devices_are_listed_with_their_state_and_their_figures(on_mock: MakeOnMock) -> None:
    play = on_mock()
    devices = play.do(lambda runtime: runtime.backends.list())
    assert [device.name for device in devices] == DEVICES
    fez = devices[1]
    assert isinstance(fez, Backend)
    assert fez.status == DeviceStatus(name="online", reason="available", raw={})
    assert (fez.queue_length, fez.qubits, fez.class_, fez.is_simulator) == (0, 156, None, False)
    assert isinstance(fez.processor_type, ProcessorType)
    assert fez.processor_type.family == "Heron"
    assert isinstance(fez.performance_metrics, PerformanceMetrics)
    assert fez.performance_metrics.two_q_error_median is not None
    assert fez.raw["name"] == "ibm_fez"


def test_mock_devices_are_listed_if_they_are_asked_for(on_mock: MakeOnMock) -> None:
    play = on_mock()
    devices = play.do(lambda runtime: runtime.backends.list(include_mocks=True))
    mocks = [device.name for device in devices if device.class_ == "mock"]
    assert mocks == [name.replace("ibm", "mock") for name in DEVICES]
    asked = play.do(lambda runtime: runtime.backends.get("mock_fez"))
    assert (asked.name, asked.class_) == ("mock_fez", "mock")


def test_wait_times_are_asked_for_by_a_field(scripted: MakeScripted) -> None:
    device = {
        "name": "ibm_fez",
        "status": {"name": "online"},
        "queue_length": 3,
        "wait_time_seconds": {"average": 12, "p50": 10, "p95": 40},
    }
    network = Network(answer({"devices": [device]}))
    devices = scripted(network).do(lambda runtime: runtime.backends.list(wait_times=True))
    assert network.lines == ["GET /backends?fields=wait_time_seconds"]
    wait = devices[0].wait_time_seconds
    assert (wait.average, wait.p50, wait.p95) == (12, 10, 40)


def test_a_device_is_found_by_its_name(on_mock: MakeOnMock) -> None:
    found = on_mock().do(lambda runtime: runtime.backends.get("ibm_fez"))
    assert isinstance(found, Backend)
    assert found.name == "ibm_fez"


def test_a_device_that_is_not_listed_is_not_found(on_mock: MakeOnMock) -> None:
    with pytest.raises(NotFound, match=r"no device 'ibm_oslo' is listed, only ibm_fez,") as caught:
        on_mock().do(lambda runtime: runtime.backends.get("ibm_oslo"))
    assert (caught.value.method, caught.value.path) == ("GET", "/backends")
    assert caught.value.code == "not_found"


def test_the_configuration_says_what_a_device_is(on_mock: MakeOnMock) -> None:
    body = on_mock().do(lambda runtime: runtime.backends.configuration("ibm_fez"))
    assert (body["backend_name"], body["n_qubits"]) == ("ibm_fez", 156)
    assert "cz" in body["basis_gates"]


def test_the_properties_say_how_well_a_device_is_calibrated(on_mock: MakeOnMock) -> None:
    body = on_mock().do(lambda runtime: runtime.backends.properties("ibm_fez"))
    assert body["backend_name"] == "ibm_fez"
    assert len(body["qubits"]) == 156


@pytest.mark.parametrize(
    "when", [datetime(2020, 1, 1, tzinfo=UTC), "2020-01-01T00:00:00Z"], ids=["datetime", "text"]
)
def test_before_the_first_calibration_there_are_no_properties(
    on_mock: MakeOnMock, when: datetime | str
) -> None:
    play = on_mock()
    assert (
        play.do(lambda runtime: runtime.backends.properties("ibm_fez", updated_before=when)) is None
    )
    assert play.requests[-1].query == "updated_before=2020-01-01T00%3A00%3A00Z"


@pytest.mark.parametrize("nothing", [b"", b"null", b"{}"])
def test_no_properties_are_none_however_the_service_says_so(
    scripted: MakeScripted, nothing: bytes
) -> None:
    network = Network(lambda _: httpx.Response(200, content=nothing))
    assert scripted(network).do(lambda runtime: runtime.backends.properties("b")) is None


def test_there_are_no_defaults(on_mock: MakeOnMock) -> None:
    assert on_mock().do(lambda runtime: runtime.backends.defaults("ibm_fez")) is None


def test_the_status_says_whether_a_device_takes_jobs(on_mock: MakeOnMock) -> None:
    play = on_mock()
    play.mock.world.platform.set_condition("ibm_fez", "paused", reason="maintenance", others=3)
    status = play.do(lambda runtime: runtime.backends.status("ibm_fez"))
    assert isinstance(status, BackendStatus)
    assert (status.state, status.status, status.length_queue) == (False, "maintenance", 3)
    listed = play.do(lambda runtime: runtime.backends.get("ibm_fez"))
    assert (listed.status.name, listed.status.reason) == ("paused", "maintenance")


@pytest.mark.parametrize("method", ["configuration", "properties", "defaults", "status"])
def test_what_is_asked_of_an_unknown_device_is_not_found(on_mock: MakeOnMock, method: str) -> None:
    with pytest.raises(NotFound, match="device not found") as caught:
        on_mock().do(lambda runtime: getattr(runtime.backends, method)("ibm_oslo"))
    assert (caught.value.status, caught.value.code) == (404, "not_found")


@pytest.mark.parametrize("method", ["configuration", "properties"])
def test_another_calibration_is_refused_on_the_open_plan(on_mock: MakeOnMock, method: str) -> None:
    def ask(play: OnMock) -> object:
        return play.do(
            lambda runtime: getattr(runtime.backends, method)(
                "ibm_fez", calibration_id="slow_gates"
            )
        )

    assert ask(on_mock())
    with pytest.raises(PermissionDenied):
        ask(on_mock(instance=OPEN))


def test_a_name_is_one_segment_of_the_path(scripted: MakeScripted) -> None:
    network = Network(answer({"length_queue": 0}))
    scripted(network).do(lambda runtime: runtime.backends.status("a/b?c=d#e f"))
    assert network.lines == ["GET /backends/a%2Fb%3Fc%3Dd%23e%20f/status"]
    assert network.asked[0].headers["service-crn"] == CRN
