"""VCR.py itself plays what is written, and what it wrote is taken in."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import vcr  # type: ignore[import-untyped] # it ships no types
from vcr.serialize import deserialize, serialize  # type: ignore[import-untyped]
from vcr.serializers import (  # type: ignore[import-untyped]
    jsonserializer,
    yamlserializer,
)

from dryshot.recording.bodies import Bodies
from dryshot.recording.files import dump_cassette, read_cassette, write_cassette
from dryshot.recording.imports import import_recording
from dryshot.recording.problems import CassetteError

from .tapes import HOST, cassette, interaction

URL = f"https://{HOST}/programs?a=b%20c"
BODIES = (
    b'{"id":"one","text":"' + "é\n".encode().replace(b"\n", b"\\n") * 60 + b'","more":[1,2]}',
    b"line\nline\n\n" * 20,
    bytes(range(256)),
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("get", [requests.get, httpx.get])
def test_vcr_plays_a_cassette_as_it_was_answered(tmp_path: Path, body: bytes, get: object) -> None:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction(body)), path)
    assert callable(get)
    with vcr.use_cassette(str(path), record_mode="none") as tape:
        answer = get(URL)
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == "application/json"
    assert tape.all_played


def test_vcr_plays_the_shipped_seed() -> None:
    path = Path(__file__).parents[2] / "fixtures" / "cassettes" / "seed.yaml"
    with vcr.use_cassette(str(path), record_mode="none"):
        job = requests.get(f"https://{HOST}/jobs/cjvks5fp8blo0kgog530/results", timeout=1).json()
    assert job["quasi_dists"] == [{"0": 0.0010648129545545889, "1": 0.9989351870454455}]


RECORDED = {
    "version": 1,
    "interactions": [
        {
            "request": {
                "method": "POST",
                "uri": "https://auth.quantum-computing.ibm.com/api/users/loginWithToken",
                "body": '{"apiToken": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"}',
                "headers": {"Content-Type": ["application/json"], "Connection": ["keep-alive"]},
            },
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {
                    "Content-Type": ["application/json"],
                    "Date": ["Mon, 11 Sep 2023 17:27:45 GMT"],
                },
                "body": {"string": '{"id":"' + "aB3" * 21 + 'x","ttl":1}'},
            },
        },
        {
            "request": {"method": "GET", "uri": URL, "body": None, "headers": {}},
            "response": {
                "status_code": 200,
                "http_version": "HTTP/1.1",
                "headers": {"content-type": "application/json"},
                "content": '{"programs":[]}',
            },
        },
    ],
}
SECRETS = ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", "aB3" * 21)


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_cassette_of_vcr_is_taken_in_without_its_secrets(tmp_path: Path, kind: str) -> None:
    source, out = tmp_path / f"theirs.{kind}", tmp_path / "ours.yaml"
    source.write_text(json.dumps(RECORDED))  # which is YAML, too
    made = import_recording(source)
    write_cassette(made, out)
    assert not [secret for secret in SECRETS if secret in out.read_text()]
    assert read_cassette(out) == made
    first, second = made.interactions
    assert first.operation == "legacy-auth.login_with_token"
    assert "connection" not in first.request.headers
    assert first.at == datetime(2023, 9, 11, 17, 27, 45, tzinfo=UTC)
    assert second.at - first.at == timedelta(seconds=1)
    assert (second.request.query, second.response.body) == ("a=b%20c", b'{"programs":[]}')


def test_bodies_that_vcr_wrote_in_any_of_its_ways_are_read(tmp_path: Path) -> None:
    plain = b'{"programs":[]}'
    packed = base64.b64encode(gzip.compress(plain)).decode()
    ways = (
        f"body: {{string: !!binary {packed}}}\n      headers: {{Content-Encoding: [gzip]}}",
        "body: {string: '{\"programs\":[]}'}\n      headers: {Content-Encoding: [gzip]}",
        f"body: {{base64_string: {base64.b64encode(plain).decode()}}}",
        "body: {string: !!python/unicode '{\"programs\":[]}'}",
    )
    entries = "".join(
        f"""  - request:
      body: !!python/object/new:_io.BytesIO
        state: !!python/tuple [!!binary {base64.b64encode(b"sent").decode()}, 0, null]
      headers: {{Accept: ['*/*']}}
      method: GET
      uri: {URL}
    response:
      status: {{code: 200, message: OK}}
      {way}
"""
        for way in ways
    )
    source = tmp_path / "theirs.yaml"
    source.write_text(f"interactions:\n{entries}version: 1\n")
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = import_recording(source, start=start)
    assert [one.response.body for one in made.interactions] == [plain] * len(ways)
    assert [one.request.body for one in made.interactions] == [b"sent"] * len(ways)
    assert not [one for one in made.interactions if "content-encoding" in one.response.headers]
    assert [one.at for one in made.interactions] == [start + timedelta(seconds=n) for n in range(4)]


@pytest.mark.parametrize("serializer", [yamlserializer, jsonserializer])
def test_what_vcr_itself_writes_is_taken_in(tmp_path: Path, serializer: Any) -> None:
    binary = [interaction(BODIES[2], path="/jobs", at=1)] if serializer is yamlserializer else []
    ours = cassette(interaction(BODIES[0]), *binary)
    text = dump_cassette(ours, Bodies.beside(tmp_path / "it.yaml"))
    asked, answered = deserialize(text, yamlserializer)[:2]
    source = tmp_path / ("it.yaml" if binary else "it.json")
    source.write_text(serialize({"requests": asked, "responses": answered}, serializer))
    made = import_recording(source)
    assert [(one.request, one.response.body) for one in made.interactions] == [
        (one.request, one.response.body) for one in ours.interactions
    ]


def test_a_body_that_nobody_can_look_into_is_not_taken_in(tmp_path: Path) -> None:
    strange = json.loads(json.dumps(RECORDED))
    strange["interactions"][1]["response"]["headers"] = {"Content-Encoding": "br"}
    body = {"base64_string": base64.b64encode(bytes(range(128, 256))).decode()}
    strange["interactions"][1]["response"]["body"] = body
    source = tmp_path / "theirs.json"
    source.write_text(json.dumps(strange))
    with pytest.raises(CassetteError, match="encoded as 'br', which cannot be read"):
        import_recording(source)


def test_a_file_with_objects_makes_none_of_them(tmp_path: Path) -> None:
    source = tmp_path / "theirs.yaml"
    source.write_text("version: 1\ninteractions: !!python/object/apply:os.system ['exit 3']\n")
    with pytest.raises(CassetteError, match=r"theirs\.yaml:2: this is no YAML"):
        import_recording(source)
