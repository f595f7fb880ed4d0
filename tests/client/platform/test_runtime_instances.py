"""Which instance a runtime is for, and whom it asks therefore."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dryshot.mock import Mock
from dryshot_client import NotFound, UnexpectedAnswer
from dryshot_client.platform import AsyncRuntime, Runtime
from tests.client.platform.stage import (
    CRN,
    IAM_HOST,
    KEY,
    PREMIUM,
    RUNTIME_HOST,
    SEARCH_HOST,
    Network,
    OnMock,
    Scripted,
    answer,
    crn,
    one,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]

NO_DEVICES = answer({"devices": []})


def ask(play: OnMock | Scripted) -> Any:
    """Any question that needs an instance."""
    return play.do(lambda runtime: runtime.backends.list())


def hosts(network: Network) -> list[str]:
    """Who was asked."""
    return [request.url.host for request in network.requests]


def test_an_instance_s_crn_is_sent_as_it_is(scripted: MakeScripted) -> None:
    network = Network(NO_DEVICES)
    ask(scripted(network))
    assert hosts(network) == [IAM_HOST, RUNTIME_HOST]
    headers = network.requests[-1].headers
    assert headers["service-crn"] == CRN
    assert headers["ibm-api-version"] == "2026-04-15"
    assert headers["authorization"] == f"Bearer {network.tokens[0]}"


def test_an_instance_s_name_is_looked_up_once(scripted: MakeScripted) -> None:
    found = [{"crn": crn(place), "name": f"n{place}"} for place in range(3)]
    network = Network(NO_DEVICES, found=found)
    play = scripted(network, instance="n1")
    assert network.requests == []
    for _ in range(2):
        ask(play)
    assert hosts(network) == [IAM_HOST, SEARCH_HOST, RUNTIME_HOST, RUNTIME_HOST]
    assert {request.headers["service-crn"] for request in network.asked} == {crn(1)}
    search = network.requests[1]
    assert json.loads(search.content)["query"] == "service_name:quantum-computing"
    assert "service-crn" not in search.headers


def test_an_account_s_only_instance_need_not_be_named(scripted: MakeScripted) -> None:
    network = Network(NO_DEVICES, found=[{"crn": crn(7), "name": "only"}])
    ask(scripted(network, instance=None))
    assert network.asked[0].headers["service-crn"] == crn(7)


def test_one_of_several_instances_has_to_be_chosen(on_mock: MakeOnMock) -> None:
    with pytest.raises(ValueError, match=r"instance is not given.*'open-instance', 'premium"):
        ask(on_mock(instance=None))


def test_an_account_may_have_no_instance(scripted: MakeScripted) -> None:
    with pytest.raises(ValueError, match="instance is not given, and the account has none"):
        ask(scripted(Network(NO_DEVICES, found=[]), instance=None))


def test_a_name_that_no_instance_has_is_refused(on_mock: MakeOnMock) -> None:
    with pytest.raises(ValueError, match=r"instance 'nobody' is not known.*'open-instance'"):
        ask(on_mock(instance="nobody"))


def test_a_name_that_two_instances_have_is_refused(scripted: MakeScripted) -> None:
    found = [{"crn": crn(place), "name": "twin"} for place in range(2)]
    with pytest.raises(ValueError, match="instance 'twin' is ambiguous"):
        ask(scripted(Network(NO_DEVICES, found=found), instance="twin"))


def test_an_instance_that_is_found_twice_is_one(scripted: MakeScripted) -> None:
    network = Network(NO_DEVICES, found=[{"crn": CRN, "name": "one"}] * 2)
    ask(scripted(network, instance=None))
    assert network.asked[0].headers["service-crn"] == CRN


@pytest.mark.parametrize(
    "found", [{"crn": "crn:v1:nonsense"}, {"crn": ""}, {"crn": 5}, {"name": "one"}, 5], ids=repr
)
def test_a_search_that_finds_nonsense_is_unexpected(scripted: MakeScripted, found: Any) -> None:
    network = Network(NO_DEVICES, found=[found])
    with pytest.raises(UnexpectedAnswer, match=r"POST /v3/resources/search.*items\[0\]"):
        ask(scripted(network, instance=None))


@pytest.mark.parametrize("named", [True, False])
def test_the_host_follows_from_the_region(scripted: MakeScripted, *, named: bool) -> None:
    network = Network(NO_DEVICES, found=[{"crn": crn(1, "eu-de"), "name": "there"}])
    play = scripted(network, instance="there" if named else crn(1, "eu-de"))
    ask(play)
    assert network.asked[0].url.host == "eu-de.quantum.cloud.ibm.com"
    assert "eu-de.quantum.cloud.ibm.com" in repr(play.runtime)


def test_an_instance_of_another_region_works_by_name_on_the_mock(on_mock: MakeOnMock) -> None:
    instance = {"name": "there", "plan": "premium", "region": "eu-de"}
    world = {"accounts": [{"api_key": KEY, "instances": [instance]}]}
    play = on_mock(Mock(engine=one, world=world), instance="there")
    assert ask(play)
    assert play.requests[-1].host == "eu-de.quantum.cloud.ibm.com"


def test_another_base_url_takes_the_place_of_the_region_s(scripted: MakeScripted) -> None:
    network = Network(NO_DEVICES)
    ask(scripted(network, runtime_url="https://private.us-east.quantum.cloud.ibm.com/api/v1/"))
    assert (
        str(network.asked[0].url) == "https://private.us-east.quantum.cloud.ibm.com/api/v1/backends"
    )


@pytest.mark.parametrize(
    ("instance", "wrong"),
    [("", ValueError), (5, TypeError), ("crn:v1:x", ValueError), (CRN + " ", ValueError)],
)
def test_an_instance_that_cannot_be_one_is_refused_at_once(
    kind: str, instance: Any, wrong: type[Exception]
) -> None:
    with pytest.raises(wrong, match="instance"):
        Scripted(kind, Network(NO_DEVICES), instance=instance)


def test_many_tasks_look_up_the_instance_and_the_token_once() -> None:
    play = OnMock("async", instance=PREMIUM)
    runtime = play.runtime
    assert isinstance(runtime, AsyncRuntime)

    async def main() -> None:
        await asyncio.gather(*(runtime.backends.status("ibm_fez") for _ in range(20)))

    asyncio.run(main())
    assert len(play.mock.journal.of("create_token")) == 1
    assert len(play.mock.journal.of("search_resources")) == 1
    with pytest.raises(NotFound):
        play.do(lambda runtime: runtime.backends.status("nothing"))


def test_many_threads_look_up_the_instance_and_the_token_once() -> None:
    instance = {"name": "there", "plan": "premium", "region": "eu-de"}
    world = {"accounts": [{"api_key": KEY, "instances": [instance]}]}
    play = OnMock("sync", Mock(engine=one, world=world), instance="there")
    runtime = play.runtime
    assert isinstance(runtime, Runtime)
    with ThreadPoolExecutor(8) as threads:
        for found in [threads.submit(runtime.backends.status, "ibm_fez") for _ in range(24)]:
            assert found.result().state
    assert len(play.mock.journal.of("create_token")) == 1
    assert len(play.mock.journal.of("search_resources")) == 1
