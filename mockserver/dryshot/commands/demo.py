"""``dryshot demo``: the calls of the notebook, offline."""

from __future__ import annotations

import argparse

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "make every call of the notebook that dryshot began with, offline"
DESCRIPTION = (
    "Log in, list, submit an OpenQASM 3 circuit, read its results and log out, with plain "
    "requests calls to IBM's host names, which the mock answers."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--engine",
        choices=("auto", "aer", "stub"),
        default="auto",
        help="what computes the job: qiskit-aer, or invented values (default: what is installed)",
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed, other results")


def run(settings: argparse.Namespace) -> int:
    """Make the calls and print what they gave."""
    from dryshot.demo import run

    return run(engine=settings.engine, seed=settings.seed)
