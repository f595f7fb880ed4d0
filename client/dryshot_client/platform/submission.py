"""Submitting a job: never twice, unless that is allowed, and then not without looking for it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from dryshot_client.checks import (
    check_choice,
    check_count,
    check_flag,
    check_json,
    check_text,
    check_texts,
    check_word,
)
from dryshot_client.errors import (
    ConnectionFailed,
    DryshotClientError,
    RuntimeApiError,
    UnexpectedAnswer,
)
from dryshot_client.flows import Flow, sleep
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.backends import is_mock
from dryshot_client.platform.models import CreatedJob, Job, LogLevel
from dryshot_client.retries import RETRIED_STATUSES

__all__ = ["LONGEST_TAG", "MOST_TAGS", "check_tags", "submit"]

MOST_TAGS = 8
LONGEST_TAG = 86
_TAG = "dryshot-"


def check_tags(tags: Sequence[str] | None) -> list[str] | None:
    """``tags`` as a list, if the service would take them."""
    return check_texts("tags", tags, most=MOST_TAGS, shortest=0, longest=LONGEST_TAG)


def submit(
    api: PlatformApi,
    body: Mapping[str, Any],
    *,
    parent_job_id: str | None = None,
    resubmit: bool = False,
) -> Flow[CreatedJob]:
    """Check and send. With ``resubmit`` the job has one tag more, by which it can be found again.

    ``body`` is that of the request; ``program_id`` is called ``program`` where it is wrong.
    """
    headers = {"parent-job-id": check_word("parent_job_id", parent_job_id)}
    body = _check(body)
    if not resubmit:
        ask = api.prepare("create_job", body=body, headers=headers)
        return (yield from api.ask(ask, CreatedJob.read))
    tags = body["tags"] or []
    if len(tags) == MOST_TAGS:
        raise ValueError(f"tags are {MOST_TAGS}; resubmit needs room for one more")
    tag = f"{_TAG}{uuid.uuid4().hex}"
    ask = api.prepare("create_job", body={**body, "tags": [*tags, tag]}, headers=headers)
    repetition = 0
    while True:
        try:
            return (yield from api.ask(ask, CreatedJob.read))
        except DryshotClientError as error:
            pause = api.retries.delay(repetition, _read_delay(error)) if _passes(error) else None
            if pause is None:
                raise
        yield from sleep(pause)
        found = yield from _find(api, tag, body["backend"])
        if found is not None:
            return found
        repetition += 1


def _check(body: Mapping[str, Any]) -> dict[str, Any]:
    for name, key, longest in (("program", "program_id", 10000), ("backend", "backend", 10000)):
        check_text(name, body[key], most=longest)
    for name, most in (("session_id", 36), ("calibration_id", 100)):
        if body.get(name) is not None:
            check_text(name, body[name], most=most)
    image = body.get("runtime")
    if image is not None and not re.search("[^:]:[^:]", check_text("runtime", image)):
        raise ValueError(f"runtime {image!r} is not an image's name, a colon, and its tag")
    level = body.get("log_level")
    if level is not None:  # the service takes it in capitals as well
        check_choice("log_level", check_text("log_level", level).lower(), get_args(LogLevel))
    check_count("cost", body.get("cost"), least=0)
    check_flag("private", body.get("private"))
    return {
        **body,
        "tags": check_tags(body.get("tags")),
        "params": check_json("params", body.get("params")),
        "remote_storage": check_json("remote_storage", body.get("remote_storage")),
    }


def _passes(error: DryshotClientError) -> bool:
    # An answer that cannot be read may be the end of a submission that went well.
    if isinstance(error, ConnectionFailed | UnexpectedAnswer):
        return True
    return isinstance(error, RuntimeApiError) and error.status in RETRIED_STATUSES


def _read_delay(error: DryshotClientError) -> float | None:
    return error.retry_after if isinstance(error, RuntimeApiError) else None


def _find(api: PlatformApi, tag: str, backend: str) -> Flow[CreatedJob | None]:
    query = {"tags": [tag], "limit": 1, "include_mocks": is_mock(backend) or None}
    page = yield from api.ask_page(api.prepare("list_jobs", query=query), "jobs", Job.read)
    job: Job
    for job in page.items:
        if tag in job.tags:  # else the service has passed over what it was asked for
            return CreatedJob(
                raw=job.raw,
                id=job.id,
                backend=job.backend or backend,
                session_id=job.session_id,
                private=job.private,
                calibration_id=job.calibration_id,
            )
    return None
