"""The part of the model that is about sessions, and what of usage the platform tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.conformance.model import Job, Model
from dryshot.conformance.wire import Answer

__all__ = ["Session", "Sessions"]

_OPEN, _LOOK = "open_session", "look_at_session"
_CHANGE, _CLOSE = "change_session", "close_session"
_USAGE = "platform-runtime.get_usage"
_TAGS = "platform-runtime.list_tags"


@dataclass(slots=True)
class Session:
    """A session that was opened; ``root`` is the job that it began with, whose id it has."""

    id: str
    accepting: bool = True
    closed: bool = False
    root: Job | None = None


@dataclass(slots=True)
class Sessions:
    """Sessions of a model, and what its instance has used."""

    model: Model
    all: list[Session] = field(default_factory=list)
    used: float = 0.0

    @property
    def known(self) -> list[Session]:
        """Those of which it is sure how they are: whether one outlives its root nobody knows."""
        gone = self.model.deleted
        return [one for one in self.all if one.root is None or one.root.id not in gone]

    def open(self) -> Session:
        """A new session."""
        body = self.model.dialect.session(self.model.facts)
        answer = self.model.expect(_OPEN, self._send(_OPEN, body=body), 200)
        session = Session(self.model.member(_OPEN, answer, "id", str))
        self.all.append(session)
        self.look(session)
        return session

    def begin(self) -> Session | None:
        """A session that begins with a job, in the classic API; None where that is refused.

        It was until March 2024.
        """
        facts = self.model.facts
        body = self.model.dialect.job(facts.backend, start_session=True)
        answer = self.model.send("submit", body=body)
        if 400 <= answer.status < 500:  # noqa: PLR2004 - what HTTP calls the client's fault
            return None
        job = self.model.submitted_as(answer, body)
        if self.model.member("submit", answer, "session_id", str) != job.id:
            self.model.broken("submit", "a session has not the id of the job that began it")
        session = Session(job.id, root=job)
        self.all.append(session)
        return session

    def look(self, session: Session) -> None:
        """It shows whether it is closed, and whether it takes jobs."""
        self._follow(session)
        answer = self.model.expect(_LOOK, self._send(_LOOK, session), 200)
        state = self.model.member(_LOOK, answer, "state", str)
        if session.closed and state != "closed":
            self.model.broken(_LOOK, f"a session that was closed is {state}")
        if state == "closed" and session.accepting:
            self.model.broken(_LOOK, "a session that was not closed is closed")
        session.closed = state == "closed"
        if self.model.member(_LOOK, answer, "accepting_jobs", bool) != session.accepting:
            says = "no jobs" if session.accepting else "jobs"
            self.model.broken(_LOOK, f"a session says that it takes {says}")

    def stop(self, session: Session) -> None:
        """Let it take no more jobs; it closes when those it has are done."""
        self._follow(session)
        if not session.closed and session.accepting:
            self._accept(session, accepting=False)
            self.look(session)

    def keep(self, session: Session) -> None:
        """Say once more that it takes jobs: it goes on taking them."""
        self._follow(session)
        if not session.closed and session.accepting:
            self._accept(session, accepting=True)
            self.look(session)

    def _accept(self, session: Session, *, accepting: bool) -> None:
        body = {"accepting_jobs": accepting}
        self.model.expect(_CHANGE, self._send(_CHANGE, session, body=body), 204)
        session.accepting = accepting

    def close(self, session: Session) -> None:
        """Close it for good."""
        self.model.expect(_CLOSE, self._send(_CLOSE, session), 204)
        session.closed, session.accepting = True, False
        self.look(session)

    def submit(self, session: Session) -> Job | None:
        """A new job in it; refused if it takes none."""
        self._follow(session)
        body = self.model.dialect.job(self.model.facts.backend, session_id=session.id)
        if session.accepting:
            job = self.model.submit(body)
            found = self.model.expect("look", self.model.send("look", job.id), 200).json
            if found.get("session_id") != session.id:
                self.model.broken("look", "a job does not show the session that it is in")
            return job
        answer = self.model.send("submit", body=body)
        if answer.ok:
            self.model.broken("submit", "a session that takes no jobs took one")
        return None

    def usage(self) -> None:
        """What the instance has used never gets less."""
        answer = self.model.expect(_USAGE, self.model.caller.send(Call(_USAGE)), 200)
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
            sought = self.model.caller.send(Call(_TAGS, query=query))
            answer = self.model.expect(_TAGS, sought, 200)
            if tag not in self.model.member(_TAGS, answer, "tags", list):
                self.model.broken(_TAGS, "a tag of a job is not found")

    def clean(self) -> None:
        """Close what is open."""
        for session in self.all:
            if not session.closed:
                self._send(_CLOSE, session)
        self.all.clear()

    def _follow(self, session: Session) -> None:
        """A session is closed by the cancelling of the job that it began with."""
        if session.root is not None and session.root.cancelled:
            session.closed, session.accepting = True, False

    def _send(self, name: str, session: Session | None = None, **given: Any) -> Answer:
        dialect = self.model.dialect
        ids = {} if session is None else {dialect.session_path: session.id}
        return self.model.caller.send(Call(dialect.key(name), ids, **given))
