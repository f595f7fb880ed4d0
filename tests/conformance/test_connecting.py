from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dryshot import Account, Mock
from dryshot.world.platform import ServiceInstance
from tests.conformance.stage import TOKEN, asked, connect

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

ACCOUNT = "a" * 32


def instance(name: str, **arguments: Any) -> ServiceInstance:
    return ServiceInstance.make(name, account_id=ACCOUNT, **arguments)


@pytest.fixture
def wide() -> Iterator[Mock]:
    """One account with instances of several plans, in both regions."""
    instances = [
        instance("paid", plan="premium", backends=["ibm_fez"], tags=["team"]),
        instance("there", plan="flex", region="eu-de", backends=["ibm_torino"]),
        instance("free", plan="open", backends=["ibm_marrakesh"]),
    ]
    account = Account("mine", account_id=ACCOUNT, service_instances=instances)
    with Mock(accounts=[account, Account("another's")]).activate() as mock:
        yield mock


def names(service: Any) -> list[str]:
    return [backend.name for backend in service.backends()]


def test_a_service_finds_its_instances_by_itself(mock: Mock) -> None:
    service = connect()
    assert {item["name"] for item in service.instances()} == {"open-instance", "premium-instance"}
    assert {item["plan"] for item in service.instances()} == {"open", "premium"}
    assert len(names(service)) == len(set(names(service))) == 4
    assert mock.journal.of("create_token")
    assert mock.journal.of("search_resources")


def test_auto_finds_instances_without_a_word_of_warning(
    mock: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    del mock
    assert names(connect(instance="auto"))
    assert "Instance was not set" not in caplog.text
    assert names(connect())
    assert "Instance was not set" in caplog.text


def test_an_instance_may_be_named_by_crn(mock: Mock) -> None:
    crn = connect().instances()[1]["crn"]
    before = len(mock.journal)
    assert connect(instance=crn).active_instance() == crn
    once = [name for name in asked(mock, before) if name != "create_token"]
    assert once == ["search_resources", "get_catalog_entry", "get_catalog_entry", "list_backends"]


def test_an_instance_may_be_named_by_its_name(mock: Mock) -> None:
    del mock
    service = connect(instance="premium-instance")
    (crn,) = [item["crn"] for item in service.instances() if item["plan"] == "premium"]
    assert service.active_instance() == crn


def test_an_instance_of_nobody_is_refused(mock: Mock) -> None:
    del mock
    with pytest.raises(runtime.IBMInputValueError, match="not a valid instance name"):
        connect(instance="no-such-instance")


@pytest.mark.usefixtures("wide")
def test_free_plans_come_first() -> None:
    assert names(connect(token="mine")) == ["ibm_marrakesh", "ibm_fez", "ibm_torino"]


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(
    ("preference", "backends"),
    [
        ({"region": "eu-de"}, ["ibm_torino"]),
        ({"region": "us-east"}, ["ibm_marrakesh", "ibm_fez"]),
        ({"plans_preference": ["premium"]}, ["ibm_fez"]),
        ({"plans_preference": ["flex", "open"]}, ["ibm_torino", "ibm_marrakesh"]),
        ({"tags": ["team"]}, ["ibm_fez"]),
    ],
    ids=["there", "here", "premium", "two plans", "tag"],
)
def test_preferences_choose_instances(preference: Any, backends: list[str]) -> None:
    assert names(connect(token="mine", **preference)) == backends


@pytest.mark.usefixtures("wide")
def test_a_preference_that_nothing_meets_is_refused() -> None:
    with pytest.raises(runtime.IBMInputValueError, match="No matching instances"):
        connect(token="mine", region="eu-de", plans_preference=["open"])


def test_each_region_has_its_own_host(wide: Mock) -> None:
    before = len(wide.journal)
    connect(token="mine", instance="there").backends()
    asked_of = {
        exchange.request.host
        for exchange in list(wide.journal)[before:]
        if exchange.operation == "list_backends"
    }
    assert asked_of == {"eu-de.quantum.cloud.ibm.com"}


@pytest.mark.usefixtures("wide")
def test_the_instance_of_another_account_is_refused() -> None:
    crn = connect(token="mine").instances()[0]["crn"]
    with pytest.raises(runtime.IBMInputValueError, match="does not have access"):
        connect(token="another's", instance=crn)


def test_the_old_name_of_the_channel_will_do(mock: Mock) -> None:
    del mock
    service = connect(channel="ibm_cloud", instance="open-instance")
    assert service.channel == "ibm_cloud"
    assert names(service)


def test_the_channel_need_not_be_named(mock: Mock) -> None:
    del mock
    assert connect(channel=None).channel == "ibm_quantum_platform"


def test_an_account_may_come_from_the_environment(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    del mock
    monkeypatch.setenv("QISKIT_IBM_TOKEN", TOKEN)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "premium-instance")
    service = runtime.QiskitRuntimeService()
    assert service.active_account()["token"] == TOKEN
    assert service.active_instance() == connect(instance="premium-instance").active_instance()


def test_private_endpoints_are_stood_in_for_too(mock: Mock) -> None:
    before = len(mock.journal)
    assert connect(instance="premium-instance", private_endpoint=True).backends()
    hosts = {exchange.request.host for exchange in list(mock.journal)[before:]}
    assert "private.us-east.quantum.cloud.ibm.com" in hosts


def test_two_accounts_do_not_see_each_other(mock: Mock) -> None:
    del mock
    one, other = connect(token="one"), connect(token="other")
    crns = [{item["crn"] for item in service.instances()} for service in (one, other)]
    assert crns[0].isdisjoint(crns[1])


def straight(
    monkeypatch: pytest.MonkeyPatch, token: str, crn: str, host: str = "quantum.cloud.ibm.com"
) -> Any:
    """A service that does not look for instances, and so asks for one that it may not have."""
    monkeypatch.setenv("QISKIT_FUNCTIONS_EXPERIMENTAL", "1")
    url = f"https://{host}/api/v1"
    return connect(token=token, instance=crn, url_resolver=lambda *_: url)


@pytest.mark.usefixtures("wide")
def test_the_service_refuses_the_instance_of_another_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crn = connect(token="mine").instances()[0]["crn"]
    service = straight(monkeypatch, "another's", crn)
    with pytest.raises(runtime.api.exceptions.RequestsApiError, match="1200") as caught:
        service.usage()
    assert caught.value.status_code == 403


@pytest.mark.usefixtures("wide")
def test_the_service_refuses_an_instance_of_the_other_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (crn,) = [item["crn"] for item in connect(token="mine").instances() if item["name"] == "there"]
    service = straight(monkeypatch, "mine", crn)
    with pytest.raises(runtime.api.exceptions.RequestsApiError, match="1279") as caught:
        service.usage()
    assert caught.value.status_code == 404
    assert straight(monkeypatch, "mine", crn, "eu-de.quantum.cloud.ibm.com").usage()
