from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dryshot import Account, Mock
from dryshot.world.platform import ServiceInstance
from tests.conformance.stage import connect, constant, submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

PARAMS = {"pubs": [["OPENQASM 3.0;"]], "version": 2}
MONTH = 28 * 86400


@pytest.fixture
def small() -> Iterator[Any]:
    """A mock with an instance that may use 4 s, which is what two jobs cost, and a service."""
    instance = ServiceInstance.make(
        "small", account_id="c" * 32, plan="flex", backends=["ibm_fez"], usage_limit_seconds=4
    )
    account = Account("mine", account_id="c" * 32, service_instances=[instance])
    with Mock(engine=constant, accounts=[account]).activate() as mock:
        yield mock, connect(token="mine", instance="small")


def test_an_instance_starts_with_nothing_used(small: Any) -> None:
    _, service = small
    usage = service.usage()
    assert usage["instance_id"] == service.active_instance()
    assert usage["usage_consumed_seconds"] == 0
    assert usage["usage_limit_seconds"] == usage["usage_remaining_seconds"] == 4
    assert usage["usage_limit_reached"] is False
    assert usage["usage_period"]["start_time"] < usage["usage_period"]["end_time"]


def test_jobs_are_charged_to_their_instance(small: Any) -> None:
    _, service = small
    job = submit(service.backend("ibm_fez"), params=PARAMS)
    assert job.usage() == 2
    assert service.usage()["usage_remaining_seconds"] == 2


def test_a_premium_instance_has_no_limit(service: Any) -> None:
    usage = service.usage()
    assert "usage_limit_seconds" not in usage
    assert "usage_limit_reached" not in usage


def test_the_open_plan_has_ten_minutes() -> None:
    with Mock().activate():
        usage = connect(instance="open-instance").usage()
        assert usage["usage_limit_seconds"] == usage["usage_remaining_seconds"] == 600


def test_a_job_over_the_limit_waits_for_the_next_month(small: Any) -> None:
    mock, service = small
    backend = service.backend("ibm_fez")
    for _ in range(2):
        assert submit(backend, params=PARAMS).done()
    with pytest.warns(UserWarning, match="met its usage limit"):
        job = submit(backend, params=PARAMS)
    assert job.status() == "QUEUED"
    mock.clock.advance(MONTH)
    assert job.done()
    assert service.usage()["usage_consumed_seconds"] == 2


def test_a_job_over_the_limit_may_be_refused_instead(small: Any) -> None:
    mock, service = small
    mock.world.platform.over_limit = "refuse"
    backend = service.backend("ibm_fez")
    for _ in range(2):
        assert submit(backend, params=PARAMS).done()
    with (
        pytest.warns(UserWarning, match="met its usage limit"),
        pytest.raises(runtime.IBMRuntimeError, match="4317"),
    ):
        submit(backend, params=PARAMS)


def test_a_job_for_a_paused_backend_waits_for_it() -> None:
    with Mock(engine=constant).activate() as mock:
        mock.world.platform.set_condition("ibm_fez", "paused")
        backend = connect(instance="premium-instance").backend("ibm_fez")
        job = submit(backend, params=PARAMS)
        assert job.status() == "QUEUED"
        mock.world.platform.set_condition("ibm_fez")
        assert job.done()


def test_instances_are_listed_with_their_plans(service: Any) -> None:
    plans = {item["name"]: (item["plan"], item["pricing_type"]) for item in service.instances()}
    assert plans == {
        "open-instance": ("open", "free"),
        "premium-instance": ("premium", "subscription"),
    }


def test_the_active_account_is_the_one_that_connected(service: Any) -> None:
    account = service.active_account()
    assert account["instance"] == service.active_instance()
    assert account["channel"] == "ibm_quantum_platform"
