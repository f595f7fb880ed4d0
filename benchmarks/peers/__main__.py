"""The peers' own set-up: ``python -m benchmarks.peers install``, ``list`` or ``remove``."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress

from .environments import ENVIRONMENTS, VARIABLE, Environment, root
from .processes import Unavailable

TOOLS = {
    "wrk": "asks the servers; Debian has it: apt-get install wrk",
    "node": "runs Prism",
    "java": "runs WireMock, 11 or later",
}


def install(chosen: Sequence[Environment]) -> int:
    """Make what is missing; 1 if something cannot be had."""
    failed = 0
    for one in chosen:
        print(f"{one.name}: {', '.join(one.pins)} ...", flush=True)
        try:
            one.install()
        except Unavailable as error:
            failed += 1
            print(f"{one.name} cannot be installed: {error}", file=sys.stderr)
    show(chosen)
    return int(failed > 0)


def show(chosen: Sequence[Environment]) -> int:
    """Say what is there; 0, whatever it is."""
    print(f"in {root()} ({VARIABLE} chooses another place)")
    for one in chosen:
        for package, wanted in one.pins.items():
            found = one.version(package) or "-"
            print(f"  {one.name:10} {package:22} wanted {wanted:8} found {found}")
        if reason := one.missing():
            print(f"  {one.name:10} {reason}")
    for name, use in TOOLS.items():
        print(f"  {name:10} {'found' if shutil.which(name) else f'missing; it {use}'}")
    return 0


def remove(chosen: Sequence[Environment]) -> int:
    """Delete them; 1 if something cannot be deleted."""
    failed = 0
    for one in chosen:
        try:
            one.remove()
        except Unavailable as error:
            failed += 1
            print(error, file=sys.stderr)
    with suppress(OSError):  # whatever else is in the folder stays
        root().rmdir()
    return int(failed > 0)


COMMANDS = {"install": install, "list": show, "remove": remove}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(ENVIRONMENTS)}; all by default")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.name if name not in ENVIRONMENTS]:
        parser.error(f"name: there is no peer {unknown[0]!r}, only {', '.join(ENVIRONMENTS)}")
    chosen = [one for name, one in ENVIRONMENTS.items() if not given.name or name in given.name]
    return COMMANDS[given.command](chosen)


if __name__ == "__main__":
    sys.exit(main())
