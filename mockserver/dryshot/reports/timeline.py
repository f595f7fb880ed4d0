"""What was asked, in a few lines that fit a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dryshot.clock import isoformat
from dryshot.journal import Entry
from dryshot.reports.cleaning import Clean
from dryshot.world.jobs import Job

__all__ = ["lines_of", "lines_of_jobs"]

_WIDE, _LONG = 160, 64
"""Characters of a line, and of a path with its query."""

_PROBLEMS = 3


@dataclass(slots=True)
class _Group:
    """Equal requests in a row with equal answers, such as a client's polls."""

    first: Entry
    last: Entry
    target: str
    count: int = 1


def lines_of(told: Clean, *, limit: int | None = None) -> list[str]:
    """A line for each request, or for several that are alike; at most ``limit``, the last ones.

    The instants are the mock's clock's.
    """
    groups = _grouped(told)
    left_out = 0 if limit is None else max(0, len(groups) - limit)
    lines = []
    if left_out:
        number = sum(group.count for group in groups[:left_out])
        lines.append(f"... {number} earlier requests are not shown")
    for group in groups[left_out:]:
        lines.append(_cut(_line(group)))
        problems = group.first.problems
        lines += [f"    {_cut(told.text(one.message))}" for one in problems[:_PROBLEMS]]
        if len(problems) > _PROBLEMS:
            lines.append(f"    ... and {len(problems) - _PROBLEMS} more")
    return lines


def lines_of_jobs(told: Clean, jobs: Iterable[Job], *, limit: int | None = None) -> list[str]:
    """A line for each job, the last ``limit``."""
    every = list(jobs)
    shown: Sequence[Job] = every if limit is None else every[-limit:]
    lines = []
    if len(shown) < len(every):
        lines.append(f"... {len(every) - len(shown)} earlier jobs are not shown")
    return [*lines, *(_cut(told.text(_job_line(job))) for job in shown)]


def _grouped(told: Clean) -> list[_Group]:
    groups: list[_Group] = []
    for entry, shown in zip(told.entries, told.interactions, strict=True):
        target = shown.request.target
        last = groups[-1] if groups else None
        if last is not None and _key(last.first, last.target) == _key(entry, target):
            last.last, last.count = entry, last.count + 1
        else:
            groups.append(_Group(entry, entry, target))
    return groups


def _key(entry: Entry, target: str) -> tuple[object, ...]:
    return entry.method, target, entry.status, entry.operation, entry.fault, entry.problems


def _line(group: _Group) -> str:
    entry = group.first
    response = entry.response
    status = str(entry.status) if entry.status else "---"
    parts = [isoformat(entry.at, "milliseconds"), status, entry.method, _cut(group.target, _LONG)]
    parts.append(f"({entry.operation or 'no operation'})")
    if response.delivery is not None and response.delivery.ending != "whole":
        parts.append(f"[{response.delivery.ending}]")
    if entry.fault:
        parts.append(f"[fault: {entry.fault}]")
    if entry.origin != "mock":
        parts.append(f"[{entry.origin}]")
    if group.count > 1:
        parts.append(f"x{group.count} until {isoformat(group.last.at, 'milliseconds')}")
    return " ".join(parts)


def _job_line(job: Job) -> str:
    text = f"job {job.id} {job.status.value}: {job.program_id} on {job.backend}"
    text += f", created {isoformat(job.created, 'milliseconds')}"
    if job.ended is not None:
        text += f", ended {isoformat(job.ended, 'milliseconds')}"
    if job.session_id is not None:
        text += f", session {job.session_id}"
    if job.reason:
        text += f"; {job.reason}"
    return " ".join(text.split())


def _cut(text: str, most: int = _WIDE) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
