from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from contract_tests.platform import BODIES, run, submit
from dryshot.mock import Mock
from dryshot.world.runner import Pace
from dryshot_client import InvalidRequest, NotFound, Runtime, SessionClosed
from dryshot_client.platform.models import SessionMode

pytestmark = pytest.mark.costs(2)


def begin(runtime: Runtime, mode: SessionMode = "batch", **fields: Any) -> str:
    """The id of a new session."""
    return runtime.sessions.create(mode=mode, **{"backend": "ibm_torino", **fields}).id


@pytest.mark.parametrize("mode", ["batch", "dedicated"])
def test_a_new_session_is_open(runtime: Runtime, mode: SessionMode) -> None:
    session_id = begin(runtime, mode)
    assert str(uuid.UUID(session_id)) == session_id
    session = runtime.sessions.get(session_id)
    assert session.mode == mode
    assert session.backend_name == "ibm_torino"
    assert (session.state, session.state_reason) == ("open", "session_created")
    assert session.accepting_jobs is True
    assert (session.max_ttl, session.interactive_ttl) == (28800, 60)
    for name in ("started_at", "activated_at", "closed_at", "last_job_started"):
        assert session.raw[name] is None


def test_a_session_may_name_its_backend_in_two_ways(platform: httpx.Client, crn: str) -> None:
    body = {"mode": "batch", "backend_name": "ibm_fez", "instance": crn}
    assert platform.post("/sessions", json=body).json()["backend_name"] == "ibm_fez"


@pytest.mark.parametrize(("max_ttl", "given"), [(300, 300), (100_000, 28800)])
def test_a_session_lasts_no_longer_than_the_plan_allows(
    runtime: Runtime, max_ttl: int, given: int
) -> None:
    assert runtime.sessions.get(begin(runtime, max_ttl=max_ttl)).max_ttl == given


