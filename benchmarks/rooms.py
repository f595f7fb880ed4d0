"""The rooms of the benchmarks, each measured in a process of its own.

What one imports, keeps or breaks does not touch the next. A process tells its rows as lines of JSON
on what was its standard output; whatever else is printed there goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.results import Row

__all__ = ["ROOMS", "Broken", "measure"]

ROOMS = {
    "inprocess": "benchmarks.inprocess",
    "start": "benchmarks.start",
    "served": "benchmarks.served",
    "peers": "benchmarks.peers.inprocess",
    "jobs": "benchmarks.jobs",
    "growth": "benchmarks.growth",
    "state": "benchmarks.state",
    "dask": "benchmarks.scale",
}
"""Each with the module that has its ``rows(quick=...)``, in the order of a run."""

LIMIT = 1800.0
"""Seconds that one room may take; then it is broken."""

PATIENCE = 5.0
"""Seconds that a room has to end what it started, once it is interrupted."""


class Broken(Exception):
    """A room that told no more; the rows before it stay."""


def measure(module: str, *, quick: bool, limit: float = LIMIT) -> Iterator[Row]:
    """The rows of a room as they come; Broken says why it told no more."""
    command = [sys.executable, "-m", "benchmarks.rooms", module, *["--quick"][: int(quick)]]
    with subprocess.Popen(  # noqa: S603 our own modules
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        start_new_session=True,
    ) as process:
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            _end(process)

        timer = threading.Timer(limit, stop)
        timer.start()
        reason = ""
        try:
            for line in process.stdout or ():
                said = json.loads(line)
                if "row" in said:
                    yield Row.from_json(said["row"])
                reason = said.get("broken", reason)
            if overdue.is_set():
                reason = f"took more than {limit:g} s"
            if process.wait():
                raise Broken(reason or f"its process ended with {process.returncode}")
        finally:
            timer.cancel()
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End the room, politely first, and then all that it started, servers too."""
    with suppress(ProcessLookupError):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
        os.killpg(process.pid, signal.SIGKILL)


def _tell(module: str, *, quick: bool) -> int:
    """Measure here, and say each row; 1 if the room broke."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as out:
        os.dup2(2, 1)
        try:
            for row in importlib.import_module(module).rows(quick=quick):
                print(json.dumps({"row": row.as_json()}), file=out)
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 it is told
            traceback.print_exc()
            print(json.dumps({"broken": f"{type(error).__name__}: {error}"}), file=out)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(_tell(sys.argv[1], quick="--quick" in sys.argv))
