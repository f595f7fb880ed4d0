from __future__ import annotations

import uuid
from typing import Any

import pytest

from contract_tests.platform import Platform, error, sampler
from dryshot.mock import Mock
from dryshot.world.runner import Pace


def look(platform: Platform, session_id: str) -> dict[str, Any]:
    """A session as it is now."""
    session: dict[str, Any] = platform.ask("get_session", session=session_id).json()
    return session


@pytest.mark.parametrize("mode", ["batch", "dedicated"])
def test_a_new_session_is_open(platform: Platform, mode: str) -> None:
    session_id = platform.session(mode=mode)
    assert str(uuid.UUID(session_id)) == session_id
    session = look(platform, session_id)
    assert session["mode"] == mode
    assert session["backend_name"] == "ibm_torino"
    assert session["state"] == "open"
    assert session["state_reason"] == "session_created"
    assert session["accepting_jobs"] is True
    assert (session["max_ttl"], session["interactive_ttl"]) == (28800, 60)
    for name in ("started_at", "activated_at", "closed_at", "last_job_started"):
        assert session[name] is None


def test_a_session_may_name_its_backend_in_two_ways(platform: Platform) -> None:
    body = {"mode": "batch", "backend_name": "ibm_fez", "instance": platform.crn}
    session = platform.http.post("/sessions", json=body).json()
    assert session["backend_name"] == "ibm_fez"


@pytest.mark.parametrize(("max_ttl", "given"), [(300, 300), (100_000, 28800)])
def test_a_session_lasts_no_longer_than_the_plan_allows(
    platform: Platform, max_ttl: int, given: int
) -> None:
    assert look(platform, platform.session(max_ttl=max_ttl))["max_ttl"] == given


def test_the_open_plan_has_batches_only(platform_open: Platform) -> None:
    body = {"mode": "dedicated", "backend": "ibm_torino"}
    assert error(platform_open.http.post("/sessions", json=body))[:2] == (400, 1352)
    assert look(platform_open, platform_open.session())["max_ttl"] == 600


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"mode": None}, 400),
        ({"max_ttl": 0}, 400),
        ({"max_ttl": "long"}, 400),
        ({"backend": None}, 400),
        ({"backend": "ibm_nowhere"}, 404),
    ],
)
def test_a_bad_session_is_refused(platform: Platform, change: dict[str, Any], status: int) -> None:
    body = {"mode": "batch", "backend": "ibm_torino"} | change
    body = {name: value for name, value in body.items() if value is not None}
    assert platform.http.post("/sessions", json=body).status_code == status


@pytest.mark.parametrize("body", [{}, {"accepting_jobs": "no"}, {"accepting_jobs": None}])
def test_a_bad_change_is_refused(platform: Platform, body: dict[str, Any]) -> None:
    session_id = platform.session()
    assert platform.http.patch(f"/sessions/{session_id}", json=body).status_code == 400
    assert look(platform, session_id)["accepting_jobs"] is True


def test_a_job_wakes_its_session(platform: Platform) -> None:
    session_id = platform.session(mode="dedicated")
    job = platform.run(session_id=session_id)
    assert job["session_id"] == session_id
    session = look(platform, session_id)
    assert session["state"] == "active"
    assert session["started_at"]
    assert session["activated_at"] == session["started_at"]
    assert session["last_job_completed"] >= session["last_job_started"]
    listed = platform.http.get(f"/jobs?session_id={session_id}").json()["jobs"]
    assert [one["id"] for one in listed] == [job["id"]]


def test_a_session_without_work_goes_idle_and_wakes_again(
    platform: Platform, platform_mock: Mock
) -> None:
    session_id = platform.session()
    platform.run(session_id=session_id)
    platform_mock.clock.advance(61)
    session = look(platform, session_id)
    assert session["state"] == "inactive"
    assert session["state_reason"] == "session_inactivated_by_interactive_ttl"
    platform.run(session_id=session_id)
    assert look(platform, session_id)["state"] == "active"


