"""What is secret by its place, whatever it looks like; what is not, though it looks so."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from dryshot.http import Request, Response
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.redaction import NotReadable, find_secrets, redact
from tests.recording.redaction.secrets import HOST, WHEN, jwt, written


def asked(**fields: Any) -> Interaction:
    request = {"method": "POST", "host": HOST, "path": "/"} | fields
    return Interaction(Request(**request), Response(204), WHEN)


def clean(**fields: Any) -> Request:
    return redact([asked(**fields)], recorded=WHEN).interactions[0].request


@pytest.mark.parametrize(
    ("name", "value", "after"),
    [
        ("authorization", "apikey k", "apikey redacted000000000001"),
        ("authorization", "Bearer short", "Bearer redacted000000000001"),
        ("x-access-token", "t" * 64, "redacted" + "0" * 55 + "1"),
        ("x-auth-token", "f0" * 64, "0" * 127 + "1"),
        ("service-crn", "crn:v1:bluemix:public:x:eu-de:a/77aa77:9c42::", None),
        ("x-ratelimit-token-count", "99", "99"),
        ("authorization", "Basic Yng6Yng=", "Basic Yng6Yng="),
    ],
)
def test_credentials_in_headers_keep_their_form(name: str, value: str, after: str | None) -> None:
    found = clean(headers={name: value}).headers[name]
    if after is None:
        assert (found.split(":")[5], found != value, len(found.split(":"))) == ("eu-de", True, 10)
    else:
        assert found == after


def test_basic_authentication_stays_basic() -> None:
    code = base64.b64encode(b"ada@uk.ibm.com:secret-17").decode()
    header = clean(headers={"authorization": f"Basic {code}"}).headers["authorization"]
    name, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    assert name == "user1@example.invalid"
    assert password.startswith("redacted")


@pytest.mark.parametrize(
    "body",
    [
        {"apiToken": "k"},
        {"apikey": "k", "grant_type": "x"},
        {"deep": [{"access_token": "k"}]},
        {"refresh_token": "k"},
        {"user": {"firstName": "k", "username": "k"}},
        {"inner": json.dumps({"password": "k"})},
    ],
)
def test_a_field_for_secrets_holds_none_however_short(body: Any) -> None:
    after = json.loads(clean(body=json.dumps(body).encode()).body)
    assert '"k"' not in json.dumps(after).replace("\\", "")
    assert list(after) == list(body)


def test_the_form_of_iam_is_still_one() -> None:
    body = clean(body=b"grant_type=urn%3Aibm&apikey=a%2Bb%2Fc&response_type=cloud_iam").body
    assert body == b"grant_type=urn%3Aibm&apikey=redacted_00000000001&response_type=cloud_iam"


@pytest.mark.parametrize("key", ["my own key", "my own key/1", "a+b+c", "a+b c"])
def test_a_key_has_one_pseudonym_in_json_in_forms_and_in_queries(key: str) -> None:
    sent = [
        asked(body=json.dumps({"apikey": key}).encode()),
        asked(body=urlencode({"grant_type": "x", "apikey": key}).encode()),
        asked(query=urlencode({"apikey": key})),
    ]
    cassette = redact(sent, recorded=WHEN)
    body, form, query = (one.request for one in cassette.interactions)
    (new,) = json.loads(body.body).values()
    assert parse_qs(form.body.decode())["apikey"] == [new]
    assert parse_qs(query.query)["apikey"] == [new]
    assert cassette.redaction == {"api key": 1}


def test_a_plus_in_a_cookie_is_a_plus() -> None:
    header = asked(body=json.dumps({"note": "id=1; access_token=ab+c1"}).encode())
    cassette = redact([header, asked(body=b'{"access_token": "ab+c1"}')], recorded=WHEN)
    assert sum(cassette.redaction.values()) == 1


def test_what_iam_says_to_everybody_stays() -> None:
    body = b'{"refresh_token":"not_supported","token_type":"Bearer","secret":"10110"}'
    assert clean(body=body).body == body


def test_a_secret_learnt_late_is_replaced_where_it_stood_before() -> None:
    early = asked(body=b'{"note": "hunter-2000-hunter"}')
    late = asked(headers={"authorization": "apikey hunter-2000-hunter"})
    cassette = redact([early, late], recorded=WHEN)
    first, second = (one.request for one in cassette.interactions)
    pseudonym = second.headers["authorization"].removeprefix("apikey ")
    assert json.loads(first.body) == {"note": pseudonym}
    assert cassette.redaction == {"api key": 1}


def test_headers_of_the_network_are_left_out() -> None:
    headers = {
        "cookie": "sid=abcdef123456",
        "cf-ray": "8a",
        "traceparent": "00-1",
        "via": "1.1 x",
        "x-forwarded-for": "77.88.55.60",
        "uber-trace-id": "1:1:0:1",
        "accept": "*/*",
    }
    one = asked(headers=headers, body=b"client 77.88.55.60 with abcdef123456")
    (after,) = redact([one], recorded=WHEN).interactions
    assert after.request.headers == {"uber-trace-id": "1:1:0:1", "accept": "*/*"}
    assert after.request.body == b"client 192.0.2.1 with redacted000000000001"


def test_a_signed_url_is_still_a_url() -> None:
    credential = "AKIAIOSFODNN7EXAMPLE%2F20260901%2Fus-east%2Fs3%2Faws4_request"
    url = (
        "https://s3.us-east.cloud-object-storage.appdomain.cloud/bucket/results.json"
        f"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}"
        f"&X-Amz-Date=20260901T120000Z&X-Amz-Signature={'ab12' * 16}"
    )
    after = json.loads(clean(body=json.dumps({"url": url}).encode()).body)["url"]
    assert after == (
        url.replace("AKIAIOSFODNN7EXAMPLE", "REDACTED000000000001").replace(
            "ab12" * 16, "0" * 63 + "2"
        )
    )


def test_a_compressed_body_is_looked_into_and_stays_compressed() -> None:
    body = gzip.compress(json.dumps({"email": "ada@uk.ibm.com"}).encode())
    headers = {"content-encoding": "gzip", "content-length": str(len(body))}
    after = clean(headers=headers, body=body)
    assert json.loads(gzip.decompress(after.body)) == {"email": "user1@example.invalid"}
    assert after.headers["content-length"] == str(len(after.body))


def test_a_body_that_cannot_be_looked_into_is_refused_with_its_place() -> None:
    with pytest.raises(NotReadable, match=r"interaction 0 \(POST quantum.*'br'"):
        clean(headers={"content-encoding": "br"}, body=b"\x8b\x05\x80\xff")


def test_equal_bearers_stay_equal_and_different_ones_different() -> None:
    tokens = [
        jwt("IBMid-550000AAAA", "7" * 32, issued) for issued in (1_780_000_000, 1_780_003_600)
    ]
    sent = [asked(headers={"authorization": f"Bearer {tokens[which]}"}) for which in (0, 1, 0)]
    cassette = redact(sent, recorded=WHEN)
    first, second, third = (one.request.headers["authorization"] for one in cassette.interactions)
    assert first == third != second
    assert cassette.redaction["jwt"] == 2
    assert cassette.redaction["user id"] == 1


HARMLESS = {
    "numbers": json.dumps({"data": base64.b64encode(struct.pack("<6d", *[0.1] * 6)).decode()}),
    "bits": json.dumps({"data": base64.b64encode(bytes(range(180, 213))).decode()}),
    "zlib": json.dumps({"__value__": base64.b64encode(zlib.compress(bytes(range(256)))).decode()}),
    "versions": "dryshot 1.2.3.4, version 10.20.30.40, qiskit==4.25.11.12; Mozilla/112.31.5.7",
    "qasm": 'OPENQASM 3.0; include "stdgates.inc"; ctrl @ x q[0], q[1]; rz(1.5707963267948966) q;',
    "job": "cjvks5fp8blo0kgog530 d1tg2l8sf3ks73a1v4n0 5b1d6f0e-2c47-4e8a-9d53-8a7b90c1d2e3",
    "hash": json.dumps({"calibration_id": "9f" * 64, "sha256": "0123456789abcdef" * 4}),
    "times": "2026-09-01T12:34:56.789Z 12:34:56 std::dec::hex abc::def a::b",
    "loopback": "http://127.0.0.1:8787 [::1]:80 0.0.0.0 ::",
    "reserved": "mail@example.com 192.0.2.7 2001:db8::7 user@host.test",
    "code": 'headers = {"x-access-token": login.json()["id"]}; token=make_token_2(x)',
    "public crn": "crn:v1:bluemix:public:globalcatalog::::plan:lite",
    "list": json.dumps({"data": ["aB3cD" * 8 + "xY9z", "aB3cD" * 12 + "xY9z"]}),
    "trace": "uber-trace-id: 8f3a9c1b2d4e5f60:8f3a9c1b2d4e5f60:0:1",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_like_a_secret_is_left_alone(name: str) -> None:
    text = HARMLESS[name]
    assert find_secrets(text) == []
    one = Interaction(
        Request("GET", HOST, "/api/v1/jobs/cjvks5fp8blo0kgog530/results"),
        Response(200, {"content-type": "text/plain"}, text.encode()),
        WHEN,
    )
    if name != "code":  # what a program calls a token is looked at by lint only
        assert redact([one], recorded=WHEN).interactions == (one,)


def test_data_that_are_no_text_are_never_touched() -> None:
    blob = bytes(range(256)) + b"ada@uk.ibm.com" + bytes(range(255, -1, -1))
    body = json.dumps({"qpy": base64.b64encode(blob).decode()}).encode()
    assert clean(body=body).body == body


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Authorization:\n- Bearer aZ09aZ09aZ09aZ09aZ09", "token"),
        ('apikey: "Ab1Ab1Ab1Ab1Ab1Ab1"', "api key"),
        ("login_token=Ab1\nrefresh_token=OKD-9a8b7c6d5e4f", "token"),
        ("set-cookie: sid=9a8b7c6d5e4f; Path=/", "cookie"),
        ('{"name": "Cookie", "value": "sid=9a8b7c6d5e4f"}', "cookie"),
        ('"cookies": [{"name": "sid", "value": "9a8b7c6d5e4f"}]', "cookie"),
        ("https://x.test/y?X-Amz-Signature=" + "ab12" * 16, "signature"),
        ("write to grace.hopper@navy.mil.", "email"),
        ("from 10.0.0.17 port 22", "ip"),
        ("peer fe80::1ff:fe23:4567:890a", "ip"),
        ("IBMid-550000ABCD", "user id"),
        (f"account_id: {'7c0ffee5' * 4}", "account id"),
        ("AKIAQ3EGRXYZ45TUVWAB", "api key"),
        ("Authorization: Basic YWRhOnNlY3JldC0xNw==", "api key"),
    ],
)
def test_findings_name_the_kind_and_never_show_the_secret(text: str, kind: str) -> None:
    (finding,) = find_secrets(text)
    assert finding.kind == kind
    lines = text.split("\n")
    assert 1 <= finding.line <= len(lines)
    rest = lines[finding.line - 1][finding.column - 1 :]
    assert finding.excerpt.endswith("***")
    assert rest[:6] not in finding.excerpt


def test_a_cassette_of_nothing_is_one() -> None:
    assert redact([], recorded=WHEN) == Cassette((), WHEN)
    assert written(Cassette((), WHEN)).strip() == ""
