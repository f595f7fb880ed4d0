"""What comes before the first request: the plugin, the fixture, imports.

Every figure is of processes of their own, which take turns; only their computing counts, and of
each the fastest. ``python -m benchmarks.start [--quick]`` prints the table.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.results import Row, table, unmeasured

__all__ = ["fixture_rows", "import_rows", "plugin_rows", "rows"]

PLUGIN_MS, FIRST_MS, LATER_MS, IMPORT = 15.0, 120.0, 1.0, 1.3
TESTS = 40
"""Uses of the fixture in one run."""

PLUGIN = "dryshot.pytest_plugin"
HTTPX = "import httpx"
IMPORTS = {
    "from dryshot import Mock": "from dryshot import Mock",
    "from dryshot_client import Runtime": "from dryshot_client import Runtime",
}
"""What a program imports; the packages themselves import nothing of their own."""

TIMED = """
import time
start = time.process_time()
{code}
print(time.process_time() - start)
"""
WATCH = """
import json, time
import pytest

taken = []

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef):
    start = time.process_time()
    try:
        return (yield)
    finally:
        if fixturedef.argname == "dryshot":
            taken.append(time.process_time() - start)

def pytest_unconfigure(config):
    config.rootpath.joinpath("taken.json").write_text(json.dumps(taken))
"""
USES = """
import pytest
{imports}

@pytest.mark.parametrize("n", range({tests}))
def test_it(dryshot, n):
    pass
"""


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - every room's
    """The plugin unused, its fixture, and imports."""
    runs = 5 if quick else 15
    yield from plugin_rows(runs)
    yield from fixture_rows(runs)
    yield from import_rows(runs)


def plugin_rows(runs: int) -> Iterator[Row]:
    """What pytest takes more to collect and run a test that does not use the plugin."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.joinpath("test_it.py").write_text("def test_it():\n    pass\n")
        code = "import pytest; assert not pytest.main({!r})"
        options = ["-q", "-q", "--no-header", "-p", "no:cacheprovider"]
        found = _fastest(
            {"none": code.format(options), "plugin": code.format([*options, "-p", PLUGIN])},
            runs,
            folder,
        )
    yield Row(
        "pytest with the plugin, more than without",
        PLUGIN_MS,
        (found["plugin"] - found["none"]) * 1000,
        "ms",
        peer="pytest alone",
        note=f"pytest alone {found['none'] * 1000:.0f} ms",
    )


def fixture_rows(runs: int) -> Iterator[Row]:
    """The first use of the fixture in a process, and the later ones."""
    kinds = {
        "httpx and requests are imported": "import httpx, requests",
        "requests is imported": "import requests",
        "neither httpx nor requests is imported": "",
    }
    for kind, imports in kinds.items():
        if "requests" in imports and importlib.util.find_spec("requests") is None:
            yield unmeasured(f"first fixture, {kind}", FIRST_MS, "ms", note="pip install requests")
            continue
        taken = [_fixture(imports) for _ in range(runs)]
        first = min(one[0] for one in taken) * 1000
        later = min(statistics.median(one[1:]) for one in taken) * 1000
        yield Row(f"first fixture, {kind}", FIRST_MS, first, "ms")
        yield Row(f"later fixtures, {kind}", LATER_MS, later, "ms", note="median of a run")


def import_rows(runs: int) -> Iterator[Row]:
    """Imports beside that of httpx."""
    found = _fastest({HTTPX: HTTPX, **IMPORTS}, runs)
    least = found.pop(HTTPX)
    for name, seconds in found.items():
        yield Row(name, IMPORT, seconds / least, "x", peer=f"{HTTPX}, {least * 1000:.0f} ms")


def _fastest(codes: Mapping[str, str], runs: int, folder: Path | None = None) -> dict[str, float]:
    """Seconds of computing for each code, at best."""
    taken: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(runs):
        for name, code in codes.items():
            told = _python("-c", TIMED.format(code=code), folder=folder)
            taken[name].append(float(told.split()[-1]))
    return {name: min(times) for name, times in taken.items()}


def _fixture(imports: str) -> list[float]:
    """Seconds of computing that the fixture takes to be set up, each time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.joinpath("conftest.py").write_text(WATCH)
        folder.joinpath("test_it.py").write_text(USES.format(imports=imports, tests=TESTS))
        options = ("-q", "-p", "no:cacheprovider", "-p", PLUGIN, "--rootdir", name)
        _python("-m", "pytest", *options, folder=folder)
        taken: list[float] = json.loads(folder.joinpath("taken.json").read_text())
    return taken


def _python(*arguments: str, folder: Path | None) -> str:
    """What this interpreter prints; no plugin but those that are named is loaded by pytest."""
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def main() -> int:
    """Print the table; 1 if a target is missed."""
    found = list(rows("--quick" in sys.argv[1:]))
    print(f"pytest {importlib.metadata.version('pytest')}, {sys.version.split()[0]}\n")
    print(table(found))
    return int(any(not row.met for row in found))


if __name__ == "__main__":
    sys.exit(main())