def test_an_empty_session_closes_when_it_takes_no_more(platform: Platform) -> None:
    session_id = platform.session()
    path = f"/sessions/{session_id}"
    answer = platform.http.patch(path, json={"accepting_jobs": False})
    assert (answer.status_code, answer.content) == (204, b"")
    session = look(platform, session_id)
    assert (session["state"], session["state_reason"]) == ("closed", "session_closed_early")
    assert session["accepting_jobs"] is False
    assert session["closed_at"]
    assert platform.http.patch(path, json={"accepting_jobs": True}).status_code == 204
    session = look(platform, session_id)
    assert (session["state"], session["accepting_jobs"]) == ("closed", True)


def test_a_closed_session_takes_no_jobs(platform: Platform) -> None:
    session_id = platform.session()
    platform.ask("delete_session_close", session=session_id)
    answer = platform.http.post("/jobs", json=sampler(session_id=session_id))
    assert error(answer)[:2] == (409, 1217)


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_a_session_finishes_its_work_before_it_closes(
    platform: Platform, platform_mock: Mock
) -> None:
    session_id = platform.session()
    job_id = platform.submit(session_id=session_id)
    platform.ask("update_session", session=session_id)
    session = look(platform, session_id)
    assert (session["state"], session["accepting_jobs"]) == ("open", False)
    answer = platform.http.post("/jobs", json=sampler(session_id=session_id))
    assert error(answer)[:2] == (409, 1217)
    platform_mock.clock.advance(120)
    assert platform.ask("get_job", job=job_id).json()["status"] == "Completed"
    assert look(platform, session_id)["state"] == "closed"


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_closing_a_session_fails_what_is_queued_and_lets_run_what_runs(
    platform: Platform, platform_mock: Mock
) -> None:
    session_id = platform.session()
    running = platform.submit(session_id=session_id)
    platform_mock.clock.advance(60)
    queued = platform.submit(session_id=session_id)
    answer = platform.ask("delete_session_close", session=session_id)
    assert (answer.status_code, answer.content) == (204, b"")
    assert look(platform, session_id)["state"] == "closed"
    job = platform.ask("get_job", job=queued).json()
    assert job["status"] == "Failed"
    assert job["state"]["reason_code"] == 1217
    assert platform.ask("get_job", job=running).json()["status"] == "Running"
    platform_mock.clock.advance(60)
    assert platform.ask("get_job", job=running).json()["status"] == "Completed"


def test_a_session_closes_when_its_time_is_over(platform: Platform, platform_mock: Mock) -> None:
    session_id = platform.session(max_ttl=300)
    platform.run(session_id=session_id)
    assert 0 < look(platform, session_id)["active_ttl"] <= 300
    platform_mock.clock.advance(301)
    session = look(platform, session_id)
    assert session["state"] == "closed"
    assert session["active_ttl"] == 0
    assert session["elapsed_time"] is not None


def test_a_dedicated_session_that_is_not_used_closes(
    platform: Platform, platform_mock: Mock
) -> None:
    used, unused = platform.session(mode="dedicated"), platform.session(mode="dedicated")
    platform.run(session_id=used)
    platform_mock.clock.advance(1801)
    assert look(platform, unused)["state"] == "closed"
    assert look(platform, used)["state"] == "inactive"


def test_a_batch_uses_the_sum_of_its_jobs(platform: Platform) -> None:
    session_id = platform.session()
    jobs = [platform.run(session_id=session_id) for _ in range(3)]
    platform.ask("update_session", session=session_id)
    charges = [job["usage"]["qpu_charge_time_seconds"] for job in jobs]
    assert look(platform, session_id)["elapsed_time"] == sum(charges) > 0


def test_a_session_of_another_instance_is_not_found(
    platform: Platform, platform_open: Platform
) -> None:
    session_id = platform.session()
    assert platform_open.ask("get_session", session=session_id).status_code == 404
