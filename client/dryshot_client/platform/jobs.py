"""Jobs of the platform: make, watch, read and remove them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Unpack, get_args

from dryshot_client.calls import D, call, paged
from dryshot_client.checks import (
    Instant,
    check_choice,
    check_count,
    check_flag,
    check_text,
    check_texts,
    check_word,
    write_instant,
)
from dryshot_client.errors import NotFound
from dryshot_client.flows import Flow, Stream
from dryshot_client.paging import Page, read_pages
from dryshot_client.platform.models import (
    CreatedJob,
    Job,
    JobMetrics,
    LogLevel,
    ProgramId,
    Sort,
)
from dryshot_client.platform.outcomes import fetch_results
from dryshot_client.platform.resource import PlatformResource
from dryshot_client.platform.submission import check_tags, submit
from dryshot_client.platform.waiting import Waiting, WaitOptions, fetch_job

__all__ = ["Jobs"]

LARGEST_PAGE = 200

# Within the class below, ``list`` is its method.
_Jobs = list[Job]


class Jobs(PlatformResource[D]):
    """The instance's jobs. An unknown id is ``NotFound``."""

    @call
    def create(
        self,
        *,
        program: ProgramId | str,
        backend: str,
        params: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        session_id: str | None = None,
        cost: int | None = None,
        log_level: LogLevel | None = None,
        private: bool | None = None,
        calibration_id: str | None = None,
        runtime: str | None = None,
        remote_storage: Mapping[str, Any] | None = None,
        parent_job_id: str | None = None,
        resubmit: bool = False,
    ) -> Flow[CreatedJob]:
        """Submit a job; never sent twice, so that after ``ConnectionFailed`` it may exist.

        ``params`` are the program's inputs; ``cost`` is the longest the job may take, in seconds. A
        ``private`` job's inputs are not shown, and its results can be read once. With ``resubmit``
        a submission whose answer is lost, or that was refused for a passing reason, is sent again,
        but only after a unique tag, which it is given, has found no such job; so there may be 7
        other ``tags``, instead of 8.
        """
        body = {
            "program_id": program,
            "backend": backend,
            "params": params,
            "tags": tags,
            "session_id": session_id,
            "cost": cost,
            "log_level": log_level,
            "private": private,
            "calibration_id": calibration_id,
            "runtime": runtime,
            "remote_storage": remote_storage,
        }
        return submit(self._api, body, parent_job_id=parent_job_id, resubmit=resubmit)

    @call
    def get(self, job_id: str, *, exclude_params: bool = False) -> Flow[Job]:
        """One job as it is now, with its ``params`` unless they are excluded."""
        check_flag("exclude_params", exclude_params)
        return fetch_job(self._api, job_id, exclude_params=exclude_params)

    @paged
    def list(
        self,
        *,
        limit: int | None = None,
        pending: bool | None = None,
        program: ProgramId | str | None = None,
        backend: str | None = None,
        created_after: Instant | None = None,
        created_before: Instant | None = None,
        sort: Sort | None = None,
        tags: Sequence[str] | None = None,
        session_id: str | None = None,
        exclude_params: bool | None = None,
        include_mocks: bool | None = None,
        page_size: int | None = None,
    ) -> Stream[Job]:
        """Jobs that match, newest first unless sorted otherwise; all of them, or ``limit``.

        Pages of ``page_size`` (the service's own choice if left out) are fetched as they are
        needed. ``pending`` means queued or running; a job matches only with all the ``tags``.
        Without ``exclude_params=False`` the jobs come without their ``params``.
        """
        check_count("limit", limit, least=0)
        check_count("page_size", page_size, least=1, most=LARGEST_PAGE)
        for name, text, longest in (
            ("program", program, 63),
            ("backend", backend, 100),
            ("session_id", session_id, 1000),
        ):
            if text is not None:
                check_text(name, text, most=longest)
        query = {
            "pending": check_flag("pending", pending),
            "program": program,
            "backend": backend,
            "created_after": write_instant("created_after", created_after),
            "created_before": write_instant("created_before", created_before),
            "sort": check_choice("sort", sort, get_args(Sort)),
            "tags": check_tags(tags),
            "session_id": session_id,
            "exclude_params": check_flag("exclude_params", exclude_params),
            "include_mocks": check_flag("include_mocks", include_mocks),
        }

        def fetch(size: int | None, offset: int | None) -> Flow[Page]:
            size = None if size is None else min(size, LARGEST_PAGE)
            page = {**query, "limit": size, "offset": offset}
            return self._api.ask_page(self._api.prepare("list_jobs", query=page), "jobs", Job.read)

        return read_pages(fetch, limit=limit, page_size=page_size, identify=attrgetter("id"))

    @call
    def wait(self, job_id: str, **how: Unpack[WaitOptions]) -> Flow[Job]:
        """Look until the job has ended, however it has, and return it without its ``params``.

        How to wait, with what timeout and progress, is told under :class:`WaitOptions`.
        """
        (job,) = yield from Waiting(**how).wait(self._api, [job_id])
        return job

    @call
    def wait_all(self, job_ids: Sequence[str], **how: Unpack[WaitOptions]) -> Flow[_Jobs]:
        """Like :meth:`wait` for many jobs at once; returns them in the order of ``job_ids``.

        ``JobTimeout`` names the first that has not ended.
        """
        return Waiting(**how).wait(self._api, check_texts("job_ids", job_ids) or [])

    @call
    def results(self, job_id: str) -> Flow[Any]:
        """What the program returned, as JSON; see ``read_sampler_result`` and its like.

        ``ResultsNotReady`` before the job has ended; ``JobFailed`` or ``JobCancelled`` if it ended
        so; ``ResultsGone`` if there are none, though it ended well.
        """
        return fetch_results(self._api, job_id)

    @call
    def logs(self, job_id: str) -> Flow[str]:
        """What the program wrote to its log; empty if it wrote nothing."""
        ask = self._api.prepare("get_jog_logs_jid", {"job_id": job_id})
        try:
            return (yield from self._api.ask_text(ask))
        except NotFound:
            # Said of a job without a log, and of no job at all; the latter is raised here.
            yield from fetch_job(self._api, job_id)
            return ""

    @call
    def metrics(self, job_id: str) -> Flow[JobMetrics]:
        """Times and charge."""
        ask = self._api.prepare("get_job_metrics_jid", {"job_id": job_id})
        return self._api.ask(ask, JobMetrics.read)

    @call
    def cancel(self, job_id: str, *, parent_job_id: str | None = None) -> Flow[None]:
        """Cancel a job that is queued or running; ``Conflict`` if it has ended."""
        headers = {"parent-job-id": check_word("parent_job_id", parent_job_id)}
        return self._api.do(
            self._api.prepare("cancel_job_jid", {"job_id": job_id}, headers=headers)
        )

    @call
    def delete(self, job_id: str) -> Flow[None]:
        """Remove a job that has ended, for good."""
        return self._api.do(self._api.prepare("delete_job", {"job_id": job_id}))

    @call
    def tags(self, job_id: str, tags: Sequence[str]) -> Flow[None]:
        """Give a job these tags and no others."""
        if tags is None:
            raise TypeError("tags is None; an empty list takes all tags away")
        body = {"tags": check_tags(tags)}
        return self._api.do(self._api.prepare("replace_job_tags", {"job_id": job_id}, body=body))

    @call
    def interim_results(self, job_id: str) -> Flow[str]:
        """What the program published on its way; versions of the API before 2026-02-01 only."""
        ask = self._api.prepare("get_job_interim_results", {"job_id": job_id})
        return self._api.ask_text(ask)

    @call
    def transpiled_circuits(self, job_id: str) -> Flow[Any]:
        """Circuits as they ran; versions of the API before 2026-02-01 only."""
        ask = self._api.prepare("get_job_transpiled_circuits", {"job_id": job_id})
        return self._api.ask(ask, lambda body: body)
