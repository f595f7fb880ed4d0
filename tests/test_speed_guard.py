"""The ratios of a request in process, held to those of the committed state."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.guard import KEPT

ROOT = Path(__file__).parents[1]


def hold(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The guard, in a process that has imported nothing else."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.inprocess", "--guard", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )


@pytest.mark.heavy
def test_no_request_costs_more_of_the_least_than_it_did() -> None:
    held = hold()
    assert held.returncode == 0, held.stdout + held.stderr
    assert held.stdout == "every ratio is within its limit\n"


@pytest.mark.heavy
def test_the_guard_fails_on_figures_that_cannot_be_reached(tmp_path: Path) -> None:
    kept = json.loads(KEPT.read_text())
    kept["request check, of the call"] = 0.0001
    impossible = tmp_path / "impossible.json"
    impossible.write_text(json.dumps(kept))
    held = hold("--kept", str(impossible))
    assert held.returncode == 1, held.stderr
    assert "request check, of the call: " in held.stdout
    assert "and the limit is 0.00013x (target none, kept 0.0001, margin 1.3)" in held.stdout


def test_a_guard_without_figures_is_told_and_measures_nothing(tmp_path: Path) -> None:
    held = hold("--kept", str(tmp_path / "none.json"))
    assert held.returncode == 2
    assert "error: --kept: " in held.stderr
    assert "none.json" in held.stderr
