"""The part of the model that the platform alone has: sessions and usage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.conformance.model import Job, Model
from dryshot.conformance.wire import Answer

__all__ = ["Session", "Sessions"]

_CREATE = "platform-runtime.create_session"
_GET = "platform-runtime.get_session"
_UPDATE = "platform-runtime.update_session"
_CLOSE = "platform-runtime.delete_session_close"
_USAGE = "platform-runtime.get_usage"
_SUBMIT = "platform-runtime.create_job"
_TAGS = "platform-runtime.list_tags"


@dataclass(slots=True)
class Session:
    """A session that was opened."""

    id: str
    accepting: bool = True
    closed: bool = False


@dataclass(slots=True)
class Sessions:
    """Sessions of a model, and what its instance has used."""

    model: Model
    all: list[Session] = field(default_factory=list)
    used: float = 0.0

    def open(self, mode: str = "batch") -> Session:
        """A new session."""
        body = {"mode": mode, "backend": self.model.facts.backend}
        answer = self.model.expect(_CREATE, self._send(_CREATE, body=body), 200)
        session = Session(self.model.member(_CREATE, answer, "id", str))
        self.all.append(session)
        self.look(session)
        return session

    def look(self, session: Session) -> None:
        """It shows whether it is closed, and whether it takes jobs."""
        answer = self.model.expect(_GET, self._send(_GET, session), 200)
        state = self.model.member(_GET, answer, "state", str)
        if session.closed and state != "closed":
            self.model.broken(_GET, f"a session that was closed is {state}")
        if state == "closed" and session.accepting:
            self.model.broken(_GET, "a session that was not closed is closed")
        session.closed = state == "closed"
        if self.model.member(_GET, answer, "accepting_jobs", bool) != session.accepting:
            says = "no jobs" if session.accepting else "jobs"
            self.model.broken(_GET, f"a session says that it takes {says}")

    def stop(self, session: Session) -> None:
        """Let it take no more jobs; it closes when those it has are done."""
        if not session.closed and session.accepting:
            self._accept(session, accepting=False)
            self.look(session)

    def keep(self, session: Session) -> None:
        """Say once more that it takes jobs: it goes on taking them."""
        if not session.closed and session.accepting:
            self._accept(session, accepting=True)
            self.look(session)

    def _accept(self, session: Session, *, accepting: bool) -> None:
        body = {"accepting_jobs": accepting}
        self.model.expect(_UPDATE, self._send(_UPDATE, session, body=body), 204)
        session.accepting = accepting

    def close(self, session: Session) -> None:
        """Close it for good."""
        self.model.expect(_CLOSE, self._send(_CLOSE, session), 204)
        session.closed, session.accepting = True, False
        self.look(session)

    def submit(self, session: Session) -> Job | None:
        """A new job in it; refused if it takes none."""
        body = self.model.dialect.job(self.model.facts.backend, session_id=session.id)
        if session.accepting:
            return self.model.submit(body)
        answer = self._send(_SUBMIT, body=body)
        if answer.ok:
            self.model.broken(_SUBMIT, "a session that takes no jobs took one")
        return None

    def usage(self) -> None:
        """What the instance has used never gets less."""
        answer = self.model.expect(_USAGE, self._send(_USAGE), 200)
        found = answer.json
        used = found.get("usage_consumed_seconds") if isinstance(found, dict) else None
        if isinstance(used, bool) or not isinstance(used, int | float):
            self.model.broken(_USAGE, "does not say what is used")
        if used < self.used:
            self.model.broken(_USAGE, f"{used:g} s are used, and were {self.used:g}")
        self.used = used

    def tagged(self, job: Job) -> None:
        """A tag of the job is found by its first letters."""
        for tag in job.tags:
            query = {"type": "job", "search": tag[:3]}
            answer = self.model.expect(_TAGS, self._send(_TAGS, query=query), 200)
            if tag not in self.model.member(_TAGS, answer, "tags", list):
                self.model.broken(_TAGS, "a tag of a job is not found")

    def clean(self) -> None:
        """Close what is open."""
        for session in self.all:
            if not session.closed:
                self._send(_CLOSE, session)
        self.all.clear()

    def _send(self, key: str, session: Session | None = None, **given: Any) -> Answer:
        ids = {} if session is None else {"id": session.id}
        return self.model.caller.send(Call(key, ids, **given))
