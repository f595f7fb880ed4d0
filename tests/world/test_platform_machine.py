"""A platform under any sequence of calls: sessions, jobs and usage stay what they must be."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from dryshot.errors import Conflict
from dryshot.world import Job, Pace, Session
from dryshot.world.lifecycle import SESSION_TRANSITIONS, JobStatus, SessionState
from dryshot.world.platform import AnalyticsQuery
from tests.world.platforms import Place, instance

WINDOW = timedelta(days=28)


class PlatformMachine(RuleBasedStateMachine):
    """One user opens sessions, runs jobs in and out of them, and lets time go by."""

    sessions: Bundle[Session] = Bundle("sessions")
    jobs: Bundle[Job] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.place = Place(
            instance(usage_limit_seconds=100),
            pace=lambda job: Pace(*job.submission.params["pace"]),
        )
        self.made: list[Job] = []
        self.opened: list[Session] = []
        self.end: dict[str, Any] = {}

    @rule(
        target=sessions,
        mode=st.sampled_from(["batch", "dedicated"]),
        max_ttl=st.sampled_from([1, 90, 600, None]),
    )
    def open(self, mode: Any, max_ttl: int | None) -> Session:
        session = self.place.platform.open_session(
            self.place.account, self.place.instance, mode=mode, backend="ibm_box", max_ttl=max_ttl
        )
        self.opened.append(session)
        return session

    @rule(
        target=jobs,
        seconds=st.sampled_from([0, 1, 7, 40]),
        pace=st.sampled_from([(0, 0), (1, 5), (70, 1), (0, 2000)]),
        cost=st.sampled_from([None, 3]),
    )
    def submit(self, seconds: float, pace: tuple[int, int], cost: int | None) -> Job:
        return self.keep(self.place.submit(params={"seconds": seconds, "pace": pace}, cost=cost))

    @rule(session=sessions, pace=st.sampled_from([(0, 0), (1, 5), (70, 1), (0, 100)]))
    def join(self, session: Session, pace: tuple[int, int]) -> None:
        params = {"seconds": 3, "pace": pace}
        if session.state is SessionState.CLOSED or not session.accepting_jobs:
            with pytest.raises(Conflict):
                self.place.submit(session_id=session.id, params=params)
        else:
            self.keep(self.place.submit(session_id=session.id, params=params))

    @rule(session=sessions)
    def close(self, session: Session) -> None:
        running = [job for job in self.of(session) if job.status is JobStatus.RUNNING]
        self.place.platform.close_session(session)
        assert session.state is SessionState.CLOSED
        assert all(job.status is JobStatus.RUNNING for job in running)

    @rule(session=sessions, accepting=st.booleans())
    def set_accepting(self, session: Session, *, accepting: bool) -> None:
        busy = any(not job.status.final for job in self.of(session))
        before = session.state
        self.place.platform.set_accepting(session, accepting)
        if before is SessionState.CLOSED or accepting or busy:
            assert session.state is before
        else:
            assert session.state is SessionState.CLOSED

    @rule(job=jobs)
    def cancel(self, job: Job) -> None:
        self.try_to_cancel(job)

    @rule(session=sessions)
    def cancel_in(self, session: Session) -> None:
        for job in self.of(session)[-1:]:
            self.try_to_cancel(job)

    @rule(online=st.booleans())
    def set_condition(self, *, online: bool) -> None:
        self.place.platform.set_condition("ibm_box", "online" if online else "paused")

    @rule(limit=st.sampled_from([50, 100, None]))
    def configure(self, limit: int | None) -> None:
        self.place.platform.configure_instance(self.place.instance, limit)

    @rule(seconds=st.sampled_from([0, 0.5, 59, 60, 61, 1800, 86400, 28 * 86400]))
    def wait(self, seconds: float) -> None:
        self.place.clock.advance(seconds)

    @invariant()
    def usage_is_the_sum_of_the_charges_in_the_window(self) -> None:
        start = self.place.clock.now() - WINDOW
        charges = [job.charge for job in self.made if job.ended is not None and job.ended > start]
        assert self.place.platform.usage(self.place.instance).consumed == sum(charges)

    @invariant()
    def a_job_is_charged_at_its_end_and_only_if_it_ran(self) -> None:
        for job in self.made:
            assert (job.usage_status == "complete") is job.status.final
            assert job.charge == 0 or (job.status.final and job.started is not None)
            if job.status.final:
                assert self.end.setdefault(job.id, (job.status, job.charge)) == (
                    job.status,
                    job.charge,
                )

    @invariant()
    def sessions_went_only_where_the_table_says(self) -> None:
        for session in self.opened:
            states = [state for state, _ in session.timestamps]
            assert states[-1] is session.state
            for before, after in pairwise(states):
                assert after in SESSION_TRANSITIONS[before].values()
            instants = [instant for _, instant in session.timestamps]
            assert instants == sorted(instants)

    @invariant()
    def sessions_are_in_the_state_that_their_jobs_and_the_time_ask_for(self) -> None:
        now = self.place.clock.now()
        for session in self.opened:
            jobs = self.of(session)
            statuses = {job.status for job in jobs}
            assert session.charge == sum(job.charge for job in jobs)
            if session.state is SessionState.CLOSED:
                assert JobStatus.QUEUED not in statuses
                assert session.elapsed_time is not None
                continue
            assert session.elapsed_time is None
            assert (session.state is SessionState.OPEN) is (session.started is None)
            assert not (JobStatus.RUNNING in statuses and session.state is not SessionState.ACTIVE)
            assert session.accepting_jobs or not statuses <= {
                JobStatus.COMPLETED,
                JobStatus.FAILED,
                JobStatus.CANCELLED,
            }
            if session.started is not None:
                assert now - session.started < timedelta(seconds=session.max_ttl)

    @invariant()
    def a_session_is_active_for_a_minute_at_most_without_a_job(self) -> None:
        now = self.place.clock.now()
        for session in self.opened:
            jobs = self.of(session)
            if session.state is SessionState.ACTIVE and all(job.status.final for job in jobs):
                last = max(job.ended for job in jobs if job.ended is not None)
                assert now - last < timedelta(seconds=60)

    @invariant()
    def analytics_count_every_job_and_session(self) -> None:
        total = self.place.platform.analytics.total(self.place.account, AnalyticsQuery())
        assert (total.jobs, total.sessions) == (len(self.made), len(self.opened))
        assert total.individual_jobs_usage == 1000 * sum(
            job.charge for job in self.made if job.session_id is None
        )
        assert total.usage == pytest.approx(total.individual_jobs_usage + total.sessions_usage)

    def keep(self, job: Job) -> Job:
        self.made.append(job)
        return job

    def of(self, session: Session) -> list[Job]:
        return [job for job in self.made if job.session_id == session.id]

    def try_to_cancel(self, job: Job) -> None:
        place = self.place
        if job.status.final:
            with pytest.raises(Conflict):
                place.platform.cancel(place.account, place.instance, job.id)
        else:
            place.platform.cancel(place.account, place.instance, job.id)
            assert job.status is JobStatus.CANCELLED


TestPlatform = PlatformMachine.TestCase
TestPlatform.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True
)
