"""Sessions: opened before their first job or with it, and closed at once or in time."""

from __future__ import annotations

from typing import Any

from dryshot.clock import isoformat
from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.world import Account, Session, World

__all__ = ["SessionHandlers"]


class SessionHandlers:
    """One method per operation on sessions."""

    world: World

    def create_session(self, call: Call, account: Account) -> Reply:
        """Open a session on a backend of an instance."""
        body = call.body
        session = self.world.open_session(
            account,
            instance=body["instance"],
            backend=body["backend"],
            mode=body.get("mode", "dedicated"),
            max_ttl=body.get("max_session_ttl"),
        )
        return 200, {"id": session.id}

    def get_session(self, call: Call, account: Account) -> Reply:
        """A session as it is now."""
        return 200, self._body(self._session(call, account))

    def get_session_extended(self, call: Call, account: Account) -> Reply:
        """A session, and the ids of its jobs."""
        session = self._session(call, account)
        jobs = [job.id for job in self.world.jobs.values() if job.session_id == session.id]
        return 200, self._body(session) | {"jobs": jobs}

    def update_session(self, call: Call, account: Account) -> Reply:
        """Take jobs, or take no more and close when the last has ended."""
        session = self._session(call, account)
        self.world.classic.set_accepting(session, call.body["accepting_jobs"])
        return 204, None

    def close_session(self, call: Call, account: Account) -> Reply:
        """Close now; what is queued fails."""
        self.world.close_session(self._session(call, account))
        return 204, None

    def _session(self, call: Call, account: Account) -> Session:
        return self.world.classic.get(account, call.path["session_id"])

    def _body(self, session: Session) -> dict[str, Any]:
        instants = {
            "created_at": session.created,
            "started_at": session.started,
            "activated_at": session.activated,
            "closed_at": session.closed,
            "last_job_started": session.last_job_started,
            "last_job_completed": session.last_job_completed,
        }
        return {
            "id": session.id,
            "backend_name": session.backend,
            **{
                name: None if when is None else isoformat(when, "milliseconds")
                for name, when in instants.items()
            },
            "interactive_ttl": session.interactive_ttl,
            "max_ttl": session.max_ttl,
            "active_ttl": session.active_ttl(self.world.clock.now()),
            "state": session.state,
            "accepting_jobs": session.accepting_jobs,
            "mode": session.mode,
        }
