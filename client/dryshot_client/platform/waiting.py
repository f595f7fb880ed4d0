"""Waiting for jobs: looks that start close together and grow apart, all jobs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypedDict

from dryshot_client.checks import check_seconds
from dryshot_client.errors import Conflict, DryshotClientError, JobTimeout
from dryshot_client.flows import Flow, sleep, together
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.models import BackendStatus, Job, JobMetrics

__all__ = ["Progress", "ProgressCallback", "WaitOptions", "Waiting", "fetch_job"]

LONGEST_PAUSE = 5.0
"""Seconds between two looks at a job, once the pauses have grown."""

SHORTEST_GROWN = 0.1
"""Seconds before the third look, at least: from nothing nothing grows."""

VERSION_WITHOUT_PLACES = "2026-03-15"
"""From this version of the API on, metrics tell no position in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A job as it was seen ``elapsed`` seconds after the waiting began.

    ``position_in_queue`` is the job's place, where the service tells it; else ``queue_length`` is
    how many jobs wait for its device. Both only while the job is queued, and if they can be had.
    """

    job: Job
    elapsed: float
    position_in_queue: int | None = None
    queue_length: int | None = None


ProgressCallback = Callable[[Progress], object]


class WaitOptions(TypedDict, total=False):
    """How to wait; times are in seconds.

    After ``timeout`` seconds of waiting there is one last look, then ``JobTimeout``; without it
    there is no end. With ``cancel_on_timeout`` what has not ended then is cancelled before that;
    what ended just before it could be has ended in time, and an error in cancelling is the cause of
    the ``JobTimeout``.
    The second look comes after ``interval`` (0.2), the others after ever longer pauses, up to 5 or
    ``interval``. ``progress`` is called with a :class:`Progress` for each job at every look;
    ``True`` draws a line for each job on stderr, if that is a terminal, which needs rich.
    """

    timeout: float | None
    interval: float
    cancel_on_timeout: bool
    progress: ProgressCallback | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The same, checked, and with what is meant by leaving something out."""

    timeout: float | None = None
    interval: float = 0.2
    cancel_on_timeout: bool = False
    progress: ProgressCallback | bool = False

    def __post_init__(self) -> None:
        check_seconds("timeout", self.timeout)
        check_seconds("interval", self.interval)
        if not callable(self.progress) and not isinstance(self.progress, bool | None):
            raise TypeError(f"progress is {type(self.progress).__name__}, not a function or True")

    def wait(self, api: PlatformApi, job_ids: Sequence[str]) -> Flow[list[Job]]:
        """Look until all jobs have ended, however they have; return them in order."""
        with self._report() as report:
            return (yield from self._wait(api, job_ids, report))

    def _wait(
        self, api: PlatformApi, job_ids: Sequence[str], report: ProgressCallback | None
    ) -> Flow[list[Job]]:
        pause, longest = self.interval, max(self.interval, LONGEST_PAUSE)
        timeout = float("inf") if self.timeout is None else self.timeout
        started = api.monotonic()
        seen: dict[str, Job] = {}
        # A dict, not a set: it keeps the order, and names each job once.
        pending = list(dict.fromkeys(job_ids))
        last = False
        while True:
            jobs = yield from together([fetch_job(api, each) for each in pending])
            seen.update(zip(pending, jobs, strict=True))
            if report is not None:
                yield from _tell(api, jobs, api.monotonic() - started, report)
            pending = [each for each in pending if not seen[each].ended]
            left = started + timeout - api.monotonic()
            if pending and (last or left <= 0):
                late, failure = [seen[each] for each in pending], None
                if self.cancel_on_timeout:
                    late, failure = yield from _cancel_all(api, late)
                    seen.update(zip(pending, late, strict=True))
                for job in late:
                    if not job.ended:
                        raise JobTimeout(job.id, timeout, job, job.state.status) from failure
                pending = []
            if not pending:
                return [seen[each] for each in job_ids]
            # Told apart here: a clock that is read again may say that a billionth is left.
            last = left <= pause
            yield from sleep(min(pause, left))
            pause = min(max(pause * 1.5, SHORTEST_GROWN), longest)

    def _report(self) -> AbstractContextManager[ProgressCallback | None]:
        if self.progress is True:
            from dryshot_client.progress import show_progress  # late: rich is not the client's

            return show_progress()
        return nullcontext(self.progress or None)


def fetch_job(api: PlatformApi, job_id: str, *, exclude_params: bool = True) -> Flow[Job]:
    """One job as it is now."""
    query = {"exclude_params": exclude_params}
    return api.ask(api.prepare("get_job", {"job_id": job_id}, query=query), Job.read)


def _tell(
    api: PlatformApi, jobs: Sequence[Job], elapsed: float, report: ProgressCallback
) -> Flow[None]:
    queued = [job for job in jobs if job.state.status == "Queued"]
    places: dict[str, int | None] = {}
    if api.api_version < VERSION_WITHOUT_PLACES:
        found = yield from together([_find_place(api, job.id) for job in queued])
        places = {job.id: place for job, place in zip(queued, found, strict=True)}
    unplaced = [job for job in queued if places.get(job.id) is None]
    devices = list(dict.fromkeys(job.backend for job in unplaced if job.backend is not None))
    found = yield from together([_find_length(api, device) for device in devices])
    lengths = dict(zip(devices, found, strict=True))
    backends = {job.id: job.backend for job in unplaced if job.backend is not None}
    for job in jobs:
        place, backend = places.get(job.id), backends.get(job.id)
        length = None if backend is None else lengths[backend]
        report(Progress(job=job, elapsed=elapsed, position_in_queue=place, queue_length=length))


def _cancel_all(
    api: PlatformApi, jobs: Sequence[Job]
) -> Flow[tuple[list[Job], DryshotClientError | None]]:
    """Return the jobs as they were seen, or as they ended meanwhile, and what first went wrong."""
    tried = yield from together([_cancel(api, job) for job in jobs])
    failures = [failure for _, failure in tried if failure is not None]
    return [job for job, _ in tried], next(iter(failures), None)


def _cancel(api: PlatformApi, job: Job) -> Flow[tuple[Job, DryshotClientError | None]]:
    # Nothing is raised: what goes wrong with one job must not keep the others going.
    try:
        yield from api.do(api.prepare("cancel_job_jid", {"job_id": job.id}))
    except Conflict as conflict:
        try:
            job = yield from fetch_job(api, job.id)
        except DryshotClientError as error:
            return job, error
        return job, None if job.ended else conflict
    except DryshotClientError as error:
        return job, error
    return job, None


# What the two below cannot find out is no reason not to wait for the job.


def _find_place(api: PlatformApi, job_id: str) -> Flow[int | None]:
    ask = api.prepare("get_job_metrics_jid", {"job_id": job_id})
    try:
        return (yield from api.ask(ask, JobMetrics.read)).position_in_queue
    except DryshotClientError:
        return None


def _find_length(api: PlatformApi, backend: str) -> Flow[int | None]:
    ask = api.prepare("get_backend_status", {"name": backend})
    try:
        return (yield from api.ask(ask, BackendStatus.read)).length_queue
    except DryshotClientError:
        return None
