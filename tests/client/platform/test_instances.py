"""Instances, the account and the versions of the API, on the mock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import httpx
import pytest

from dryshot.mock import Mock
from dryshot_client import NotFound
from dryshot_client.platform.models import (
    Account,
    FoundInstance,
    Instance,
    InstanceUsage,
    Version,
)
from tests.client.platform.stage import (
    CRN,
    KEY,
    OPEN,
    PARAMS,
    PREMIUM,
    Network,
    OnMock,
    Scripted,
    answer,
    crn,
    one,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]


def test_the_account_s_instances_are_listed(on_mock: MakeOnMock) -> None:
    play = on_mock()
    found = play.do(lambda runtime: runtime.instances.list())
    assert all(isinstance(each, FoundInstance) for each in found)
    assert [each.name for each in found] == [OPEN, PREMIUM]
    assert all(each.crn.startswith("crn:v1:bluemix:public:quantum-computing:") for each in found)
    assert found[0].plan_id != found[1].plan_id


def test_many_instances_are_listed_over_several_pages(scripted: MakeScripted) -> None:
    def page(place: int, **more: object) -> dict[str, object]:
        return {"items": [{"crn": crn(place), "name": f"n{place}"}], **more}

    pages = {None: page(1, search_cursor="a"), "a": page(2, search_cursor="b"), "b": page(3)}
    cursors: list[str | None] = []

    def search(request: httpx.Request) -> httpx.Response:
        cursors.append(json.loads(request.content).get("search_cursor"))
        return answer(pages[cursors[-1]])

    network = Network(answer({}), search=search)
    found = scripted(network).do(lambda runtime: runtime.instances.list())
    assert [each.name for each in found] == ["n1", "n2", "n3"]
    assert cursors == [None, "a", "b"]


def test_a_search_that_repeats_its_cursor_is_not_walked_for_ever(scripted: MakeScripted) -> None:
    page = {"items": [{"crn": CRN, "name": "one"}], "search_cursor": "same"}
    network = Network(answer({}), search=answer(page))
    found = scripted(network).do(lambda runtime: runtime.instances.list())
    assert len(found) == 2


def test_the_instance_has_a_plan_and_devices(on_mock: MakeOnMock) -> None:
    instance = on_mock(instance=OPEN).do(lambda runtime: runtime.instances.get())
    assert isinstance(instance, Instance)
    assert "ibm_fez" in instance.backends
    assert (instance.instance_limit, instance.instance_limit_seconds) == (600, "600")


def test_usage_is_what_jobs_were_charged(on_mock: MakeOnMock) -> None:
    play = on_mock(instance=OPEN)
    before = play.do(lambda runtime: runtime.instances.usage())
    play.do(
        lambda runtime: runtime.jobs.create(program="sampler", backend="ibm_fez", params=PARAMS)
    )
    after = play.do(lambda runtime: runtime.instances.usage())
    assert isinstance(after, InstanceUsage)
    assert (before.usage_consumed_seconds, after.usage_consumed_seconds) == (0, 2)
    assert (after.usage_limit_seconds, after.usage_remaining_seconds) == (600, 598)
    assert after.usage_limit_reached is False
    period = after.usage_period
    assert period is not None
    assert period.start_time is not None
    assert period.end_time is not None
    assert period.end_time - period.start_time == timedelta(days=28)


def test_without_a_limit_nothing_remains_to_be_told(scripted: MakeScripted) -> None:
    body = {"instance_id": CRN, "plan_id": "p", "usage_consumed_seconds": 5}
    play = scripted(Network(answer(body), answer(body | {"usage_limit_seconds": 3})))
    assert play.do(lambda runtime: runtime.instances.usage()).usage_remaining_seconds is None
    assert play.do(lambda runtime: runtime.instances.usage()).usage_remaining_seconds == 0


def test_the_limit_is_set_and_removed(on_mock: MakeOnMock) -> None:
    play = on_mock()
    play.do(lambda runtime: runtime.instances.configure(instance_limit=900))
    assert play.do(lambda runtime: runtime.instances.configuration()).instance_limit == 900
    play.do(lambda runtime: runtime.instances.configure(instance_limit=None))
    assert play.do(lambda runtime: runtime.instances.configuration()).instance_limit is None
    bodies = [
        entry.request.body for entry in play.mock.journal.of("replace_instance_configuration")
    ]
    assert bodies == [b'{"instance_limit": 900}', b'{"instance_limit": null}']


def test_the_account_s_plans_are_those_of_the_instance_s_account(on_mock: MakeOnMock) -> None:
    play = on_mock()
    account = play.do(lambda runtime: runtime.accounts.get())
    assert isinstance(account, Account)
    assert [plan.subscription_name for plan in account.plans] == [OPEN, PREMIUM]
    assert account.plans[0].max_ttl == 600
    (only,) = play.do(lambda runtime: runtime.accounts.get(plan_id=account.plans[1].plan_id)).plans
    assert only == account.plans[1]


def test_another_account_is_not_found(on_mock: MakeOnMock) -> None:
    with pytest.raises(NotFound, match="account not found"):
        on_mock().do(lambda runtime: runtime.accounts.get("0123"))


def test_the_account_is_in_the_path(scripted: MakeScripted) -> None:
    network = Network(answer({"plans": []}))
    play = scripted(network)
    play.do(lambda runtime: runtime.accounts.get(plan_id="p"))
    play.do(lambda runtime: runtime.accounts.get("own", plan_id="p"))
    assert network.lines == [
        "GET /accounts/0123456789abcdef0123456789abcdef?plan_id=p",
        "GET /accounts/own?plan_id=p",
    ]


def test_versions_are_listed_with_the_day_they_end(on_mock: MakeOnMock) -> None:
    versions = on_mock().do(lambda runtime: runtime.versions.list())
    assert all(isinstance(each, Version) for each in versions)
    assert versions[-1] == Version(version="2026-04-15", status="live", raw={})
    assert versions[0].status == "deprecated"
    assert versions[0].sunset_date == date(2027, 1, 1)


def test_versions_are_asked_for_with_no_token_and_no_instance(on_mock: MakeOnMock) -> None:
    play = on_mock(instance=None)
    play.do(lambda runtime: runtime.versions.list())
    (request,) = play.requests
    assert request.host == "quantum.cloud.ibm.com"
    assert not {"authorization", "service-crn", "ibm-api-version"} & set(request.headers)


def test_instances_of_a_declared_world_are_found_by_name(on_mock: MakeOnMock) -> None:
    world = {"accounts": [{"api_key": KEY, "instances": [{"name": "mine", "plan": "flex"}]}]}
    play = on_mock(Mock(engine=one, world=world), instance="mine")
    (found,) = play.do(lambda runtime: runtime.instances.list())
    assert found.name == "mine"
    assert play.do(lambda runtime: runtime.instances.usage()).instance_id == found.crn
