"""Many tests and many threads at once, each with a mock of its own, and none sees another's."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dryshot import Mock
from tests import lodger

TESTS = """
import pytest
from lodger import live


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=pytest.mark.dryshot(seed=n)) for n in range(200)]
)
def test_a_test_has_its_own(dryshot, number):
    live(dryshot, number)
"""
THREADS = 50
REAL = (time.sleep, time.time, time.monotonic)


def test_threads_with_a_mock_each_see_only_their_own() -> None:
    barrier = threading.Barrier(THREADS)

    def one(number: int) -> None:
        mock = Mock(seed=number)
        with mock.activate():
            barrier.wait(60)  # all are active before the first asks
            lodger.live(mock, number)
            barrier.wait(60)  # and while the last asks

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(one, number) for number in range(THREADS)]:
            done.result(120)
    assert (time.sleep, time.time, time.monotonic) == REAL


@pytest.mark.heavy
def test_parallel_tests_see_only_their_own(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(lodger=Path(lodger.__file__).read_text(), test_many=TESTS)
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "xdist", "-p", "no:cacheprovider")
    result = pytester.runpytest_subprocess(*plugins, "-n", "2", "-W", "error", timeout=300)
    result.assert_outcomes(passed=200)
