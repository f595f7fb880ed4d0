"""Contract coverage of a pytest run: what the mocks and clients of its fixtures exercised.

What fixtures give is looked at, if dryshot made it. A mock, or a served world's, is counted from
its journal; a transport that can be observed (a ``Referee``, or a target's) tells what others
answered, which counts in tests in which no such mock was asked. Mocks that are made inside a test
are its own and are not counted.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from typing import Any

import pytest

from dryshot.coverage.coverage import Coverage
from dryshot.coverage.files import Output, Threshold, write
from dryshot.coverage.follower import Follower
from dryshot.coverage.reads import Reads
from dryshot.coverage.report import Report
from dryshot.coverage.text import lines
from dryshot.http import Request, Response
from dryshot.journal import Journal

__all__ = ["CoveragePlugin"]

_KEY = "dryshot_coverage"


class CoveragePlugin:
    """Counts in each process; the one that the user started reports."""

    def __init__(
        self, outputs: Sequence[Output] = (), thresholds: Sequence[Threshold] = ()
    ) -> None:
        self.coverage = Coverage()
        self._outputs = outputs or [Output("term")]
        self._thresholds = thresholds
        self._followed: dict[Any, tuple[Any, Follower, Reads]] = {}
        self._observed = Coverage()
        self._journalled = False
        self._failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        """Look at what a fixture gives."""
        value = yield
        if _is_ours(value):
            self._look_at(fixturedef, value)
        return value

    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        """Let go of what a fixture gave."""
        self._close(fixturedef)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        """Count what a test did, from one side only."""
        for _, follower, _ in self._followed.values():
            self._drain(follower)
        if not self._journalled:
            self.coverage.merge(self._observed)
        self._observed.clear()
        self._journalled = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Add what a worker of pytest-xdist exercised."""
        told = getattr(node, "workeroutput", {}).get(_KEY)
        if told is not None:
            self.coverage.merge(Coverage.from_text(told))
        elif error:
            self.coverage.count([("silent",)])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports, and fail the run if it exercised too little."""
        for fixture in list(self._followed):
            self._close(fixture)
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = json.dumps(self.coverage.to_json())
            return
        if session.config.option.collectonly:
            return
        report = Report(self.coverage)
        for one in self._outputs:
            try:
                write(one, report)
            except OSError as error:
                self._failed.append(f"cannot write {one.path}: {error.strerror}")
        self._failed += [text for one in self._thresholds for text in one.missed(report)]
        if self._failed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Print the table."""
        if hasattr(config, "workerinput") or config.option.collectonly:
            return
        report = Report(self.coverage)
        terminalreporter.section("dryshot contract coverage")
        kinds = {one.kind for one in self._outputs}
        shown = list(lines(report, missing="term-missing" in kinds))
        # asked for files only, one is told where they are and the headline
        for line in shown if kinds & {"term", "term-missing"} else shown[-1:]:
            terminalreporter.write_line(line)
        for one in self._outputs:
            if one.path is not None:
                terminalreporter.write_line(f"Written: {one.path}")
        for text in self._failed:
            terminalreporter.write_line(f"FAIL dryshot coverage: {text}", red=True, bold=True)

    def _look_at(self, fixture: Any, value: Any) -> None:
        mock: Any = value if _has_journal(value) else getattr(value, "mock", None)
        known = any(mock is one for one, _, _ in self._followed.values())
        if _has_journal(mock) and not known:
            follower = Follower(mock.journal, self.coverage)
            self._followed[fixture] = mock, follower, mock.track_reads()
        if not _has_journal(value):
            transports = (getattr(value, name, None) for name in ("transport", "async_transport"))
            for one in (value, *transports):
                if getattr(one, "observe", self) is None:
                    one.observe = self._observe

    def _observe(self, request: Request, response: Response) -> None:
        self._observed.add(request, response, check=True)

    def _drain(self, follower: Follower) -> None:
        follower.drain()
        self._journalled |= follower.take_counted() > 0

    def _close(self, fixture: Any) -> None:
        found = self._followed.pop(fixture, None)
        if found is not None:
            _, follower, reads = found
            follower.close()
            self._drain(follower)
            self.coverage.merge(reads.coverage())


def _is_ours(value: Any) -> bool:
    """Whether it is safe to look at: the attributes of other people's may do anything."""
    return any(one.__module__.partition(".")[0] == "dryshot" for one in type(value).__mro__)


def _has_journal(value: Any) -> bool:
    return isinstance(getattr(value, "journal", None), Journal)
