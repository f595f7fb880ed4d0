"""The names of instances."""

from __future__ import annotations

import contextlib
import dataclasses

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dryshot
from dryshot_client.platform.crn import Crn, is_crn
from dryshot_client.platform.iam import IamAuth

ACCOUNT = "0123456789abcdef0123456789abcdef"
INSTANCE = "11111111-2222-4333-8444-555555555555"
TEXT = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{ACCOUNT}:{INSTANCE}::"

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", fullmatch=True)
fields = st.text("".join(map(chr, range(33, 127))).replace(":", ""), min_size=1)


def test_a_crn_is_read_field_by_field() -> None:
    crn = Crn.parse(TEXT)
    assert (crn.cname, crn.ctype, crn.service) == ("bluemix", "public", "quantum-computing")
    assert (crn.region, crn.account, crn.instance) == ("us-east", ACCOUNT, INSTANCE)
    assert str(crn) == TEXT


def test_a_crn_is_a_value() -> None:
    crn = Crn.parse(TEXT)
    assert crn == Crn.parse(TEXT)
    assert len({crn, Crn.parse(TEXT)}) == 1
    assert crn != Crn.parse(TEXT.replace("bluemix", "staging"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        crn.region = "eu-de"  # type: ignore[misc] # that it is refused is the point


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("my-instance", "it has 1 fields, not 10"),
        ("", "it has 1 fields, not 10"),
        (TEXT.removesuffix(":"), "it has 9 fields, not 10"),
        (f"{TEXT}:", "it has 11 fields, not 10"),
        (f" {TEXT}", "it has blanks or characters beyond ASCII"),
        (f"{TEXT}\n", "it has blanks or characters beyond ASCII"),
        (TEXT.replace("bluemix", "blüemix"), "it has blanks or characters beyond ASCII"),
        (TEXT.replace("v1", "v2"), "it does not begin with crn:v1"),
        (TEXT.replace("bluemix", ""), "its cloud is empty"),
        (TEXT.replace("public", ""), "its type is empty"),
        (TEXT.replace("quantum-computing", ""), "its service is empty"),
        (TEXT.replace(INSTANCE, ""), "its instance is empty"),
        (TEXT.replace("us-east", ""), "'' is not a region"),
        (TEXT.replace("us-east", "evil.test/"), "'evil.test/' is not a region"),
        (TEXT.replace("a/", ""), f"'{ACCOUNT}' is not an account, such as a/0123"),
        (TEXT.replace(ACCOUNT, ""), "'a/' is not an account, such as a/0123"),
        (f"{TEXT[:-1]}job:", "it names something within an instance"),
        (f"{TEXT}j1", "it names something within an instance"),
    ],
)
def test_what_is_no_crn_is_a_value_error_that_says_why(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a CRN") as caught:
        Crn.parse(text)
    assert str(caught.value) == f"instance {text!r} is not a CRN: {wrong}"


def test_a_text_that_means_to_be_a_crn_is_told_from_a_name() -> None:
    assert is_crn(TEXT)
    assert is_crn(f" {TEXT}")
    assert is_crn("crn:v1:mistyped")
    assert not is_crn("my-instance")
    assert not is_crn("")


@given(cname=fields, ctype=fields, service=fields, region=labels, account=fields, instance=fields)
def test_every_crn_comes_back_as_it_was(
    cname: str, ctype: str, service: str, region: str, account: str, instance: str
) -> None:
    text = f"crn:v1:{cname}:{ctype}:{service}:{region}:a/{account}:{instance}::"
    crn = Crn.parse(text)
    assert crn == Crn(cname, ctype, service, region, account, instance)
    assert str(crn) == text


@given(st.one_of(st.text(), st.lists(st.text(max_size=5), min_size=10, max_size=10).map(":".join)))
def test_any_text_comes_back_as_it_was_or_is_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert str(Crn.parse(text)) == text


def test_the_mock_s_instances_are_named_so() -> None:
    url = "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search"
    body = {"query": "service_name:quantum-computing", "fields": ["crn"]}
    transport = dryshot.Mock().transport()
    with httpx.Client(transport=transport, auth=IamAuth("any key")) as client:
        crns = [item["crn"] for item in client.post(url, json=body).json()["items"]]
    assert crns
    assert [str(Crn.parse(crn)) for crn in crns] == crns
