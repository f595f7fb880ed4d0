"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import version

from dryshot.errors import MissingExtra

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0 if it held, 1 if it did not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="dryshot", description="A stand-in for the IBM Quantum (Qiskit Runtime) REST API."
    )
    parser.add_argument("--version", action="version", version=f"dryshot {version('dryshot')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser(
        "demo",
        help="make every call of the notebook that dryshot began with, offline",
        description="Log in, list, submit an OpenQASM 3 circuit, read its results and log out, "
        "with plain requests calls to IBM's host names, which the mock answers.",
    )
    demo.add_argument(
        "--engine",
        choices=("auto", "aer", "stub"),
        default="auto",
        help="what computes the job: qiskit-aer, or invented values (default: what is installed)",
    )
    demo.add_argument("--seed", type=int, default=0, help="another seed, other results")
    settings = parser.parse_args(arguments)

    from dryshot.demo import run

    try:
        return run(engine=settings.engine, seed=settings.seed)
    except MissingExtra as error:
        parser.error(str(error))
