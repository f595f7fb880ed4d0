"""What benchmarks say: rows with a target, a figure and a verdict, as JSON and as a table.

A room is a module with ``rows(quick)``, which yields a `Row` as soon as it is measured. What cannot
be measured, because a peer is not installed, is `unmeasured`: it tells how to get it.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import math
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, get_args

__all__ = ["INSTALL", "Report", "Row", "show", "shown", "table", "unmeasured"]

INSTALL = "python -m benchmarks.peers install"
"""What gets the peers."""

Verdict = Literal["met", "missed", "not measured", "told"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

LIBRARIES = (
    *("dryshot", "httpx", "httpcore", "respx", "requests", "pytest", "openapi-core"),
    *("jsonschema-rs", "uvicorn", "httptools", "uvloop", "orjson", "msgspec"),
    *("qiskit", "qiskit-aer", "distributed"),
)
"""Those whose version a figure depends on; what is not installed is not told."""

CENTURY = 100
"""From here on figures are shown without decimals."""


class Row(NamedTuple):
    """One figure; ``target`` is None where it is told for information only.

    ``unit`` is "x", "ms", "us", "MiB", "KiB", "/s" or "s". ``measured`` is NaN where it could not
    be measured; the note says why.
    """

    name: str
    target: float | None
    measured: float
    unit: str
    better: Literal["less", "more"] = "less"
    peer: str = ""
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is reached; nothing measured reaches none."""
        if self.target is None:
            return True
        return (
            self.measured <= self.target if self.better == "less" else self.measured >= self.target
        )

    @property
    def verdict(self) -> Verdict:
        """The same in words."""
        if math.isnan(self.measured):
            return "not measured"
        if self.target is None:
            return "told"
        return "met" if self.met else "missed"

    def as_json(self) -> dict[str, Any]:
        """As JSON has it, which knows finite numbers only."""
        return {
            **self._asdict(),
            "measured": self.measured if math.isfinite(self.measured) else None,
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """The same back."""
        lost = told["measured"] is None
        return cls(**{**told, "measured": math.nan if lost else told["measured"]})


def unmeasured(
    name: str,
    target: float | None,
    unit: str,
    better: Literal["less", "more"] = "less",
    *,
    peer: str = "",
    note: str = INSTALL,
) -> Row:
    """The row of a figure that needs what is not installed; ``note`` tells how to get it."""
    return Row(name, target, math.nan, unit, better, peer, note)


def shown(value: float | None, unit: str) -> str:
    """A figure with its unit; "-" for none."""
    if value is None or math.isnan(value):
        return "-"
    form = ",.0f" if abs(value) >= CENTURY else ".2f" if abs(value) >= 1 else ".2g"
    figure = f"{value:{form}}"
    return f"{figure}{unit}" if unit in {"x", "/s"} else f"{figure} {unit}"


class Report(NamedTuple):
    """A run: where and with what, the rows of each room, and why a room told no more."""

    machine: str
    cpus: int
    python: str
    versions: dict[str, str]
    date: str
    quick: bool
    rooms: dict[str, list[Row]]
    broken: dict[str, str]

    @classmethod
    def begin(cls, *, quick: bool) -> Self:
        """One without rows, of this machine and now (UTC)."""
        return cls(
            machine=_machine(),
            cpus=os.cpu_count() or 1,
            python=f"{platform.python_implementation()} {platform.python_version()}",
            versions=_versions(),
            date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            quick=quick,
            rooms={},
            broken={},
        )

    @property
    def rows(self) -> list[Row]:
        """Those of every room."""
        return [row for rows in self.rooms.values() for row in rows]

    @property
    def failures(self) -> list[Row]:
        """The rows that missed; what could not be measured counts, but not in a quick run."""
        return [
            row
            for row in self.rows
            if not row.met and not (self.quick and row.verdict == "not measured")
        ]

    @property
    def counts(self) -> str:
        """How many rows have which verdict, in words."""
        verdicts = [row.verdict for row in self.rows]
        told = (f"{verdicts.count(one)} {one}" for one in VERDICTS if one in verdicts)
        return ", ".join(told) or "nothing measured"

    @property
    def head(self) -> str:
        """Machine and versions in a line."""
        libraries = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        length = "quick run" if self.quick else "full run"
        return (
            f"{self.machine}, {self.cpus} cores; {self.python}; {libraries}; {length}, {self.date}"
        )

    def write(self, path: Path) -> None:
        """To a JSON file; what was not measured is null."""
        told = self._asdict()
        told["rooms"] = {room: [row.as_json() for row in rows] for room, rows in self.rooms.items()}
        text = json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """From such a file; ValueError names what is not one."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            rooms = {
                room: [Row.from_json(row) for row in rows] for room, rows in told["rooms"].items()
            }
            return cls(**{**told, "rooms": rooms})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{path.name} is not a report of benchmarks: {error!r}") from error


def table(rows: list[Row]) -> str:
    """In Markdown: figure, target, peer, verdict, note."""
    lines = ["| | target | measured | peer | verdict | note |", "|---|---|---|---|---|---|"]
    for row in rows:
        sign = "" if row.target is None else "≤ " if row.better == "less" else "≥ "
        cells = (
            row.name,
            sign + shown(row.target, row.unit),
            shown(row.measured, row.unit),
            row.peer,
            row.verdict,
            row.note,
        )
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def show(rows: Iterable[Row]) -> int:
    """Print the table of a room; 1 if a target is missed."""
    found = list(rows)
    print(table(found))
    return int(not all(row.met for row in found))


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _machine() -> str:
    """The system and the processor, never the name of the host."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{platform.system()}, {model}"
