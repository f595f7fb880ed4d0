"""Jobs of the classic API: make, watch, read and remove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Unpack

from dryshot_client.calls import D, call, paged
from dryshot_client.checks import (
    Instant,
    check_count,
    check_flag,
    check_seconds,
    check_texts,
    write_instant,
)
from dryshot_client.errors import JobTimeout, NotFound
from dryshot_client.flows import Flow, Stream, sleep
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.outcomes import fetch_job, fetch_results
from dryshot_client.legacy.resource import LegacyResource
from dryshot_client.legacy.shapes import CreatedJob, Job, JobMetrics, Sort
from dryshot_client.legacy.storage import Place, StoredCircuits
from dryshot_client.legacy.submission import NewJob, write_job
from dryshot_client.paging import Page, read_pages

__all__ = ["Jobs"]

LONGEST_PAUSE = 5.0
"""Seconds between two looks at a job, once the pauses have grown."""


class Jobs(LegacyResource[D]):
    """The account's jobs. An unknown id is ``NotFound``."""

    @call
    def create(self, **new: Unpack[NewJob]) -> Flow[CreatedJob]:
        """Submit a job; never sent twice, so that after ``ConnectionFailed`` it may exist.

        What can be said of it is told under :class:`NewJob`; ``program`` and ``backend`` must be.
        """
        body = write_job(self._api, **new)
        return self._api.ask(self._api.prepare("create_job", body=body), read_as(CreatedJob))

    @call
    def get(self, job_id: str, *, exclude_params: bool | None = None) -> Flow[Job]:
        """One job as it is now, with its ``params`` unless they are excluded."""
        return fetch_job(self._api, job_id, exclude_params=exclude_params)

    @paged
    def list(
        self,
        *,
        limit: int | None = None,
        pending: bool | None = None,
        program: str | None = None,
        backend: str | None = None,
        instance: str | None = None,
        created_after: Instant | None = None,
        created_before: Instant | None = None,
        sort: Sort | None = None,
        tags: Sequence[str] | None = None,
        session_id: str | None = None,
        exclude_params: bool | None = None,
        page_size: int | None = None,
    ) -> Stream[Job]:
        """Jobs that match, newest first unless sorted otherwise; all of them, or ``limit``.

        Pages of ``page_size`` (the service's own choice if left out) are fetched as they are
        needed. ``pending`` means queued or running; a job matches only with all the ``tags``.
        Without an instance, here and on the runtime, the jobs of every instance are listed.
        """
        check_count("limit", limit, least=0)
        check_count("page_size", page_size, least=1)
        query = {
            "pending": pending,
            "program": program,
            "backend": backend,
            "provider": self._api.choose_instance(instance),
            "created_after": write_instant("created_after", created_after),
            "created_before": write_instant("created_before", created_before),
            "sort": sort,
            "tags": check_texts("tags", tags),
            "session_id": session_id,
            "exclude_params": exclude_params,
        }

        def fetch(size: int | None, offset: int | None) -> Flow[Page]:
            page = {"limit": size, "offset": offset}
            return self._api.call_page(self._api.prepare("list_jobs", query=query | page), "jobs")

        return read_pages(fetch, limit=limit, page_size=page_size)

    @call
    def wait(
        self,
        job_id: str,
        *,
        timeout: float | None = None,
        interval: float = 0.2,
        progress: Callable[[Job], object] | None = None,
    ) -> Flow[Job]:
        """Look until the job has ended, however it has, and return it without its ``params``.

        Looks again after ``interval`` seconds, then after ever longer pauses, up to 5 s or
        ``interval``. ``progress`` is called with the job at every look. After ``timeout`` seconds
        of waiting there is one last look, and then ``JobTimeout``; without it there is no end.
        """
        check_seconds("timeout", timeout)
        check_seconds("interval", interval)
        return self._wait(job_id, timeout, interval, progress)

    @call
    def results(self, job_id: str) -> Flow[Any]:
        """What the program returned, such as a ``SamplerResult`` or an ``EstimatorResult``.

        ``ResultsNotReady`` before the job has ended; ``JobFailed`` or ``JobCancelled`` if it ended
        so. Results that the service keeps elsewhere are fetched from there. One that is like those
        of the service's programs has to be whole; what uploaded programs return is not known.
        """
        return fetch_results(self._api, job_id)

    @call
    def logs(self, job_id: str) -> Flow[str]:
        """What the program wrote to its log; empty if it wrote nothing."""
        try:
            ask = self._api.prepare("get_job_logs", {"id": job_id})
            return (yield from self._api.ask_text(ask))
        except NotFound:
            # Said of a job without a log, and of no job at all; the latter is raised here.
            yield from fetch_job(self._api, job_id, exclude_params=True)
            return ""

    @call
    def interim_results(self, job_id: str) -> Flow[str]:
        """What the program published on its way, one JSON text after another; empty if nothing."""
        ask = self._api.prepare("get_job_interim_results", {"id": job_id})
        return self._api.ask_text(ask)

    @call
    def transpiled_circuits(self, job_id: str) -> Flow[StoredCircuits]:
        """The circuits as they ran, fetched from where the service keeps them.

        ``NotFound`` but for jobs of the circuit-runner that were transpiled by it.
        """
        ask = self._api.prepare("get_job_transpiled_circuits", {"id": job_id})
        place = yield from self._api.ask(ask, read_as(Place))
        # A mock's own store is "get_stored_circuits"; whose it is does not matter here.
        response = yield from self._api.download(place["url"])
        return self._api.fit(response, ask, read_as(StoredCircuits))

    @call
    def metrics(self, job_id: str, *, as_admin: bool = False) -> Flow[JobMetrics]:
        """Times, usage and place in the queue; ``as_admin`` of anybody's job."""
        name = "get_job_metrics_as_admin" if check_flag("as_admin", as_admin) else "get_job_metrics"
        return self._api.ask(self._api.prepare(name, {"id": job_id}), read_as(JobMetrics))

    @call
    def cancel(self, job_id: str) -> Flow[None]:
        """Cancel a job that is queued or running; ``Conflict`` if it has ended."""
        return self._api.do(self._api.prepare("cancel_job", {"id": job_id}))

    @call
    def delete(self, job_id: str) -> Flow[None]:
        """Remove a job for good, whatever its state."""
        return self._api.do(self._api.prepare("delete_job", {"id": job_id}))

    @call
    def replace_tags(self, job_id: str, tags: Sequence[str]) -> Flow[None]:
        """Give a job these tags and no others."""
        body = {"tags": check_texts("tags", tags)}
        return self._api.do(self._api.prepare("replace_job_tags", {"id": job_id}, body=body))

    def _wait(
        self,
        job_id: str,
        timeout: float | None,
        pause: float,
        progress: Callable[[Job], object] | None,
    ) -> Flow[Job]:
        longest = max(pause, LONGEST_PAUSE)
        started = self._api.monotonic()
        while True:
            job = yield from fetch_job(self._api, job_id, exclude_params=True)
            if progress is not None:
                progress(job)
            status = job["state"]["status"]
            # The words for an end have changed over the years, those for the way there have not.
            if status not in {"Queued", "Running"}:
                return job
            left = float("inf")
            if timeout is not None:
                left = started + timeout - self._api.monotonic()
                if left <= 0:
                    raise JobTimeout(job_id, timeout, job, status)
            yield from sleep(min(pause, left))
            pause = min(pause * 1.5, longest)
