"""Sessions of the platform: opened by themselves, kept alive by jobs, closed by time or by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dryshot.clock import Clock, Event
from dryshot.errors import Conflict, Invalid, NotFound
from dryshot.world.accounts import Account
from dryshot.world.backends import Backend
from dryshot.world.instances import ServiceInstance
from dryshot.world.jobs import Job, Submission
from dryshot.world.lifecycle import JobStatus, SessionEvent, SessionState
from dryshot.world.limits import Limits
from dryshot.world.sessions import Mode, Session

__all__ = ["CLOSED_SESSION", "Sessions"]

CLOSED_SESSION = 1217
_NOT_ON_THIS_PLAN = 1352
_ABANDONED_AFTER = 1800
"""Seconds after which a dedicated session closes that has no job."""

# The service is known to give these two; the reasons below them are made in their likeness.
_IDLE = "session_inactivated_by_interactive_ttl"
_CLOSED_BY_USER = "session_closed_early"
_CLOSED_BY_TIME = "session_closed_by_max_ttl"
_CLOSED_UNUSED = "session_closed_by_inactivity"


class Sessions:
    """Every session of a world's platform, and the instants at which one changes by itself.

    ``fail`` is what becomes of a queued job whose session closes.
    """

    def __init__(
        self,
        clock: Clock,
        new_id: Callable[[], str],
        fail: Callable[[Job], None],
        limits: Limits,
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._fail = fail
        self._limits = limits
        self._all: dict[str, Session] = {}
        self._unfinished: dict[str, dict[str, Job]] = {}
        self._alarms: dict[str, Event] = {}

    @property
    def all(self) -> Mapping[str, Session]:
        """Every session by its id, in the order of their making."""
        return self._all

    def open(
        self,
        account: Account,
        instance: ServiceInstance,
        mode: Mode,
        backend: Backend,
        max_ttl: int | None,
    ) -> Session:
        """A new session; ``max_ttl`` seconds at most, and never more than the plan allows."""
        plan = self._limits.plan(instance.plan)
        if mode == "dedicated" and not plan.dedicated_sessions:
            message = f"You are not authorized to run a session when using the {plan.name} plan."
            raise Invalid("mode", message, code=_NOT_ON_THIS_PLAN)
        longest = plan.session_max_ttl
        session = Session(
            id=self._new_id(),
            account_id=account.id,
            instance=instance.crn,
            backend=backend.name,
            created=self._clock.now(),
            max_ttl=longest if max_ttl is None else min(max_ttl, longest),
            mode=mode,
            user_id=account.user_id,
            mock=backend.mock,
        )
        self.adopt(session)
        return session

    def adopt(self, session: Session, *, expires: bool = False) -> None:
        """Take in a session, in whatever state it is; one that ``expires`` is not for ever."""
        if expires and session.started is not None:
            left = session.active_ttl(self._clock.now())
            self._clock.call_later(left, lambda: self.close(session, _CLOSED_BY_TIME))
        self._all[session.id] = session
        self._unfinished[session.id] = {}
        self._watch(session)

    def get(self, instance: ServiceInstance, session_id: str) -> Session:
        """One session of the instance; ``NotFound`` if it has none of that id."""
        session = self._all.get(session_id)
        if session is None or session.instance != instance.crn:
            raise NotFound("session", session_id)
        return session

    def admit(self, instance: ServiceInstance, submission: Submission) -> Session | None:
        """The session that a new job wants to join, if it may."""
        if submission.session_id is None:
            return None
        session = self.get(instance, submission.session_id)
        if session.state is SessionState.CLOSED or not session.accepting_jobs:
            raise Conflict(f"Session {session.id} has been closed", code=CLOSED_SESSION)
        if session.backend != submission.backend:
            raise Invalid("backend", f"the session's backend is {session.backend!r}")
        return session

    def join(self, session: Session, job: Job) -> None:
        """Let a job that was admitted be one of the session's."""
        self._unfinished[session.id][job.id] = job
        self._silence(session)

    def follow(self, job: Job) -> None:
        """Let a job's session go where its job takes it."""
        session = self._all.get(job.session_id or "")
        if session is None:
            return
        now = self._clock.now()
        if job.status is JobStatus.RUNNING:
            session.last_job_started = now
            if session.state is not SessionState.ACTIVE:
                self._activate(session)
            return
        self._unfinished[session.id].pop(job.id, None)  # one that was adopted never joined
        session.charge += job.charge
        if job.started is not None:
            session.last_job_completed = now
        self._watch(session)

    def set_accepting(self, session: Session, accepting: bool) -> None:  # noqa: FBT001 - the value
        """Take new jobs, or no more: then the session closes when its last job has ended.

        On a closed session it sets the flag and changes nothing else.
        """
        session.accepting_jobs = accepting
        self._watch(session)

    def close(self, session: Session, reason: str = _CLOSED_BY_USER) -> None:
        """Close it: its running jobs go on, its queued jobs fail; nothing if it is closed."""
        if session.state is SessionState.CLOSED:
            return
        self._silence(session)
        session.happen(SessionEvent.CLOSE, self._clock.now(), reason)
        for job in list(self._unfinished[session.id].values()):
            if job.status is JobStatus.QUEUED:
                self._fail(job)

    def _activate(self, session: Session) -> None:
        first = session.started is None
        session.happen(SessionEvent.ACTIVATE, self._clock.now())
        if first:
            self._clock.call_later(session.max_ttl, lambda: self.close(session, _CLOSED_BY_TIME))

    def _watch(self, session: Session) -> None:
        """Decide what comes next for a session that may have nothing to do."""
        if session.state is SessionState.CLOSED or self._unfinished[session.id]:
            return
        if not session.accepting_jobs:
            self.close(session)
        elif session.state is SessionState.ACTIVE:
            self._alarm(session, session.interactive_ttl, lambda: self._go_idle(session))
        elif session.state is SessionState.OPEN and session.mode == "dedicated":
            self._alarm(session, _ABANDONED_AFTER, lambda: self.close(session, _CLOSED_UNUSED))

    def _go_idle(self, session: Session) -> None:
        session.happen(SessionEvent.GO_IDLE, self._clock.now(), _IDLE)

    def _alarm(self, session: Session, seconds: float, action: Callable[[], None]) -> None:
        if session.id not in self._alarms:
            self._alarms[session.id] = self._clock.call_later(seconds, action)

    def _silence(self, session: Session) -> None:
        alarm = self._alarms.pop(session.id, None)
        if alarm is not None:
            alarm.cancel()
