"""What is asked for on a command line: where reports go, and how much must be covered."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dryshot.coverage.page import page
from dryshot.coverage.report import KINDS, Report

__all__ = ["Output", "Threshold", "write"]

_ALL = 100


class Output(NamedTuple):
    """``term``, ``term-missing``, or ``html`` or ``json`` with the path to write."""

    kind: str
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Output:
        """``html:DIR`` and the like; ``ValueError`` if it is not."""
        kind, _, path = text.partition(":")
        if kind in {"html", "json"} and path:
            target = Path(path)
            return cls(kind, target / "index.html" if kind == "html" else target)
        if text in {"term", "term-missing"}:
            return cls(kind)
        known = "term, term-missing, html:DIR or json:FILE"
        raise ValueError(
            f"{text!r} is none of {known} (before a path write --dryshot-coverage=term)"
        )


class Threshold(NamedTuple):
    """A percentage that must be reached, of one of the kinds of things."""

    kind: str
    percent: float

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """``90``, of the statuses, or ``fields:60``; ``ValueError`` if it is not."""
        kind, _, number = text.rpartition(":")
        try:
            percent = float(number)
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= _ALL or (kind and kind not in KINDS):
            known = ", ".join(KINDS)
            raise ValueError(f"{text!r} is not PERCENT or KIND:PERCENT; kinds are {known}")
        return cls(kind or "statuses", percent)

    def missed(self, report: Report) -> Iterator[str]:
        """A sentence, if it is not reached. Where nothing was called, nothing is reached."""
        share = report.total(self.kind)
        reached = 0.0 if report.nothing else share.percent
        if reached < self.percent:
            yield (
                f"{reached:.1f}% of {self.kind} were exercised ({share} declared), "
                f"{self.percent:g}% are wanted"
            )


def write(output: Output, report: Report) -> None:
    """Write a report that goes to a file, all of it or nothing."""
    if output.path is None:
        return
    data = f"{json.dumps(report.to_json(), indent=1)}\n"
    text = page(report) if output.kind == "html" else data
    output.path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=output.path.parent, prefix=f".{output.path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(output.path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
