"""Contract coverage as a user asks for it: pytest is run; its words, files, exit code are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dryshot.cli import main

TESTS = """
import json, httpx, pytest
from dryshot.mounts.referee import Referee
from dryshot_client import NotFound

def test_programs(legacy_runtime):
    assert legacy_runtime.programs.list()

def test_a_job(legacy_runtime):  # it never runs, so no engine reads its options
    params = {"circuits": ["bit c;"], "run_options": {"shots": 7}}
    legacy_runtime.jobs.create(program="sampler", backend="ibm_wellington", params=params)

def test_no_job(legacy_runtime):
    with pytest.raises(NotFound):
        legacy_runtime.jobs.get("nothing")

@pytest.fixture
def elsewhere():
    def answer(request):
        return httpx.Response(200, json={"programs": [], "count": 0, "surprise": "sesame"})
    return Referee(httpx.MockTransport(answer))

def test_a_service_that_answers_what_no_document_has(elsewhere):
    from dryshot.errors import SpecDrift
    with httpx.Client(transport=elsewhere) as client, pytest.raises(SpecDrift):
        client.get("https://runtime-us-east.quantum-computing.ibm.com/programs")
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    pytester.makepyfile(TESTS)
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider")
    return pytester.runpytest_subprocess(*plugins, *options)


def told(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_run_tells_what_it_exercised(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--dryshot-coverage", "--dryshot-coverage=html:out/cov")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "*dryshot contract coverage*",
            "legacy-auth*1/5*",
            "legacy-runtime*3/48*",
            "*not counted*platform-runtime*".replace("not", "[Nn]ot"),
            "*legacy-runtime.create_job  body.params.run_options *",
            "*legacy-runtime.list_programs  200 surprise*",
            "Contract coverage: *% of statuses (*/* declared)",
            "Written: out/cov/index.html",
        ]
    )
    html = (pytester.path / "out" / "cov" / "index.html").read_text()
    assert "surprise" in html
    assert "sesame" not in html
    assert "<caption>Operations</caption>" in html


@pytest.mark.heavy
def test_workers_count_what_one_process_counts(pytester: pytest.Pytester) -> None:
    run(pytester, "--dryshot-coverage=json:alone.json").assert_outcomes(passed=4)
    workers = ("-p", "xdist", "-n", "2")
    run(pytester, *workers, "--dryshot-coverage=json:both.json").assert_outcomes(passed=4)
    alone, both = told(pytester.path / "alone.json"), told(pytester.path / "both.json")
    assert alone == both
    assert alone["totals"]["operations"]["covered"] == 4


@pytest.mark.parametrize(
    ("wanted", "code"), [("1", 0), ("99", 1), ("operations:7", 0), ("operations:90.5", 1)]
)
def test_too_little_fails_the_run(pytester: pytest.Pytester, wanted: str, code: int) -> None:
    result = run(pytester, f"--dryshot-coverage-fail-under={wanted}")
    assert result.ret == code
    words = "FAIL dryshot coverage: *% were exercised"
    found = [line for line in result.outlines if line.startswith("FAIL dryshot coverage: ")]
    assert bool(found) is bool(code), words
    if found:
        assert "are wanted" in found[0]


@pytest.mark.heavy
def test_without_the_option_nothing_is_counted_or_said(pytester: pytest.Pytester) -> None:
    result = run(pytester)
    result.assert_outcomes(passed=4)
    result.stdout.no_fnmatch_line("*contract coverage*")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--dryshot-coverage=tests/", "*none of term, term-missing, html:DIR or json:FILE*"),
        ("--dryshot-coverage=html:", "*none of term*"),
        ("--dryshot-coverage-fail-under=lots", "*not PERCENT or KIND:PERCENT*"),
        ("--dryshot-coverage-fail-under=rows:5", "*kinds are operations, statuses*"),
    ],
)
def test_wrong_options_are_explained(pytester: pytest.Pytester, option: str, words: str) -> None:
    result = run(pytester, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([words])


def test_what_is_missing_is_listed_when_asked_for(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--dryshot-coverage=term-missing", "-k", "test_programs")
    result.stdout.fnmatch_lines(["legacy-runtime.list_jobs: never called"])
    result.stdout.fnmatch_lines(["legacy-runtime.list_programs: missing fields: *200 programs*"])


@pytest.mark.heavy
def test_runs_are_added_up_by_the_command(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("programs", "a_job"):
        run(pytester, f"--dryshot-coverage=json:{name}.json", "-k", f"test_{name} and not service")
    run(
        pytester,
        "--dryshot-coverage=json:whole.json",
        "-k",
        "test_programs or test_a_job and not service",
    )
    parts = [str(pytester.path / f"{name}.json") for name in ("programs", "a_job")]
    files = ["--html", str(pytester.path / "page"), "--json", str(pytester.path / "sum.json")]
    assert main(["coverage", *parts, *files]) == 0
    assert "Contract coverage: " in capsys.readouterr().out
    assert told(pytester.path / "sum.json") == told(pytester.path / "whole.json")
    assert (pytester.path / "page" / "index.html").is_file()
    assert main(["coverage", *parts, "--fail-under", "90"]) == 1
    assert "90% are wanted" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"dryshot_coverage": 1, "counts": [["status", 1]]}')
    assert main(["coverage", str(bad)]) == 2
    assert f"{bad}: counts[0]" in capsys.readouterr().err
    assert main(["coverage", str(tmp_path / "gone.json")]) == 2
    assert "gone.json" in capsys.readouterr().err
    bad.write_text("{}")
    assert main(["coverage", str(bad), "--fail-under", "x"]) == 2
    assert "PERCENT" in capsys.readouterr().err
