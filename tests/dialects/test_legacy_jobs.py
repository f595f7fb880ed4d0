from __future__ import annotations

import json
from typing import Any

import httpx

from dryshot import Mock, Pace
from tests.dialects.classic import HGP, JOB, RUNTIME, error, log_in, submit
from tests.world.worlds import echo


def test_a_new_job_is_answered_with_id_and_backend_alone(user: httpx.Client) -> None:
    answer = user.post("/jobs", json=JOB | HGP)
    job_id = answer.json()["id"]
    assert answer.status_code == 200
    assert answer.text == f'{{"id":"{job_id}","backend":"ibm_wellington"}}'


def test_a_body_without_content_type_is_read_as_json(user: httpx.Client) -> None:
    answer = user.post("/jobs", content=json.dumps(JOB).encode())
    assert "content-type" not in answer.request.headers
    assert answer.status_code == 200


def test_a_job_is_running_and_then_has_results(user: httpx.Client) -> None:
    job_id = submit(user, **HGP, tags=["a"])
    job = user.get(f"/jobs/{job_id}").json()
    assert job["state"] == {"status": "Running"}
    assert job["status"] == "Running"
    assert {key: job[key] for key in HGP} == HGP
    assert job["params"] == JOB["params"]
    assert job["program"] == {"id": "sampler"}
    assert job["tags"] == ["a"]
    assert job["cost"] == 10000
    results = user.get(f"/jobs/{job_id}/results")
    assert results.json() == {"quasi_dists": [{"1": 1.0}], "metadata": [{"shots": 2}]}
    assert results.headers["content-type"].startswith("application/json")
    done = user.get(f"/jobs/{job_id}", params={"exclude_params": "true"}).json()
    assert done["state"] == {"status": "Completed"}
    assert "params" not in done
    assert done["usage"] == {"seconds": 2.0}


def test_results_before_the_end_are_empty(mock: Mock, user: httpx.Client) -> None:
    with mock.clock.freeze():
        answer = user.get(f"/jobs/{submit(user)}/results")
    assert (answer.status_code, answer.text) == (204, "")


