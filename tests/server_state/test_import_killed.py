"""An import is whole or not at all, however it ends."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dryshot.server.log import Log
from dryshot.server.records import Record, Stored
from dryshot.server.state import fresh_meta
from dryshot.server.transfer import read_state
from tests.server_state.admin import WAIT, Lived
from tests.server_state.stage import User, kept, virtual
from tests.server_state.test_state import ROOT


def test_a_file_whose_replacement_fails_half_way_goes_on_as_it_was(tmp_path: Path) -> None:
    first, second = (Stored(f"t-{digit * 10}", "{}") for digit in "12")
    record = Record("clock", 1, b"{}")

    def half() -> Iterator[tuple[Stored, Record]]:
        yield second, record
        raise KeyError("half way")

    meta = fresh_meta("{}")
    with closing(Log(tmp_path / "state", meta)) as log:
        log.append(first, record)
        log.flush()
        log.append(first, record)
        with pytest.raises(KeyError, match="half way"):
            log.replace(fresh_meta("[]"), half(), lambda: pytest.fail("it did not happen"))
        log.append(first, record)
    with closing(Log(tmp_path / "state", meta)) as log:
        assert {one.name: one.count for one in log.contents.tenants.values()} == {first.name: 3}
        assert log.contents.meta == meta


def state_of(path: Path) -> Any:
    """What a killed server's file is opened with."""
    with kept(path, virtual()) as tenants:
        out = io.BytesIO()
        tenants.export_state(out)
        return [record.get("text") for record in json.loads(out.getvalue())["records"]]


@pytest.fixture
def files(tmp_path: Path, lived: Lived) -> tuple[Path, Path, list[Any]]:
    """A state file, what is to be imported into it, and what both say."""
    with (
        kept(tmp_path / "old", virtual()) as tenants,
        closing(User(tenants, "another key").log_in()) as user,
    ):
        user.submit()
    (tmp_path / "json").write_text(json.dumps(lived[3]))
    return tmp_path / "old", tmp_path / "json", [state_of(tmp_path / n) for n in ("old", "lived")]


def die(path: Path, source: Path, line: int) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "tests.server_state.import_and_die", path, source, str(line)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT,
    )
    assert (run.returncode, run.stderr) == (-9, "")
    return run.stdout


def killed_on_the_way(tmp_path: Path, files: tuple[Path, Path, list[Any]], parts: int) -> None:
    """Kill at so many lines, among them the last ones: the file holds the one or the other."""
    path, source, (old, new) = files
    whole = path.read_bytes()
    lines = int(die(path, source, 0))
    assert state_of(path) == new
    found = []
    for line in sorted({*range(1, lines, -(-lines // parts)), *range(lines - parts, lines)}):
        target = tmp_path / f"killed at {line}"
        target.write_bytes(whole)
        assert die(target, source, line) == ""
        found.append(state_of(target))
    assert [state for state in found if state not in (old, new)] == []
    turn = found.index(new)
    assert turn > 0
    assert found == [old] * turn + [new] * (len(found) - turn)


def test_a_server_killed_while_it_imports_has_the_old_state_or_the_new(
    tmp_path: Path, files: tuple[Path, Path, list[Any]]
) -> None:
    killed_on_the_way(tmp_path, files, 3)


@pytest.mark.heavy
def test_a_server_killed_at_many_lines_of_an_import_has_the_old_state_or_the_new(
    tmp_path: Path, files: tuple[Path, Path, list[Any]]
) -> None:
    killed_on_the_way(tmp_path, files, 40)


def test_a_write_that_stops_at_any_byte_of_an_import_leaves_the_old_state_or_the_new(
    tmp_path: Path, files: tuple[Path, Path, list[Any]]
) -> None:
    path, source, (old, new) = files
    past, target = read_state(json.loads(source.read_bytes())), tmp_path / "written"
    stored = {one.name: one for one in past.tenants}
    records = [(stored[name], record) for _, name, record in past.records()]
    shutil.copyfile(path, target)
    written: list[bytes] = []
    with closing(Log(target, {})) as log:
        wal = target.with_name("written-wal")
        log.replace(past.meta, records, lambda: written.append(wal.read_bytes()))
    (whole,) = written
    states = []
    for size in [*range(0, len(whole), len(whole) // 12), len(whole) - 1, len(whole)]:
        after = tmp_path / f"cut at {size}"
        shutil.copyfile(path, after)
        after.with_name(f"{after.name}-wal").write_bytes(whole[:size])
        states.append(state_of(after))
    assert states == [old] * (len(states) - 1) + [new]
