"""What a run tells at its end, and the options that its mock takes."""

from __future__ import annotations

import json
import sys

import pytest

from dryshot import Mock, SpecDrift
from dryshot.cli import main
from dryshot.http import Request
from dryshot.server.summary import Tally

from .surroundings import dryshot_run

RUNTIME = "runtime-us-east.quantum-computing.ibm.com"


def test_calls_are_counted_by_operation_and_kind_of_status() -> None:
    tally = Tally(Mock(engine="stub"))
    for _ in range(2):
        tally(Request("GET", RUNTIME, "/programs"))
    tally(Request("GET", RUNTIME, "/backends"))
    assert tally.lines({"example.com": 2, "a.example:80": 1}) == [
        "dryshot: 3 calls answered here, none sent to IBM:",
        "  list_programs  2 2xx",
        "  list_backends  1 4xx",
        "dryshot: refused, nothing sent (--allow-host NAME lets one through):",
        "  example.com    2 times",
        "  a.example:80   1 time",
    ]


def test_a_run_without_calls_says_so() -> None:
    assert Tally(Mock(engine="stub")).lines({}) == [
        "dryshot: 0 calls answered here, none sent to IBM"
    ]


def test_counts_are_exact_beyond_the_journals_size_and_the_journal_does_not_grow() -> None:
    mock = Mock(engine="stub")
    tally = Tally(mock)
    for _ in range(50):
        tally(Request("GET", RUNTIME, "/programs"))
    assert tally.calls["list_programs"] == {"2xx": 50}
    assert len(mock.journal) == 0


def test_no_secret_is_told_that_stands_in_a_path_a_query_a_header_or_a_body() -> None:
    tally = Tally(Mock(engine="stub"))
    secret = "a8f5f167f44f4964e6c998dee827110c"
    headers = {"authorization": f"Bearer {secret}"}
    for path in (f"/{secret}", f"/jobs/{secret}", f"/users/{secret}/x", f"/%20{secret}\r\n"):
        tally(Request("POST", RUNTIME, path, query=secret, headers=headers, body=secret.encode()))
    text = "\n".join(tally.lines({}))
    assert secret not in text
    assert f"POST {RUNTIME}/users/…/x" in text


def test_the_number_of_rows_is_bounded() -> None:
    tally = Tally(Mock(engine="stub"))
    for first in "abcdefghijklmnopqrstuvwxyz":
        for second in "abcdefghij":
            tally(Request("GET", RUNTIME, f"/{first}{second}"))
    lines = tally.lines({})
    assert lines[0].startswith("dryshot: 260 calls")
    assert len(lines) <= 202
    assert lines[-1].split() == ["others", "60", "4xx"]


def test_a_fault_of_dryshots_own_is_counted_and_raised() -> None:
    class Drifting(Mock):
        def __call__(self, request: Request) -> object:  # type: ignore[override] # it never returns
            raise SpecDrift(request.path)

    tally = Tally(Drifting(engine="stub"))
    with pytest.raises(SpecDrift):
        tally(Request("GET", RUNTIME, "/programs"))
    assert f"  GET {RUNTIME}/programs  1 failed in dryshot" in tally.lines({})


def test_quiet_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--quiet", "--engine", "stub", "--", "true"]) == 0
    assert capfd.readouterr() == ("", "")


SUBMIT = """
import json, time, requests
AUTH = "https://auth.quantum-computing.ibm.com/api"
RUNTIME = "https://runtime-us-east.quantum-computing.ibm.com"
login = requests.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "key"})
headers = {"x-access-token": login.json()["id"]}
job = {"program_id": "sampler", "backend": "ibm_wellington", "params": {"circuits": ["x"]}}
job = requests.post(f"{RUNTIME}/jobs", headers=headers, json=job).json()
look = requests.get(f"{RUNTIME}/jobs/{job['id']}", headers=headers).json()
print(json.dumps([login.json()["id"], look["status"], look["created"]]))
"""


def submitted(*options: str) -> list[str]:
    done = dryshot_run("--engine", "stub", *options, "--", sys.executable, "-c", SUBMIT)
    assert done.returncode == 0, done.stderr
    told: list[str] = json.loads(done.stdout)
    return told


def test_the_options_are_those_of_the_mock() -> None:
    token, status, created = submitted("--queue-seconds", "100")
    assert (status, created[:10]) == ("Queued", "2023-09-11")
    other, _, present = submitted("--clock", "wall", "--seed", "5")
    assert other != token
    assert present > "2024"


def test_seconds_are_not_below_0(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("-1", "inf", "nan", "soon"):
        with pytest.raises(SystemExit):
            main(["run", f"--run-seconds={text}", "--", "true"])
        assert "--run-seconds" in capsys.readouterr().err
