"""What was put into a store beside the service: the circuits as they were run."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.errors import NotFound
from dryshot.world import Account, Job, JobStatus, World
from dryshot.world.ids import stream

__all__ = ["StorageHandlers"]

_KIND = "transpiled circuits"


class StorageHandlers:
    """One method per operation on stored circuits."""

    world: World

    def get_job_transpiled_circuits(self, call: Call, account: Account) -> Reply:
        """Where they are; only circuit-runner kept them, and only if it transpiled."""
        job = self.world.job(account, call.path["job_id"])
        if not _is_kept(job):
            raise NotFound(_KIND, job.id)
        request = call.request
        url = f"{request.origin}{request.path}/stored?signature={self._signature(job.id)}"
        return 200, {"url": url}

    def get_stored_circuits(self, call: Call, _account: None) -> Reply:
        """The circuits, for whoever has the address."""
        job_id = call.path["job_id"]
        job = self.world.jobs.get(job_id)
        given = call.query["signature"].encode()
        genuine = secrets.compare_digest(given, self._signature(job_id).encode())
        if job is None or not genuine or not _is_kept(job):
            raise NotFound(_KIND, job_id)
        return 200, {"transpiled_circuits": _sorted(job.submission.params)}

    def _signature(self, job_id: str) -> str:
        return f"{stream(self.world.seed, 'stored circuits', job_id).getrandbits(128):032x}"


def _is_kept(job: Job) -> bool:
    return (
        job.dialect == "classic"
        and job.status is JobStatus.COMPLETED
        and job.program_id == "circuit-runner"
        and not job.submission.params.get("skip_transpilation", False)
    )


def _sorted(params: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The circuits by how they are written."""
    circuits = params["circuits"]
    circuits = circuits if isinstance(circuits, list) else [circuits]
    return {
        "qpy": [one for one in circuits if not isinstance(one, str)],
        "qasm2": [one for one in circuits if isinstance(one, str)],
    }
