"""A job of the classic API, and what became of it: its results, or the error for its end."""

from __future__ import annotations

from typing import Any, cast

import httpx

from dryshot_client.errors import JobCancelled, JobFailed, ResultsNotReady
from dryshot_client.flows import Flow
from dryshot_client.legacy.api import LegacyApi
from dryshot_client.legacy.result_shapes import read_result
from dryshot_client.legacy.shapes import Job
from dryshot_client.replies import decode, read_json, read_object

__all__ = ["fetch_job", "fetch_results"]


def fetch_job(api: LegacyApi, job_id: str, *, exclude_params: bool | None) -> Flow[Job]:
    """The job as it is now."""
    query = {"exclude_params": exclude_params}
    ask = api.prepare("get_job", {"id": job_id}, query=query)
    response = yield from api.call(ask)
    job = read_object(response, ask.path, api.secrets)
    state = job.get("state")
    if not isinstance(state, dict) or not isinstance(state.get("status"), str):
        raise api.unexpected(response, ask, "the job has no state with a status")
    return cast(Job, job)


def fetch_results(api: LegacyApi, job_id: str) -> Flow[Any]:
    """The results' JSON, from wherever it is kept; for a job that has none the error for that."""
    ask = api.prepare("get_job_results", {"id": job_id})
    response = yield from api.call(ask)
    is_json, body = read_json(response)
    if isinstance(body, dict) and body.keys() == {"url"} and isinstance(body["url"], str):
        response = yield from api.download(body["url"])
        is_json, body = read_json(response)
    if isinstance(body, dict):
        return api.fit(response, ask, read_result)
    # None of the service's own programs returns anything but an object; a job that failed leaves a
    # text, or nothing.
    job = yield from fetch_job(api, job_id, exclude_params=True)
    _raise_if_unsuccessful(job_id, job, decode(response))
    if response.status_code == httpx.codes.NO_CONTENT:
        raise ResultsNotReady(job_id)
    if not is_json:
        raise api.unexpected(response, ask, "the results are not JSON")
    return body


def _raise_if_unsuccessful(job_id: str, job: Job, text: str) -> None:
    state = job["state"]
    status: str = state["status"]
    kind = JobFailed if status == "Failed" else JobCancelled if "Cancelled" in status else None
    if kind is not None:
        code = state.get("reasonCode", state.get("reason_code"))
        raise kind(job_id, status, state.get("reason") or None, code, text)
