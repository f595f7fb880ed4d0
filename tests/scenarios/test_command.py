"""``dryshot scenarios``, and ``--scenario`` of the commands that make worlds."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]  # its types are a package of their own

from dryshot import Pace
from dryshot.cli import main
from dryshot.commands import serve
from dryshot.scenarios import find, names, read_file, schema
from dryshot.server.composition import asked_scenario, compose, pace
from tests.server_state.stage import User


def test_they_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines() if line[0] != " "] == names()
    assert "Every API key has expired." in told
    assert max(map(len, told.splitlines())) < 100


def test_one_is_shown_copied_changed_and_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenarios", "show", "Busy queue"]) == 0
    text = capsys.readouterr().out
    copy = tmp_path / "copy.yaml"
    copy.write_text(text.replace("length: 60", "length: 90"))
    assert main(["scenarios", "check", str(copy)]) == 0
    assert read_file(copy).trouble[0].arguments["length"] == 90
    assert yaml.safe_load(text)["description"].strip() == find("busy-queue").description
    copy.write_text(text.replace("length: 60", "length: [60]"))
    assert main(["scenarios", "check", str(copy)]) == 1
    assert f"{copy}:6: trouble[0].arguments.length: " in capsys.readouterr().err


def test_one_that_there_is_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios", "show", "../quiet"]) == 1
    assert "there is no scenario '../quiet'" in capsys.readouterr().err


def test_the_schema_is_written_for_editors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


@pytest.mark.parametrize("command", [["run"], ["serve", "--port", "0"]])
def test_a_command_refuses_a_scenario_that_there_is_not(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    name, *options = command
    program = ["--", sys.executable, "-c", "pass"] if name == "run" else []
    assert main([name, *options, "--engine", "stub", "--scenario", "busy qeue", *program]) > 0
    assert "there is no scenario 'busy qeue'; did you mean" in capsys.readouterr().err


def test_a_command_runs_in_a_scenario(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    faults = "faults: [{kind: fail, status: 503, operation: get_versions, times: 2}]\n"
    (tmp_path / "mine.yaml").write_text(faults)
    program = """
import json, urllib.error, urllib.request
def ask(url):
    try:
        return urllib.request.urlopen(url, timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code
print(*[ask("https://quantum.cloud.ibm.com/api/v1/versions") for _ in range(3)])
"""
    options = ["--engine", "stub", "--scenario", "quiet", "--scenario", "mine.yaml", "--quiet"]
    assert main(["run", *options, "--", sys.executable, "-c", program]) == 0
    assert capfd.readouterr().out.split() == ["503", "503", "200"]


@pytest.mark.parametrize(
    ("options", "paces"),
    [
        ([], Pace(0.0, 0.0)),
        (["--scenario", "slow.yaml"], Pace(30.0, 0.0)),
        (["--scenario", "slow.yaml", "--queue-seconds", "2", "--run-seconds", "1"], Pace(2.0, 1.0)),
    ],
)
def test_a_served_worlds_pace_is_the_scenarios_unless_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], paces: Pace
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slow.yaml").write_text("pace: {queue: 30}\n")
    parser = argparse.ArgumentParser()
    serve.declare(parser)
    settings = parser.parse_args(["--engine", "stub", *options])
    assert pace(settings, asked_scenario(settings)) == paces
    with compose(settings) as (tenants, _), closing(User(tenants).log_in()) as user:
        job = user.submit()
        waits = user.do("GET", f"/jobs/{job}").json()["status"] == "Queued"
        assert waits == (paces.queue > 0)
