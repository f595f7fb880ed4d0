"""``dryshot coverage``: what several test runs exercised together."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dryshot.coverage import Coverage

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "add up what test runs exercised of the API, and report it"
DESCRIPTION = (
    "Reads what `pytest --dryshot-coverage=json:FILE` wrote, in one job of a build or in many, "
    "adds it up and prints the table. Exits with 1 if too little was exercised, 2 if a file cannot "
    "be read."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON of a test run")
    parser.add_argument("--html", type=Path, metavar="DIR", help="write DIR/index.html")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the sum as JSON")
    parser.add_argument("--missing", action="store_true", help="list what was not exercised")
    parser.add_argument(
        "--fail-under",
        action="append",
        default=[],
        metavar="PERCENT",
        help="exit with 1 if less of the statuses was answered, or, as KIND:PERCENT, of "
        "operations, codes, fields, values or inputs",
    )


def run(settings: argparse.Namespace) -> int:
    """Add up, print, write."""
    from dryshot.coverage import Report
    from dryshot.coverage.files import Output, Threshold, write
    from dryshot.coverage.text import lines

    try:
        wanted = [Threshold.parse(text) for text in settings.fail_under]
        report = Report(_add_up(settings.files))
        for line in lines(report, missing=settings.missing):
            sys.stdout.write(f"{line}\n")
        if settings.html:
            write(Output("html", settings.html / "index.html"), report)
        if settings.json:
            write(Output("json", settings.json), report)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"dryshot coverage: {error}\n")
        return 2
    missed = [text for one in wanted for text in one.missed(report)]
    for text in missed:
        sys.stderr.write(f"dryshot coverage: {text}\n")
    return 1 if missed else 0


def _add_up(files: list[Path]) -> Coverage:
    from dryshot.coverage import Coverage, UnreadableCoverage

    total = Coverage()
    for path in files:
        try:
            total.merge(Coverage.from_text(path.read_text(encoding="utf-8")))
        except (UnreadableCoverage, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: {error}") from None
    return total
