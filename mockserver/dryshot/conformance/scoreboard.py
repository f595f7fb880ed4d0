"""The scoreboard: a line for each operation, a column for each check, and the reasons below."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from dryshot.conformance.findings import CHECKS, Findings
from dryshot.contract import Contract

__all__ = ["as_json", "as_text"]

_MARKS = {True: "✓", False: "✗", None: "–"}  # noqa: RUF001 - as wide as the others


def _operations(documents: Sequence[str]) -> Iterator[str]:
    for name in documents:
        for operation in Contract.load(name).operations:
            yield f"{name}.{operation}"


def _percent(good: int, of: int) -> float:
    return 100 * good / of if of else 0.0


def as_text(url: str, findings: Findings, documents: Sequence[str]) -> str:
    """The board as lines of text; at the end what is wrong, operation by operation."""
    keys = list(_operations(documents))
    wide = max(map(len, keys))
    columns = {check: max(len(check), 1) for check in CHECKS}
    head = " ".join(f"{check:^{width}}" for check, width in columns.items())
    lines = [f"conformance of {url}", "", f"{'operation':{wide}} {head} good"]
    for key in keys:
        verdicts = [findings.verdict(key, check) for check in CHECKS]
        marks = " ".join(
            f"{_MARKS[verdict]:^{columns[check]}}"
            for check, verdict in zip(CHECKS, verdicts, strict=True)
        )
        lines.append(f"{key:{wide}} {marks} {_share(verdicts)}")
    totals = [[findings.verdict(key, check) for key in keys] for check in CHECKS]
    shares = " ".join(
        f"{_share(verdicts):^{columns[check]}}"
        for check, verdicts in zip(CHECKS, totals, strict=True)
    )
    good, of = findings.counts
    lines += [f"{'good':{wide}} {shares} {good}/{of}", ""]
    lines.append(f"{good} of {of} checks are good: {_percent(good, of):.1f} %")
    reasons = list(findings)
    if reasons:
        lines += ["", "What is wrong:"]
    for key in dict.fromkeys(finding.operation for finding in reasons):
        lines.append(f"  {key}")
        lines += [
            f"    {finding.check}: {finding.reason}"
            for finding in reasons
            if finding.operation == key
        ]
    return "\n".join([*(line.rstrip() for line in lines), ""])


def _share(verdicts: Sequence[bool | None]) -> str:
    asked = [verdict for verdict in verdicts if verdict is not None]
    return f"{sum(asked)}/{len(asked)}"


def as_json(url: str, findings: Findings, documents: Sequence[str]) -> str:
    """The same as JSON: ``operations``, each with its checks (true, false, null) and reasons."""
    good, of = findings.counts
    operations: dict[str, Any] = {}
    for key in _operations(documents):
        checks = {check: findings.verdict(key, check) for check in CHECKS}
        mine = [finding for finding in findings if finding.operation == key]
        reasons = [{"check": finding.check, "reason": finding.reason} for finding in mine]
        operations[key] = {"checks": checks, "reasons": reasons}
    whole = {
        "url": url,
        "good": good,
        "checked": of,
        "percent": round(_percent(good, of), 1),
        "operations": operations,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
