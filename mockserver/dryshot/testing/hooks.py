"""What pytest is told while tests run on another target than the mock, or are recorded."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from dryshot.testing.budget import Budget
from dryshot.testing.options import Options

__all__ = ["NOTES", "PASSED", "Hooks", "costs_of", "note", "workers"]

PASSED = pytest.StashKey[bool]()
"""Whether the test itself, without what is around it, has passed."""

NOTES = pytest.StashKey[list[str]]()
"""What is to be said of a test at the end of the run."""


def note(item: pytest.Item, text: str) -> None:
    """Say something of a test at the end of the run."""
    item.stash.setdefault(NOTES, []).append(text)


def workers(config: pytest.Config) -> int:
    """How many processes share the run, by pytest-xdist."""
    return int(getattr(config, "workerinput", {}).get("workercount", 1))


def costs_of(item: pytest.Item) -> float | None:
    """What a test says it costs, in seconds; the mark nearest to it counts."""
    mark = item.get_closest_marker("costs")
    if mark is None:
        return None
    given = (*mark.args, *mark.kwargs.values())
    seconds = given[0] if len(given) == 1 and mark.kwargs.keys() <= {"seconds"} else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0:
        raise pytest.UsageError(
            f"{item.nodeid}: the marker costs takes one number of seconds, from 0: costs(10)"
        )
    return float(seconds)


class Hooks:
    """A plugin of its own, there only when it is needed."""

    def __init__(self, options: Options, workers: int) -> None:
        self._workers = workers
        live = options.live
        self._whole = 0.0 if live is None else live.qpu_seconds
        self._budget = None if live is None else Budget(self._whole / self._workers)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip what costs more than is left."""
        seconds = costs_of(item)
        if self._budget is None or seconds is None or self._budget.take(seconds):
            return
        share = f" (this is one of {self._workers} workers)" if self._workers > 1 else ""
        pytest.skip(
            f"costs {seconds:g} s of a device; {self._budget.left:g} s are left of "
            f"--dryshot-max-qpu-seconds={self._whole:g}{share}"
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Remember how the test ended, and send along what is to be said of it."""
        report = yield
        if call.when == "call":
            item.stash[PASSED] = report.passed
        if call.when == "teardown" and NOTES in item.stash:
            setattr(report, "dryshot_notes", item.stash[NOTES])  # noqa: B010 - pytest-xdist sends it on
        return report

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell what was noted, whichever process noted it."""
        reports = (one for some in terminalreporter.stats.values() for one in some)
        noted = {one.nodeid: one.dryshot_notes for one in reports if hasattr(one, "dryshot_notes")}
        if noted:
            terminalreporter.section("dryshot")
            for nodeid in sorted(noted):
                for text in noted[nodeid]:
                    terminalreporter.write_line(f"{nodeid}: {text}")
