"""What became of a job: its results, or the error for its end."""

from __future__ import annotations

from typing import Any

import httpx

from dryshot_client.errors import (
    InvalidRequest,
    JobCancelled,
    JobFailed,
    JobRanTooLong,
    ResultsGone,
    ResultsNotReady,
)
from dryshot_client.flows import Flow
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.models import Job
from dryshot_client.platform.waiting import fetch_job
from dryshot_client.replies import decode, read_json

__all__ = ["fetch_results"]

_NOT_ENDED = "1234"


def fetch_results(api: PlatformApi, job_id: str) -> Flow[Any]:
    """The results' JSON; for a job that has none the error that says why."""
    ask = api.prepare("get_job_results_jid", {"job_id": job_id})
    try:
        response = yield from api.call(ask)
    except InvalidRequest as error:
        if str(error.code) == _NOT_ENDED:
            raise ResultsNotReady(job_id) from None
        raise
    _, body = read_json(response)
    if isinstance(body, dict):
        return body
    # No program returns anything but an object; a job that failed leaves a text, or nothing.
    job = yield from fetch_job(api, job_id)
    _raise_if_unsuccessful(job, decode(response))
    if response.status_code == httpx.codes.NO_CONTENT:
        raise ResultsGone(job_id)
    raise api.unexpected(response, ask, "the results are not a JSON object")


def _raise_if_unsuccessful(job: Job, text: str) -> None:
    state = job.state
    kind: type[JobFailed | JobCancelled]
    if state.status == "Failed":
        kind = JobFailed
    elif state.status == "Cancelled":
        kind = JobRanTooLong if job.ran_too_long else JobCancelled
    else:
        return
    raise kind(job.id, job.status, state.reason, state.reason_code, text)
