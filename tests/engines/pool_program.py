"""A program with a pool, for tests that end it: ``python -m tests.engines.pool_program``."""

from __future__ import annotations

import signal
import sys

from dryshot.engines.pool import WorkerPool

from .errands import sign, stick


def shout() -> None:
    """Print where a server must stay silent."""
    print("from a worker", flush=True)  # noqa: T201 - its point


def main(end: str, method: str, path: str) -> None:
    """Let a worker get stuck, say so, and end: by being killed, or simply so."""
    pool = WorkerPool(1, preload=(), method="spawn" if method == "spawn" else "forkserver")
    pool.submit(shout).result()
    pool.submit(sign, path).result()
    pool.submit(stick, path, "spin")
    if end == "killed":
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
