"""The command line, against the mock."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dryshot import Account, Mock, Pace
from dryshot.world import Outcome, Task
from dryshot_client.shell import main
from tests.serving import served

KEY = "longlived0key" * 3
CIRCUIT = "OPENQASM 3.0;\nbit[2] c;\nc[0] = measure $0;\nc[1] = measure $1;\n"
SAMPLES = {
    "c": {"samples": ["0x0", "0x2", "0x1", "0x2", "0x3", "0x1", "0x2"], "num_bits": 2},
    "flag": {"samples": ["0x1"] * 12, "num_bits": 1},
}
SUBMIT = ["submit", "-", "--backend", "ibm_fez"]
TABLES = """\
c
BITS  COUNT
10        3
01        2
00        1
11        1

flag
BITS  COUNT
1        12
"""

Captured = pytest.CaptureFixture[str]
Run = Callable[..., int]


def measure(_: Task) -> Outcome:
    body = {"results": [{"data": SAMPLES, "metadata": {}}], "metadata": {"version": 2}}
    return Outcome(failed=False, body=json.dumps(body), quantum_seconds=2.0)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("QISKIT_IBM_URL", "IAM_URL", "GLOBAL_SEARCH_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QISKIT_IBM_TOKEN", KEY)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "premium-instance")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO(CIRCUIT))


def activated(**settings: Any) -> Iterator[tuple[Mock, Run]]:
    mock = Mock(**{"engine": measure} | settings)
    mock.clock.freeze()

    def run(*argv: str, sleep: Callable[[float], object] = mock.clock.advance) -> int:
        return main(argv, sleep=sleep, monotonic=mock.clock.time)

    with mock.activate():
        yield mock, run


@pytest.fixture
def here() -> Iterator[tuple[Mock, Run]]:
    yield from activated()


@pytest.fixture
def slow() -> Iterator[tuple[Mock, Run]]:
    yield from activated(pace=Pace(queue=60, run=60))


Here = tuple[Mock, Run]


def interrupt(_: float) -> None:
    raise KeyboardInterrupt


def said(captured: Captured) -> str:
    """What went to stderr, where nothing went to stdout."""
    out, err = captured.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


def test_backends_are_listed_in_columns(here: Here, capsys: Captured) -> None:
    assert here[1]("backends") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["NAME", "STATUS", "QUBITS", "QUEUE"]
    assert "ibm_fez        online     156      0" in lines
    assert len({len(line) for line in lines}) == 1


def test_backends_are_listed_as_json(here: Here, capsys: Captured) -> None:
    assert here[1]("backends", "--json") == 0
    devices = json.loads(capsys.readouterr().out)
    fez = {"name": "ibm_fez", "status": "online", "qubits": 156, "queue": 0}
    assert fez in devices
    assert len(devices) == 4


def test_a_queue_is_as_long_as_the_jobs_that_wait(slow: Here, capsys: Captured) -> None:
    assert slow[1](*SUBMIT, "--no-wait") == 0
    slow[1]("backends")
    assert re.search(r"ibm_fez +online +156 +1\n", capsys.readouterr().out)


def test_versions_are_listed_without_a_key(
    here: Here, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QISKIT_IBM_TOKEN")
    assert here[1]("versions") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["VERSION", "STATUS", "SUNSET"]
    assert lines[-1].split() == ["2026-04-15", "live", "-"]
    assert here[1]("versions", "--json") == 0
    versions = json.loads(capsys.readouterr().out)
    assert versions[-1] == {"version": "2026-04-15", "status": "live", "sunset": None}


def test_counts_are_printed_by_register_the_most_frequent_first(
    slow: Here, capsys: Captured
) -> None:
    mock, run = slow
    assert run(*SUBMIT, "--shots", "7") == 0
    captured = capsys.readouterr()
    assert captured.out == TABLES
    (job,) = mock.world.jobs.values()
    assert captured.err == f"job {job.id} on ibm_fez\n"
    (asked,) = mock.journal.of("create_job")
    body = json.loads(asked.request.body)
    assert (body["program_id"], body["backend"]) == ("sampler", "ibm_fez")
    assert body["params"]["pubs"][0][0] == CIRCUIT
    assert 7 in (body["params"].get("shots"), *body["params"]["pubs"][0][1:])


def test_counts_are_printed_as_json(here: Here, capsys: Captured) -> None:
    assert here[1](*SUBMIT, "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert body.keys() == {"id", "backend", "counts"}
    assert body["backend"] == "ibm_fez"
    assert body["counts"]["flag"] == {"1": 12}
    assert list(body["counts"]["c"]) == ["10", "01", "00", "11"]


def test_a_circuit_is_read_from_a_file(here: Here, capsys: Captured, tmp_path: Path) -> None:
    file = tmp_path / "bell.qasm"
    file.write_text(CIRCUIT)
    assert here[1]("submit", str(file), "--backend", "ibm_fez") == 0
    assert capsys.readouterr().out == TABLES


def test_the_id_alone_is_printed_for_who_does_not_wait(
    slow: Here, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock, run = slow
    assert run(*SUBMIT, "--no-wait") == 0
    (job,) = mock.world.jobs.values()
    assert capsys.readouterr() == (f"{job.id}\n", "")
    monkeypatch.setattr(sys, "stdin", io.StringIO(CIRCUIT))
    assert run(*SUBMIT, "--no-wait", "--json") == 0
    assert json.loads(capsys.readouterr().out).keys() == {"id", "backend"}
    assert mock.journal.of("get_job") == []


def test_on_a_terminal_progress_is_drawn_beside_the_output(
    slow: Here, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert slow[1](*SUBMIT) == 0
    assert "Completed" in terminal.getvalue()
    assert capsys.readouterr().out == TABLES


def test_without_rich_there_is_no_progress_and_no_complaint(
    slow: Here, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr(sys, "path", [])
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    assert slow[1](*SUBMIT) == 0
    assert terminal.getvalue().count("\n") == 1
    assert capsys.readouterr().out == TABLES


def test_an_unknown_device_is_the_services_refusal(here: Here, capsys: Captured) -> None:
    assert here[1]("submit", "-", "--backend", "ibm_nowhere") == 1
    assert re.fullmatch(
        r"python -m dryshot_client: POST /jobs: 404 .*ibm_nowhere.*\n", said(capsys)
    )


def test_a_job_that_fails_says_why(capsys: Captured) -> None:
    def fail(_: Task) -> Outcome:
        return Outcome(failed=True, body="text", reason="it\n  broke", reason_code=1517)

    for _, run in activated(engine=fail):
        assert run(*SUBMIT) == 1
    assert re.search(r"job \w+ is Failed \(1517\): it broke\n$", said(capsys))


def test_a_job_that_takes_too_long_goes_on(slow: Here, capsys: Captured) -> None:
    mock, run = slow
    assert run(*SUBMIT, "--timeout", "10") == 1
    (job,) = mock.world.jobs.values()
    assert f"job {job.id} is still Queued after 10 s; it goes on\n" in said(capsys)
    mock.clock.advance(200)
    assert job.ended is not None


def test_a_service_that_fails_is_no_traceback(here: Here, capsys: Captured) -> None:
    mock, run = here
    mock.faults.fail(500, times=None)
    assert run("backends") == 1
    assert "500" in said(capsys)


def test_a_key_that_is_refused_is_not_shown(capsys: Captured) -> None:
    for _, run in activated(accounts=[Account("another key")]):
        assert run("backends") == 1
    error = said(capsys)
    assert error.startswith("python -m dryshot_client: ")
    assert KEY not in error


def test_an_account_that_was_saved_is_used_and_an_option_comes_first(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock, run = here
    account = {
        "channel": "ibm_quantum_platform",
        "token": KEY,
        "instance": "premium-instance",
    }
    (tmp_path / ".qiskit").mkdir()
    file = tmp_path / ".qiskit" / "qiskit-ibm.json"
    file.write_text(json.dumps({"mine": account}))
    monkeypatch.delenv("QISKIT_IBM_TOKEN")
    monkeypatch.delenv("QISKIT_IBM_INSTANCE")
    assert run("backends") == 0
    assert run("backends", "--account-name", "mine") == 0
    assert run("backends", "--instance", "open-instance") == 0
    asked = [each.request.headers["service-crn"] for each in mock.journal.of("list_backends")]
    assert asked[0] == asked[1] != asked[2]


def test_the_version_of_the_api_can_be_chosen(here: Here) -> None:
    mock, run = here
    assert run("backends", "--api-version", "2025-05-01") == 0
    (asked,) = mock.journal.of("list_backends")
    assert asked.request.headers["ibm-api-version"] == "2025-05-01"


def test_no_key_is_a_wrong_usage(
    here: Here, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QISKIT_IBM_TOKEN")
    mock, run = here
    assert run("backends") == 2
    told = said(capsys)
    assert told.startswith("python -m dryshot_client: there is no API key: set the environment")
    assert "QISKIT_IBM_TOKEN" in told
    assert "qiskit-ibm.json has none of the platform" in told
    assert "--account-name" in told
    assert "api_key" not in told
    assert len(mock.journal) == 0


@pytest.mark.parametrize("option", ["--api-key", "--token", "--key", "--api-token"])
def test_no_option_takes_a_key(here: Here, capsys: Captured, option: str) -> None:
    assert here[1]("backends", option, KEY) == 2
    assert "unrecognized arguments" in said(capsys)


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        ([], "COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["submit", "-"], "--backend"),
        ([*SUBMIT, "--shots", "many"], "--shots"),
        ([*SUBMIT, "--shots", "0"], "shots is 0"),
        ([*SUBMIT, "--timeout", "-1"], "timeout is -1.0 s"),
        (["submit", "nonesuch.qasm", "--backend", "x"], "cannot read nonesuch.qasm: No such file"),
        (["submit", ".", "--backend", "x"], "cannot read .: "),
        (["backends", "--url", "nowhere"], "url is not an absolute"),
        (["backends", "--api-version", "new"], "api_version 'new'"),
        (["backends", "--instance", "nonesuch"], "'nonesuch'"),
        (["backends", "--account-name", "nobody"], "there is no account 'nobody'"),
        (["versions", "--account-name", "nobody"], "there is no account 'nobody'"),
    ],
)
def test_wrong_usage_is_told_and_makes_no_job(
    here: Here, capsys: Captured, argv: list[str], error: str
) -> None:
    mock, run = here
    assert run(*argv) == 2
    assert error in said(capsys)
    assert len(mock.world.jobs) == 0


def test_a_file_that_is_no_text_cannot_be_read(
    here: Here, capsys: Captured, tmp_path: Path
) -> None:
    file = tmp_path / "circuit.qpy"
    file.write_bytes(b"QISKIT\xff\xfe")
    assert here[1]("submit", str(file), "--backend", "x") == 2
    assert "circuit.qpy: it is not UTF-8 text" in said(capsys)


def test_a_circuit_of_another_language_is_refused_before_it_is_sent(
    here: Here, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("OPENQASM 2.0;"))
    mock, run = here
    assert run(*SUBMIT) == 2
    assert "OPENQASM 3.0;" in said(capsys)
    assert len(mock.journal) == 0


def test_an_interruption_while_waiting_names_the_job_which_goes_on(
    slow: Here, capsys: Captured
) -> None:
    mock, run = slow
    assert run(*SUBMIT, sleep=interrupt) == 130
    (job,) = mock.world.jobs.values()
    assert said(capsys).endswith(f"interrupted; job {job.id} on ibm_fez goes on\n")
    assert mock.journal.of("cancel_job_jid") == []


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (SUBMIT, "interrupted; whether there is a job now is not known\n"),
        (["backends"], "interrupted\n"),
    ],
)
def test_an_interruption_before_there_is_a_job_says_so(
    here: Here, capsys: Captured, argv: list[str], words: str
) -> None:
    mock, run = here
    mock.faults.fail(500)  # so that there is a pause
    assert run(*argv, sleep=interrupt) == 130
    assert said(capsys).endswith(words)


@pytest.mark.parametrize("command", ["backends", "submit", "versions"])
def test_help_tells_where_the_key_comes_from(capsys: Captured, command: str) -> None:
    assert main([command, "--help"]) == 0
    assert "QISKIT_IBM_TOKEN" in capsys.readouterr().out


def command_line(url: str, home: Path, *argv: str, **how: Any) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "QISKIT_IBM_TOKEN": KEY,
        "QISKIT_IBM_INSTANCE": "premium-instance",
        "QISKIT_IBM_URL": url,
    }
    return subprocess.run(
        [sys.executable, "-m", "dryshot_client", *argv],
        env=environment,
        text=True,
        stderr=subprocess.PIPE,
        check=False,
        **how,
    )


def test_it_runs_as_a_program_against_a_server(tmp_path: Path) -> None:
    with served(Mock(engine=measure).asgi()) as address:
        run = command_line(
            f"http://{address}", tmp_path, *SUBMIT, input=CIRCUIT, stdout=subprocess.PIPE
        )
    assert (run.returncode, run.stdout) == (0, TABLES)
    assert re.fullmatch(r"job \w+ on ibm_fez\n", run.stderr)


def test_a_reader_who_goes_away_is_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with served(Mock(engine=measure).asgi()) as address:
        run = command_line(f"http://{address}", tmp_path, "versions", stdout=writing)
    os.close(writing)
    assert (run.returncode, run.stderr) == (1, "")
