"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from dryshot.commands import COMMANDS
from dryshot.errors import MissingExtra

__all__ = ["main"]


class _Version(argparse.Action):
    """Prints the version, which takes longer to find than some commands take to run."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        parser.exit(message=f"dryshot {version('dryshot')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0 if it held, 1 if it did not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="dryshot", description="A stand-in for the IBM Quantum (Qiskit Runtime) REST API."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.declare(
            commands.add_parser(name, help=command.HELP, description=command.DESCRIPTION)
        )
    settings = parser.parse_args(arguments)
    try:
        return COMMANDS[settings.command].run(settings)
    except MissingExtra as error:
        parser.error(str(error))
