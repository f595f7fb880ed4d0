"""Why an assertion on a journal does not hold: the calls that came nearest, and how they differ."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dryshot.clock import isoformat
from dryshot.journal import Entry, Wanted
from dryshot.journal.differences import Difference
from dryshot.recording.redaction.names import kind_of_field, kind_of_header
from dryshot.reports.cleaning import Clean, clean

__all__ = ["explain"]

_NEAREST = 3
_MOST = 12
_LONG = 120
_SMALL = 16 * 1024
_WEIGHTS = {"operation": 8, "path": 6, "method": 4, "status": 2}
"""How much it says that a call is another one; whatever else differs counts 1."""


def explain(
    wanted: Wanted, times: int | None, found: Sequence[Entry], entries: Sequence[Entry]
) -> str:
    """The text of the error; no secret of the journal is in it."""
    seen = [entry for entry in entries if wanted.begins(entry)]
    # whoever logged in had a key and was given a token, and those are what is to be known
    told = clean(_telling(seen), max_body_bytes=_SMALL)
    expected = {None: "at least once", 0: "never", 1: "once"}.get(times, f"{times} times")
    lines = [f"expected {wanted} {expected}; of {_count(len(seen))}, {_fit(len(found))}"]
    lines += [f"  {_line(entry)}" for entry in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"  ... and {len(found) - _MOST} more")
    if times is None or len(found) < times:
        fitting = {entry.sequence for entry in found}
        near = nearest(wanted, [entry for entry in seen if entry.sequence not in fitting])
        if near:
            lines.append("Nearest first; expected != got:")
        for entry in near:
            lines.append(f"  {_line(entry)}")
            lines += [f"    {text}" for text in _differing(wanted, entry, told)]
    return told.text("\n".join(lines))


def nearest(wanted: Wanted, entries: Sequence[Entry]) -> list[Entry]:
    """The few entries that differ least, the least first, and of equals the newest."""

    def distance(entry: Entry) -> tuple[int, int]:
        found = (difference.path for difference in wanted.differences(entry))
        return sum(_WEIGHTS.get(path, 1) for path in found), -entry.sequence

    return heapq.nsmallest(_NEAREST, entries, key=distance)


def _telling(entries: Sequence[Entry]) -> list[Entry]:
    """One entry for each credential, as a journal may have thousands that show the same."""
    found: dict[object, Entry] = {}
    for entry in entries:
        headers = entry.request.headers
        used = tuple(value for name, value in headers.items() if kind_of_header(name))
        alone = entry.sequence if entry.method == "POST" and not used else None
        found.setdefault((used, alone), entry)
    return list(found.values())


def _count(number: int) -> str:
    return "1 request" if number == 1 else f"{number} requests"


def _fit(number: int) -> str:
    return {0: "none is one", 1: "1 is one"}.get(number, f"{number} are") + (":" if number else "")


def _line(entry: Entry) -> str:
    fault = f" [fault: {entry.fault}]" if entry.fault else ""
    name = entry.operation or "no operation"
    return (
        f"#{entry.sequence} {entry.method} {entry.path} -> {entry.status} ({name}) "
        f"at {isoformat(entry.at)}{fault}"
    )


def _differing(wanted: Wanted, entry: Entry, told: Clean) -> Iterator[str]:
    all_of_it = list(wanted.differences(entry))
    for difference in all_of_it[:_MOST]:
        yield _said(difference, told)
    if len(all_of_it) > _MOST:
        yield f"... and {len(all_of_it) - _MOST} more"
    for problem in entry.problems[:_MOST]:
        yield f"it was refused: {_cut(told.text(problem.message))}"


def _said(difference: Difference, told: Clean) -> str:
    path, expected, got = difference
    name = path.rpartition("/")[2]
    is_header = path.startswith("headers/")
    if (is_header and kind_of_header(name)) or kind_of_field(name) in {"api key", "token"}:
        return f"{path}: it is another one; credentials are not shown"
    return f"{path}: {_short(expected, told)} != {_short(got, told)}"


def _short(value: Any, told: Clean) -> str:
    """A value without secrets, and only then without its end: half a secret is one, too."""
    if callable(value):
        return f"what {getattr(value, '__name__', 'a function')} is true for"
    if isinstance(value, Mapping | list):
        return _cut(told.text(json.dumps(value, default=repr, ensure_ascii=False)))
    return _cut(told.text(repr(value)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
