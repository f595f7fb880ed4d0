from __future__ import annotations

import pytest

from dryshot.errors import Conflict
from dryshot.world.lifecycle import (
    JOB_TRANSITIONS,
    SESSION_TRANSITIONS,
    JobEvent,
    JobStatus,
    SessionEvent,
    SessionState,
    next_session_state,
    next_status,
)


@pytest.mark.parametrize("status", JobStatus)
@pytest.mark.parametrize("event", JobEvent)
def test_a_job_goes_where_the_table_says_or_nowhere(status: JobStatus, event: JobEvent) -> None:
    following = JOB_TRANSITIONS[status].get(event)
    if following is None:
        with pytest.raises(Conflict, match=f"the job is {status}"):
            next_status(status, event)
    else:
        assert next_status(status, event) is following


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("event", SessionEvent)
def test_a_session_goes_where_the_table_says_or_nowhere(
    state: SessionState, event: SessionEvent
) -> None:
    following = SESSION_TRANSITIONS[state].get(event)
    if following is None:
        with pytest.raises(Conflict, match=f"the session is {state}"):
            next_session_state(state, event)
    else:
        assert next_session_state(state, event) is following


def test_the_tables_name_every_state_and_end_where_they_should() -> None:
    assert set(JOB_TRANSITIONS) == set(JobStatus)
    assert set(SESSION_TRANSITIONS) == set(SessionState)
    final = {status for status in JobStatus if status.final}
    assert final == {JobStatus.COMPLETED, JobStatus.CANCELLED, JobStatus.FAILED}


def test_every_status_can_be_reached() -> None:
    reached = {JobStatus.QUEUED}
    for _ in JobStatus:
        reached |= {after for status in reached for after in JOB_TRANSITIONS[status].values()}
    assert reached == set(JobStatus)
