"""The two primitives: circuits in, counts and expectation values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

import httpx

from dryshot_client.calls import D, Resource, call
from dryshot_client.errors import UnexpectedAnswer
from dryshot_client.flows import Flow
from dryshot_client.platform.api import PlatformApi
from dryshot_client.platform.models import CreatedJob, Job, LogLevel
from dryshot_client.platform.outcomes import fetch_results
from dryshot_client.platform.submission import submit
from dryshot_client.platform.waiting import Waiting, WaitOptions, fetch_job

if TYPE_CHECKING:
    from dryshot_client.platform.results import EstimatorResult, SamplerResult

__all__ = ["EstimatorJob", "JobSettings", "PrimitiveJob", "SamplerJob", "submit_primitive"]

T = TypeVar("T")


class JobSettings(TypedDict, total=False):
    """What a job may be given besides its inputs; see ``jobs.create``."""

    session_id: str
    tags: Sequence[str]
    cost: int
    log_level: LogLevel
    private: bool
    calibration_id: str
    resubmit: bool


class PrimitiveJob(Resource[D]):
    """A submitted job. ``backend`` may be another than was asked for."""

    def __init__(self, api: PlatformApi, driver: D, created: CreatedJob) -> None:
        super().__init__(driver)
        self._api = api
        self.id = created.id
        self.backend = created.backend

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} on {self.backend}>"

    @call
    def get(self) -> Flow[Job]:
        """The job as it is now, without its inputs."""
        return fetch_job(self._api, self.id)

    @call
    def cancel(self) -> Flow[None]:
        """Cancel the job if it is queued or running; ``Conflict`` if it has ended."""
        return self._api.do(self._api.prepare("cancel_job_jid", {"job_id": self.id}))

    def _await_results(self, how: WaitOptions, read: Callable[[Any], T]) -> Flow[T]:
        yield from Waiting(**how).wait(self._api, [self.id])
        body = yield from fetch_results(self._api, self.id)
        try:
            return read(body)
        except ValueError as error:
            wrong = str(error)
        path = f"/jobs/{self.id}/results"
        raise UnexpectedAnswer("GET", path, httpx.codes.OK, message=wrong)


class SamplerJob(PrimitiveJob[D]):
    """A job of the sampler."""

    @call
    def result(self, **how: Unpack[WaitOptions]) -> Flow[SamplerResult]:
        """Wait for the job, and read what was measured.

        ``JobFailed`` or ``JobCancelled`` if it ended so. How to wait is told under
        :class:`WaitOptions`.
        """
        from dryshot_client.platform.results import read_sampler_result  # late: not all read some

        return self._await_results(how, read_sampler_result)


class EstimatorJob(PrimitiveJob[D]):
    """A job of the estimator."""

    @call
    def result(self, **how: Unpack[WaitOptions]) -> Flow[EstimatorResult]:
        """Wait for the job, and read the expectation values; otherwise as the sampler's."""
        from dryshot_client.platform.results import read_estimator_result  # late, as above

        return self._await_results(how, read_estimator_result)


def submit_primitive(
    api: PlatformApi, program: str, backend: str, params: Mapping[str, Any], job: JobSettings
) -> Flow[CreatedJob]:
    """Submit a job for one of the primitives."""
    unknown = job.keys() - JobSettings.__annotations__.keys()
    if unknown:
        raise TypeError(f"a job has no {', '.join(sorted(unknown))}")
    body: dict[str, Any] = {"program_id": program, "backend": backend, "params": params, **job}
    resubmit = body.pop("resubmit", False)
    return submit(api, body, resubmit=resubmit)
