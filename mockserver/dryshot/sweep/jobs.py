"""What became of the jobs of a run, as the world and the journal tell: lost, or submitted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dryshot.fingerprints import fingerprint, submission
from dryshot.journal import Entry
from dryshot.world.jobs import Job
from dryshot.world.lifecycle import JobStatus

__all__ = ["Aftermath", "read_aftermath"]

_FINAL = ("completed", "failed", "cancelled", "canceled")
_WENT_WELL = "completed"
_GOOD = range(200, 300)
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class _Sight:
    """The code learnt, at an instant, that a job has ended, or saw to it."""

    at: datetime
    word: str


@dataclass(frozen=True, slots=True)
class Aftermath:
    """``lost`` are the jobs of whose end the code does not know, ``again`` those it repeated.

    A job is lost if it is still in the world, and the code has neither been told that it is over
    (its state, or its results) nor has cancelled or deleted it, or closed its session. It is
    submitted again if there is an earlier one of the same work, which the code did not know to have
    failed or to have been cancelled. ``works`` counts the jobs of each work.
    """

    lost: tuple[Job, ...]
    again: tuple[tuple[Job, Job], ...]
    works: Mapping[str, int]


def read_aftermath(jobs: Iterable[Job], entries: Iterable[Entry]) -> Aftermath:
    """Of the jobs that are in the world at the end and were made in the run."""
    jobs, entries = list(jobs), list(entries)
    sights = {job.id: list(_sights(job, entries)) for job in jobs}
    lost = tuple(job for job in jobs if not sights[job.id])
    works: Counter[str] = Counter()
    first: dict[str, Job] = {}
    again = []
    for job in jobs:
        work = _work(job)
        works[work] += 1
        earlier = first.get(work)
        if earlier is not None and not _known_bad(sights[earlier.id], job.created):
            again.append((earlier, job))
        first[work] = job
    return Aftermath(lost, tuple(again), works)


def _known_bad(sights: Iterable[_Sight], by: datetime) -> bool:
    return any(one.at <= by and one.word != _WENT_WELL for one in sights)


def _work(job: Job) -> str:
    asked = job.submission
    body = {
        "program_id": asked.program_id,
        "backend": asked.backend,
        "params": asked.params,
        "private": asked.private,
        "calibration_id": asked.calibration_id,
        "start_session": asked.start_session,
    }
    who = (job.account_id, job.instance)
    return fingerprint([who, submission(body, asked.session_id), list(asked.tags)])


def _sights(job: Job, entries: Iterable[Entry]) -> Iterator[_Sight]:
    for entry in entries:
        word = _word(job, entry)
        if word is not None:
            yield _Sight(entry.at, word)


def _word(job: Job, entry: Entry) -> str | None:
    """How a job has ended, as far as this exchange shows it to the caller, or brings it about."""
    steps = entry.path.strip("/").split("/")
    good = entry.status in _GOOD
    if job.id in steps and _is_request_to_end(entry, steps, job):
        # whether the answer came does not matter: what was to be done is done
        return "cancelled"
    if entry.method == "DELETE" and job.session_id in steps and good and job.status.final:
        return "cancelled"
    if not good or not _came(entry):
        return None
    if entry.method == "GET" and job.id in steps and steps[-1] == "results":
        return _WENT_WELL if entry.status != 204 else None  # noqa: PLR2004 - no content yet
    if job.id.encode() not in entry.response.body:
        return None
    words = (_status(one) for one in _objects(entry.received) if one.get("id") == job.id)
    return next((word for word in words if word.startswith(_FINAL)), None)


def _is_request_to_end(entry: Entry, steps: list[str], job: Job) -> bool:
    ends = (entry.method == "DELETE" and steps[-1] == job.id) or steps[-1] == "cancel"
    if entry.status == _CONFLICT:  # it is over already, and the caller is told
        return ends and _came(entry) and job.status.final
    return ends and job.status is JobStatus.CANCELLED


def _came(entry: Entry) -> bool:
    """Whether the caller can read the answer."""
    delivery, fault = entry.response.delivery, entry.fault or ""
    return (delivery is None or delivery.ending == "whole") and "garble" not in fault


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _status(value: Mapping[str, Any]) -> str:
    state = value.get("state")
    inner = state.get("status") if isinstance(state, dict) else None
    return str(inner or value.get("status") or "").lower()
