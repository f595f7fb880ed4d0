"""Jobs of an instance, and their tags."""

from __future__ import annotations

from dryshot.contract import Call, NoSuchPath
from dryshot.dialects.dialect import Json, Reply
from dryshot.dialects.platform import wire
from dryshot.dialects.platform.caller import Caller, speaks
from dryshot.dialects.platform.tellings import Tellings
from dryshot.errors import Invalid, NotFound
from dryshot.world import Job, JobQuery, JobStatus, Submission, World

__all__ = ["JobHandlers"]

_MOST = 200
_NO_MORE = "2026-02-01"
"""The version that dropped interim results and transpiled circuits."""
_RETIRED = {"circuit-runner": 1212, "qasm3-runner": 1213}
_PROGRAMS = frozenset({"sampler", "estimator", "noise-learner", "executor", "calibrate"})


class JobHandlers:
    """One method per operation on jobs."""

    world: World
    tellings: Tellings

    def create_job(self, call: Call, caller: Caller) -> Reply:
        """Queue a job; its circuits are looked at when it runs."""
        body = call.body
        program = body["program_id"]
        if program in _RETIRED:
            raise Invalid("program_id", f"{program} is retired", code=_RETIRED[program])
        if program not in _PROGRAMS:
            raise NotFound("program", program)
        if program == "calibrate" and "session_id" not in body:
            raise Invalid("session_id", "a calibration runs in a session only")
        job = self.world.platform.submit(
            caller.account,
            caller.instance,
            Submission(
                program_id=program,
                backend=body["backend"],
                params=body.get("params", {}),
                instance=caller.instance.crn,
                dialect="platform",
                tags=tuple(body.get("tags") or ()),
                session_id=body.get("session_id"),
                cost=body.get("cost"),
                runtime=body.get("runtime"),
                log_level=body.get("log_level"),
                private=body.get("private", False),
                calibration_id=body.get("calibration_id"),
                remote_storage=body.get("remote_storage"),
                client=call.request.headers.get("x-qx-client-application"),
            ),
        )
        return 200, wire.created(job)

    def list_jobs(self, call: Call, caller: Caller) -> Reply:
        """A page of the caller's jobs in this instance, and how many there are in all."""
        query = call.query
        limit, offset = query.get("limit", _MOST), query.get("offset", 0)
        wanted = JobQuery(
            pending=query.get("pending"),
            program_id=query.get("program"),
            backend=query.get("backend"),
            session_id=query.get("session_id"),
            tags=frozenset(query.get("tags") or ()),
            include_mocks=query.get("include_mocks", False),
            created_after=wire.instant(query, "created_after"),
            created_before=wire.instant(query, "created_before"),
            ascending=query.get("sort") == "ASC",
            limit=limit if 1 <= limit <= _MOST else _MOST,
            offset=max(offset, 0),
        )
        jobs, count = self.world.platform.find_jobs(caller.account, caller.instance, wanted)
        exclude = query.get("exclude_params", True)
        page = [wire.job(call, job, exclude_params=exclude) for job in jobs]
        return 200, {"jobs": page, "count": count, "limit": wanted.limit, "offset": wanted.offset}

    def get_job(self, call: Call, caller: Caller) -> Reply:
        """One job, with its parameters unless they are not wanted."""
        exclude = call.query.get("exclude_params", False)
        return 200, self.tellings.of(call, self._job(call, caller), exclude_params=exclude)

    def delete_job(self, call: Call, caller: Caller) -> Reply:
        """Remove a job that has ended."""
        self.world.platform.delete(caller.account, caller.instance, call.path["id"])
        return 204, None

    def get_job_results_jid(self, call: Call, caller: Caller) -> Reply:
        """What the program returned, or the traceback of a failed one; nothing if cancelled."""
        job = self._job(call, caller)
        body = self.world.platform.results(job)
        if not body:
            return 204, None
        return 200, body if job.status is JobStatus.FAILED else Json(body)

    def get_jog_logs_jid(self, call: Call, caller: Caller) -> Reply:
        """What the program logged; 404 if nothing."""
        job = self._job(call, caller)
        if job.outcome is None or not job.outcome.logs:
            raise NotFound("logs", job.id)
        return 200, job.outcome.logs

    def get_job_interim_results(self, call: Call, caller: Caller) -> Reply:
        """Nothing: the programs of today give no interim results. Versions up to 2025-05-01."""
        if speaks(call, _NO_MORE):
            raise NoSuchPath(call.request.path)
        self._job(call, caller)
        return 200, None

    def get_job_transpiled_circuits(self, call: Call, caller: Caller) -> Reply:
        """The programs of today store none. Versions up to 2025-05-01."""
        if speaks(call, _NO_MORE):
            raise NoSuchPath(call.request.path)
        raise NotFound("transpiled circuits", self._job(call, caller).id)

    def cancel_job_jid(self, call: Call, caller: Caller) -> Reply:
        """Stop a job that is queued or running."""
        self.world.platform.cancel(caller.account, caller.instance, call.path["id"])
        return 204, None

    def get_job_metrics_jid(self, call: Call, caller: Caller) -> Reply:
        """When it ran, and what it is charged."""
        return 200, wire.metrics(call, self._job(call, caller))

    def replace_job_tags(self, call: Call, caller: Caller) -> Reply:
        """Give a job other tags."""
        tags = call.body["tags"]
        self.world.platform.replace_tags(caller.account, caller.instance, call.path["id"], tags)
        return 204, None

    def list_tags(self, call: Call, caller: Caller) -> Reply:
        """The tags of the caller's jobs that contain a text."""
        found = self.world.platform.tags(caller.account, caller.instance, call.query["search"])
        return 200, {"tags": found}

    def _job(self, call: Call, caller: Caller) -> Job:
        return self.world.platform.job(caller.account, caller.instance, call.path["id"])
