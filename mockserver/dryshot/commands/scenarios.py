"""``dryshot scenarios``: what can go wrong by name, and files that say so."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "list the ready-made scenarios, show one to copy and change, or check a file"
DESCRIPTION = (
    "Scenarios say what goes wrong, and are played by `dryshot serve --scenario`, by `dryshot run "
    "--scenario`, in Python and on the admin page. Without a WAY, those are listed that come with "
    "dryshot."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    ways = parser.add_subparsers(dest="way", metavar="WAY")
    show = ways.add_parser("show", help="write a ready-made one as YAML")
    show.add_argument("name", metavar="NAME", help="such as busy-queue")
    check = ways.add_parser("check", help="say what is wrong with files")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    ways.add_parser("schema", help="write the JSON Schema of such files, for editors")


def run(settings: argparse.Namespace) -> int:
    """Do it; 1 with the reason on standard error if there is no such scenario, or a wrong one."""
    from dryshot.scenarios import schema, text_of
    from dryshot.world.places import DeclarationError

    if settings.way == "check":
        return _check(settings.files)
    try:
        if settings.way == "show":
            sys.stdout.write(text_of(settings.name))
        elif settings.way == "schema":
            sys.stdout.write(f"{json.dumps(schema(), indent=2)}\n")
        else:
            _list()
    except DeclarationError as error:
        sys.stderr.write(f"dryshot scenarios: {error}\n")
        return 1
    return 0


def _list() -> None:
    import textwrap

    from dryshot.scenarios import find, names

    width = max(map(len, names())) + 2
    for name in names():
        lines = textwrap.wrap(find(name).description, 98 - width)
        text = textwrap.indent("\n".join(lines), " " * width).lstrip()
        sys.stdout.write(f"{name:{width}}{text}\n")


def _check(files: list[Path]) -> int:
    from dryshot.scenarios import read_file
    from dryshot.world.places import DeclarationError

    wrong = 0
    for file in files:
        try:
            read_file(file)
        except DeclarationError as error:
            sys.stderr.write(f"{error}\n")
            wrong = 1
    return wrong
