"""HAR files of browsers and proxies in, cassettes as HAR out."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dryshot.recording.files import read_cassette, write_cassette
from dryshot.recording.har import write_har
from dryshot.recording.imports import import_recording
from dryshot.recording.problems import CassetteError

from .tapes import HOST, cassette, interaction

TOKEN = "Zx8Qw3Er5Ty7Ui9Op1As2Df4Gh6Jk8Lz0Xc2Vb4Nm6Qw8Er0Ty2Ui4Op6As8Df0Gh"


def entry(url: str, started: str, **answer: Any) -> dict[str, Any]:
    return {
        "startedDateTime": started,
        "time": 125.5,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [
                {"name": ":authority", "value": HOST},
                {"name": "X-Access-Token", "value": TOKEN},
            ],
        },
        "response": {
            "status": 200,
            "headers": [
                {"name": "Content-Encoding", "value": "gzip"},
                {"name": "Content-Type", "value": "application/json"},
            ],
            "content": {"size": 2, "mimeType": "application/json", "text": "{}"},
        }
        | answer,
    }


def har(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return path


def test_a_har_file_is_taken_in_by_its_times_and_without_its_secrets(tmp_path: Path) -> None:
    content = {"text": base64.b64encode(b'{"count":1}').decode(), "encoding": "base64"}
    source = har(
        tmp_path / "browser.har",
        entry(f"https://{HOST}/jobs?limit=2", "2026-03-01T12:00:05.250+01:00"),
        entry(f"https://{HOST}/programs", "2026-03-01T11:00:01Z", content=content),
        entry(f"https://{HOST}/backends", "2026-03-01T11:00:03Z", status=0),
        entry(f"wss://{HOST}/stream", "2026-03-01T11:00:03Z", status=101),
    )
    made = import_recording(source)
    write_cassette(made, tmp_path / "it.yaml")
    assert TOKEN not in (tmp_path / "it.yaml").read_text()
    assert read_cassette(tmp_path / "it.yaml") == made
    first, second = made.interactions
    assert first.operation == "legacy-runtime.list_programs"
    assert (first.response.body, first.seconds) == (b'{"count":1}', 0.1255)
    assert "content-encoding" not in first.response.headers
    assert ":authority" not in first.request.headers
    assert (second.request.path, second.request.query) == ("/jobs", "limit=2")
    assert second.at - first.at == timedelta(seconds=4.25)


def test_what_a_form_sent_is_taken_in_with_its_text_or_its_parameters(tmp_path: Path) -> None:
    sent = (
        {"mimeType": "application/x-www-form-urlencoded", "text": "a=b&c=d%20e"},
        {
            "mimeType": "application/x-www-form-urlencoded",
            "params": [{"name": "a b", "value": "c"}],
        },
    )
    entries = [entry(f"https://{HOST}/x", f"2026-03-01T11:00:0{n}Z") for n in range(2)]
    for one, data in zip(entries, sent, strict=True):
        one["request"] |= {"method": "post", "postData": data}
    made = import_recording(har(tmp_path / "it.har", *entries))
    assert [one.request.body for one in made.interactions] == [b"a=b&c=d%20e", b"a+b=c"]
    assert {one.request.method for one in made.interactions} == {"POST"}


def test_a_cassette_goes_out_as_har_and_comes_in_the_same(tmp_path: Path) -> None:
    ours = cassette(
        interaction(b'{"a":"\xc3\xa9"}', sent=b"x=1"), interaction(bytes(range(256)), at=2.5)
    )
    write_har(ours, tmp_path / "it.har")
    log = json.loads((tmp_path / "it.har").read_text())["log"]
    assert (log["version"], log["comment"]) == ("1.2", "Made.")
    assert log["entries"][0]["timings"] == {"send": 0, "wait": 250.0, "receive": 0}
    made = import_recording(tmp_path / "it.har").interactions
    for ours_one, theirs in zip(ours.interactions, made, strict=True):
        assert (theirs.request, theirs.response) == (ours_one.request, ours_one.response)
        assert (theirs.at, theirs.seconds) == (ours_one.at, ours_one.seconds)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no time": ({"startedDateTime": "yesterday"}, r"entries\[0\]\.startedDateTime: should be"),
    "no URL": ({"request": {"method": "GET"}}, r"entries\[0\]\.request: 'url' is missing"),
    "no content": ({"response": {"status": 200, "headers": []}}, r"response: 'content' is missing"),
    "no base64": (
        {
            "response": {
                "status": 200,
                "headers": [],
                "content": {"text": "?", "encoding": "base64"},
            }
        },
        r"content\.text: should be base64",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_in_a_har_file_is_named(tmp_path: Path, fault: str) -> None:
    wrong, said = WRONG[fault]
    source = har(tmp_path / "it.har", entry(f"https://{HOST}/x", "2026-03-01T11:00:01Z") | wrong)
    with pytest.raises(CassetteError, match=rf"it\.har:1: log\.{said}|it\.har:1: .*{said}"):
        import_recording(source)


def test_a_har_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    source = har(tmp_path / "it.har", entry(f"https://{HOST}/x", "2026-03-01T11:00:01Z"))
    source.write_text(source.read_text()[:-40])
    with pytest.raises(CassetteError, match=r"it\.har:1: this is no JSON"):
        import_recording(source)
