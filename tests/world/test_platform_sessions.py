from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from dryshot.errors import Conflict, Invalid, NotFound
from dryshot.world import Job, Pace, Session
from dryshot.world.lifecycle import SessionState
from tests.world.platforms import Place, instance


class Room(Place):
    """A place with a session."""

    def __init__(self, *, mode: Any = "batch", max_ttl: int | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.session: Session = self.platform.open_session(
            self.account, self.instance, mode=mode, backend="ibm_box", max_ttl=max_ttl
        )

    def join(self, seconds: float = 2.0, **fields: Any) -> Job:
        return self.submit(seconds, session_id=self.session.id, **fields)

    def joined(self, seconds: float = 2.0) -> Job:
        job = self.join(seconds)
        self.clock.advance(0)
        return job

    def what(self) -> tuple[str, str | None, bool]:
        return self.session.state, self.session.state_reason, self.session.accepting_jobs


EARLY = ("closed", "session_closed_early", False)


def test_a_new_session_is_open_and_has_not_started() -> None:
    room = Room()
    session = room.session
    assert room.what() == ("open", "session_created", True)
    assert uuid.UUID(session.id).version == 4
    assert (session.started, session.activated, session.closed) == (None, None, None)
    assert (session.max_ttl, session.interactive_ttl) == (28800, 60)
    assert session.active_ttl(room.clock.now()) == 28800
    assert session.elapsed_time is None
    assert session.timestamps == [(SessionState.OPEN, room.clock.now())]
    assert session.user_id == room.account.user_id
    assert room.platform.session(room.account, room.instance, session.id) is session


def test_sessions_are_found_in_their_own_instance_only() -> None:
    place = Place(instance("one"), instance("two"))
    session = place.platform.open_session(
        place.account, place.instance, mode="batch", backend="ibm_box"
    )
    for other, name in ((place.instance, "none"), (instance("two"), session.id)):
        with pytest.raises(NotFound) as missing:
            place.platform.session(place.account, other, name)
        assert (missing.value.kind, missing.value.name) == ("session", name)


def test_equal_worlds_have_equal_session_ids() -> None:
    assert Room().session.id == Room().session.id != Room(seed=1).session.id


@pytest.mark.parametrize(
    ("plan", "asked", "given"),
    [("open", None, 600), ("open", 700, 600), ("open", 30, 30), ("flex", 30000, 28800)],
)
def test_max_ttl_is_capped_by_the_plan(plan: str, asked: int | None, given: int) -> None:
    place = Place(instance(plan=plan))
    session = place.platform.open_session(
        place.account, place.instance, mode="batch", backend="ibm_box", max_ttl=asked
    )
    assert session.max_ttl == given


def test_the_open_plan_has_no_dedicated_sessions() -> None:
    place = Place(instance(plan="open"))
    with pytest.raises(Invalid, match="when using the open plan") as refused:
        place.platform.open_session(
            place.account, place.instance, mode="dedicated", backend="ibm_box"
        )
    assert refused.value.code == 1352


def test_a_session_is_opened_on_a_device_of_the_instance() -> None:
    place = Place()
    with pytest.raises(NotFound, match="ibm_nowhere"):
        place.platform.open_session(
            place.account, place.instance, mode="batch", backend="ibm_nowhere"
        )


def test_the_first_job_to_start_activates_a_session() -> None:
    room = Room(pace=Pace(5, 10))
    job = room.join()
    room.clock.advance(4)
    assert room.what() == ("open", "session_created", True)
    room.clock.advance(1)
    assert room.what() == ("active", None, True)
    session = room.session
    assert session.started == session.activated == session.last_job_started == job.started
    assert session.last_job_completed is None
    room.clock.advance(10)
    assert session.last_job_completed == job.ended
    assert session.active_ttl(room.clock.now()) == 28790


def test_a_minute_without_a_job_makes_a_session_inactive_and_a_job_active_again() -> None:
    room = Room()
    room.joined()
    room.clock.advance(59)
    room.joined()
    room.clock.advance(59.5)
    assert room.session.state == "active"
    room.clock.advance(0.5)
    assert room.what() == ("inactive", "session_inactivated_by_interactive_ttl", True)
    first = room.session.started
    room.clock.advance(1000)
    job = room.joined()
    assert room.what() == ("active", None, True)
    assert (room.session.started, room.session.activated) == (first, job.started)
    assert [state for state, _ in room.session.timestamps] == [
        "open",
        "active",
        "inactive",
        "active",
    ]


def test_a_job_that_waits_keeps_a_session_active() -> None:
    room = Room()
    room.joined()
    room.platform.set_condition("ibm_box", "paused")
    room.join()
    room.clock.advance(3600)
    assert room.session.state == "active"


def test_a_session_that_takes_no_more_jobs_closes_at_once_when_it_has_none() -> None:
    room = Room()
    room.platform.set_accepting(room.session, False)
    assert room.what() == EARLY
    assert room.session.closed == room.clock.now()
    room.platform.set_accepting(room.session, True)
    assert room.what() == ("closed", "session_closed_early", True)
    with pytest.raises(Conflict, match="has been closed") as refused:
        room.join()
    assert refused.value.code == 1217


def test_a_session_that_takes_no_more_jobs_finishes_those_it_has() -> None:
    room = Room(pace=lambda job: Pace(*job.submission.params["pace"]))
    first, second = room.join(params={"pace": [0, 10]}), room.join(params={"pace": [5, 20]})
    room.clock.advance(0)
    room.platform.set_accepting(room.session, False)
    with pytest.raises(Conflict):
        room.join()
    room.clock.advance(10)
    assert (first.status, second.status) == ("Completed", "Running")
    assert room.what() == ("active", None, False)
    room.clock.advance(15)
    assert second.status == "Completed"
    assert room.what() == EARLY


def test_a_session_may_take_jobs_again_before_it_closes() -> None:
    room = Room(pace=Pace(0, 10))
    room.joined()
    room.platform.set_accepting(room.session, False)
    room.platform.set_accepting(room.session, True)
    room.join()
    room.clock.advance(20)
    assert room.what() == ("active", None, True)


def test_saying_again_that_jobs_are_taken_does_not_prolong_a_session() -> None:
    room = Room()
    room.joined()
    room.clock.advance(50)
    room.platform.set_accepting(room.session, True)
    room.clock.advance(10)
    assert room.session.state == "inactive"
    room.clock.advance(600)
    assert room.session.state == "inactive"


def test_closing_fails_what_is_queued_and_lets_what_runs_finish() -> None:
    room = Room(pace=lambda job: Pace(*job.submission.params["pace"]))
    runs, waits = room.join(params={"pace": [0, 10]}), room.join(params={"pace": [5, 5]})
    room.clock.advance(0)
    room.platform.close_session(room.session)
    assert room.what() == EARLY
    assert (waits.status, waits.reason_code, waits.charge) == ("Failed", 1217, 0)
    assert waits.usage_status == "complete"
    assert room.platform.results(waits) is None
    assert runs.status == "Running"
    room.clock.advance(10)
    assert runs.status == "Completed"
    assert room.what() == EARLY
    assert room.session.last_job_completed == runs.ended
    closed = room.session.closed
    room.platform.close_session(room.session)
    assert room.session.closed == closed


def test_max_ttl_counts_from_the_first_start_and_closes_the_session() -> None:
    room = Room(max_ttl=100, pace=Pace(0, 30))
    room.clock.advance(500)
    assert room.session.state == "open"
    room.joined()
    room.clock.advance(80)
    runs = room.joined()
    room.platform.set_condition("ibm_box", "paused")
    waits = room.joined()
    assert room.session.active_ttl(room.clock.now()) == 20
    room.clock.advance(20)
    assert room.what() == ("closed", "session_closed_by_max_ttl", False)
    assert (runs.status, waits.status, waits.reason_code) == ("Running", "Failed", 1217)
    assert room.session.active_ttl(room.clock.now()) == 0
    room.clock.advance(10)
    assert runs.status == "Completed"


def test_max_ttl_closes_an_inactive_session_too() -> None:
    room = Room(max_ttl=100)
    room.joined()
    room.clock.advance(99)
    assert room.session.state == "inactive"
    room.clock.advance(1)
    assert room.session.state == "closed"


def test_a_dedicated_session_without_a_job_closes_after_half_an_hour() -> None:
    room, batch = Room(mode="dedicated"), Room()
    for each in (room, batch):
        each.clock.advance(1799)
        assert each.session.state == "open"
        each.clock.advance(1)
    assert room.what() == ("closed", "session_closed_by_inactivity", False)
    assert room.session.elapsed_time == 0
    assert batch.session.state == "open"


def test_a_dedicated_session_with_a_job_that_waits_stays() -> None:
    room = Room(mode="dedicated", pace=Pace(3600, 0))
    room.join()
    room.clock.advance(3599)
    assert room.session.state == "open"


def test_a_batch_costs_its_jobs_and_a_dedicated_session_its_time() -> None:
    for mode, elapsed in (("batch", 5.0), ("dedicated", 90.0)):
        room = Room(mode=mode)
        room.joined(5)
        room.clock.advance(600)
        room.joined(0)
        room.clock.advance(30)
        assert (room.session.elapsed_time, room.session.usage(room.clock.now())) == (None, elapsed)
        room.platform.close_session(room.session)
        room.clock.advance(1000)
        assert room.session.elapsed_time == elapsed
        assert room.platform.usage(room.instance).consumed == 5


def test_a_job_joins_a_session_that_exists_and_on_its_device() -> None:
    room = Room()
    with pytest.raises(NotFound, match="none"):
        room.submit(session_id="none")
    with pytest.raises(Invalid, match="the session's backend is 'ibm_box'"):
        room.join(backend="ibm_bin")


def test_what_is_left_of_a_session_stays_when_it_is_closed() -> None:
    room = Room(max_ttl=100)
    room.joined()
    room.clock.advance(20)
    room.platform.close_session(room.session)
    room.clock.advance(50)
    assert room.session.active_ttl(room.clock.now()) == 80


def test_a_cancelled_first_job_leaves_its_session_open() -> None:
    room = Room()
    job = room.join()
    room.platform.cancel(room.account, room.instance, job.id)
    assert room.what() == ("open", "session_created", True)
    assert room.session.last_job_completed is None
    assert room.joined().status == "Completed"


def test_a_sessions_states_are_dated() -> None:
    room = Room()
    opened = room.clock.now()
    room.clock.advance(10)
    room.joined()
    room.clock.advance(60)
    room.platform.close_session(room.session)
    assert room.session.timestamps == [
        (SessionState.OPEN, opened),
        (SessionState.ACTIVE, opened + timedelta(seconds=10)),
        (SessionState.INACTIVE, opened + timedelta(seconds=70)),
        (SessionState.CLOSED, opened + timedelta(seconds=70)),
    ]