def test_a_failed_job_tells_reason_and_traceback() -> None:
    def fail(task: Any) -> Any:
        raise ArithmeticError(task.program_id)

    with httpx.Client(transport=Mock(engine=fail).transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        job_id = submit(http)
        http.get("/programs")
        state = http.get(f"/jobs/{job_id}").json()["state"]
        results = http.get(f"/jobs/{job_id}/results")
    assert state == {
        "status": "Failed",
        "reason": "Internal error: sampler",
        "reasonCode": 9999,
        "reason_code": 9999,
    }
    assert results.headers["content-type"].startswith("text/plain")
    assert results.text.startswith("Traceback")


def test_jobs_are_listed_page_by_page_newest_first(user: httpx.Client) -> None:
    ids = [submit(user) for _ in range(5)][::-1]
    body = user.get("/jobs", params={"limit": 2, "offset": 1}).json()
    assert [job["id"] for job in body["jobs"]] == ids[1:3]
    assert (body["count"], body["limit"], body["offset"]) == (5, 2, 1)
    assert "params" not in body["jobs"][0]
    full = user.get("/jobs", params={"exclude_params": "false", "sort": "ASC"}).json()
    assert [job["id"] for job in full["jobs"]] == ids[::-1]
    assert full["jobs"][0]["params"] == JOB["params"]
    assert full["limit"] == 200


def test_jobs_are_listed_by_what_they_are(user: httpx.Client) -> None:
    first = submit(user, tags=["x", "y"], **HGP)
    second = submit(user, backend="ibmq_qasm_simulator", tags=["x"])

    def ids(*query: tuple[str, str]) -> list[str]:
        return [job["id"] for job in user.get("/jobs", params=list(query)).json()["jobs"]]

    assert ids(("tags", "x")) == [second, first]
    assert ids(("tags", "x"), ("tags", "y")) == [first]
    assert ids(("backend", "ibm_wellington")) == [first]
    assert ids(("program", "sampler")) == [second, first]
    assert ids(("program", "estimator")) == []
    assert ids(("provider", "/".join(HGP.values()))) == [first]
    assert ids(("pending", "true")) == []
    assert ids(("pending", "false")) == [second, first]
    assert ids(("created_before", "2023-09-11t17:27:47z"), ("sort", "ASC")) == [first]
    assert ids(("created_after", "2023-09-11T19:27:48.000000001+02:00")) == [second]


def test_a_job_can_be_cancelled_once(mock: Mock, user: httpx.Client) -> None:
    with mock.clock.freeze():
        job_id = submit(user)
        answer = user.post(f"/jobs/{job_id}/cancel")
        assert (answer.status_code, answer.text) == (204, "")
        assert user.get(f"/jobs/{job_id}").json()["state"] == {"status": "Cancelled"}
        assert error(user.post(f"/jobs/{job_id}/cancel"))[:2] == (409, 1306)
        assert user.get(f"/jobs/{job_id}/results").status_code == 204


def test_a_deleted_job_is_gone(user: httpx.Client) -> None:
    job_id = submit(user)
    assert user.delete(f"/jobs/{job_id}").status_code == 204
    assert user.get(f"/jobs/{job_id}").status_code == 404
    assert user.get("/jobs").json() == {"jobs": [], "count": 0, "limit": 200, "offset": 0}


def test_tags_are_replaced(user: httpx.Client) -> None:
    job_id = submit(user, tags=["old"])
    answer = user.put(f"/jobs/{job_id}/tags", content=b'{"tags":["new","er"]}')
    assert (answer.status_code, answer.text) == (204, "")
    assert user.get(f"/jobs/{job_id}").json()["tags"] == ["new", "er"]
    for body, code in [({"tags": ["x"] * 9}, 1204), ({"tags": ["x" * 25]}, 1205), ({}, 1208)]:
        assert error(user.put(f"/jobs/{job_id}/tags", json=body))[:2] == (400, code)
    assert user.get(f"/jobs/{job_id}").json()["tags"] == ["new", "er"]


def test_metrics_tell_when_and_how_much(mock: Mock, user: httpx.Client) -> None:
    with mock.clock.freeze():
        job_id = submit(user)
        before = user.get(f"/jobs/{job_id}/metrics").json()
        mock.clock.advance(10)
        after = user.get(f"/jobs/{job_id}/metrics").json()
    assert before["timestamps"] == {
        "created": "2023-09-11T17:27:46.000000Z",
        "running": None,
        "finished": None,
    }
    assert after["timestamps"]["running"] == "2023-09-11T17:27:46.500000Z"
    assert after["timestamps"]["finished"] == "2023-09-11T17:27:47.500000Z"
    assert after["usage"]["quantum_seconds"] == 2.0
    assert "," in after["qiskit_version"]


def test_a_session_starts_with_a_job(user: httpx.Client) -> None:
    answer = user.post("/jobs", json=JOB | {"start_session": "True"}).json()
    assert answer["session_id"] == answer["id"]
    joined = user.post("/jobs", json=JOB | {"session_id": answer["id"]}).json()
    assert joined["session_id"] == answer["id"]
    listed = user.get("/jobs", params={"session_id": answer["id"]}).json()
    assert listed["count"] == 2
    assert "session_id" not in user.post("/jobs", json=JOB | {"start_session": "False"}).json()


def test_a_job_that_runs_too_long_is_cancelled_with_the_reason() -> None:
    mock = Mock(engine=echo, pace=Pace(0, 100))
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        job_id = submit(http, cost=10)
        mock.clock.advance(10)
        state = http.get(f"/jobs/{job_id}").json()["state"]
    assert (state["status"], state["reason"]) == ("Cancelled", "Ran too long")
