"""Takes back what a test made at a service: its jobs and its sessions, however the test ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from dryshot.contract import Documents
from dryshot.contract.documents import Found
from dryshot.http import Endpoint, Request, Response
from dryshot.mounts.httpx import Transport
from dryshot.testing.budget import SUBMISSIONS
from dryshot_client import (
    Conflict,
    DryshotClientError,
    InvalidRequest,
    LegacyRuntime,
    NotFound,
    Runtime,
)

__all__ = ["Cleanup"]

_REMOVALS = frozenset({"delete_job", "delete_session_close", "close_session"})
_PATIENCE = 300.0
"""How long, in seconds, a cancelled job may take to end before it can be deleted."""


class _Made(NamedTuple):
    """A job or a session; ``instance`` is the CRN it was made in, None in the classic API."""

    kind: str
    id: str
    instance: str | None


class Cleanup:
    """Passes requests on to ``inner``, and remembers what was made and not removed since."""

    def __init__(self, inner: Endpoint, documents: Documents) -> None:
        self._inner = inner
        self._documents = documents
        self._made: dict[_Made, None] = {}

    def __call__(self, request: Request) -> Response:
        """Answer as ``inner`` does."""
        response = self._inner(request)
        if request.method in {"POST", "DELETE"} and response.status // 100 == 2:  # noqa: PLR2004 - success
            found = self._documents.find(request)
            if found is not None:
                self._note(found, request, response)
        return response

    def _note(self, found: Found, request: Request, response: Response) -> None:
        platform = found.contract.name == "platform-runtime"
        instance = request.headers.get("service-crn") if platform else None
        kind = "session" if "session" in found.operation.id else "job"
        if found.key in SUBMISSIONS:
            made = json.loads(response.body)
            self._made[_Made(kind, str(made["id"]), instance)] = None
        elif found.operation.id in _REMOVALS:
            (name,) = found.path_params.values()
            self._made.pop(_Made(kind, name, instance), None)

    def clean(self, api_key: str, sleep: Callable[[float], object]) -> list[str]:
        """Cancel and delete the jobs, close the sessions; what could not be, and why.

        It logs in by itself: the test's own token may be gone by now.
        """
        failures: list[str] = []
        for instance in {made.instance for made in self._made}:
            there = [made for made in self._made if made.instance == instance]
            there.sort(key=lambda made: made.kind == "session")  # jobs first
            try:
                failures += self._clean_instance(instance, there, api_key, sleep)
            except (DryshotClientError, OSError) as error:
                failures += [f"{made.kind} {made.id}: {error}" for made in there]
        self._made.clear()
        return failures

    def _clean_instance(
        self,
        instance: str | None,
        there: list[_Made],
        api_key: str,
        sleep: Callable[[float], object],
    ) -> list[str]:
        failures: list[str] = []
        transport = Transport(self._inner)
        if instance is None:
            with LegacyRuntime(api_token=api_key, transport=transport, sleep=sleep) as legacy:
                for made in there:
                    close = legacy.sessions.close if made.kind == "session" else None
                    failures += _tried(made, close or (lambda id_: _remove_job(legacy, id_)))
            return failures
        # the caller's own environment may lead the SDK elsewhere, but not this
        with Runtime(
            api_key=api_key,
            instance=instance,
            url="https://cloud.ibm.com",
            iam_url="https://iam.cloud.ibm.com",
            transport=transport,
            sleep=sleep,
        ) as runtime:
            for made in there:
                remove = runtime.sessions.close if made.kind == "session" else None
                failures += _tried(made, remove or (lambda id_: _remove_job(runtime, id_)))
        return failures


def _remove_job(runtime: Runtime | LegacyRuntime, job_id: str) -> None:
    with suppress(Conflict):  # it has ended
        runtime.jobs.cancel(job_id)
    try:
        runtime.jobs.delete(job_id)
    except InvalidRequest:  # its cancellation takes a while
        runtime.jobs.wait(job_id, timeout=_PATIENCE)
        runtime.jobs.delete(job_id)


def _tried(made: _Made, remove: Callable[[str], object]) -> list[str]:
    try:
        remove(made.id)
    except NotFound:
        return []
    except (DryshotClientError, OSError) as error:
        return [f"{made.kind} {made.id}: {error}"]
    return []
