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
            ascending=query["sort"] == "ASC",
        )
        backends = set(filter(None, query.get("backend", "").split(",")))
        composed = query["composerOnly"] or "composerFile" in query
        text, offset, limit = query.get("search", ""), query["offset"], query["limit"]
        found = [
            job
            for job in self.world.all_jobs(account, ascending=wanted.ascending)
            if not composed
            and wanted.holds(job)
            and (not backends or job.backend in backends)
            and any(text in word for word in (job.id, *job.tags))
        ]
        page = [_item(job) for job in found[offset : offset + limit]]
        return 200, {"items": page, "count": len(found), "limit": limit, "offset": offset}

    def list_job_tags(self, _call: Call, account: Account) -> Reply:
        """Every tag that a job of the caller has."""
        jobs = self.world.all_jobs(account, ascending=True)
        return 200, {"tags": sorted({tag for job in jobs for tag in job.tags})}


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
