"""Secrets as the services give them, the places where they may stand, and who looks for them."""

from __future__ import annotations

import base64
import gzip
import json
import re
import string
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from hypothesis import strategies as st

from dryshot.http import Request, Response
from dryshot.recording.cassette import Cassette, Interaction

WHEN = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOST = "quantum.cloud.ibm.com"
_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def text(alphabet: str, size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size)


def random(made: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Without what has the look of words."""
    return made.filter(lambda one: re.search("[a-z]{10}", one) is None)


def keys() -> st.SearchStrategy[str]:
    """IBM Cloud's: 44 letters, digits, ``-`` and ``_``, of which there are always some of each."""
    middle, end = text(_LETTERS + "-_", 17), text(_LETTERS, 17)
    return random(st.builds("aB3cD{}xY9zW{}".format, middle, end))


def classic_keys() -> st.SearchStrategy[str]:
    return text(_HEX, 127).map(lambda rest: f"e{rest}")


def access_tokens() -> st.SearchStrategy[str]:
    return random(text(_LETTERS, 40).map("aB3dE5fG7hI9jK1lM3nO5pQ7{}".format))


def emails() -> st.SearchStrategy[str]:
    return st.builds(
        "{}.{}@{}.ibm.com".format,
        text(string.ascii_lowercase, 6),
        text(string.ascii_lowercase + string.digits, 5),
        text(string.ascii_lowercase, 4),
    )


def user_ids() -> st.SearchStrategy[str]:
    return text(string.digits + string.ascii_uppercase, 8).map(lambda rest: f"IBMid-5A{rest}")


def accounts() -> st.SearchStrategy[str]:
    return text(_HEX, 31).map(lambda rest: f"7{rest}")


def crns() -> st.SearchStrategy[str]:
    return st.builds(
        "crn:v1:bluemix:public:quantum-computing:{}:a/{}:{}::".format,
        st.sampled_from(["us-east", "eu-de"]),
        accounts(),
        st.uuids(version=4),
    )


def addresses() -> st.SearchStrategy[str]:
    v4 = st.builds("{}.{}.{}.{}".format, st.integers(20, 99), *[st.integers(10, 255)] * 3)
    v6 = st.integers(0, 2**64 - 1).map(lambda low: f"2a02:26f7:{low >> 48:x}:1::{low & 0xFFFF:x}")
    return st.one_of(v4, v6)


def encode(value: object) -> str:
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(user: str, account: str, issued: int = 1_780_000_000) -> str:
    header = {"kid": "20260901", "alg": "RS256", "typ": "JWT"}
    claims = {
        "iam_id": user,
        "sub": user.partition("-")[2],
        "email": "ada.lovelace@uk.ibm.com",
        "given_name": "Ada",
        "account": {"valid": True, "bss": account},
        "iat": issued,
        "exp": issued + 3600,
        "iss": "https://iam.cloud.ibm.com/identity",
    }
    return f"{encode(header)}.{encode(claims)}.{encode('a signature of ' + user)}"


def jwts() -> st.SearchStrategy[str]:
    return st.builds(jwt, user_ids(), accounts(), st.integers(1_700_000_000, 1_790_000_000))


def secrets() -> st.SearchStrategy[str]:
    credentials = keys(), classic_keys(), access_tokens(), jwts()
    return st.one_of(*credentials, emails(), user_ids(), crns(), addresses())


def _escaped(value: str) -> str:
    return "".join(f"\\u{ord(one):04x}" for one in value)


def _base64(value: str) -> str:
    return base64.b64encode(f"note: {value}".encode()).decode()


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda value: quote(value, safe=""),
    "percent-encoded whole": lambda value: "".join(f"%{ord(one):02x}" for one in value),
    "percent-encoded twice": lambda value: quote(quote(value, safe=""), safe=""),
    "base64": _base64,
    "base64 for URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "base64 twice": lambda value: _base64(_base64(value)),
    "gzip": lambda value: base64.b64encode(gzip.compress(_text(value).encode())).decode(),
    "zlib": lambda value: base64.b64encode(zlib.compress(_text(value).encode())).decode(),
    "JSON": lambda value: json.dumps({"inner": [value]}),
    "JSON in JSON": lambda value: json.dumps({"inner": json.dumps({"deep": value})}),
    "JSON with escapes": lambda value: f'{{"inner": "{_escaped(value)}"}}',
    "base64 of JSON": lambda value: _base64(json.dumps({"inner": value})),
    "in a sentence": lambda value: f"as {value} said",
}


