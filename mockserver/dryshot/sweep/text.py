"""What a sweep found, in words and as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dryshot.sweep.findings import Finding, Outcome, Result, Sweep

__all__ = ["SIGNS", "columns", "explain", "rows", "table"]

SIGNS: dict[Outcome, str] = {
    "fine": ".",
    "not reached": "-",
    "crashed": "CRASH",
    "hung": "HANG",
    "lost": "LOST",
    "twice": "TWICE",
}

_SHOWN = 4


def explain(sweep: Sweep) -> str:
    """Why the test fails: each finding, with points at which it shows, and how to see it again."""
    found = sweep.findings
    points = f"{_bad(sweep)} of {_many(len(sweep.results), 'point')}"
    head = f"the sweep found {_many(len(found), 'thing')} to mend, at {points}"
    return "\n".join([f"{head}:", *(line for one in found for line in _finding(one))]) + "\n"


def columns(sweep: Sweep) -> list[str]:
    """The kinds and moments that were tried, in their order."""
    return list(dict.fromkeys(one.point.column for one in sweep.results))


def rows(sweep: Sweep) -> Iterator[tuple[str, dict[str, Result]]]:
    """Each call at which something was tried, and what came of it, by column."""
    for call in sweep.calls:
        found = {one.point.column: one for one in sweep.results if one.point.call == call}
        if found:
            yield f"{call.number}. {call}", found


def table(sweeps: Sequence[Sweep]) -> Iterator[str]:
    """Calls down, kinds across, for each test; and what the signs mean."""
    for sweep in sweeps:
        yield f"{sweep.test}: {summary(sweep)}"
        heads = columns(sweep)
        lines = list(rows(sweep))
        if not lines:
            continue
        first = max(len(name) for name, _ in lines)
        above = [head.partition(":")[0] for head in heads]
        below = [head.partition(":")[2] for head in heads]
        widths = [max(5, len(a), len(b)) for a, b in zip(above, below, strict=True)]
        for texts in (above, below):
            yield _row("", texts, first, widths)
        for name, found in lines:
            signs = [SIGNS[found[head].outcome] if head in found else "" for head in heads]
            yield _row(name, signs, first, widths)
        yield ""


def summary(sweep: Sweep) -> str:
    """In a line."""
    calls = f"{_many(len(sweep.calls), 'call')}, {_many(len(sweep.results), 'point')}"
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sweep.counts.items())
    left = f"; max_points left out {_many(sweep.left_out, 'point')}" if sweep.left_out else ""
    return f"{calls} in {sweep.seconds:.1f} s: {counts or 'nothing to try'}{left}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _bad(sweep: Sweep) -> int:
    return sum(not one.good for one in sweep.results)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"- it {finding.title}"
    for one in finding.results[:_SHOWN]:
        first, *more = one.error.splitlines() or [""]
        yield f"    {one.point}: {first}"
        yield from (f"      {line}" for line in more)
        yield from (f"      and {line}" for line in one.also)
    if len(finding.results) > _SHOWN:
        rest = ", ".join(str(one.point) for one in finding.results[_SHOWN:])
        yield f"    and at {rest}"
    point = finding.results[0].point
    yield f"    again: {point.line}"
    yield f"    or: --dryshot-sweep-only={point}"


def _row(name: str, texts: Sequence[str], first: int, widths: Sequence[int]) -> str:
    cells = "  ".join(f"{text:<{width}}" for text, width in zip(texts, widths, strict=True))
    return f"{name:<{first}}  {cells}".rstrip()
