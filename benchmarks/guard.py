"""Ratios held to those of the committed state, with room for a noisy machine.

Times differ between machines, and are never held. A ratio is beyond its limit if it is more than
`MARGIN` times the larger of its target and the figure that was kept, in each of several tries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks.results import Row

__all__ = ["KEPT", "MARGIN", "TRIES", "Guard"]

KEPT = Path(__file__).with_name("guard.json")
"""The ratios of the committed state."""

MARGIN = 1.3
TRIES = 3

Groups = Mapping[str, Callable[[], Iterable[Row]]]
"""What measures rows that belong together, by a name for them."""


class Guard:
    """The figures that a file keeps, by the name of their row."""

    def __init__(self, path: Path = KEPT) -> None:
        self.path = path

    def write(self, groups: Groups) -> None:
        """Measure, and keep the best figures of as many tries as a check has."""
        best: dict[str, float] = {}
        for measure in groups.values():
            for _ in range(TRIES):
                for row in _ratios(measure()):
                    best[row.name] = min(row.measured, best.get(row.name, row.measured))
        figures = {name: round(figure, 3) for name, figure in best.items()}
        self.path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

    def hold(self, groups: Groups) -> list[str]:
        """What is beyond its limit even at its best, in words; and what is not kept or not known.

        Only those that measure a row beyond its limit are asked again. ValueError if the file
        holds anything but figures.
        """
        kept = self._read()
        told: list[str] = []
        for measure in groups.values():
            best: dict[str, Row] = {}
            for _ in range(TRIES):
                for row in _ratios(measure()):
                    known = best.get(row.name, row)
                    best[row.name] = min(row, known, key=lambda one: one.measured)
                beyond = [said for row in best.values() if (said := _excess(row, kept))]
                if not beyond:
                    break
            told += beyond
            for name in best:
                kept.pop(name, None)
        return [*told, *(f"{name}: kept, and measured no more" for name in kept)]

    def _read(self) -> dict[str, float]:
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(name): float(figure) for name, figure in kept.items()}
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path.name} holds no figures: {error}") from error


def _ratios(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.unit == "x"]


def _excess(row: Row, kept: Mapping[str, float]) -> str:
    """What is wrong with the row; nothing if it is within its limit."""
    if row.name not in kept:
        return f"{row.name}: not kept yet, at {row.measured:.3g}x (--guard --write keeps it)"
    limit = max(row.target or 0.0, kept[row.name]) * MARGIN
    if row.measured <= limit:
        return ""
    return (
        f"{row.name}: {row.measured:.3g}x, and the limit is {limit:.3g}x "
        f"(target {row.target or 'none'}, kept {kept[row.name]:.3g}, margin {MARGIN})"
    )
