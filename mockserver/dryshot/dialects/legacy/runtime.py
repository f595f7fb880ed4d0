"""The runtime API of the classic service: one handler per operation."""

from __future__ import annotations

from dryshot.contract import Call, Contract, Operation
from dryshot.dialects.dialect import Dialect, Json, Reply
from dryshot.dialects.legacy import wire
from dryshot.dialects.legacy.credentials import credential_of
from dryshot.dialects.legacy.errors import refusal
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

__all__ = ["RuntimeDialect"]


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

    def authenticate(self, request: Request) -> Account:
        """The owner of the access token or API token in ``x-access-token`` or as a bearer."""
        return self.world.accounts.authenticate_any(credential_of(request))

    def headers(self) -> Headers:
        """Nothing beyond what the body needs."""
        return {}

    def refuse(self, error: DryshotError, _operation: Operation | None) -> Reply:
        """The ``errors`` envelope."""
        return refusal(error)

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
                start_session=body.get("start_session") in (True, "True"),
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
        page = [wire.job(job, exclude_params=query["exclude_params"]) for job in jobs]
        return 200, {"jobs": page, "count": count, "limit": wanted.limit, "offset": wanted.offset}

    def get_job(self, call: Call, account: Account) -> Reply:
        """One job, with its parameters unless they are not wanted."""
        job = self.world.job(account, call.path["job_id"])
        return 200, wire.job(job, exclude_params=call.query["exclude_params"])

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
        return 200, Json(job.outcome.body)

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
