"""Measure everything that has a target: ``python -m benchmarks [--quick]``.

Ends with a table of target, measured, peer and verdict. Exits with 1 if a target is missed or a
room broke, and with 2 if it is not asked rightly. In a quick run a peer that is not installed is
told, and is no miss.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.chart import draw
from benchmarks.results import INSTALL, Report, Row, shown, table
from benchmarks.rooms import ROOMS, Broken, measure

__all__ = ["main"]

COLOURS = {"met": "green", "missed": "bold red", "not measured": "yellow", "told": "dim"}


def main(arguments: Sequence[str] | None = None, rooms: Mapping[str, str] = ROOMS) -> int:
    """Run the rooms that are asked for; 1 for any miss or break."""
    asked = _parser(rooms).parse_args(arguments)
    if asked.list:
        print("\n".join(f"{name:10} {module}" for name, module in rooms.items()))
        return 0
    console = Console(highlight=False, soft_wrap=True)
    report = Report.begin(quick=asked.quick)
    console.print(Text(report.head))
    for room, module in rooms.items():
        if room in (asked.only or rooms):
            _run(room, module, report, console)
    _end(report, console)
    if asked.json:
        report.write(asked.json)
    if asked.chart:
        asked.chart.write_text(draw(report), encoding="utf-8")
    if asked.markdown:
        asked.markdown.write_text(markdown(report), encoding="utf-8")
    return int(bool(report.failures or report.broken))


def markdown(report: Report) -> str:
    """The report as a part of a page: a table for each room, and what broke."""
    parts = [report.head + "."]
    for room, rows in report.rooms.items():
        parts.append(f"### {room}")
        if rows:
            parts.append(table(rows))
        if room in report.broken:
            parts.append(f"This room broke: {report.broken[room]}")
    return "\n\n".join(parts) + "\n"


def _parser(rooms: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=(__doc__ or "").partition("\n\n")[2],
        epilog=f"Peers are installed by: {INSTALL}",
    )
    parser.add_argument("--quick", action="store_true", help="shorter, and so less exact")
    parser.add_argument(
        "--only", nargs="+", choices=rooms, metavar="ROOM", help=f"of {', '.join(rooms)}"
    )
    parser.add_argument("--list", action="store_true", help="tell the rooms, and measure nothing")
    parser.add_argument("--json", type=_file, metavar="FILE", help="write the report to it")
    parser.add_argument("--chart", type=_file, metavar="FILE.svg", help="write a chart to it")
    parser.add_argument("--markdown", type=_file, metavar="FILE", help="write the tables to it")
    return parser


def _file(name: str) -> Path:
    """A file that can be written at the end of a long run."""
    path = Path(name)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{name} cannot be written: no such directory")
    return path


def _run(room: str, module: str, report: Report, console: Console) -> None:
    """Measure a room into the report, and print each row as it comes."""
    rows = report.rooms[room] = []
    console.print(Text(f"\n{room}", style="bold"))
    try:
        with console.status(f"measuring {room}"):
            for row in measure(module, quick=report.quick):
                rows.append(row)
                console.print(_line(row))
    except Broken as broken:
        report.broken[room] = str(broken)
        console.print(Text(f"  broken: {broken}", style=COLOURS["missed"]))


def _line(row: Row) -> Text:
    """A row on its way: verdict, name, figure, target."""
    text = Text(f"  {row.verdict:13}", style=COLOURS[row.verdict])
    figures = f"{row.name:44} {shown(row.measured, row.unit):>10}"
    target = f"  (target {shown(row.target, row.unit)})" if row.target is not None else ""
    return text.append(f"{figures}{target}  {row.note}".rstrip(), style="not bold default")


def _end(report: Report, console: Console) -> None:
    """The table of all rows; Markdown where it is not a terminal."""
    rows = report.rows
    console.print()
    if console.is_terminal:
        drawn = Table("", "target", "measured", "peer", "verdict")
        for row in rows:
            verdict = Text(row.verdict, style=COLOURS[row.verdict])
            figures = (shown(row.target, row.unit), shown(row.measured, row.unit))
            drawn.add_row(Text(row.name), *figures, Text(row.peer), verdict)
        console.print(drawn)
    else:
        console.print(Text(table(rows)))
    console.print(Text(f"\n{report.counts}"))
    for room, reason in report.broken.items():
        console.print(Text(f"broken: {room}: {reason}", style=COLOURS["missed"]))


if __name__ == "__main__":
    sys.exit(main())