def test_the_open_plan_has_batches_only(open_runtime: Runtime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        begin(open_runtime, "dedicated")
    assert (refused.value.status, refused.value.code) == (400, 1352)
    assert open_runtime.sessions.get(begin(open_runtime)).max_ttl == 600


def test_a_session_on_no_device_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        begin(runtime, backend="ibm_nowhere")


@pytest.mark.parametrize(
    "change", [{"mode": None}, {"max_ttl": 0}, {"max_ttl": "long"}, {"backend": None}]
)
def test_a_bad_session_is_refused(platform: httpx.Client, change: dict[str, Any]) -> None:
    body = BODIES["create_session"] | change
    body = {name: value for name, value in body.items() if value is not None}
    assert platform.post("/sessions", json=body).status_code == 400


@pytest.mark.parametrize("body", [{}, {"accepting_jobs": "no"}, {"accepting_jobs": None}])
def test_a_bad_change_is_refused(
    runtime: Runtime, platform: httpx.Client, body: dict[str, Any]
) -> None:
    session_id = begin(runtime)
    assert platform.patch(f"/sessions/{session_id}", json=body).status_code == 400
    assert runtime.sessions.get(session_id).accepting_jobs is True


def test_a_job_wakes_its_session(runtime: Runtime) -> None:
    session_id = begin(runtime, "dedicated")
    job = run(runtime, session_id=session_id)
    assert job.session_id == session_id
    session = runtime.sessions.get(session_id)
    assert session.state == "active"
    assert session.started_at is not None
    assert session.activated_at == session.started_at
    assert session.last_job_started is not None
    assert session.last_job_completed is not None
    assert session.last_job_completed >= session.last_job_started
    assert [one.id for one in runtime.jobs.list(session_id=session_id)] == [job.id]


def test_a_session_without_work_goes_idle_and_wakes_again(runtime: Runtime, mock: Mock) -> None:
    session_id = begin(runtime)
    run(runtime, session_id=session_id)
    mock.clock.advance(61)
    session = runtime.sessions.get(session_id)
    assert session.state == "inactive"
    assert session.state_reason == "session_inactivated_by_interactive_ttl"
    run(runtime, session_id=session_id)
    assert runtime.sessions.get(session_id).state == "active"


def test_an_empty_session_closes_when_it_takes_no_more(runtime: Runtime) -> None:
    session_id = begin(runtime)
    runtime.sessions.update(session_id, accepting_jobs=False)
    session = runtime.sessions.get(session_id)
    assert (session.state, session.state_reason) == ("closed", "session_closed_early")
    assert session.accepting_jobs is False
    assert session.closed_at is not None
    runtime.sessions.update(session_id, accepting_jobs=True)
    session = runtime.sessions.get(session_id)
    assert (session.state, session.accepting_jobs) == ("closed", True)


def test_a_closed_session_takes_no_jobs(runtime: Runtime) -> None:
    session_id = begin(runtime)
    runtime.sessions.close(session_id)
    with pytest.raises(SessionClosed) as refused:
        submit(runtime, session_id=session_id)
    assert (refused.value.status, refused.value.code) == (409, 1217)


def test_a_session_ends_with_its_block(runtime: Runtime) -> None:
    with runtime.sessions.open(backend="ibm_torino", mode="batch") as session:
        job_id = submit(runtime, session_id=session.id)
    assert runtime.jobs.wait(job_id, timeout=3600).status == "Completed"
    with pytest.raises(SessionClosed):
        submit(runtime, session_id=session.id)


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_a_session_finishes_its_work_before_it_closes(runtime: Runtime, mock: Mock) -> None:
    with runtime.sessions.open(backend="ibm_torino") as opened:
        job_id = submit(runtime, session_id=opened.id)
    session = runtime.sessions.get(opened.id)
    assert (session.state, session.accepting_jobs) == ("open", False)
    with pytest.raises(SessionClosed):
        submit(runtime, session_id=opened.id)
    mock.clock.advance(120)
    assert runtime.jobs.get(job_id).status == "Completed"
    assert runtime.sessions.get(opened.id).state == "closed"


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_closing_a_session_fails_what_is_queued_and_lets_run_what_runs(
    runtime: Runtime, mock: Mock
) -> None:
    session_id = begin(runtime)
    running = submit(runtime, session_id=session_id)
    mock.clock.advance(60)
    queued = submit(runtime, session_id=session_id)
    runtime.sessions.close(session_id)
    assert runtime.sessions.get(session_id).state == "closed"
    job = runtime.jobs.get(queued)
    assert (job.status, job.state.reason_code) == ("Failed", 1217)
    assert runtime.jobs.get(running).status == "Running"
    mock.clock.advance(60)
    assert runtime.jobs.get(running).status == "Completed"


def test_a_session_closes_when_its_time_is_over(runtime: Runtime, mock: Mock) -> None:
    session_id = begin(runtime, max_ttl=300)
    run(runtime, session_id=session_id)
    active_ttl = runtime.sessions.get(session_id).active_ttl
    assert active_ttl is not None
    assert 0 < active_ttl <= 300
    mock.clock.advance(301)
    session = runtime.sessions.get(session_id)
    assert (session.state, session.active_ttl) == ("closed", 0)
    assert session.elapsed_time is not None


def test_a_dedicated_session_that_is_not_used_closes(runtime: Runtime, mock: Mock) -> None:
    used, unused = begin(runtime, "dedicated"), begin(runtime, "dedicated")
    run(runtime, session_id=used)
    mock.clock.advance(1801)
    assert runtime.sessions.get(unused).state == "closed"
    assert runtime.sessions.get(used).state == "inactive"


def test_a_batch_uses_the_sum_of_its_jobs(runtime: Runtime) -> None:
    with runtime.sessions.open(backend="ibm_torino", mode="batch") as session:
        jobs = [run(runtime, session_id=session.id) for _ in range(3)]
    charge = sum(job.raw["usage"]["qpu_charge_time_seconds"] for job in jobs)
    assert runtime.sessions.get(session.id).elapsed_time == charge > 0


def test_a_session_of_another_instance_is_not_found(
    runtime: Runtime, open_runtime: Runtime
) -> None:
    session_id = begin(runtime)
    with pytest.raises(NotFound):
        open_runtime.sessions.get(session_id)
