import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.guard import Guard
from benchmarks.results import Row


def guard(tmp_path: Path, **figures: float) -> Guard:
    file = tmp_path / "guard.json"
    file.write_text(json.dumps(figures))
    return Guard(file)


def row(measured: float, name: str = "post", target: float | None = 1.0) -> Row:
    return Row(name, target, measured, "x")


def test_a_ratio_may_be_a_third_more_than_its_target_or_what_was_kept(tmp_path: Path) -> None:
    kept = guard(tmp_path, post=2.0, get=0.5, check=0.1)
    rows = [row(2.6), row(1.3, "get"), row(0.13, "check", None)]
    assert kept.hold({"all": lambda: rows}) == []


def test_a_ratio_beyond_both_is_told_with_its_figure_and_its_limit(tmp_path: Path) -> None:
    assert guard(tmp_path, post=2.0).hold({"all": lambda: [row(2.61)]}) == [
        "post: 2.61x, and the limit is 2.6x (target 1.0, kept 2, margin 1.3)"
    ]


def test_the_best_of_three_tries_counts_and_only_what_is_beyond_is_tried_again(
    tmp_path: Path,
) -> None:
    figures = {"post": [9.0, 8.0, 1.0, 9.0], "get": [1.0, 9.0]}
    asked = {name: iter(values) for name, values in figures.items()}

    def measuring(name: str) -> Iterator[Row]:
        yield row(next(asked[name]), name)

    groups = {name: lambda name=name: measuring(name) for name in figures}
    assert guard(tmp_path, post=1.0, get=1.0).hold(groups) == []
    assert (list(asked["post"]), list(asked["get"])) == ([9.0], [9.0])


def test_a_ratio_that_is_not_kept_and_one_that_is_no_more_are_told(tmp_path: Path) -> None:
    said = guard(tmp_path, gone=1.0).hold({"all": lambda: [row(1.5)]})
    assert said == [
        "post: not kept yet, at 1.5x (--guard --write keeps it)",
        "gone: kept, and measured no more",
    ]


def test_times_are_never_held(tmp_path: Path) -> None:
    assert guard(tmp_path).hold({"all": lambda: [Row("check", 20.0, 1e9, "us")]}) == []


def test_what_is_written_is_the_best_and_holds_at_once(tmp_path: Path) -> None:
    figures = iter([3.0, 1.23456, 2.0])
    kept = Guard(tmp_path / "new.json")
    kept.write({"all": lambda: [row(next(figures))]})
    assert json.loads(kept.path.read_text()) == {"post": 1.235}
    assert kept.hold({"all": lambda: [row(1.5)]}) == []


@pytest.mark.parametrize("text", ["[]", "{", '{"post": null}', '{"post": "much"}'])
def test_a_file_without_figures_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "guard.json").write_text(text)
    with pytest.raises(ValueError, match=r"guard\.json holds no figures"):
        Guard(tmp_path / "guard.json").hold({})
