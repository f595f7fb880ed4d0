"""The sweeps as one HTML file, which needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import resources

from dryshot.sweep.findings import OUTCOMES, Finding, Result, Sweep
from dryshot.sweep.kinds import KINDS
from dryshot.sweep.text import SIGNS, columns, rows, summary

__all__ = ["page"]


def page(sweeps: Sequence[Sweep]) -> str:
    """The whole page; light or dark, as the reader's system is."""
    style = (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
    points = sum(len(sweep.results) for sweep in sweeps)
    found = sum(len(sweep.findings) for sweep in sweeps)
    tests = f"{len(sweeps)} test{'s' if len(sweeps) != 1 else ''}"
    things = f"thing{'s' if found != 1 else ''} to mend"
    body = "".join(_sweep(index, sweep) for index, sweep in enumerate(sweeps, 1))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>dryshot fault sweep</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>Fault sweep</h1>
<p class="headline"><strong>{found}</strong> {things}, at {points} points of {tests}</p>
</header>
<main>
{body or "<section><p>No test marked fault_sweep has run.</p></section>"}
{_legend(sweeps)}</main>
</body>
</html>
"""


def _sweep(index: int, sweep: Sweep) -> str:
    findings = "".join(map(_finding, sweep.findings))
    return (
        f'<section id="test-{index}"><h2>{escape(sweep.test)}</h2><p>{escape(summary(sweep))}</p>'
        f"{findings}{_table(sweep)}</section>\n"
    )


def _finding(finding: Finding) -> str:
    first = finding.results[0].point
    items = "".join(map(_item, finding.results))
    return (
        f'<div class="finding"><h3><b class="{finding.outcome}">{SIGNS[finding.outcome]}</b> '
        f"It {escape(finding.title)}</h3>"
        f"<p>Again: <code>{escape(first.line)}</code> or "
        f"<code>--dryshot-sweep-only={escape(str(first))}</code></p>"
        f"<details><summary>Points</summary><ul>{items}</ul></details></div>"
    )


def _item(result: Result) -> str:
    texts = [result.error, *(f"and {text}" for text in result.also)]
    told = escape("\n".join(texts))
    return f"<li><code>{escape(str(result.point))}</code><pre>{told}</pre></li>"


def _table(sweep: Sweep) -> str:
    heads = columns(sweep)
    if not heads:
        return ""
    top = "".join(f'<th scope="col">{_head(head)}</th>' for head in ("Call", *heads))
    lines = []
    for name, found in rows(sweep):
        cells = "".join(_cell(found.get(head)) for head in heads)
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    label = f"Points of {escape(sweep.test)}"
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>'
        f'<caption class="unseen">{label}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _head(text: str) -> str:
    name, _, moment = text.partition(":")
    return escape(name) + (f"<small>{escape(moment)}</small>" if moment else "")


def _cell(result: Result | None) -> str:
    if result is None:
        return '<td class="none"><span class="unseen">not tried</span></td>'
    kind = result.outcome.replace(" ", "-")
    title = escape(" ".join([OUTCOMES[result.outcome], result.error]).strip(), quote=True)
    sign = {"fine": "ok", "not reached": "not reached"}.get(result.outcome, SIGNS[result.outcome])
    return f'<td title="{title}"><span class="{kind}">{sign}</span></td>'


def _legend(sweeps: Sequence[Sweep]) -> str:
    """What each kind does."""
    used = dict.fromkeys(one.point.kind for sweep in sweeps for one in sweep.results)
    items = "".join(f"<dt>{name}</dt><dd>{escape(KINDS[name].title)}</dd>" for name in used)
    words = "the service has not done, or has done, what it is asked"
    moments = f"<dt>before, after</dt><dd>{words}</dd>"
    return f"<section><h2>What went wrong</h2><dl>{items}{moments}</dl></section>" if items else ""
