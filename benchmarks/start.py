"""What the plugin costs a pytest that does not use it: ``python benchmarks/start.py``.

Each run is a process of its own, the two kinds in turn; the medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 31
EMPTY = '"""An empty plugin."""\nimport pytest\n'
TIMED = """
import pytest, sys, time
sys.path.insert(0, {folder!r})
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def main() -> None:
    """Print the medians in milliseconds, and what the plugin costs more."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty_plugin.py").write_text(EMPTY)
        times: dict[str, list[float]] = {"empty_plugin": [], "dryshot.pytest_plugin": []}
        for _ in range(RUNS):
            for module, taken in times.items():
                code = TIMED.format(folder=folder, module=module)
                done = subprocess.run(  # noqa: S603 - this very interpreter
                    [sys.executable, "-c", code], capture_output=True, text=True, check=True
                )
                taken.append(float(done.stdout) * 1000)
    medians = {module: statistics.median(taken) for module, taken in times.items()}
    for module, median in medians.items():
        print(f"{module:24} {median:6.2f} ms")
    print(f"{'more':24} {medians['dryshot.pytest_plugin'] - medians['empty_plugin']:6.2f} ms")


if __name__ == "__main__":
    main()
