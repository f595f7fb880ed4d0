"""A world's starting state, declared: jobs and sessions that are there, usage, and queues."""

from __future__ import annotations

from dryshot.clock import Instant
from dryshot.errors import Refusal
from dryshot.world.accounts import Account
from dryshot.world.declaring_jobs import DeclaringJobs
from dryshot.world.ids import stream
from dryshot.world.lifecycle import SessionEvent, SessionState
from dryshot.world.runner import Director
from dryshot.world.sessions import DEFAULT_MAX_TTL, INTERACTIVE_TTL, Mode, Session
from dryshot.world.starting import (
    BadDeclaration,
    check_count,
    instance_of,
    instant,
    owner_of,
    place_for,
    word,
)

__all__ = ["Declaring"]

_STATES = {
    SessionState.ACTIVE: [SessionEvent.ACTIVATE],
    SessionState.INACTIVE: [SessionEvent.ACTIVATE, SessionEvent.GO_IDLE],
    SessionState.CLOSED: [SessionEvent.CLOSE],
}


class Declaring(DeclaringJobs):
    """What a :class:`~dryshot.world.World` offers to say how things stand at the start.

    Accounts are given as such or by their API key, which opens one; without, it is the world's
    first. An instance is a name or a CRN, or ``hub/group/project`` in the classic dialect.
    Each method takes effect wholly or not at all: ``BadDeclaration`` changes nothing.
    """

    seed: int

    @property
    def director(self) -> Director | None:
        """Who says how a new job goes; None, and so each goes as usual, unless it is set."""
        return self._commons.runner.director

    @director.setter
    def director(self, director: Director | None) -> None:
        self._commons.runner.director = director

    def revive(self) -> None:
        """Go on from an earlier instant, after everything was put back to it."""
        self._commons.runner.revive()

    def add_session(
        self,
        *,
        state: str = "open",
        mode: Mode = "batch",
        backend: str | None = None,
        account: Account | str | None = None,
        instance: str | None = None,
        created: Instant | None = None,
        max_ttl: int = DEFAULT_MAX_TTL,
        interactive_ttl: int = INTERACTIVE_TTL,
        accepting_jobs: bool = True,
        id: str | None = None,  # noqa: A002 - the service's own word
    ) -> Session:
        """A session of the platform that is there: open, active, inactive or closed.

        Times are seconds; ``max_ttl`` counts from ``created`` if it is or was active.
        """
        with self.clock.lock:
            self.check_free()
            wanted = word(SessionState, state, "state")
            if mode not in {"batch", "dedicated"}:
                raise BadDeclaration("mode", f"{mode!r} is neither batch nor dedicated")
            owner = owner_of(self.accounts, account)
            crn, device = place_for(self, owner, "platform", instance, backend)
            born = instant(created, "created", self.clock.now())
            if id is not None and id in self.platform.sessions:
                raise BadDeclaration("id", f"there is a session {id!r}")
            random = stream(self.seed, "declared session", str(len(self.platform.sessions)))
            session = Session(
                self._commons.ids.new_session(random) if id is None else id,
                owner.id,
                crn,
                device.name,
                born,
                max_ttl=max_ttl,
                interactive_ttl=interactive_ttl,
                mode=mode,
                user_id=owner.user_id,
                mock=device.mock,
            )
            for event in _STATES.get(wanted, ()):
                session.happen(event, born)
            session.accepting_jobs = session.accepting_jobs and accepting_jobs
            self.platform.adopt_session(session, expires=True)
            return session

    def add_usage(
        self,
        seconds: int,
        *,
        account: Account | str | None = None,
        instance: str | None = None,
        at: Instant | None = None,
    ) -> None:
        """Device time that an instance has used, now or at an instant before."""
        with self.clock.lock:
            self.check_free()
            check_count("seconds", seconds)
            when = instant(at, "at", self.clock.now())
            self.platform.charge(
                instance_of(self.platform, owner_of(self.accounts, account), instance),
                seconds,
                when,
            )

    def set_queue_length(self, backend: str, jobs: int) -> None:
        """Let so many jobs of other people wait for a backend."""
        with self.clock.lock:
            self.check_free()
            now = self.platform.condition(backend)
            check_count("jobs", jobs)
            try:
                self.platform.set_condition(
                    backend, now.status, reason=now.reason, message=now.message, others=jobs
                )
            except Refusal as error:
                raise BadDeclaration("backend", str(error)) from error
