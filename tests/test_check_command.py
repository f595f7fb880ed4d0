from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dryshot.cli import main
from dryshot.drift.findings import Finding, Place, Report, Verdict
from dryshot.drift.output import FORMATS, write_report
from dryshot.drift.visits import visit_mock
from dryshot.mock import Mock
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.files import write_cassette
from tests.drift.documents import copy_of
from tests.serving import served


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A published document in which a field is gone and another is new."""
    document = copy_of("platform-runtime")
    session = document["components"]["schemas"]["Session"]["properties"]
    del session["user_id"]
    session["owner"] = {"type": "string"}
    path = tmp_path / "new, 100%.json"
    path.write_text(json.dumps(document))
    return path


def test_a_document_that_is_the_same_exits_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "same.json"
    path.write_text(json.dumps(copy_of("platform-runtime")))
    assert main(["check", "--against", str(path)]) == 0
    assert "No drift." in capsys.readouterr().out


def test_a_document_that_differs_exits_2_and_says_where(
    newer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--against", str(newer), "--document", "platform-runtime"]) == 2
    text = capsys.readouterr().out
    assert "create_session response 200 $.user_id  and 1 more place" in text
    assert "user_id is gone  response-field-removed" in text
    assert "2 differences: 1 breaking, 1 non-breaking." in text
    assert main(["check", "--against", str(newer), "--breaking-only"]) == 2
    assert "owner" not in capsys.readouterr().out


def test_json_has_everything(newer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--against", str(newer), "--format", "json"]) == 2
    data = json.loads(capsys.readouterr().out)
    assert data["drift"]
    assert data["counts"] == {"breaking": 1, "non-breaking": 1, "informational": 0}
    assert data["findings"][0]["rule"] == "response-field-removed"
    assert data["findings"][0]["places"][0] == {
        "operation": "create_session",
        "where": "response 200",
        "path": "$.user_id",
    }


def test_github_annotations_are_escaped(newer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--against", str(newer), "--format", "github"]) == 2
    error, warning, _ = capsys.readouterr().out.splitlines()
    assert error.startswith("::error file=")
    assert "new%2C 100%25.json,title=breaking%3A response-field-removed::" in error
    assert warning.startswith("::warning file=")


def test_every_format_is_whole_whatever_the_text_holds(capsys: pytest.CaptureFixture[str]) -> None:
    nasty = "a::b, c%\n\x1b[31m<x>&\x00"
    place = Place(nasty, nasty, nasty)
    finding = Finding("some-rule", Verdict.BREAKING, (place,), nasty)
    report = Report(nasty, (finding,), nasty, nasty, (nasty,))
    for form in FORMATS:
        write_report(report, form, sys.stdout)
        text = capsys.readouterr().out
        if form == "junit":
            suite = ET.fromstring(text)[0]  # noqa: S314 - our own
            assert suite.get("failures") == "1"
        elif form == "json":
            assert json.loads(text)["findings"][0]["text"] == nasty
        elif form == "github":
            assert len(text.splitlines()) == 2
        else:
            assert "\x1b[31m" not in text


def test_junit_of_no_drift_has_one_test_that_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "same.json"
    path.write_text(json.dumps(copy_of("platform-iam")))
    assert main(["check", "--against", str(path), "--format", "junit"]) == 0
    suite = ET.fromstring(capsys.readouterr().out)[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), len(suite)) == ("1", "0", 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give one of these"),
        (["--mock", "--live"], "give one of these"),
        (["--against", "nowhere.json"], "nowhere.json: No such file"),
        (["--mock", "--shapes", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["nowhere.yaml"], "nowhere.yaml"),
        (["--mock", "--partial"], "go with --against"),
        (["--against", "x", "--shapes", "y"], "go with cassettes"),
        (["--against", "x", "--document", "y"], "y is none of"),
        (["--live"], "DRYSHOT_LIVE_API_KEY"),
    ],
)
def test_what_cannot_be_found_out_exits_1(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DRYSHOT_LIVE_API_KEY", raising=False)
    assert main(["check", *arguments]) == 1
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def cassette_of(interactions: list[Interaction]) -> Cassette:
    return Cassette(tuple(interactions), datetime(2026, 9, 1, tzinfo=UTC), "mock", {}, {}, "ours")


def test_a_cassette_is_checked_and_its_shapes_are_written_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = "platform-runtime.get_versions"
    seen = [one for one in visit_mock(Mock(engine="stub")) if one.operation == versions][:1]
    path, shapes = tmp_path / "cassette.yaml", tmp_path / "shapes.yaml"
    (one,) = seen
    write_cassette(cassette_of([replace(one, request=replace(one.request, headers={}))]), path)
    assert main(["check", str(path)]) == 0
    assert main(["check", str(path), "--write-shapes", str(shapes)]) == 0
    assert main(["check", str(path), "--shapes", str(shapes)]) == 0
    shapes.write_text(shapes.read_text().replace("$.versions: array", "$.versions: object"))
    capsys.readouterr()
    assert main(["check", str(path), "--shapes", str(shapes)]) == 2
    assert "was object, is array  shape-type-changed" in capsys.readouterr().out


def test_the_mock_does_not_drift(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--mock"]) == 0
    assert "No drift." in capsys.readouterr().out


def test_a_live_service_is_checked_by_the_environment_and_the_key_is_nowhere() -> None:
    with served(Mock(engine="stub").asgi()) as address:
        environ = {
            **os.environ,
            "DRYSHOT_LIVE_API_KEY": "s3cret-key",
            "DRYSHOT_LIVE_INSTANCE": "premium-instance",
            "DRYSHOT_LIVE_URL": f"http://{address}",
        }
        run = subprocess.run(
            [sys.executable, "-m", "dryshot", "check", "--live"],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No drift." in run.stdout
    assert "s3cret-key" not in run.stdout + run.stderr
