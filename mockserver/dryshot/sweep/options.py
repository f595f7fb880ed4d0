"""The marker, its options, and what is told of all sweeps at the end of a run of pytest.

It is imported by every pytest, so it needs the standard library and pytest only.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import pytest

__all__ = ["Output", "SweepHooks", "add_options", "configure"]


class Output(NamedTuple):
    """``json`` or ``html``, and the path to write."""

    kind: str
    path: Path

    @classmethod
    def parse(cls, text: str) -> Output:
        """``html:DIR`` or ``json:FILE``; ``ValueError`` if it is neither."""
        kind, _, path = text.partition(":")
        if kind not in {"html", "json"} or not path:
            raise ValueError(f"{text!r} is neither json:FILE nor html:DIR")
        return cls(kind, Path(path) / "index.html" if kind == "html" else Path(path))


def add_options(group: pytest.OptionGroup) -> None:
    """Declare them."""
    group.addoption(
        "--dryshot-sweep-report",
        action="append",
        default=[],
        metavar="REPORT",
        type=_checked,
        help="write what the tests marked fault_sweep found, as json:FILE or html:DIR; it can be "
        "given several times",
    )
    group.addoption(
        "--dryshot-sweep-only",
        action="append",
        default=[],
        metavar="POINT",
        help="try this point only, such as create_job:1:drop:after, and show all of the error; it "
        "can be given several times",
    )


def configure(config: pytest.Config) -> None:
    """Declare the marker, and watch for it."""
    config.addinivalue_line(
        "markers",
        "fault_sweep(kinds=..., operations=..., allowed=..., max_points=..., seed=..., ...): run "
        "the test once, and then again for each call it makes and each kind of fault",
    )
    outputs = [Output.parse(text) for text in config.getoption("--dryshot-sweep-report")]
    only = tuple(config.getoption("--dryshot-sweep-only"))
    config.pluginmanager.register(SweepHooks(outputs, only), "dryshot-sweep")


class SweepHooks:
    """Sweeps in whichever process runs a test; the one that the user started tells."""

    def __init__(self, outputs: list[Output], only: tuple[str, ...]) -> None:
        self._outputs = outputs
        self._only = only
        self._sweeps: list[dict[str, Any]] = []
        self._failed: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> object:
        """Run a test that is marked as often as it needs; all others are pytest's."""
        if item.get_closest_marker("fault_sweep") is None:
            return None
        if item.config.getoption("--dryshot-target") not in {"mock", "served"}:
            return None  # only a mock fails on demand; the test runs once
        from dryshot.sweep.sweeping import sweep

        sweep(item, nextitem, self._only)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a sweep found, whichever process made it."""
        found = getattr(report, "dryshot_sweep", None)
        if found is not None:
            self._sweeps.append(found)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports."""
        if hasattr(session.config, "workerinput") or session.config.option.collectonly:
            return
        self._sweeps.sort(key=lambda one: str(one["test"]))
        for output in self._outputs:
            from dryshot.sweep.files import write

            try:
                write(output.kind, output.path, self._sweeps)
            except OSError as error:
                self._failed.append(f"cannot write {output.path}: {error.strerror}")
        if self._failed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Print the tables."""
        if hasattr(config, "workerinput") or not (self._sweeps or self._outputs or self._only):
            return
        terminalreporter.section("dryshot fault sweep")
        if self._sweeps:
            from dryshot.sweep.findings import Sweep
            from dryshot.sweep.text import table

            for line in table([Sweep.from_json(one) for one in self._sweeps]):
                terminalreporter.write_line(line)
        known = {point["id"] for one in self._sweeps for point in one["points"]}
        for point in self._only:
            if point not in known:
                terminalreporter.write_line(f"no test has the point {point}", yellow=True)
        for output in self._outputs:
            terminalreporter.write_line(f"Written: {output.path}")
        for text in self._failed:
            terminalreporter.write_line(f"FAIL dryshot sweep: {text}", red=True, bold=True)


def _checked(text: str) -> str:
    """The text itself, as pytest-xdist hands options on to its workers as texts."""
    try:
        Output.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
