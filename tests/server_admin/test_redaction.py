from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot import Account
from dryshot.server.admin import application
from dryshot.server.admin.feed import Cursor, Tenants
from dryshot.server.admin.redaction import HIDDEN
from tests.dialects.classic import AUTH, RUNTIME
from tests.server_admin.rooms import HEADERS, IAM, PLATFORM, TOKEN, Pair, bearer, classic, submit

PATHS = ("journal?bodies=true&limit=1000", "jobs", "sessions", "instances", "faults", "clock")


def odd(text: str) -> str:
    """No word of dryshot's own, which would rightly be shown; hypothesis knows them all."""
    return f"{text[:6]}~q{text[6:]}"


# Shorter ones are hidden only where secrets stand; the ends are as a header can carry them.
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=10, max_size=58).map(
    odd
)
WILD = st.text(st.characters(exclude_categories=["Cs"]), min_size=10, max_size=38).map(odd)


def shown(pair: Pair) -> str:
    """All that is ever told of a tenant, as texts that were decoded."""
    admin = application(pair, token=TOKEN)
    cursor = Cursor(Tenants(pair).get("alice"), 0)

    async def run() -> list[Any]:
        transport = httpx.ASGITransport(admin)
        base = "http://localhost/_dryshot/api/tenants/alice/"
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=HEADERS) as http:
            answers = [await http.get(path) for path in PATHS]
            assert [one.status_code for one in answers] == [200] * len(PATHS)
            found = [one.json() for one in answers]
            numbers = [entry["sequence"] for entry in found[0]["exchanges"]]
            return [*found, *[(await http.get(f"journal/{one}")).json() for one in numbers]]

    first = list(cursor.news())
    return "\n".join(texts([asyncio.run(run()), first]))


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [str(value)]


def issued(answer: httpx.Response) -> str:
    body = answer.json()
    return str(body.get("access_token") or body["id"])


@settings(max_examples=25, deadline=None)
@given(classic_key=KEYS, platform_key=KEYS, mistaken=KEYS, wild=WILD)
def test_no_secret_that_was_sent_or_issued_is_ever_shown(
    classic_key: str, platform_key: str, mistaken: str, wild: str
) -> None:
    pair = Pair("alice")
    with pair.client("alice") as http:
        known = [classic_key, platform_key, mistaken, wild]
        logins = [
            http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": classic_key}),
            http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": wild}),
            http.post(IAM, data={"grant_type": "x", "apikey": platform_key}),
        ]
        headers = {"x-access-token": issued(logins[0])}
        known += [issued(one) for one in logins if one.status_code == 200]
        # where secrets stand, and where they should not
        http.get(f"{RUNTIME}/jobs", headers={"x-access-token": mistaken})
        http.get(f"{PLATFORM}/jobs", headers={"Authorization": f"apikey {mistaken}"})
        http.get(f"{RUNTIME}/jobs/{quote(classic_key, safe='')}", headers=headers)
        http.get(f"{RUNTIME}/jobs", params={"apikey": wild, "program": mistaken}, headers=headers)
        submit(http, headers, tags=[secret[:50] for secret in (mistaken, *known[4:])])
        submit(http, headers, params={"note": [{classic_key: f"it is {wild}."}], "token": wild})
        submit(http, headers, program_id=platform_key)
        http.post(f"{RUNTIME}/jobs", headers=headers, content=json.dumps(wild)[:-1].encode())
        headers = {"Authorization": "Bearer " + (known[-1] if logins[2].is_success else mistaken)}
        http.get(f"{PLATFORM}/jobs/{mistaken.replace('/', '.')}", headers=headers)
    text = shown(pair)
    assert HIDDEN in text
    assert [secret for secret in known if secret in text] == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"apiToken": "the-secret-key"'),
        ("application/json", b'{"apiTok\\u0065n": "the-secret-key"}'),
        ("application/json", b'{"apiToken": ["the-secret-key"]}'),
        ("application/json", b"apiToken=the-secret-key"),
        ("text/plain", b"the-secret-key"),
        ("application/x-www-form-urlencoded", b"apikey=the%2Dsecret-key"),
        ("application/json", b"\xff\xfe the-secret-key"),
    ],
)
@pytest.mark.parametrize("url", [f"{AUTH}/users/loginWithToken", IAM, f"{AUTH}/users/loginwith"])
def test_a_log_in_that_went_wrong_gives_nothing_away(kind: str, body: bytes, url: str) -> None:
    pair = Pair("alice", accounts=[Account("the-other-key")])
    with pair.client("alice") as http:
        answer = http.post(url, content=body, headers={"content-type": kind})
        assert answer.status_code >= 400
    assert "the-secret-key" not in shown(pair)


def test_short_secrets_are_hidden_where_secrets_stand_and_elsewhere_words_stay() -> None:
    pair = Pair("alice")
    with pair.client("alice") as http:
        submit(http, classic(http, "a"), tags=["a tag"])
    text = shown(pair)
    assert "a tag" in text
    assert "ibm_wellington" in text
    assert "\na\n" not in text


def test_invented_names_of_accounts_stay() -> None:
    pair = Pair("alice")
    with pair.client("alice") as http:
        headers = bearer(http)
        account = next(iter(pair.mock("alice").world.accounts))
        crn = pair.mock("alice").world.platform.instances(account)[0].crn
        http.get(f"{PLATFORM}/jobs", headers=headers | {"Service-CRN": crn})
    text = shown(pair)
    assert crn in text
    assert headers["Authorization"].partition(" ")[2] not in text


def test_a_body_that_was_cut_shows_no_secret_either() -> None:
    pair = Pair("alice")
    with pair.client("alice") as http:
        headers = classic(http, "the-secret-key")
        padding = "x" * 300_000
        submit(
            http, headers, params={"a": "the-secret-key", "b": padding, "apikey": "an-other-key"}
        )
    text = shown(pair)
    assert "the-secret-key" not in text
    assert "an-other-key" not in text
    assert "x" * 1000 in text
