"""The facade: jobs as the service's own pages showed them, those of older APIs included."""

from __future__ import annotations

from typing import Any

from dryshot.clock import isoformat
from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.legacy.wire import instant
from dryshot.world import Account, Job, JobQuery, World

__all__ = ["FacadeHandlers"]


class FacadeHandlers:
    """One method per operation of the facade, but for a submission, which is as any other."""

    world: World

    def get_job_type(self, call: Call, account: Account) -> Reply:
        """Always the same word: there are no jobs of older APIs here."""
        self.world.job(account, call.path["job_id"])
        return 200, {"type": "RUNTIME"}

    def list_facade_jobs(self, call: Call, account: Account) -> Reply:
        """A page of the caller's jobs, and how many there are in all."""
        query = call.query
        wanted = JobQuery(
            pending=query.get("pending"),
            program_id=query.get("program"),
            instance=query.get("provider"),
            session_id=query.get("sessionId"),
            tags=frozenset(query.get("tags") or ()),
            created_after=instant(query, "createdAfter"),
            created_before=instant(query, "createdBefore"),
            backends=frozenset(filter(None, query.get("backend", "").split(","))),
            search=query.get("search", ""),
            ascending=query["sort"] == "ASC",
            limit=query["limit"],
            offset=query["offset"],
        )
        composed = query["composerOnly"] or "composerFile" in query  # nothing here is
        jobs, count = ([], 0) if composed else self.world.find_jobs(account, wanted)
        page = [_item(job) for job in jobs]
        return 200, {
            "items": page,
            "count": count,
            "limit": wanted.limit,
            "offset": wanted.offset,
        }

    def list_job_tags(self, _call: Call, account: Account) -> Reply:
        """Every tag that a job of the caller has."""
        return 200, {"tags": self.world.tags(account)}


def _item(job: Job) -> dict[str, Any]:
    hub, group, project = job.instance.split("/")
    return {
        "id": job.id,
        "hub": hub,
        "group": group,
        "project": project,
        "backend": job.backend,
        "status": job.status,
        "created": isoformat(job.created),
        "type": "RUNTIME",
        "tags": list(job.tags),
        "name": "",
        "runMode": "session" if job.session_id else "job",
        "private": False,
        "endTime": None if job.ended is None else isoformat(job.ended),
        "state": {"status": job.status, "reason": job.reason or ""},
        "program": {"id": job.program_id},
        "runtime": job.submission.runtime or "",
        "sessionId": job.session_id,
    }
