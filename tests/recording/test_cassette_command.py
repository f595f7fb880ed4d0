"""``dryshot cassette``: in, out, and a look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dryshot.cli import main
from dryshot.recording.files import write_cassette

from .tapes import HOST, cassette, interaction


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction(), interaction(sent=b"x", path="/jobs", at=1.5)), path)
    return path


def test_show_lists_what_is_in_it(tape: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cassette", "show", str(tape)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "recorded   2026-03-01T12:00:00Z",
        "host       a test",
        "documents  legacy-runtime 1",
        "replaced   token: 2",
        "provenance Made.",
    ]
    assert [line.split() for line in lines[6:]] == [
        ["time", "method", "status", "operation", "url"],
        [
            "2026-03-01T12:00:00.000Z",
            "GET",
            "200",
            "legacy-runtime.list_programs",
            f"{HOST}/programs",
        ],
        ["2026-03-01T12:00:01.500Z", "POST", "200", "legacy-runtime.list_programs", f"{HOST}/jobs"],
    ]


def test_export_and_import_are_each_others_reverse(tape: Path, tmp_path: Path) -> None:
    har, again = tmp_path / "it.har", tmp_path / "again.yaml"
    assert main(["cassette", "export", str(tape), str(har)]) == 0
    assert len(json.loads(har.read_text())["log"]["entries"]) == 2
    assert main(["cassette", "import", str(har), str(again)]) == 0
    assert main(["cassette", "import", str(again), str(tmp_path / "third.yaml")]) == 0
    assert again.read_text() == (tmp_path / "third.yaml").read_text()


def test_what_is_there_is_replaced_only_when_that_is_asked_for(
    tape: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tape.read_bytes()
    assert main(["cassette", "import", str(tape), str(tape)]) == 1
    assert "it is there already; --overwrite replaces it" in capsys.readouterr().err
    assert tape.read_bytes() == before
    assert main(["cassette", "import", "--overwrite", str(tape), str(tape)]) == 0


def test_what_is_wrong_is_said_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it.yaml"
    path.write_text("version: 1\ninteractions: none\n")
    assert main(["cassette", "import", str(path), str(tmp_path / "out.yaml")]) == 1
    assert capsys.readouterr().err == (
        f"dryshot cassette: {path}:2: interactions: should be a list, and is str\n"
    )
    assert not (tmp_path / "out.yaml").exists()


def test_a_start_without_a_zone_is_wrong_usage(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["cassette", "import", "--start", "2026-01-01", str(tape), str(tmp_path / "x")])
    assert "no ISO 8601 instant with an offset" in capsys.readouterr().err