def _text(value: str) -> str:
    return f"a text of some length that tells of {value} and ends"


def _asked(**fields: Any) -> Interaction:
    request = {"method": "GET", "host": HOST, "path": "/api/v1/jobs"} | fields
    return Interaction(Request(**request), Response(200, {}, b"{}"), WHEN)


def _answered(body: bytes, kind: str = "application/json") -> Interaction:
    headers = {"content-type": kind, "content-length": str(len(body))}
    request = Request("GET", HOST, "/api/v1/jobs/cjvks5fp8blo0kgog530/results")
    return Interaction(request, Response(200, headers, body), WHEN)


def _results(value: str) -> bytes:
    numbers = base64.b64encode(bytes(range(256))).decode()
    graph = {"results": [{"data": {"c": numbers}, "metadata": {"note": value}}], "shots": 4000}
    return json.dumps(graph).encode()


PLACES: dict[str, Callable[[str], Interaction]] = {
    "header": lambda value: _asked(headers={"x-note": json.dumps(value)[1:-1]}),
    "answer's header": lambda value: Interaction(
        Request("GET", HOST, "/"), Response(200, {"x-note": json.dumps(value)[1:-1]}), WHEN
    ),
    "cookie": lambda value: _asked(headers={"cookie": f"session={quote(value)}"}),
    "query": lambda value: _asked(query=f"limit=2&note={quote(value)}"),
    "path": lambda value: _asked(path=f"/api/v1/jobs/{quote(value, safe='')}"),
    "form": lambda value: _asked(method="POST", body=f"a=b&note={quote(value)}".encode()),
    "body": lambda value: _asked(method="POST", body=json.dumps({"note": value}).encode()),
    "nested": lambda value: _answered(json.dumps({"a": [{"b": {"c": [1, value]}}]}).encode()),
    "name of a field": lambda value: _answered(json.dumps({value: 1}).encode()),
    "results": lambda value: _answered(_results(value)),
    "text": lambda value: _answered(f"Traceback of 3 lines\n{value}\n".encode(), "text/plain"),
}


def written(cassette: Cassette) -> str:
    """All that a file of it could have."""
    parts = [cassette.host, cassette.provenance]
    for one in cassette.interactions:
        parts += [one.request.host, one.request.target]
        for message in (one.request, one.response):
            parts += [f"{name}: {value}" for name, value in message.headers.items()]
            parts.append(message.body.decode("utf-8", "surrogateescape"))
    return "\n".join(parts)


def readings(given: str, depth: int = 4) -> Iterator[str]:
    """A text in every way that it may be read, by other means than the redactor's."""
    yield given
    if depth:
        for other in {unquote(given), _unescaped(given), *_decoded(given)} - {given}:
            yield from readings(other, depth - 1)


def _unescaped(given: str) -> str:
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), given)
    return re.sub(r'\\(["\\/])', r"\1", text)


def _decoded(given: str) -> Iterator[str]:
    for code in re.findall(r"[A-Za-z0-9+/_-]{8,}", given):
        letters = code.replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(letters + "=" * (-len(letters) % 4))
        except ValueError:
            continue
        for wbits in (15, 31):
            try:
                raw = zlib.decompress(raw, wbits)
            except zlib.error:
                continue
        try:
            yield raw.decode()
        except ValueError:
            continue
