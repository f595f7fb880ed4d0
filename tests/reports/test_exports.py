"""A journal as HAR, and as a script that does again what was done, on a mock that is served."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot import Mock
from dryshot.http import Request
from dryshot.journal import Exchange, Journal
from dryshot.recording.imports import import_recording
from tests.dialects.classic import JOB, RUNTIME, log_in, submit
from tests.serving import served
from tests.world.worlds import echo

KEY = "a-key-that-nobody-may-see-0001-with-&-and-%"
OPTIONS = {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"}


def worked() -> tuple[Mock, str]:
    """A mock that was used in both dialects, and the tokens that it gave."""
    mock = Mock(engine=echo, seed=3)
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        token = http.headers["x-access-token"] = log_in(http, KEY)["id"]
        job = submit(http, tags=["it's", "$HOME `id`", "\\n", "ünï"])
        http.get(f"/jobs/{job}")
        http.post("/jobs", json=JOB | {"tags": [token, KEY, "x" * 90]})
        http.post("/jobs", content=b"\x00\xff not text'", headers={"content-type": "text/plain"})
        http.get("/jobs", params={"tags": "it's", "limit": 1})
        http.get(f"/jobs?token={token}")
        http.delete(f"/jobs/{job}")
        http.get(f"/jobs/{job}")
    grant = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": KEY}
    with httpx.Client(transport=mock.transport()) as http:
        given = http.post("https://iam.cloud.ibm.com/identity/token", data=grant).json()
        bearer = {"authorization": f"Bearer {given['access_token']}"}
        http.get("https://quantum.cloud.ibm.com/api/v1/jobs", headers=bearer)
    return mock, token + "\n" + given["access_token"]


def run(script: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-s"],  # noqa: S607 - whichever shell there is
        input=script,
        env=OPTIONS | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_script_does_on_a_served_mock_what_was_done() -> None:
    mock, tokens = worked()
    script = mock.journal.to_curl()
    for secret in (KEY, KEY[:30], *tokens.splitlines()):
        assert secret not in script
    other = Mock(engine=echo, seed=4, clock="2024-02-03T04:05:06Z")  # other tokens, other ids
    with served(other.asgi()) as address:
        done = run(script, DRYSHOT_URL=f"http://{address}", DRYSHOT_API_KEY=KEY)
    assert done.stderr == ""
    assert done.returncode == 0, done.stdout
    assert [one.status for one in other.journal.since()] == [
        one.status for one in mock.journal.since()
    ]
    theirs, ours = other.journal.since(), mock.journal.since()
    assert [one.operation for one in theirs] == [one.operation for one in ours]
    assert theirs[1].sent == ours[1].sent
    assert theirs[4].request.body == b"\x00\xff not text'"
    assert theirs[3].sent["tags"][1:] == ours[3].sent["tags"][1:]
    assert theirs[1].received["id"] != ours[1].received["id"]
    assert tokens.splitlines()[0] not in done.stdout
    given = [json.loads(one.response.body) for one in (theirs[0].exchange, theirs[9].exchange)]
    assert given[0]["id"] not in done.stdout
    assert given[1]["access_token"] not in done.stdout


def test_the_script_says_which_answers_are_others() -> None:
    mock = Mock(engine=echo)
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        mock.faults.fail(500, operation="list_programs")
        http.get("/programs")
        http.get("/programs")
    script = mock.journal.to_curl()
    other = Mock(engine=echo)
    other.faults.fail(429, operation="list_programs", nth=2)
    with served(other.asgi()) as address:
        done = run(script, DRYSHOT_URL=f"http://{address}")
    assert "1. GET /programs: 200\n" in done.stdout  # what a fault did is no rule
    assert "2. GET /programs: 429, and it was 200\n" in done.stdout
    assert done.returncode == 1


def test_the_script_asks_for_credentials_that_no_answer_gives() -> None:
    mock = Mock(engine=echo)
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.get("/jobs", headers={"x-access-token": "a-token-from-elsewhere-77"})
    done = run(mock.journal.to_curl())
    assert "DRYSHOT_TOKEN" in done.stderr
    assert done.returncode != 0


def test_har_has_everything_but_secrets(tmp_path: Path) -> None:
    mock, tokens = worked()
    har = mock.journal.to_har()
    text = json.dumps(har, ensure_ascii=False)
    for secret in (KEY, KEY[:30], *tokens.splitlines()):
        assert secret not in text
    entries = har["log"]["entries"]
    assert [one["response"]["status"] for one in entries] == [
        one.status for one in mock.journal.since()
    ]
    refused: dict[str, Any] = entries[3]["_dryshot"]
    assert refused["operation"] == "create_job"
    assert refused["sequence"] == 4
    assert {one["rule"] for one in refused["problems"]} == {"maxLength"}
    path = tmp_path / "journal.har"
    path.write_text(json.dumps(har))
    cassette = import_recording(path)
    assert [one.operation for one in cassette.interactions][1] == "legacy-runtime.create_job"


def test_bodies_that_cannot_be_looked_into_are_not_shown() -> None:
    mock = Mock(engine=echo)
    packed = {"content-type": "application/json", "content-encoding": "br"}
    at = mock.clock.now()
    response = mock(Request("GET", "runtime-us-east.quantum-computing.ibm.com", "/programs"))
    journal = Journal(max_body_bytes=50)
    hidden = b"\xff\xfe" + KEY.encode()
    request = Request("POST", "127.0.0.1", "/jobs", headers=packed, body=hidden)
    journal.add(Exchange(request, response, "create_job", at))
    shown = json.dumps(journal.to_har())
    assert "cannot be looked into" in shown
    assert KEY not in shown
    long = Request("POST", "127.0.0.1", "/jobs", body=b"x" * 51)
    journal.add(Exchange(long, response, "create_job", at))
    assert "It is left out" in journal.to_curl()


def test_an_empty_journal_has_forms_too() -> None:
    journal = Mock(engine=echo).journal
    assert journal.to_har()["log"]["entries"] == []
    assert run(journal.to_curl()).returncode == 0


@pytest.mark.parametrize("name", ["to_har", "to_curl"])
def test_what_a_fault_lost_is_told(name: str) -> None:
    mock = Mock(engine=echo)
    mock.faults.timeout(operation="list_programs")
    with httpx.Client(transport=mock.transport()) as http, pytest.raises(httpx.ReadTimeout):
        http.get(f"{RUNTIME}/programs")
    assert "timeout read" in str(getattr(mock.journal, name)())
