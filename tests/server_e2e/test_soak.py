from __future__ import annotations

from pathlib import Path

import pytest

from tests.server_e2e.soak import soak


def check(path: Path, seconds: float) -> None:
    figures = soak(path, seconds)
    assert (figures.lost, figures.without_result, figures.errors) == (set(), set(), ""), figures
    assert set(figures.exit_codes) <= {0, -9}, figures
    assert sum(map(len, figures.acknowledged.values())) > 0
    assert max(figures.resident) < 400e6, figures


def test_nothing_that_was_acknowledged_is_lost_in_two_seconds_of_ends(tmp_path: Path) -> None:
    check(tmp_path / "state", 2)


@pytest.mark.heavy
def test_nothing_that_was_acknowledged_is_lost_in_a_minute_of_ends(tmp_path: Path) -> None:
    check(tmp_path / "state", 60)
