import os
import select
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.results import Report
from benchmarks.rooms import ROOMS, Broken, measure

HERE = "tests.benchmarks"
TRIED = {"broken": f"{HERE}.room_broken", "whole": f"{HERE}.room_whole"}


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_what_a_room_leaves_behind_is_ended_with_it() -> None:
    rows = measure(TRIED["whole"], quick=True)
    left = os.pidfd_open(next(int(row.measured) for row in rows if row.name == "process"))
    try:
        assert not select.select([left], [], [], 0)[0]
        assert not list(rows)
        assert select.select([left], [], [], 30)[0]
    finally:
        os.close(left)


def test_a_process_that_dies_is_told_and_its_rows_stay() -> None:
    rows = measure(f"{HERE}.room_lost", quick=True)
    assert next(rows).measured == 1.0
    with pytest.raises(Broken, match="its process ended with -9"):
        next(rows)


def test_a_room_that_never_ends_is_ended() -> None:
    with pytest.raises(Broken, match=r"took more than 0\.3 s"):
        list(measure(f"{HERE}.room_endless", quick=True, limit=0.3))


def test_a_room_that_breaks_is_told_and_the_next_one_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    json, svg, page = (tmp_path / name for name in ("a.json", "a.svg", "a.md"))
    files = ["--json", str(json), "--chart", str(svg), "--markdown", str(page)]
    assert main(["--quick", *files], TRIED) == 1
    said = capsys.readouterr().out
    assert "| slow | ≤ 1.25x | 2.50x |  | missed |  |" in said
    assert (
        "| beside a peer | ≥ 5.00x | - | Prism | not measured | python -m benchmarks.peers" in said
    )
    assert "1 met, 1 missed, 1 not measured, 1 told" in said
    assert said.rstrip().endswith("broken: broken: LookupError: nothing there")
    assert "no row" not in said
    report = Report.read(json)
    assert [row.name for row in report.rows] == ["slow", "fast", "beside a peer", "process"]
    assert report.broken == {"broken": "LookupError: nothing there"}
    assert "slow: 2.50x (at most 1.25x), missed" in svg.read_text()
    assert "This room broke: LookupError: nothing there" in page.read_text()


def test_a_peer_that_is_not_installed_is_no_miss_in_a_quick_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    only = {"whole": TRIED["whole"]}
    assert main(["--quick"], only) == 0
    assert "not measured" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "nowhere"], "invalid choice: 'nowhere'"),
        (["--only"], "--only: expected at least one argument"),
        (["--slow"], "unrecognized arguments: --slow"),
        (["--json", "no/such/place.json"], "argument --json: no/such/place.json cannot be written"),
        (["--chart", "."], "argument --chart: . cannot be written"),
    ],
)
def test_a_call_that_is_wrong_ends_with_2_before_anything_is_measured(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, TRIED)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert told in said.err
    assert not said.out


def test_the_rooms_are_listed_and_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--only", "jobs"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(ROOMS)
