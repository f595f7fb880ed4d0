"""The whole sweep of one test, in the place of its one run."""

from __future__ import annotations

import time
import warnings
from contextvars import copy_context
from dataclasses import dataclass

import pytest
from _pytest.skipping import evaluate_xfail_marks, xfailed_key

from dryshot.reports.attachment import mute
from dryshot.sentinels import DuplicateSubmission
from dryshot.sleeping import PatchedSleep
from dryshot.sweep.findings import Result, Sweep
from dryshot.sweep.judging import Judge
from dryshot.sweep.points import Call, choose, read_calls
from dryshot.sweep.run import Run
from dryshot.sweep.settings import Settings, read_settings
from dryshot.sweep.text import explain
from dryshot.sweep.watch import Limits

__all__ = ["sweep"]

_FEW, _TIMES = 100, 20
_MOST = 10_000
_PATIENT = 10


@dataclass(frozen=True, slots=True)
class _Swept:
    """The reports of the first run, and what the others found; or why there are none."""

    reports: list[pytest.TestReport]
    sweep: Sweep | None = None
    trouble: str | None = None
    text: str = ""


def sweep(item: pytest.Item, nextitem: pytest.Item | None, only: tuple[str, ...]) -> Sweep | None:
    """Run a test over and over, and report it once; None if it failed by itself."""
    hook, began = item.ihook, time.perf_counter()
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    try:
        swept = _sweep(item, only, began)
    except pytest.UsageError as error:  # the marker cannot be so
        swept = _Swept([], trouble=str(error))
    for report in _reports(item, swept, began):
        hook.pytest_runtest_logreport(report=report)
    over = item.session.shouldfail or item.session.shouldstop
    following = None if over else nextitem
    state = item.session._setupstate  # noqa: SLF001 - the item itself was never set up
    call = pytest.CallInfo.from_call(lambda: state.teardown_exact(following), "teardown")
    report = hook.pytest_runtest_makereport(item=item, call=call)
    hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return swept.sweep


def _reports(item: pytest.Item, swept: _Swept, began: float) -> list[pytest.TestReport]:
    """What pytest is to be told: the first run, whose call fails for what the others found."""
    reports = [one for one in swept.reports if one.when != "teardown" or one.failed]
    found = swept.sweep
    text = swept.trouble or (explain(found) + swept.text if found and found.findings else "")
    expected = evaluate_xfail_marks(item)  # it is about what is found; the runs have no such mark
    if text or (found and expected):
        item.stash[xfailed_key] = expected
        call = pytest.CallInfo.from_call(lambda: _fail(text), "call")
        report = item.ihook.pytest_runtest_makereport(item=item, call=call)
        reports = [*(one for one in reports if one.when != "call"), report]
    for report in reports:
        if report.when == "call":
            report.duration = time.perf_counter() - began
            if found is not None:
                setattr(report, "dryshot_sweep", found.to_json())  # noqa: B010 - pytest-xdist sends it on
    return reports


def _fail(text: str) -> None:
    if text:
        pytest.fail(text, pytrace=False)


def _sweep(item: pytest.Item, only: tuple[str, ...], began: float) -> _Swept:
    settings = read_settings(item)
    if not isinstance(item, pytest.Function):
        raise pytest.UsageError(f"{item.nodeid}: fault_sweep is for test functions")
    patch, context = PatchedSleep(_Nobody()), copy_context()
    # What replaces sleep stays while all runs last, in a context in which nobody sleeps: to look
    # for it in all modules, again for each run, would take longer than the runs.
    context.run(patch.__enter__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DuplicateSubmission)  # told by the sweep
            return _sweep_all(item, settings, only, began)
    finally:
        context.run(patch.__exit__)


def _sweep_all(
    item: pytest.Function, settings: Settings, only: tuple[str, ...], began: float
) -> _Swept:
    most = _MOST if settings.max_calls is None else settings.max_calls
    clean = Run(item, Limits(most, settings.max_hours, settings.max_seconds))
    started = time.perf_counter()
    clean.run(item)
    lasted = time.perf_counter() - started
    if clean.hung is not None:
        return _Swept(clean.reports, trouble=f"the first run, without any fault: {clean.hung}")
    if not all(report.passed for report in clean.reports):
        return _Swept(clean.reports)
    if clean.trouble is not None:
        return _Swept(clean.reports, trouble=clean.trouble)
    calls, judge = read_calls(clean.entries), Judge(clean, settings.allowed)
    points, left_out = choose(
        calls,
        settings.kinds,
        settings.operations,
        most=settings.max_points,
        seed=settings.seed,
        only=only,
    )
    limits = _limits(settings, calls, clean, lasted)
    results: list[Result] = []
    texts: list[str] = []
    for point in points:
        run = Run(item, limits, point, clean)
        if not only:
            mute(run.item)
        run.run(item)
        results.append(judge.judge(run, point))
        if only:
            texts.append(f"\n{point}, as Python tells it:\n{judge.tell(run)}")
    sweep = Sweep(
        test=item.nodeid,
        calls=calls,
        results=results,
        left_out=left_out,
        seconds=time.perf_counter() - began,
    )
    return _Swept(clean.reports, sweep, text="".join(texts))


def _limits(settings: Settings, calls: list[Call], clean: Run, lasted: float) -> Limits:
    most = settings.max_calls
    hours = settings.max_hours
    if clean.mock is not None and clean.entries:
        hours += (clean.mock.clock.time() - clean.entries[0].at.timestamp()) / 3600
    return Limits(
        calls=_FEW + _TIMES * len(calls) if most is None else most,
        hours=round(hours, 2),
        seconds=max(settings.max_seconds, _PATIENT * lasted),
        usual=len(calls),
    )


class _Nobody:
    """A clock that nobody lives by."""

    def time(self) -> float:
        """No time."""
        return 0.0

    def advance(self, seconds: float) -> None:
        """Nothing."""
