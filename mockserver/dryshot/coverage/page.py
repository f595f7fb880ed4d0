"""The report as one HTML file, which needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib import resources

from dryshot.coverage.report import KINDS, OperationReport, Report, Share

__all__ = ["page"]

_TITLES = {
    "operations": "Operations",
    "statuses": "Statuses",
    "codes": "Error codes",
    "fields": "Response fields",
    "values": "Enumerated values",
    "inputs": "Request inputs",
}
_DETAILS = [kind for kind in KINDS if kind != "operations"]


def page(report: Report) -> str:
    """The whole page; light or dark, as the reader's system is."""
    style = (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
    called = [one for one in report.operations if one.key.partition(".")[0] in report.documents]
    parts = [
        _documents(report),
        _operations(called),
        _listed(
            "unread",
            "Sent, and nothing read it",
            ("Operation", "Field", "Sent"),
            report.unread,
            "Every field that was sent to a mock was read by something.",
        ),
        _listed(
            "outside",
            "Answered, and not in the document",
            ("Operation", "Status", "What", "Times"),
            [(*key, times) for key, times in report.outside],
            "Every answer was one that its document has.",
        ),
        *map(_missing, called),
    ]
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes())
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>dryshot contract coverage</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#operations">Skip to the operations</a>
<header>
<h1>Contract coverage</h1>
<p class="headline"><strong>{report.percent:.1f}%</strong> of statuses,
{report.total("statuses")} of those that the documents declare</p>
{f"<ul>{notes}</ul>" if notes else ""}
</header>
<main>
{"".join(parts)}
</main>
</body>
</html>
"""


def _documents(report: Report) -> str:
    rows = []
    for name in [*report.documents, "total"]:
        chosen = report.documents if name == "total" else [name]
        cells = "".join(_share(report.total(kind, chosen)) for kind in KINDS)
        kind = ' class="total"' if name == "total" else ""
        rows.append(f'<tr{kind}><th scope="row">{escape(name)}</th>{cells}</tr>')
    heads = _heads(["Document", *(_TITLES[kind] for kind in KINDS)])
    return _table("documents", "Covered and declared, by document", heads, "".join(rows))


def _operations(operations: Iterable[OperationReport]) -> str:
    rows = []
    for one in operations:
        statuses = " ".join(_status(status, times) for status, times in one.statuses.items())
        cells = "".join(_share(one.shares[kind]) for kind in _DETAILS)
        name = escape(one.key)
        rows.append(
            f'<tr><th scope="row"><a href="#{name}">{name}</a>'
            f"<small>{escape(one.method)} {escape(one.path)}</small></th>"
            f'<td class="statuses">{statuses}</td>{cells}</tr>'
        )
    heads = _heads(["Operation", "Answered", *(_TITLES[kind] for kind in _DETAILS)])
    return _table("operations", "Operations", heads, "".join(rows))


def _missing(one: OperationReport) -> str:
    """What was not exercised of one operation, folded."""
    told = [(kind, texts) for kind, texts in one.missing.items() if texts]
    count = sum(len(texts) for _, texts in told)
    inner = "".join(
        f"<h3>{_TITLES[kind]}: {len(texts)} missing</h3><ul class='missing'>"
        + "".join(f"<li><code>{escape(text)}</code></li>" for text in texts)
        + "</ul>"
        for kind, texts in told
    )
    if one.more_codes:
        codes = ", ".join(map(escape, one.more_codes))
        inner += f"<h3>Error codes that no example has</h3><p><code>{codes}</code></p>"
    name = escape(one.key)
    words = f"{count} missing" if one.called else "never called"
    return f'<details id="{name}"><summary>{name} <span>{words}</span></summary>{inner}</details>\n'


def _listed(
    name: str, title: str, heads: Iterable[str], rows: Iterable[tuple[object, ...]], none: str
) -> str:
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    if not body:
        return f'<section id="{name}"><h2>{title}</h2><p>{none}</p></section>\n'
    return _table(name, title, _heads(heads), body)


def _table(name: str, title: str, heads: str, rows: str) -> str:
    return (
        f'<section id="{name}"><div class="scroll" role="region" aria-label="{escape(title)}" '
        f'tabindex="0"><table><caption>{escape(title)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>\n"
    )


def _heads(names: Iterable[str]) -> str:
    return "".join(f'<th scope="col">{escape(name)}</th>' for name in names)


def _share(share: Share) -> str:
    """A figure and a bar; the bar is for the eye only."""
    if not share.declared:
        return '<td class="none">none</td>'
    return (
        f'<td><span class="figure">{share}</span>'
        f'<span class="bar" aria-hidden="true"><i style="width:{share.percent:.0f}%"></i></span>'
        "</td>"
    )


def _status(status: str, times: int) -> str:
    words = f"{times} times" if times else "never"
    mark = "yes" if times else "no"
    return (
        f'<span class="{mark}" title="{words}">{escape(status)}'
        f'<span class="unseen"> {words}</span></span>'
    )
