"""A state machine that anyone may run against a service, in any order hypothesis thinks of."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dryshot.conformance.connected import Connected
from dryshot.conformance.model import Job
from dryshot.conformance.sessions import Session

__all__ = ["RuntimeStateMachine"]

_MOST_JOBS = 4
_MOST_SESSIONS = 2
_TAGS = ("dryshot-a", "dryshot-b")
_BAD_CHANGES: tuple[dict[str, Any], ...] = (
    {"program_id": 5},
    {"params": "nothing"},
    {"tags": "not-a-list"},
    {"backend": "no_such_backend"},
    {"no_such_field": True},
)


class RuntimeStateMachine(Connected):
    """Rules of the runtime APIs: jobs, lists, tags, sessions, usage, credentials.

    A job's states only go forward; a Completed job has results and stays Completed; a cancelled one
    never completes; a deleted one is not found; lists hold what was made, newest first; a closed
    session takes no jobs; without credentials the answer is 401; every answer is one that the
    OpenAPI document allows. ``Broken`` says what does not hold, and of which operation.

    Make one for a service, and let pytest run its ``TestCase``::

        TestMine = RuntimeStateMachine.for_url(URL, api_key=KEY).TestCase

    Each example submits a handful of small jobs and removes them; on a real device that is not
    free. Subclasses may set ``dialect``, ``patience`` (seconds that a job may take), ``poll``
    (seconds between two looks at it), ``strict`` (False to overlook what the document does not
    allow) and ``connect``, which gives a new connection.
    """

    @property
    def _job_known(self) -> bool:
        return bool(self.model.jobs)

    @property
    def _session_known(self) -> bool:
        return bool(self.sessions.known)

    def _job(self, data: st.DataObject) -> Job:
        return data.draw(st.sampled_from(list(self.model.jobs.values())), label="job")

    def _session(self, data: st.DataObject) -> Session:
        return data.draw(st.sampled_from(self.sessions.known), label="session")

    @precondition(lambda self: self.model.submitted < _MOST_JOBS)
    @rule(tags=st.lists(st.sampled_from(_TAGS), unique=True))
    def submit(self, tags: list[str]) -> None:
        """A right job is taken."""
        extra = {"tags": tags} if tags else {}
        self.model.submit(self.model.dialect.job(self.model.facts.backend, **extra))

    @rule(change=st.sampled_from(_BAD_CHANGES))
    def submit_wrongly(self, change: dict[str, Any]) -> None:
        """A wrong one is not."""
        body = self.model.dialect.job(self.model.facts.backend) | change
        answer = self.model.send("submit", body=body)
        if not 400 <= answer.status < 500:  # noqa: PLR2004 - what HTTP calls the client's fault
            name = next(iter(change))
            self.model.broken("submit", f"a wrong {name} was answered with {answer.status}")

    @precondition(lambda self: self._job_known)
    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        """A job's state follows from the one before."""
        self.model.look(self._job(data))

    @precondition(lambda self: self._job_known)
    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Every job ends."""
        self.model.wait(self._job(data))

    @precondition(lambda self: self._job_known)
    @rule(data=st.data())
    def results(self, data: st.DataObject) -> None:
        """A Completed job has results."""
        self.model.results(self._job(data))

    @precondition(lambda self: self._job_known)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """What was cancelled never completes."""
        self.model.cancel(self._job(data))

    @precondition(lambda self: self._job_known)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """What was deleted is not found."""
        self.model.delete(self._job(data))

    @precondition(lambda self: self._job_known)
    @rule(data=st.data(), tags=st.lists(st.sampled_from(_TAGS), unique=True))
    def retag(self, data: st.DataObject, tags: list[str]) -> None:
        """Other tags show."""
        self.model.retag(self._job(data), tuple(tags))

    @rule(tag=st.sampled_from(_TAGS))
    def list_by_tag(self, tag: str) -> None:
        """What carries a tag is listed by it."""
        self.model.check_tags(tag)

    @rule()
    def list_jobs(self) -> None:
        """What was made is listed, newest first."""
        self.model.check_list()

    @rule()
    def list_backends(self) -> None:
        """The backend that is used is listed."""
        answer = self.model.expect("backends", self.model.send("backends"), 200)
        devices = self.model.member("backends", answer, "devices", list)
        names = [one.get("name") if isinstance(one, dict) else one for one in devices]
        if self.model.facts.backend not in names:
            self.model.broken("backends", "a backend is not listed any more")

    @rule()
    def ask_as_a_stranger(self) -> None:
        """Without credentials the answer is 401."""
        self.model.check_strangers()

    @property
    def _session_wanted(self) -> bool:
        return len(self.sessions.all) < _MOST_SESSIONS

    @precondition(lambda self: self._session_wanted)
    @rule()
    def open_session(self) -> None:
        """A session opens."""
        self.sessions.open()

    @precondition(lambda self: self._session_wanted and self.model.submitted < _MOST_JOBS)
    @precondition(lambda self: self.dialect == "classic")
    @rule()
    def begin_session(self) -> None:
        """A session begins with a job, where that is allowed."""
        self.sessions.begin()

    @precondition(lambda self: self._session_known and self.model.submitted < _MOST_JOBS)
    @rule(data=st.data())
    def submit_in_session(self, data: st.DataObject) -> None:
        """A session that takes jobs takes one, another does not."""
        self.sessions.submit(self._session(data))

    @precondition(lambda self: self._session_known)
    @rule(data=st.data())
    def look_at_session(self, data: st.DataObject) -> None:
        """A session shows its state."""
        self.sessions.look(self._session(data))

    @precondition(lambda self: self._session_known)
    @rule(data=st.data())
    def stop_session(self, data: st.DataObject) -> None:
        """A session can be told to take no more jobs."""
        self.sessions.stop(self._session(data))

    @precondition(lambda self: self._session_known)
    @rule(data=st.data())
    def close_session(self, data: st.DataObject) -> None:
        """What is closed stays closed."""
        session = self._session(data)
        if not session.closed:
            self.sessions.close(session)

    @precondition(lambda self: self.model.dialect.has_usage)
    @rule()
    def usage(self) -> None:
        """Usage never gets less."""
        self.sessions.usage()
