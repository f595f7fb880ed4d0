"""One run of a test, of its own item with its own fixtures, with at most one thing going wrong."""

from __future__ import annotations

import traceback
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.runner import runtestprotocol  # as plugins that run tests again do

from dryshot.faults import Fault
from dryshot.journal import Entry
from dryshot.mock import Mock
from dryshot.sweep.alarm import Hung
from dryshot.sweep.jobs import Aftermath, read_aftermath
from dryshot.sweep.kinds import KINDS
from dryshot.sweep.points import Point
from dryshot.sweep.watch import Limits, Watch

__all__ = ["Failure", "Run"]

_NO_MOCK = (
    "no fixture of this test gave it a mock of its own; it needs dryshot, runtime or the like, or "
    "a fixture of function scope that returns a dryshot.Mock"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What left the test in a phase of it."""

    when: str
    error: BaseException


class Run:
    """Runs a test once; it is a plugin of pytest while it does, for it needs the fixtures' mock."""

    def __init__(
        self,
        item: pytest.Function,
        limits: Limits,
        point: Point | None = None,
        first: Run | None = None,
    ) -> None:
        self.point = point
        self._first = first
        self._start = 0.0
        self.reports: list[pytest.TestReport] = []
        self.failures: list[Failure] = []
        self.mock: Mock | None = None
        self.trouble: str | None = None
        self._item = _twin(item)
        if point is not None:  # to show all of the source takes longer than the run
            setattr(self._item, "repr_failure", _name_error)  # noqa: B010 - a method
        served = item.config.getoption("--dryshot-target") == "served"
        self._watch = Watch(limits, self._on_call, served=served)
        self._fault: Fault | None = None
        self._struck = False
        self._known: frozenset[str] = frozenset()
        self._seen = 0
        self._heard = 0

    def run(self, original: pytest.Item) -> None:
        """Run it; of the fixtures those of higher scopes stay, for the original."""
        manager = self._item.config.pluginmanager
        manager.register(self, "dryshot-sweep-run")
        try:
            with self._watch:
                self.reports = runtestprotocol(self._item, nextitem=original, log=False)
        except Hung:  # the alarm rang between two phases
            original.session._setupstate.teardown_exact(original)  # noqa: SLF001 - the same
        finally:
            manager.unregister(self)
        if self.mock is None and self.trouble is None and not self.failures:
            self.trouble = _NO_MOCK

    @property
    def item(self) -> pytest.Function:
        """The item that was run."""
        return self._item

    @property
    def hung(self) -> str | None:
        """What it ran into, if it came to no end."""
        return self._watch.hung

    @property
    def reached(self) -> bool:
        """Whether what was to go wrong has."""
        return self._struck or (self._fault is not None and self._fault.hits > 0)

    @property
    def entries(self) -> list[Entry]:
        """What the mock was asked."""
        return [] if self.mock is None else self.mock.journal.since()

    def aftermath(self) -> Aftermath:
        """What became of its jobs."""
        if self.mock is None:
            return Aftermath((), (), {})
        jobs = [job for job in self.mock.world.jobs.values() if job.id not in self._known]
        return read_aftermath(jobs, self.entries)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        """Arm the mock that a fixture gives, before anybody has it."""
        value = yield
        mock = _mock_of(value)
        if mock is not None and mock is not self.mock:
            if self.mock is not None:
                self.trouble = "its fixtures give it two mocks; a call's number would mean nothing"
            elif fixturedef.scope != "function":
                self.trouble = f"its mock is of {fixturedef.scope} scope; each run needs a new one"
            else:
                self._arm(mock)
        return value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep what was raised; a report has only its text."""
        report = yield
        if call.excinfo is not None and not report.skipped:
            self.failures.append(Failure(call.when, call.excinfo.value))
        return report

    def _arm(self, mock: Mock) -> None:
        self.mock = mock
        self._known = frozenset(mock.world.jobs)
        self._heard = mock.journal.last
        self._start = mock.clock.time()
        if self._first is not None:
            self._borrow(self._first)
        point = self.point
        if point is not None and KINDS[point.kind].strikes == "call":
            call = point.call
            self._fault = KINDS[point.kind].arm(mock, call.operation, call.nth, point.moment)
        else:
            self._strike_if_next()
        self._watch.follow(mock)

    def _borrow(self, first: Run) -> None:
        """Take the documents of devices from a mock of the same seed and day.

        To make them takes longer than most runs.
        """
        mine, other = self.mock, first.mock
        if mine is None or other is None or first._start != self._start:
            return
        if mine.world.seed != other.world.seed:
            return
        for name, backend in mine.world.backends.items():
            lender = other.world.backends.get(name)
            if lender is not None and "data" in vars(lender) and "data" not in vars(backend):
                backend.data = lender.data

    def _on_call(self) -> None:
        point, mock = self.point, self.mock
        if point is None or mock is None or self._fault is not None or self._struck:
            return
        for entry in mock.journal.since(self._heard):
            self._heard = entry.sequence
            if entry.operation == point.call.operation:
                self._seen += 1
                self._strike_if_next()

    def _strike_if_next(self) -> None:
        """Let happen what is to happen to the world when the point's call is next."""
        point, mock = self.point, self.mock
        if point is None or mock is None or self._struck:
            return
        if self._seen == point.call.nth - 1:
            self._struck = True
            kind = KINDS[point.kind]
            kind.arm(mock, point.call.operation, point.call.nth, point.moment)

    def text(self) -> str:
        """All that went wrong, as Python shows it."""
        return "\n".join("".join(traceback.format_exception(one.error)) for one in self.failures)


def _twin(item: pytest.Function) -> pytest.Function:
    """The same test once more, with fixtures, instance and stash of its own."""
    twin = type(item).from_parent(
        item.parent,
        name=item.name,
        originalname=item.originalname,
        callspec=getattr(item, "callspec", None),
        fixtureinfo=item._fixtureinfo,  # noqa: SLF001 - as plugins that make items do
        keywords=item.keywords,
    )
    twin.own_markers[:] = [mark for mark in item.own_markers if mark.name != "xfail"]
    return twin


def _name_error(excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
    """In the place of the source around each line of a traceback."""
    del style
    return excinfo.exconly()


def _mock_of(value: object) -> Mock | None:
    """The mock that a fixture gives, or that is behind what it gives."""
    if isinstance(value, Mock):
        return value
    if not any(one.__module__.partition(".")[0] == "dryshot" for one in type(value).__mro__):
        return None  # attributes of other people's may do anything
    mock = getattr(value, "mock", None)
    return mock if isinstance(mock, Mock) else None
