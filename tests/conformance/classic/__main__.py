"""``python -m tests.conformance.classic``: run the clients' probes, and say how they went."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.classic.environments import CLIENTS, Client, cache, environment
from tests.conformance.classic.suite import TRANSPORTS, Step, Transport, examine
from tests.conformance.classic.table import PAGE, column, render

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; 1 if something failed."""
    settings = _parser().parse_args(arguments)
    names = settings.client or list(CLIENTS)
    if settings.write and set(names) != set(CLIENTS):
        sys.stderr.write("the page tells of all clients: --write goes without --client\n")
        return 2
    columns, failed = [], False
    for name in names:
        seen: dict[Transport, list[Step]] = {}
        python = environment(CLIENTS[name], settings.dir)
        for transport in settings.transport or TRANSPORTS:
            with tempfile.TemporaryDirectory() as home:
                steps = examine(python, CLIENTS[name].probe, transport, Path(home))
            seen[transport] = steps
            failed |= _tell(CLIENTS[name], transport, steps)
        columns.append(column(seen))
    if settings.write and not failed:
        PAGE.write_text(render(list(CLIENTS.values()), columns), encoding="utf-8")
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.classic")
    parser.add_argument("--client", action="append", choices=list(CLIENTS), help="one of them")
    parser.add_argument("--transport", action="append", choices=TRANSPORTS, help="one of both")
    parser.add_argument(
        "--dir", type=Path, default=cache(), help="where environments are kept (%(default)s)"
    )
    parser.add_argument("--write", action="store_true", help="write the page, if nothing failed")
    return parser


def _tell(client: Client, transport: str, steps: Sequence[Step]) -> bool:
    """Say it; whether something failed."""
    failures = [step for step in steps if step.outcome == "failed"]
    well = sum(step.outcome == "ok" for step in steps)
    sys.stdout.write(f"{client.name} over {transport}: {well} ok, {len(failures)} failed\n")
    for step in failures:
        sys.stdout.write(f"  {step.name}: {step.reason}\n")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
