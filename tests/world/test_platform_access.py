from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from dryshot.errors import Invalid, LoginFailed, NotAuthenticated, NotFound, PermissionDenied
from dryshot.world import Account
from dryshot.world.platform import PLANS, Condition, parse_crn
from tests.world.platforms import ACCOUNT_ID, Place, device, instance
from tests.world.worlds import world

CRN = instance().crn


def claims(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    found = [json.loads(base64.urlsafe_b64decode(part + "===")) for part in (header, payload)]
    return found[0], found[1]


def test_a_bearer_token_is_a_jwt_that_says_who_and_until_when() -> None:
    place = Place()
    token = place.platform.issue_token("key")
    header, payload = claims(token.value)
    assert header["alg"] == "HS256"
    assert {"typ", "kid"} <= header.keys()
    assert payload["iat"] == int(token.issued.timestamp()) == int(place.clock.time())
    assert payload["exp"] == int(token.expires.timestamp()) == payload["iat"] + 3600
    assert payload["iam_id"] == payload["id"] == place.account.user_id
    assert payload["account"] == {"valid": True, "bss": ACCOUNT_ID}
    assert payload["grant_type"] == "urn:ibm:params:oauth:grant-type:apikey"
    assert payload["scope"] == "ibm openid"


def test_a_bearer_token_works_for_an_hour_of_the_clock() -> None:
    place = Place()
    token = place.platform.issue_token("key")
    place.clock.advance_to(token.expires - timedelta(microseconds=1))
    assert place.platform.authenticate(token.value) is place.account
    place.clock.advance_to(token.expires)
    with pytest.raises(NotAuthenticated):
        place.platform.authenticate(token.value)


def test_tokens_differ_and_each_is_revoked_alone() -> None:
    platform = Place().platform
    gone, stays = (platform.issue_token("key").value for _ in range(2))
    assert gone != stays
    platform.revoke(gone)
    with pytest.raises(NotAuthenticated):
        platform.authenticate(gone)
    with pytest.raises(NotAuthenticated):
        platform.revoke(gone)
    assert platform.authenticate(stays).api_token == "key"


def test_a_token_that_was_tampered_with_is_none() -> None:
    platform = Place().platform
    header, payload, signature = platform.issue_token("key").value.split(".")
    other = Place(seed=1).platform.issue_token("key").value
    for forged in (
        f"{header}.{payload}.{signature[::-1]}",
        f"{header}.{payload[:-4]}AAAA.{signature}",
        f"{header}.{payload}.",
        "garbage",
        "",
        other,
    ):
        with pytest.raises(NotAuthenticated):
            platform.authenticate(forged)


def test_issuing_forgets_what_expired_and_nothing_else() -> None:
    place = Place()
    old = place.platform.issue_token("key").value
    place.clock.advance(1800)
    young = place.platform.issue_token("key").value
    place.clock.advance(1800)
    place.platform.issue_token("key")
    assert place.platform.authenticate(young) is place.account
    with pytest.raises(NotAuthenticated):
        place.platform.authenticate(old)


def test_declared_accounts_shut_every_other_key_out() -> None:
    platform = Place().platform
    with pytest.raises(LoginFailed):
        platform.issue_token("another")
    with pytest.raises(NotAuthenticated):
        platform.authenticate_key("another")
    assert platform.authenticate_key("key").api_token == "key"


def test_an_account_that_opens_itself_has_an_open_and_a_premium_instance() -> None:
    names = ("ibm_fez", "ibm_torino", "ibm_old")
    platform = world(accounts=[], backends={name: device(name) for name in names}).platform
    account = platform.authenticate(platform.issue_token("anything").value)
    first, second = platform.instances(account)
    assert (first.name, first.plan.name) == ("open-instance", "open")
    assert (second.name, second.plan.name) == ("premium-instance", "premium")
    for one in (first, second):
        assert one.region == "us-east"
        assert one.backends == ("ibm_torino", "ibm_fez")
        assert parse_crn(one.crn).account_id == account.account_id
    assert first.usage_limit_seconds == first.usage_allocation_seconds == 600
    assert second.usage_limit_seconds is None


def test_ids_follow_from_the_key_and_are_well_formed() -> None:
    one, same, other = Account("a"), Account("a"), Account("b")
    assert (one.account_id, one.user_id) == (same.account_id, same.user_id)
    assert one.account_id != other.account_id
    assert one.user_id != other.user_id
    assert len(one.account_id) == 32
    assert int(one.account_id, 16)
    assert len(one.user_id.removeprefix("IBMid-")) == 10
    assert Account("a", service_instances=[instance()]).account_id == ACCOUNT_ID


def test_an_account_cannot_have_the_instance_of_another() -> None:
    with pytest.raises(ValueError, match="of another account"):
        Account("a", account_id="f" * 32, service_instances=[instance()])
    with pytest.raises(ValueError, match="not 32 lower-case hexadecimal"):
        Account("a", account_id="F" * 32)


def test_a_crn_follows_from_account_name_and_region() -> None:
    assert instance().crn == CRN
    others = {
        instance("other").crn,
        instance(region="eu-de").crn,
        instance(account_id="f" * 32).crn,
    }
    assert CRN not in others
    assert len(others) == 3
    parts = parse_crn(CRN)
    assert (parts.region, parts.account_id) == ("us-east", ACCOUNT_ID)
    assert CRN.endswith(f":{parts.instance_id}::")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "1 fields, not 10"),
        (CRN + ":", "11 fields"),
        (CRN.replace("bluemix", "softlayer"), "'softlayer' where 'bluemix'"),
        (CRN.replace("quantum-computing", "kms"), "'kms' where 'quantum-computing'"),
        (CRN.replace("us-east", ""), "no region"),
        (CRN.replace("a/", "b/"), "where a/<account id> belongs"),
        (CRN[:-4] + "z::", "where a uuid belongs"),
        (CRN[:-1] + "job:", "names a part of an instance: 'job:'"),
        (CRN + "job", "names a part of an instance: ':job'"),
    ],
)
def test_a_crn_that_is_none_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_crn(text)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"plan": "gold"}, "no plan 'gold'"),
        ({"region": "mars"}, "no region 'mars'"),
        ({"plan": "open", "region": "eu-de"}, "does not exist in eu-de"),
        ({"account_id": "short"}, "not 32"),
        ({"usage_limit_seconds": -1}, "usage_limit_seconds is -1"),
    ],
)
def test_an_instance_that_cannot_be_says_why(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        instance(**fields)


def test_an_instance_is_found_in_its_own_region_by_its_own_account() -> None:
    theirs = instance("theirs", account_id="f" * 32)
    german = instance("german", region="eu-de")
    place = Place(
        accounts=[
            Account("key", service_instances=[instance(), german]),
            Account("other", service_instances=[theirs]),
            Account("colleague", account_id=ACCOUNT_ID, service_instances=[instance("own")]),
        ]
    )
    find = place.platform.instance
    assert find(place.account, CRN, "us-east") is place.instance
    assert find(place.account, german.crn, "eu-de").name == "german"
    assert find(place.account, german.crn).name == "german"
    for crn, region in ((CRN, "eu-de"), (instance("none").crn, "us-east")):
        with pytest.raises(NotFound) as missing:
            find(place.account, crn, region)
        assert (missing.value.kind, missing.value.name) == ("instance", crn)
    nobodys = instance(account_id="e" * 32).crn
    for crn in (theirs.crn, instance("own").crn, nobodys):
        with pytest.raises(PermissionDenied):
            find(place.account, crn, "us-east")
    with pytest.raises(Invalid) as malformed:
        find(place.account, "crn:v1", "us-east")
    assert malformed.value.code == 1241


def test_an_instance_belongs_to_its_world_and_is_changed_there_only() -> None:
    declared = instance(plan="open")
    here, there = Place(declared), Place(declared)
    here.platform.configure_instance(here.instance, 100)
    assert here.platform.instances(here.account)[0].usage_limit_seconds == 100
    assert here.platform.usage(here.instance).limit == 100
    assert there.instance.usage_limit_seconds == declared.usage_limit_seconds == 600
    here.platform.configure_instance(here.instance, None)
    assert here.instance.usage_limit_seconds == 600


def test_a_limit_taken_away_on_a_paid_plan_is_no_limit() -> None:
    place = Place(instance(usage_limit_seconds=50))
    assert place.platform.usage(place.instance).limit == 50
    place.platform.configure_instance(place.instance, None)
    assert place.platform.usage(place.instance).limit is None


def test_a_declared_instance_names_devices_that_exist() -> None:
    with pytest.raises(ValueError, match="instance lab: the world has no backend ibm_nowhere"):
        Place(instance(backends=["ibm_box", "ibm_nowhere"]))


def names(place: Place, *, mocks: bool = False) -> list[str]:
    return [backend.name for backend in place.platform.backends(place.instance, mocks=mocks)]


def test_an_instance_has_its_devices_and_one_without_names_every_device() -> None:
    assert names(Place(instance(backends=["ibm_bin"]))) == ["ibm_bin"]
    assert names(Place(instance(backends=[]))) == ["ibm_box", "ibm_bin"]


@pytest.mark.parametrize("plan", PLANS)
def test_mock_devices_are_there_where_the_plan_has_them(plan: str) -> None:
    place = Place(instance(plan=plan))
    assert names(place) == ["ibm_box", "ibm_bin"]
    mocks = ["mock_box", "mock_bin"] if plan in {"flex", "premium"} else []
    assert names(place, mocks=True) == ["ibm_box", "ibm_bin", *mocks]


def test_a_mock_device_is_its_device_under_another_name() -> None:
    place = Place()
    mock = place.platform.backend(place.instance, "mock_box")
    assert mock.mock
    assert mock.configuration == {"backend_name": "mock_box", "n_qubits": 1}
    assert mock.properties == {"backend_name": "mock_box"}
    assert place.platform.backend(place.instance, "mock_box") is mock
    with pytest.raises(NotFound):
        place.platform.backend(Place(instance(plan="open")).instance, "mock_box")


def test_only_the_open_plan_refuses_other_calibrations() -> None:
    place = Place()
    place.platform.check_calibration(place.instance, "slow_gates")
    free = Place(instance(plan="open"))
    free.platform.check_calibration(free.instance, None)
    with pytest.raises(PermissionDenied, match="not allowed on the open plan"):
        free.platform.check_calibration(free.instance, "slow_gates")
    with pytest.raises(PermissionDenied):
        free.submit(calibration_id="slow_gates")


def test_devices_are_online_until_something_else_is_said() -> None:
    platform = Place().platform
    assert platform.condition("ibm_box") == Condition("online", "available", "", 0)
    platform.set_condition("ibm_box", "paused")
    assert platform.condition("ibm_box") == Condition("paused", "maintenance", "maintenance")
    platform.set_condition("ibm_box", "offline", reason="retired", message="gone", others=4)
    assert platform.condition("ibm_box") == Condition("offline", "retired", "gone", 4)
    platform.set_condition("ibm_box")
    assert platform.condition("ibm_box") == Condition()
    platform.set_condition("mock_bin", "paused")
    assert platform.condition("mock_bin").status == "paused"
    with pytest.raises(NotFound):
        platform.set_condition("ibm_nowhere", "paused")
    with pytest.raises(ValueError, match="'asleep' is none of online, paused, offline"):
        platform.set_condition("ibm_box", "asleep")
    with pytest.raises(ValueError, match="-1 jobs"):
        platform.set_condition("ibm_box", others=-1)


def test_queues_count_the_jobs_of_others() -> None:
    place = Place()
    place.platform.set_condition("ibm_box", "paused", others=4)
    place.submit()
    assert place.platform.queue_length("ibm_box") == 5
    assert place.platform.queue_length("ibm_bin") == 0


def test_plans_are_what_is_known_of_them() -> None:
    assert {name: plan.pricing for name, plan in PLANS.items()} == {
        "open": "free",
        "pay-as-you-go": "paygo",
        "flex": "subscription",
        "premium": "subscription",
    }
    assert len({plan.catalog_id for plan in PLANS.values()}) == len(PLANS)
    free = PLANS["open"]
    assert (free.usage_limit_seconds, free.max_cost, free.session_max_ttl) == (600, 600, 600)
    assert free.regions == ("us-east",)
    assert not free.dedicated_sessions
    for name in ("pay-as-you-go", "flex", "premium"):
        plan = PLANS[name]
        assert (plan.usage_limit_seconds, plan.max_cost) == (None, 10800)
        assert plan.session_max_ttl == 28800
        assert plan.dedicated_sessions
