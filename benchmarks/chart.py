"""A report as a chart: how far each figure is ahead of its target, or behind it.

Drawn by hand as SVG, on a scale of powers of two around the line of the targets. It follows the
reader's light or dark scheme, and what is missed differs by more than its colour.
"""

from __future__ import annotations

import math
import textwrap
from html import escape

from benchmarks.results import Report, Row, shown

__all__ = ["draw"]

STEP, HEAD, FOOT, LEADING = 22, 64, 34, 15  # heights
MIDDLE, SIDE, FIGURES = 500, 144, 290  # widths; MIDDLE is where targets are
LINE, NAME = 150, 46
"""Characters that there is room for: in a line of the foot, and in a name."""

DOUBLINGS = 4
"""From the line to the end of a side; what is further ends there."""

STYLE = """
text{font:13px system-ui,sans-serif;fill:#1f2328}.small{font-size:11px;fill:#59636e}
.room{font-weight:600}.title{font-size:16px;font-weight:600}.page{fill:#fff}
.met{fill:#1a7f5a}.missed{fill:url(#missed);stroke:#b3261e}.stripe{stroke:#b3261e}
.line{stroke:#1f2328}.grid{stroke:#d1d9e0}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.small{fill:#9aa4af}.page{fill:#0d1117}.met{fill:#3fb68b}
.missed{stroke:#ff7b72}.stripe{stroke:#ff7b72}.line{stroke:#e6edf3}.grid{stroke:#30363d}}
"""

HEADER = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
 aria-labelledby="title desc">
<title id="title">dryshot against its targets</title>
<desc id="desc">{told} A bar to the right of the line is ahead of its target, one to the left is
behind it.</desc>
<style>{style}</style>
<defs><pattern id="missed" width="6" height="6" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><path class="stripe" stroke-width="4" d="M0 0V6"/></pattern></defs>
<rect class="page" width="{width}" height="{height}"/>"""


def draw(report: Report) -> str:
    """The chart of every figure that has a target and was measured, as an SVG document."""
    parts: list[str] = []
    y = HEAD
    for room, rows in report.rooms.items():
        drawn = [row for row in rows if row.target is not None and not math.isnan(row.measured)]
        if not drawn:
            continue
        y += STEP
        parts.append(_text(12, y, room, "room"))
        for row in drawn:
            y += STEP
            parts.append(_bar(row, y))
    foot = textwrap.wrap(report.head, LINE)
    width, height = MIDDLE + SIDE + FIGURES, y + FOOT + LEADING * len(foot)
    counts = report.counts
    head = HEADER.format(
        width=width,
        height=height,
        told=escape(f"{counts}. {report.head}."),
        style=STYLE,
    )
    title = _text(12, 24, "dryshot against its targets", "title")
    told = _text(12, 42, f"{counts}; a bar to the right is ahead of its target", "small")
    made = [_text(12, y + FOOT + LEADING * at, text, "small") for at, text in enumerate(foot)]
    return "\n".join([head, title, told, *_axis(y + 8), *parts, *made, "</svg>\n"])


def gain(row: Row) -> float:
    """How many times better than its target a figure is: below 1 it is missed."""
    target = row.target or 0.0
    ends = (target, row.measured) if row.better == "less" else (row.measured, target)
    return ends[0] / ends[1] if ends[1] else math.inf


def _place(times: float) -> float:
    """Where on the scale that many times the target stands."""
    doublings = DOUBLINGS if math.isinf(times) else math.log2(max(times, 2.0**-DOUBLINGS))
    return MIDDLE + SIDE * min(doublings, DOUBLINGS) / DOUBLINGS


def _bar(row: Row, y: int) -> str:
    times = gain(row)
    left, right = sorted((MIDDLE, _place(times)))
    bound = "at most" if row.better == "less" else "at least"
    figures = f"{shown(row.measured, row.unit)} ({bound} {shown(row.target, row.unit)})"
    told = f"{row.name}: {figures}, {row.verdict}"
    return (
        f"<g><title>{escape(told)}</title>"
        + _text(24, y, textwrap.shorten(row.name, NAME, placeholder=" ..."))
        + f'<rect class="{row.verdict}" x="{left:.1f}" y="{y - 11}" '
        f'width="{max(1.0, right - left):.1f}" height="13" rx="2"/>'
        + _text(MIDDLE + SIDE + 12, y, figures + ("" if row.met else " missed"))
        + "</g>"
    )


def _axis(bottom: int) -> list[str]:
    """Lines and their meaning: the target, and twice, four times and sixteen times it."""
    parts = []
    for doublings in (-4, -2, -1, 0, 1, 2, 4):
        times = 2.0**doublings
        x = _place(times)
        kind = "grid" if doublings else "line"
        parts.append(f'<path class="{kind}" d="M{x:.1f} {HEAD + 2}V{bottom}"/>')
        name = f"{times:g}x" if doublings > 0 else f"1/{1 / times:g}" if doublings else "target"
        parts.append(_text(x, HEAD - 4, name, "small", middle=True))
    return parts


def _text(x: float, y: float, text: str, kind: str = "", *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{named}{anchor}>{escape(text)}</text>'
