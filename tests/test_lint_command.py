from __future__ import annotations

import argparse
import base64
import gzip
import json
import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]  # its types are a package of their own

from dryshot.commands import lint

ROOT = Path(__file__).parents[1]
KEY = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE"
CRN = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{'7c' * 16}:5b1d6f0e-2c47-4e8a::"
LINE = re.compile(r"(.+):([0-9]+):([0-9]+): ([a-z ]+)(?: \(.*\))?")


def run(*paths: Path | str, options: tuple[str, ...] = ()) -> int:
    parser = argparse.ArgumentParser()
    lint.declare(parser)
    return lint.run(parser.parse_args([*map(str, paths), *options]))


def test_each_finding_is_a_line_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cassette.yaml"
    file.write_text(f"version: 1\nkey: {KEY}\nfrom: ada@uk.ibm.com at {CRN}\n")
    assert run(file) == 1
    out = capsys.readouterr().out
    lines = [LINE.fullmatch(line) for line in out.splitlines()]
    assert [line.groups() for line in lines if line is not None] == [
        (str(file), "2", "6", "api key"),
        (str(file), "3", "7", "email"),
        (str(file), "3", "25", "crn"),
    ]
    assert not [secret for secret in (KEY, "ada@", CRN) if secret in out]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps({"deep": [json.dumps({"mail": "ada@uk.ibm.com"})]})),
        ("a.har", json.dumps({"log": {"entries": [{"headers": [{"name": "X", "value": KEY}]}]}})),
        ("a.txt", base64.b64encode(f"my key is {KEY}".encode()).decode()),
        (
            "a.yaml",
            yaml.dump({"body": f"a text that is long enough to be folded {'x ' * 40}{KEY}"}),
        ),
        ("a.yml", yaml.dump({"body": (b"\xff" * 2 + b" ").decode("latin-1") + " é " * 30 + KEY})),
        ("b.yaml", yaml.dump({"body": f"ada@uk.ibm.com {'y ' * 90}".encode()})),
    ],
)
def test_a_secret_is_found_in_any_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert run(tmp_path) == 1


def test_compressed_bodies_and_folders_are_looked_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = tmp_path / "cassettes" / "bell.bodies"
    inner.mkdir(parents=True)
    body = inner / "0003.json.gz"
    body.write_bytes(gzip.compress(f'{{\n "user": "IBMid-550000ABCD",\n "crn": "{CRN}"}}'.encode()))
    (tmp_path / "clean.json").write_text('{"id": "cjvks5fp8blo0kgog530"}')
    assert run(tmp_path, options=("--quiet",)) == 1
    assert capsys.readouterr().out == f"{body}:2:11: user id\n{body}:3:10: crn\n"


def test_clean_files_are_nothing_to_speak_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clean.json").write_text('{"id": "cjvks5fp8blo0kgog530", "ip": "192.0.2.1"}')
    (tmp_path / "data.bin").write_bytes(b"\0\1\2 ada@uk.ibm.com")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("ada@uk.ibm.com")
    assert run(tmp_path) == 0
    assert capsys.readouterr() == ("", "")


def test_the_projects_own_fixtures_and_pages_hold_no_secret() -> None:
    names = ["fixtures", "docs", "examples", "README.md", "ARCHITECTURE.md", "CHANGELOG.md"]
    assert run(*(ROOT / name for name in names)) == 0


def test_what_does_not_exist_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(KEY)
    assert run(tmp_path, tmp_path / "missing") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"dryshot lint: {tmp_path / 'missing'} does not exist\n"


def test_what_cannot_be_read_is_said_and_the_rest_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json.gz").write_bytes(b"\x1f\x8b broken")
    (tmp_path / "b.txt").write_text(KEY)
    assert run(tmp_path) == 2
    out, err = capsys.readouterr()
    assert "b.txt:1:1: api key" in out
    assert "a.json.gz cannot be read" in err


def test_the_hook_for_pre_commit_runs_the_command() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split() == ["dryshot", "lint"]
    assert re.search(hook["files"], "tests/cassettes/bell.yaml")
    assert re.search(hook["files"], "traffic.har")
    assert not re.search(hook["files"], "src/main.py")
