"""Seconds and submissions, by a clock that nobody waits for."""

from __future__ import annotations

import pytest

from dryshot import Clock, Mock
from dryshot.contract import Documents
from dryshot.http import Request
from dryshot.testing.budget import Budget, Limiter, NotMarked, guarded

START = "2024-01-01T00:00:00Z"


def limiter(clock: Clock, number: int, period: float = 60.0) -> Limiter:
    return Limiter(number, period, sleep=clock.advance, monotonic=clock.time)


def test_the_sixth_in_a_minute_waits_until_the_first_is_a_minute_old() -> None:
    clock = Clock(START)
    begin, limits = clock.time(), limiter(clock, 5)
    times = []
    for _ in range(12):
        limits.wait()
        times.append(clock.time() - begin)
        clock.advance(1)
    assert times == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64, 120, 121]


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock(START)
    begin, limits = clock.time(), limiter(clock, 0)
    for _ in range(100):
        limits.wait()
    assert clock.time() == begin


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 6, 16])
@pytest.mark.parametrize("number", [1, 5])
def test_workers_together_keep_to_the_limit(number: int, workers: int) -> None:
    shared = Limiter.shared(number, workers)
    in_a_minute = shared._number * workers / (shared._period / 60)  # noqa: SLF001 - its sums
    assert 0 < in_a_minute <= number


def test_a_budget_gives_what_it_has_and_no_more() -> None:
    budget = Budget(10)
    assert budget.take(10)
    assert not budget.take(0.1)
    assert budget.take(0)
    assert budget.left == 0


URL = "quantum.cloud.ibm.com"


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (URL, "/api/v1/jobs"),
        (URL, "/api/v1/sessions"),
        ("eu-de.quantum.cloud.ibm.com", "/api/v1/jobs"),
        ("runtime-us-east.quantum-computing.ibm.com", "/jobs"),
        ("api.quantum.ibm.com", "/runtime/jobs"),
    ],
)
def test_who_is_not_marked_submits_nothing(host: str, path: str) -> None:
    mock = Mock(engine="stub")
    guard = guarded(mock, Documents(), marked=False, limiter=Limiter(0))
    with pytest.raises(NotMarked, match=r"@pytest\.mark\.costs\(10\)"):
        guard(Request("POST", host, path))
    assert not mock.journal
    guard(Request("GET", host, path))
    assert len(mock.journal) == 1


def test_who_is_marked_submits_and_is_held_to_the_limit() -> None:
    clock = Clock(START)
    mock = Mock(engine="stub")
    guard = guarded(mock, Documents(), marked=True, limiter=limiter(clock, 1))
    begin = clock.time()
    for path in ("/api/v1/jobs", "/api/v1/sessions", "/api/v1/jobs"):
        guard(Request("POST", URL, path))
    assert len(mock.journal) == 3
    assert clock.time() - begin == 60
