"""The report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dryshot.coverage.report import KINDS, OperationReport, Report

__all__ = ["headline", "lines"]

_MOST = 20


def headline(report: Report) -> str:
    """The one figure that counts, in words."""
    return f"{report.percent:.1f}% of statuses ({report.total('statuses')} declared)"


def lines(report: Report, *, missing: bool = False) -> Iterator[str]:
    """A table by document, then what is odd; with ``missing`` whatever was not exercised."""
    names = [*report.documents, "total"]
    width = max(map(len, names))
    yield "  ".join([" " * width, *(f"{kind:>10}" for kind in KINDS)])
    for name in names:
        chosen = report.documents if name == "total" else [name]
        shares = [str(report.total(kind, chosen)) for kind in KINDS]
        yield "  ".join([f"{name:<{width}}", *(f"{share:>10}" for share in shares)])
    percents = [f"{report.total(kind).percent:.1f}%" for kind in KINDS]
    yield "  ".join([" " * width, *(f"{percent:>10}" for percent in percents)])
    yield from report.notes()
    unread = [f"{key}  {place}  (sent {times}x)" for key, place, times in report.unread]
    yield from _listed("Sent, and nothing read it", unread, missing=missing)
    outside = [f"{key}  {status} {what}  ({n}x)" for (key, status, what), n in report.outside]
    yield from _listed("Answered, and not in the document", outside, missing=missing)
    if missing:
        for one in report.operations:
            if one.key.partition(".")[0] in report.documents:
                yield from _missing(one)
    yield f"Contract coverage: {headline(report)}"


def _listed(title: str, rows: Sequence[str], *, missing: bool) -> Iterator[str]:
    if not rows:
        return
    shown = rows if missing else rows[:_MOST]
    yield f"{title}:"
    yield from (f"  {row}" for row in shown)
    if len(shown) < len(rows):
        yield f"  and {len(rows) - len(shown)} more"


def _missing(one: OperationReport) -> Iterator[str]:
    if not one.called:
        yield f"{one.key}: never called"
        return
    reached = {status for status, times in one.statuses.items() if times}
    for kind, texts in one.missing.items():
        # what a status that was never answered has in it would only repeat that
        told = [text for text in texts if kind != "fields" or text.partition(" ")[0] in reached]
        if told:
            yield f"{one.key}: missing {kind}: {', '.join(told)}"
