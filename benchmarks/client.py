"""What importing the client costs, and how much of it there is: ``python benchmarks/client.py``.

Each import is made by a process of its own, the kinds in turn; medians are compared with that of
httpx, on which the client stands. Lines are those of code: no blank ones, comments or docstrings.
"""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import dryshot_client

RUNS = 21
HTTPX = "import httpx"
KINDS = {
    "`import httpx`": HTTPX,
    "`import dryshot_client`": "import dryshot_client",
    "`from dryshot_client import Runtime`": "from dryshot_client import Runtime",
    "`from dryshot_client import LegacyRuntime`": "from dryshot_client import LegacyRuntime",
    "both, with all that results need": (
        "from dryshot_client import LegacyRuntime, Runtime, read_sampler_result\n"
        "import dryshot_client.platform.programs"
    ),
}
TIMED = "import time\nstart = time.perf_counter()\n{}\nprint(time.perf_counter() - start)"
PACKAGE = Path(dryshot_client.__file__).parent


def main() -> None:
    """Print two tables in Markdown."""
    times: dict[str, list[float]] = {name: [] for name in KINDS}
    for _ in range(RUNS):
        for name, code in KINDS.items():
            # httpx is there already in all but the first: what the client adds is measured.
            whole = TIMED.format(code) if code == HTTPX else f"{HTTPX}\n{TIMED.format(code)}"
            done = subprocess.run(  # noqa: S603 - this very interpreter
                [sys.executable, "-c", whole], capture_output=True, text=True, check=True
            )
            times[name].append(float(done.stdout) * 1000)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    httpx = next(iter(medians.values()))
    print("| | ms, httpx being there | ratio to httpx |\n|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median:.1f} | {median / httpx:.2f} |")
    print("\n| room | modules | lines of code |\n|---|---|---|")
    for room in (".", "legacy", "platform", "platform/models"):
        modules = sorted((PACKAGE / room).glob("*.py"))
        print(f"| {room} | {len(modules)} | {sum(map(count_lines, modules))} |")


def count_lines(module: Path) -> int:
    """How many lines of a module hold code."""
    text = module.read_text()
    docs = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in docs
        for number, line in enumerate(text.splitlines(), 1)
    )


if __name__ == "__main__":
    main()
