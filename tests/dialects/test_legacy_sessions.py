from __future__ import annotations

from typing import Any

import httpx
import pytest

from dryshot.mock import Mock
from dryshot.world import Pace
from tests.dialects.classic import HGP, JOB, RUNTIME, error, log_in, submit
from tests.world.worlds import echo

INSTANCE = "/".join(HGP.values())
WANTED = {"backend": "ibm_wellington", "instance": INSTANCE}


def open_session(user: httpx.Client, **fields: Any) -> str:
    answer = user.post("/sessions", json=WANTED | fields)
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["id"]
    return str(answer.json()["id"])


def session(user: httpx.Client, session_id: str) -> Any:
    answer = user.get(f"/sessions/{session_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("start", [True, "True"])
def test_a_session_is_born_with_its_first_job(user: httpx.Client, start: object) -> None:
    answer = user.post("/jobs", json=JOB | HGP | {"start_session": start, "session_time": 600})
    body = answer.json()
    assert answer.text == (
        f'{{"id":"{body["id"]}","backend":"ibm_wellington","session_id":"{body["id"]}"}}'
    )
    born = session(user, body["id"])
    assert (born["id"], born["max_ttl"], born["interactive_ttl"]) == (body["id"], 600, 300)
    assert (born["mode"], born["accepting_jobs"]) == ("dedicated", True)
    second = user.post("/jobs", json=JOB | {"session_id": body["id"]}).json()
    assert second["session_id"] == body["id"]


@pytest.mark.parametrize("start", [False, "False"])
def test_no_session_is_born_where_none_was_asked_for(user: httpx.Client, start: object) -> None:
    body = user.post("/jobs", json=JOB | {"start_session": start}).json()
    assert list(body) == ["id", "backend"]
    assert user.get(f"/sessions/{body['id']}").status_code == 404


def test_a_session_is_opened_before_its_first_job(user: httpx.Client, mock: Mock) -> None:
    made = open_session(user, max_session_ttl=1200, mode="batch")
    assert session(user, made) == {
        "id": made,
        "backend_name": "ibm_wellington",
        "created_at": "2023-09-11T17:27:47.000Z",
        "started_at": None,
        "activated_at": None,
        "closed_at": None,
        "last_job_started": None,
        "last_job_completed": None,
        "interactive_ttl": 300,
        "max_ttl": 1200,
        "active_ttl": 1200,
        "state": "open",
        "accepting_jobs": True,
        "mode": "batch",
    }
    job = submit(user, session_id=made)
    mock.clock.advance(1)
    assert session(user, made)["state"] == "active"
    assert user.get(f"/jobs/{job}").json()["session_id"] == made
    assert user.get("/jobs", params={"session_id": made}).json()["count"] == 1
    mock.clock.advance(301)
    assert session(user, made)["state"] == "inactive"
    submit(user, session_id=made)
    mock.clock.advance(1)
    assert session(user, made)["state"] == "active"
    mock.clock.advance(1200)
    assert session(user, made)["state"] == "closed"


def test_a_session_that_takes_no_more_jobs_closes_after_the_last() -> None:
    mock = Mock(engine=echo, pace=Pace(0, 30))
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as user:
        user.headers["x-access-token"] = log_in(user)["id"]
        made = open_session(user)
        job = submit(user, session_id=made)
        for _ in range(2):
            patched = user.patch(f"/sessions/{made}", json={"accepting_jobs": False})
            assert (patched.status_code, patched.text) == (204, "")
        assert session(user, made)["state"] == "active"
        refused = user.post("/jobs", json=JOB | {"session_id": made})
        assert error(refused) == (400, 1217, f"session_id: Session {made} has been closed")
        mock.clock.advance(30)
        assert user.get(f"/jobs/{job}").json()["status"] == "Completed"
        assert session(user, made)["state"] == "closed"


def test_a_session_closed_at_once_fails_what_is_queued() -> None:
    mock = Mock(engine=echo, pace=lambda job: Pace(90 if "late" in job.tags else 0, 30))
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as user:
        user.headers["x-access-token"] = log_in(user)["id"]
        first = submit(user, start_session=True)
        queued = submit(user, session_id=first, tags=["late"])
        for _ in range(2):
            closed = user.delete(f"/sessions/{first}/close")
            assert (closed.status_code, closed.text) == (204, "")
        refused = user.post("/jobs", json=JOB | {"session_id": first})
        assert error(refused) == (400, 1217, f"session_id: Session {first} has been closed")
        assert user.get(f"/jobs/{first}").json()["state"] == {"status": "Running"}
        assert user.get(f"/jobs/{queued}").json()["state"] == {
            "status": "Failed",
            "reason": f"Session {first} has been closed",
            "reasonCode": 1217,
            "reason_code": 1217,
        }
        mock.clock.advance(100)
        assert user.get(f"/jobs/{first}").json()["state"] == {"status": "Completed"}
        assert session(user, first)["state"] == "closed"


def test_cancelling_the_first_job_closes_its_session(user: httpx.Client) -> None:
    first = user.post("/jobs", json=JOB | {"start_session": True}).json()["id"]
    assert user.post(f"/jobs/{first}/cancel").status_code == 204
    assert session(user, first)["state"] == "closed"


def test_more_is_told_of_a_session_with_its_jobs(user: httpx.Client) -> None:
    made = open_session(user)
    jobs = [submit(user, session_id=made) for _ in range(2)]
    plain = session(user, made)
    more = user.get(f"/sessions/{made}/extended").json()
    assert more.keys() == plain.keys() | {"jobs"}
    assert more["jobs"] == jobs


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/sessions/{}", None),
        ("GET", "/sessions/{}/extended", None),
        ("PATCH", "/sessions/{}", {"accepting_jobs": False}),
        ("DELETE", "/sessions/{}/close", None),
    ],
)
def test_an_unknown_session_and_another_ones_are_not_found(
    user: httpx.Client, method: str, path: str, body: object
) -> None:
    theirs = open_session(user)
    other = {"x-access-token": log_in(user, "someone else")["id"]}
    for one in ("nothing", theirs):
        refused = user.request(method, path.format(one), json=body, headers=other)
        assert error(refused) == (404, "not_found", "unknown session")
    assert session(user, theirs)["state"] == "open"


@pytest.mark.parametrize(
    ("fields", "status", "code", "named"),
    [
        ({"backend": "nothing"}, 400, 1216, "backend"),
        ({"instance": "h/g"}, 400, 1208, "instance"),
        ({"max_session_ttl": 0}, 400, 1208, "max_session_ttl"),
        ({"mode": "fast"}, 400, 1208, "mode"),
        ({"surprise": 1}, 400, 1208, "surprise"),
    ],
)
def test_a_bad_session_is_told_what_is_wrong(
    user: httpx.Client, fields: dict[str, Any], status: int, code: int, named: str
) -> None:
    refused = error(user.post("/sessions", json=WANTED | fields))
    assert refused[:2] == (status, code)
    assert named in refused[2]
