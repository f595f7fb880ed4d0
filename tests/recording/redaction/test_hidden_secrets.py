from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dryshot.http import Request, Response
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.redaction import find_secrets, redact
from tests.recording.redaction.secrets import PLACES, WAYS, WHEN, crns, readings, secrets, written

FEW = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return [shape(inner) for inner in value.values()]
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value)


def pieces(secret: str) -> set[str]:
    """A secret, and what in it is one by itself."""
    ids = re.findall(r"[0-9a-f]{32}|[0-9a-f-]{36}", secret) if secret.startswith("crn") else ()
    return {secret, *ids}


@FEW
@given(secrets(), st.sampled_from(sorted(WAYS)), st.sampled_from(sorted(PLACES)))
def test_a_planted_secret_is_nowhere_in_what_would_be_written(
    secret: str, way: str, place: str
) -> None:
    planted = PLACES[place](WAYS[way](secret))
    cassette = redact([planted], recorded=WHEN)
    for text in readings(written(cassette)):
        assert not [piece for piece in pieces(secret) if piece in text]
    assert not find_secrets(written(cassette))
    if place != "cookie":
        assert sum(cassette.redaction.values()) >= 1


@FEW
@given(secrets(), st.sampled_from(sorted(WAYS)), st.sampled_from(sorted(PLACES)))
def test_lint_sees_a_planted_secret(secret: str, way: str, place: str) -> None:
    planted = PLACES[place](WAYS[way](secret))
    text = written(Cassette((planted,), WHEN))
    found = find_secrets(text)
    assert found
    assert not [piece for piece in pieces(secret) for one in found if piece in one.excerpt]


@FEW
@given(secrets(), st.sampled_from(sorted(WAYS)), st.sampled_from(sorted(PLACES)))
def test_redacting_keeps_what_json_is_made_of_and_the_length_true(
    secret: str, way: str, place: str
) -> None:
    planted = PLACES[place](WAYS[way](secret))
    (clean,) = redact([planted], recorded=WHEN).interactions
    messages: list[tuple[Request | Response, Request | Response]] = [
        (planted.request, clean.request),
        (planted.response, clean.response),
    ]
    for before, after in messages:
        if before.body[:1] == b"{":
            assert shape(json.loads(after.body)) == shape(json.loads(before.body))
        if "content-length" in after.headers:
            assert after.headers["content-length"] == str(len(after.body))
    assert clean.request.path.isascii()


@FEW
@given(secrets(), st.sampled_from(sorted(PLACES)))
def test_redacting_twice_changes_nothing_more(secret: str, place: str) -> None:
    once = redact([PLACES[place](secret)], recorded=WHEN)
    twice = redact(once.interactions, recorded=WHEN)
    assert twice.interactions == once.interactions
    assert not twice.redaction


@FEW
@given(crns(), st.permutations(sorted(set(PLACES) - {"cookie"})))
def test_a_crn_has_the_same_pseudonym_in_every_place(crn: str, places: list[str]) -> None:
    cassette = redact([PLACES[place](crn) for place in places], recorded=WHEN)
    (pseudonym,) = {
        found
        for text in readings(written(cassette), 1)
        for found in re.findall(r"crn:v1:[\w:/-]+::", text)
    }
    region, account, instance = pseudonym.split(":")[5:8]
    assert region == crn.split(":")[5]
    assert (account, instance) == (f"a/{1:032d}", "00000000-0000-4000-8000-000000000001")
    assert cassette.redaction == {"account id": 1, "crn": 1, "instance id": 1}


@FEW
@given(st.lists(secrets(), min_size=2, max_size=5, unique=True))
def test_secrets_are_numbered_in_order_whatever_they_are(planted: list[str]) -> None:
    def run() -> list[Interaction]:
        return list(redact([PLACES["body"](one) for one in planted], recorded=WHEN).interactions)

    first = run()
    assert first == run()
    assert len({one.request.body for one in first}) == len(planted)


@pytest.mark.parametrize("given", ["hunter-two", 'with "quotes" and \\', "sp ace", "pässwörd"])
@pytest.mark.parametrize("place", sorted(PLACES))
def test_what_is_given_as_secret_is_one_whatever_it_looks_like(given: str, place: str) -> None:
    cassette = redact([PLACES[place](f"so {given} then")], recorded=WHEN, secrets=[given])
    for text in readings(written(cassette)):
        assert given not in text
    if place != "cookie":
        assert cassette.redaction == {"secret": 1}


def test_too_short_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 4"):
        redact([], recorded=WHEN, secrets=["abc"])
