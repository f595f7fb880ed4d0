"""What of the documents was exercised, as JSON for the admin API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dryshot.coverage import Coverage, Report
from dryshot.coverage.report import KINDS
from dryshot.mock import Mock

__all__ = ["show_coverage"]


def show_coverage(mocks: Iterable[Mock]) -> dict[str, Any]:
    """What several mocks exercised together."""
    total = Coverage()
    for mock in mocks:
        total.merge(mock.coverage)
    report = Report(total)
    return {
        "percent": round(report.percent, 2),
        "totals": {kind: report.total(kind)._asdict() for kind in KINDS},
        "operations": [
            {
                "operation": one.key,
                "statuses": [
                    {"status": status, "times": times} for status, times in one.statuses.items()
                ],
                "fields": one.shares["fields"]._asdict(),
            }
            for one in report.operations
            if one.key.partition(".")[0] in report.documents
        ],
        "outside": [
            {"operation": key, "status": status, "what": what, "times": times}
            for (key, status, what), times in report.outside
        ],
        "notes": report.notes(),
    }
