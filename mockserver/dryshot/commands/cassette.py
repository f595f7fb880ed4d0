"""``dryshot cassette``: recordings of others in, recordings out, and a look into one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dryshot.recording.cassette import Cassette

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "import, export and show recordings"
DESCRIPTION = (
    "A cassette is a recording that VCR.py reads too. What is imported is redacted in memory; "
    "nothing secret is ever written."
)
_COLUMNS = ("time", "method", "status", "operation", "url")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    ways = parser.add_subparsers(dest="way", required=True, metavar="WAY")
    take = ways.add_parser("import", help="make a cassette of a VCR.py cassette or a HAR file")
    take.add_argument("file", type=Path, help="what VCR.py, a browser or a proxy wrote")
    take.add_argument("out", type=Path, help="the cassette to make")
    take.add_argument(
        "--start",
        type=_instant,
        metavar="INSTANT",
        help="when it began, where the file does not say (ISO 8601; default: its own date)",
    )
    give = ways.add_parser("export", help="write a cassette as HAR 1.2")
    give.add_argument("file", type=Path, help="the cassette")
    give.add_argument("out", type=Path, help="the HAR file to make")
    for way in (take, give):
        way.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    show = ways.add_parser("show", help="list what is in a cassette")
    show.add_argument("file", type=Path, help="the cassette")


def run(settings: argparse.Namespace) -> int:
    """Do it; 1 with the reason on standard error if it cannot be done."""
    from dryshot.recording.files import read_cassette, write_cassette
    from dryshot.recording.har import write_har
    from dryshot.recording.imports import import_recording
    from dryshot.recording.problems import CassetteError

    try:
        if settings.way == "show":
            sys.stdout.write("".join(f"{line}\n" for line in _table(read_cassette(settings.file))))
            return 0
        if settings.out.exists() and not settings.overwrite:
            raise CassetteError(f"{settings.out}: it is there already; --overwrite replaces it")
        if settings.way == "import":
            cassette = import_recording(settings.file, start=settings.start)
            write_cassette(cassette, settings.out)
        else:
            cassette = read_cassette(settings.file)
            write_har(cassette, settings.out)
    except (CassetteError, ValueError) as error:
        sys.stderr.write(f"dryshot cassette: {error}\n")
        return 1
    sys.stdout.write(f"{settings.out}: {len(cassette.interactions)} interactions\n")
    return 0


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO 8601 instant with an offset")
    return instant


def _table(cassette: Cassette) -> Iterator[str]:
    """What the whole is, and a line for each interaction."""
    from dryshot.clock import isoformat

    yield f"recorded   {isoformat(cassette.recorded, 'seconds')}"
    yield f"host       {cassette.host}"
    yield f"documents  {', '.join(f'{name} {one}' for name, one in cassette.spec.items())}"
    counts = ", ".join(f"{kind}: {count}" for kind, count in cassette.redaction.items())
    yield f"replaced   {counts or 'nothing'}"
    yield f"provenance {cassette.provenance}"
    yield ""
    rows = [_COLUMNS]
    for one in cassette.interactions:
        operation = one.operation or "-"
        url = f"{one.request.host}{one.request.path}"
        instant = isoformat(one.at, "milliseconds")
        rows.append((instant, one.request.method, str(one.response.status), operation, url))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
