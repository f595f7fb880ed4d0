"""The same work submitted more than once, as by clients that repeat a POST without an answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dryshot.clock import isoformat
from dryshot.fingerprints import fingerprint, submission
from dryshot.journal import Entry, Exchange
from dryshot.world import Job

__all__ = [
    "Duplicate",
    "DuplicateSubmission",
    "NotSubmitted",
    "Submitted",
    "SubmittedTwice",
    "find_duplicates",
    "find_submissions",
]

_OPERATION = "create_job"
_ACCEPTED = 200


class DuplicateSubmission(UserWarning):
    """A job was submitted again, when the answer to the first submission had not come through."""


class NotSubmitted(AssertionError):
    """No job was submitted."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A job that was accepted: when, by which exchange, and how its answer was lost, if it was."""

    job_id: str
    at: datetime
    sequence: int
    lost: str | None
    work: str = field(repr=False)
    body: bytes = field(repr=False)

    def __str__(self) -> str:
        lost = f"; its answer did not come through ({self.lost})" if self.lost else ""
        return (
            f"job {self.job_id} at {isoformat(self.at, 'milliseconds')}, exchange "
            f"{self.sequence}{lost}"
        )


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same work of the same account, submitted more than once."""

    jobs: tuple[Submitted, ...]

    @property
    def from_lost_answer(self) -> bool:
        """Whether one was submitted again whose answer had not come through."""
        return any(job.lost for job in self.jobs[:-1])

    def __str__(self) -> str:
        equal = len({job.body for job in self.jobs}) == 1
        same = (
            "the requests are equal byte for byte"
            if equal
            else "the requests differ in their bytes only, not in what is to be done"
        )
        lines = "\n".join(f"  {job}" for job in self.jobs)
        return f"the same work was submitted {len(self.jobs)} times:\n{lines}\n  {same}"


class SubmittedTwice(AssertionError):
    """The same work was submitted more than once; ``duplicates`` has each."""

    def __init__(self, duplicates: Iterable[Duplicate]) -> None:
        self.duplicates = tuple(duplicates)
        super().__init__("\n".join(map(str, self.duplicates)))


def find_submissions(entries: Iterable[Entry], jobs: Mapping[str, Job]) -> Iterator[Submitted]:
    """The jobs that were accepted, in their order; ``jobs`` are those of the world.

    Where a fault took the id from the answer, the job is found by what was asked and when.
    """
    asked = [entry for entry in entries if entry.exchange.operation == _OPERATION]
    named = {_job_id(exchange) for _, exchange in asked}
    unnamed = [job for job in jobs.values() if job.id not in named]
    for sequence, exchange in asked:
        job_id = _job_id(exchange)
        if job_id is None and exchange.fault is not None:
            job = next((job for job in unnamed if _made(job, exchange)), None)
            if job is not None:
                unnamed.remove(job)
                job_id = job.id
        if job_id is None:
            continue
        who = jobs[job_id].account_id if job_id in jobs else None
        request = exchange.request
        work = fingerprint([who, request.headers.get("service-crn"), _work(exchange)])
        yield Submitted(job_id, exchange.at, sequence, _loss(exchange), work, request.body)


def find_duplicates(submissions: Iterable[Submitted]) -> list[Duplicate]:
    """Those of the same work, the earliest first."""
    same: dict[str, list[Submitted]] = {}
    for one in submissions:
        same.setdefault(one.work, []).append(one)
    return [Duplicate(tuple(jobs)) for jobs in same.values() if len(jobs) > 1]


def _job_id(exchange: Exchange) -> str | None:
    """The job's id in an answer that accepts it."""
    if exchange.response.status != _ACCEPTED:
        return None
    value = _json(exchange.response.body)
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _made(job: Job, exchange: Exchange) -> bool:
    """Whether a job may be what a request made, whose answer does not say so."""
    body = _json(exchange.request.body)
    asked = job.submission
    return (
        isinstance(body, dict)
        and job.created <= exchange.at
        and (body.get("program_id"), body.get("backend")) == (asked.program_id, asked.backend)
        and body.get("params", {}) == asked.params
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _work(exchange: Exchange) -> object:
    """What is to be done, and under which tags: who gives other tags means another job."""
    body = exchange.request.body
    value = None if exchange.request_size else _json(body)
    if not isinstance(value, dict):
        return [hashlib.blake2b(body, digest_size=16).hexdigest(), exchange.request_size]
    return [submission(value, value.get("session_id")), value.get("tags") or []]


def _loss(exchange: Exchange) -> str | None:
    """What kept the answer from its caller, as far as can be told from here."""
    delivery = exchange.response.delivery
    if exchange.fault is not None:
        return exchange.fault
    return None if delivery is None or delivery.ending == "whole" else delivery.ending
