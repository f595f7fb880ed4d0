"""The runtime API of the classic service: one handler per operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot.contract import Call, Contract, InvalidRequest, Operation, Problem
from dryshot.dialects.dialect import Dialect, Json, Reply
from dryshot.dialects.legacy import wire
from dryshot.dialects.legacy.credentials import credential_of
from dryshot.dialects.legacy.eras import ERAS
from dryshot.dialects.legacy.errors import Wording, refusal
from dryshot.dialects.legacy.facade import FacadeHandlers
from dryshot.dialects.legacy.programs import ProgramHandlers
from dryshot.dialects.legacy.sessions import SessionHandlers
from dryshot.dialects.legacy.storage import StorageHandlers
from dryshot.dialects.legacy.usage import UsageHandlers
from dryshot.dialects.legacy.users import UserHandlers
from dryshot.dialects.legacy.wire import instant
from dryshot.errors import DryshotError
from dryshot.http import Headers, Request
from dryshot.world import Account, JobQuery, JobStatus, Submission, World
from dryshot.world.ids import XidFields, encode_xid, stream

__all__ = ["RuntimeDialect"]

_VERSIONED = 2
_NO_VERSIONS = f"params.version: inputs of version {_VERSIONED} are not known before 2024."
_NO_START = (
    "Starting a session using the /jobs endpoint will no longer be supported after March 31, 2024."
    " If you are using qiskit-ibm-runtime, please upgrade it before this date. If you are calling"
    " the API directly, please use the /sessions endpoint instead."
)


class RuntimeDialect(
    ProgramHandlers,
    StorageHandlers,
    SessionHandlers,
    FacadeHandlers,
    UsageHandlers,
    UserHandlers,
    Dialect,
):
    """Handlers and manners of ``runtime-us-east.quantum-computing.ibm.com``."""

    def __init__(self, world: World) -> None:
        super().__init__(Contract.load("legacy-runtime", world.limits.bounds_of_tags), world)
        self.era = ERAS[world.era]

    def authenticate(self, request: Request) -> Account:
        """The owner of the access token or API token in ``x-access-token`` or as a bearer."""
        return self.world.accounts.authenticate_any(credential_of(request))

    def headers(self) -> Headers:
        """Nothing beyond what the body needs."""
        return {}

    def refuse(self, error: DryshotError, _operation: Operation | None) -> Reply:
        """The ``errors`` envelope."""
        return refusal(error, Wording(self._trace() if self.era.new_errors else None))

    def list_backends(self, call: Call, account: Account) -> Reply:
        """Names, of one instance or of all; those repeat."""
        return 200, {"devices": self.world.backend_names(account, call.query.get("provider"))}

    def list_backends_with_slash(self, call: Call, account: Account) -> Reply:
        """The same, asked for as the provider client does."""
        return self.list_backends(call, account)

    def get_backend_configuration(self, call: Call, _account: Account) -> Reply:
        """What the backend is."""
        return 200, self.world.backend(call.path["backend_name"]).configuration

    def get_backend_properties(self, call: Call, _account: Account) -> Reply:
        """How well it was last calibrated; empty for a simulator, and for a time before that."""
        backend = self.world.backend(call.path["backend_name"])
        before = instant(call.query, "updated_before")
        return 200, backend.properties_before(before, included=True)

    def get_backend_defaults(self, call: Call, _account: Account) -> Reply:
        """Pulse defaults; empty where there are none."""
        return 200, self.world.backend(call.path["backend_name"]).defaults

    def get_backend_status(self, call: Call, _account: Account) -> Reply:
        """Whether it takes jobs, and how many wait."""
        backend = self.world.backend(call.path["backend_name"])
        condition = self.world.platform.condition(backend.name)
        return 200, {
            "state": condition.operational,
            "status": condition.word,
            "message": condition.message,
            "length_queue": self.world.queue_length(backend.name),
            "backend_version": backend.configuration["backend_version"],
        }

    def create_job(self, call: Call, account: Account) -> Reply:
        """Queue a job."""
        body = call.body
        starts = body.get("start_session") in (True, "True")
        self._check_era(body["params"], starts=starts)
        hub = body.get("hub")
        job = self.world.submit(
            account,
            Submission(
                program_id=body["program_id"],
                backend=body["backend"],
                params=body["params"],
                instance=f"{hub}/{body['group']}/{body['project']}" if hub else None,
                tags=tuple(body.get("tags") or ()),
                session_id=body.get("session_id"),
                start_session=starts,
                session_time=body.get("session_time"),
                cost=body.get("cost"),
                runtime=body.get("runtime"),
                log_level=body.get("log_level"),
            ),
        )
        reply = {"id": job.id, "backend": job.backend}
        if job.session_id:
            reply["session_id"] = job.session_id
        return 200, reply

    def create_facade_job(self, call: Call, account: Account) -> Reply:
        """The same, as the service's own pages did it."""
        return self.create_job(call, account)

    def list_jobs(self, call: Call, account: Account) -> Reply:
        """A page of the caller's jobs, and how many there are in all."""
        query = call.query
        wanted = JobQuery(
            pending=query.get("pending"),
            program_id=query.get("program"),
            backend=query.get("backend"),
            instance=query.get("provider"),
            session_id=query.get("session_id"),
            tags=frozenset(query.get("tags") or ()),
            created_after=instant(query, "created_after"),
            created_before=instant(query, "created_before"),
            ascending=query["sort"] == "ASC",
            limit=query["limit"],
            offset=query["offset"],
        )
        jobs, count = self.world.find_jobs(account, wanted)
        page = [wire.job(job, self.era, exclude_params=query["exclude_params"]) for job in jobs]
        return 200, {"jobs": page, "count": count, "limit": wanted.limit, "offset": wanted.offset}

    def get_job(self, call: Call, account: Account) -> Reply:
        """One job, with its parameters unless they are not wanted."""
        job = self.world.job(account, call.path["job_id"])
        return 200, wire.job(job, self.era, exclude_params=call.query["exclude_params"])

    def delete_job(self, call: Call, account: Account) -> Reply:
        """Remove a job for good."""
        self.world.delete(account, call.path["job_id"])
        return 204, None

    def get_job_results(self, call: Call, account: Account) -> Reply:
        """What the program returned, or the traceback of a failed one; empty before the end."""
        job = self.world.job(account, call.path["job_id"])
        if job.status.final and not job.read_results():
            return 204, None
        if job.outcome is None:
            return (200, f"{job.reason}\n") if job.status is JobStatus.FAILED else (204, None)
        if job.outcome.failed:
            return 200, job.outcome.body
        backend = self.world.backends.get(job.backend)
        simulated = backend is not None and backend.simulator
        return 200, Json(wire.results(job, job.outcome.body, self.era, simulated=simulated))

    def get_job_interim_results(self, call: Call, account: Account) -> Reply:
        """Nothing: none of the four programs gives any."""
        self.world.job(account, call.path["job_id"])
        return 204, None

    def get_job_logs(self, call: Call, account: Account) -> Reply:
        """What the program logged; empty when there is nothing."""
        job = self.world.job(account, call.path["job_id"])
        if job.outcome is None or not job.outcome.logs:
            return 204, None
        return 200, job.outcome.logs

    def get_job_metrics(self, call: Call, account: Account) -> Reply:
        """When it ran, and how much it used."""
        return 200, wire.metrics(self.world.job(account, call.path["job_id"]))

    def cancel_job(self, call: Call, account: Account) -> Reply:
        """Stop a job that is queued or running."""
        self.world.cancel(account, call.path["job_id"])
        return 204, None

    def replace_job_tags(self, call: Call, account: Account) -> Reply:
        """Give a job other tags."""
        self.world.replace_tags(account, call.path["job_id"], call.body["tags"])
        return 204, None

    def _check_era(self, params: Mapping[str, Any], *, starts: bool) -> None:
        """``InvalidRequest`` for what the service did not yet, or no longer, take."""
        if params.get("version") == _VERSIONED and not self.era.versioned:
            raise InvalidRequest((Problem("body", "params.version", "refused", _NO_VERSIONS),))
        if starts and not self.era.starts_sessions:
            raise InvalidRequest((Problem("body", "start_session", "refused", _NO_START),))

    def _trace(self) -> str:
        """The name of a request: an id of its second, the same whenever it is asked again."""
        now = self.world.clock.time()
        random = stream(self.world.seed, "runtime traces", repr(now))
        parts = random.getrandbits(24), random.getrandbits(16), random.getrandbits(24)
        return encode_xid(XidFields(int(now), *parts))
