"""What a command prints: aligned columns, or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["write_json", "write_table"]


def write_json(value: object) -> str:
    """Indented JSON, and a newline."""
    return json.dumps(value, indent=2) + "\n"


def write_table(rows: Sequence[Mapping[str, Any]], *, left: int) -> str:
    """Columns under their names, the first ``left`` of them aligned to the left; no rows, no text.

    What is ``None`` is a dash.
    """
    if not rows:
        return ""
    lines = [[name.upper() for name in rows[0]]]
    lines += [["-" if cell is None else str(cell) for cell in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in lines
    )
