from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot import Account, Mock, Pace
from tests.dialects.classic import AUTH, JOB, RUNTIME, error, log_in
from tests.world.worlds import echo

FIXTURES = Path(__file__).parents[2] / "fixtures" / "classic"
HGP = {"hub": "ibm-q-internal", "group": "dev-sys-software", "project": "internal-test"}


def submit(http: httpx.Client, **fields: Any) -> str:
    answer = http.post("/jobs", json=JOB | fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_programs_are_listed_for_everyone(http: httpx.Client) -> None:
    body = http.get("/programs").json()
    names = [program["id"] for program in body["programs"]]
    assert names == ["qasm3-runner", "sampler", "estimator", "circuit-runner"]
    assert body["count"] == 4


def test_programs_are_paged_and_searched(http: httpx.Client) -> None:
    def names(**query: Any) -> list[str]:
        body = http.get("/programs", params=query).json()
        return [program["id"] for program in body["programs"]]

    assert names(limit=2, offset=1) == ["sampler", "estimator"]
    assert names(name="sampler") == ["sampler"]
    assert names(search="observable") == ["estimator"]
    assert names(offset=4) == []


def test_a_program_is_described(http: httpx.Client) -> None:
    program = http.get("/programs/sampler").json()
    assert program["cost"] == 10000
    assert program["creation_date"] == "2021-10-26T14:41:57.000000Z"
    assert "circuits" in program["spec"]["parameters"]["properties"]
    assert error(http.get("/programs/nothing"))[:2] == (404, 1300)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-access-token": ""},
        {"x-access-token": "wrong"},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic wrong"},
        {"authorization": "Bearer"},
    ],
)
def test_without_a_good_token_nothing_is_told(http: httpx.Client, headers: dict[str, str]) -> None:
    for method, path in [("GET", "/backends"), ("POST", "/jobs"), ("GET", "/jobs/x/results")]:
        answer = http.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.content == (FIXTURES / "invalid_credentials.json").read_bytes()


@pytest.mark.parametrize("token", ["access", "api"])
@pytest.mark.parametrize("header", ["x-access-token", "authorization"])
def test_either_credential_may_come_in_either_header(token: str, header: str) -> None:
    mock = Mock(engine=echo, accounts=[Account("mine")])
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        value = log_in(http, "mine")["id"] if token == "access" else "mine"
        shown = f"Bearer {value}" if header == "authorization" else value
        assert http.get("/backends", headers={header: shown}).status_code == 200


def test_backends_are_the_notebooks_with_its_repeat(user: httpx.Client) -> None:
    devices = user.get("/backends").json()["devices"]
    kinds = ["stabilizer", "extended_stabilizer", "statevector", "mps", "stabilizer"]
    assert devices[:5] == [f"simulator_{kind}" for kind in kinds]
    assert "ibm_wellington" in devices[5:]


def test_the_backends_of_one_instance_do_not_repeat(user: httpx.Client) -> None:
    instance = "ibm-q-internal/dev-sys-software/internal-test"
    devices = user.get("/backends", params={"provider": instance}).json()["devices"]
    assert "ibm_wellington" in devices
    assert len(set(devices)) == len(devices)


def test_every_listed_backend_is_described_and_open(user: httpx.Client) -> None:
    for name in set(user.get("/backends").json()["devices"]):
        configuration = user.get(f"/backends/{name}/configuration").json()
        assert configuration["backend_name"] == name
        properties = user.get(f"/backends/{name}/properties").json()
        assert configuration["simulator"] == (properties == {})
        if properties:
            assert len(properties["qubits"]) == configuration["n_qubits"]
        assert user.get(f"/backends/{name}/defaults").status_code == 200
        status = user.get(f"/backends/{name}/status").json()
        assert (status["state"], status["status"], status["length_queue"]) == (True, "active", 0)


def test_properties_may_be_asked_for_as_of_an_instant(user: httpx.Client) -> None:
    url = "/backends/ibm_wellington/properties"
    now = user.get(url).json()
    later = user.get(url, params={"updated_before": "2024-01-01T00:00:00Z"}).json()
    before = user.get(url, params={"updated_before": "2023-01-01T00:00:00Z"}).json()
    assert (later, before) == (now, {})
    assert error(user.get(url, params={"updated_before": "noon"}))[:2] == (400, 1208)


@pytest.mark.parametrize("what", ["configuration", "properties", "defaults", "status"])
def test_an_unknown_backend_is_named(user: httpx.Client, what: str) -> None:
    status, code, message = error(user.get(f"/backends/ibm_nowhere/{what}"))
    assert (status, code) == (404, 1216)
    assert "ibm_nowhere" in message


def test_the_queue_of_a_backend_is_what_waits_for_it(mock: Mock, user: httpx.Client) -> None:
    with mock.clock.frozen():
        for _ in range(3):
            submit(user)
        assert user.get("/backends/ibm_wellington/status").json()["length_queue"] == 3
        mock.clock.advance(10)
        assert user.get("/backends/ibm_wellington/status").json()["length_queue"] == 0


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
    with mock.clock.frozen():
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


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"program_id": None}, 1208, "program_id"),
        ({"program_id": 3}, 1208, "program_id"),
        ({"backend": None}, 1208, "backend"),
        ({"backend": ["ibm_wellington"]}, 1208, "backend"),
        ({"backend": "ibm_nowhere"}, 1216, "ibm_nowhere"),
        ({"params": None}, 1208, "params"),
        ({"params": {}}, 1208, "params.circuits"),
        ({"params": {"circuits": []}}, 1208, "params.circuits"),
        ({"params": {"circuits": [7]}}, 1208, "params.circuits"),
        ({"params": {"circuits": ["x"], "shotz": 1}}, 1208, "shotz"),
        ({"hub": "h"}, 1208, "group"),
        ({"tags": ["x"] * 9}, 1204, "tags"),
        ({"tags": ["x" * 25]}, 1205, "tags"),
        ({"tags": "x"}, 1208, "tags"),
        ({"cost": 0}, 1208, "cost"),
        ({"cost": "long"}, 1208, "cost"),
        ({"log_level": "LOUD"}, 1208, "log_level"),
        ({"start_session": "yes"}, 1208, "start_session"),
        ({"session_id": "none"}, 1208, "session_id"),
        ({"color": "red"}, 1208, "color"),
    ],
)
def test_a_bad_submission_is_told_which_field(
    user: httpx.Client, change: dict[str, Any], code: int, named: str
) -> None:
    body = {key: value for key, value in (JOB | change).items() if value is not None}
    status, got, message = error(user.post("/jobs", json=body))
    assert (status, got) == (400, code)
    assert named in message
    assert user.get("/jobs").json()["count"] == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a":NaN}', b"[" * 100_000]
)
def test_what_is_no_json_object_is_refused(user: httpx.Client, body: bytes) -> None:
    status, code, _ = error(user.post("/jobs", content=body))
    assert (status, code) == (400, 1208)
    assert user.get("/jobs").json()["count"] == 0


def test_another_content_type_is_refused(user: httpx.Client) -> None:
    status, code, message = error(user.post("/jobs", data={"program_id": "sampler"}))
    assert (status, code) == (400, 1208)
    assert "content-type must be application/json" in message


def test_an_unknown_program_is_not_found(user: httpx.Client) -> None:
    status, code, message = error(user.post("/jobs", json=JOB | {"program_id": "nothing"}))
    assert (status, code) == (404, 1300)
    assert "nothing" in message


def test_an_oversized_body_is_refused() -> None:
    mock = Mock(engine=echo, max_body_bytes=100)
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        status, code, message = error(http.post("/jobs", json=JOB))
    assert (status, code) == (400, 1208)
    assert "at most 100" in message
    assert not mock.world.jobs


def test_another_ones_instance_is_forbidden() -> None:
    mine = Account("mine", instances={"h/g/p": ["ibm_wellington"]})
    mock = Mock(engine=echo, accounts=[mine])
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http, "mine")["id"]
        status, code, message = error(http.post("/jobs", json=JOB | HGP))
        assert (status, code) == (403, 1200)
        assert "ibm-q-internal" in message
        assert http.get("/backends").json()["devices"] == ["ibm_wellington"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/jobs/{}", None),
        ("GET", "/jobs/{}/results", None),
        ("GET", "/jobs/{}/logs", None),
        ("GET", "/jobs/{}/metrics", None),
        ("POST", "/jobs/{}/cancel", None),
        ("PUT", "/jobs/{}/tags", {"tags": []}),
        ("DELETE", "/jobs/{}", None),
    ],
)
def test_an_unknown_job_and_another_ones_job_are_not_found(
    user: httpx.Client, method: str, path: str, body: Any
) -> None:
    theirs = submit(user)
    other = {"x-access-token": log_in(user, "someone else")["id"]}
    for job_id in ("nothing", theirs):
        status, code, message = error(
            user.request(method, path.format(job_id), json=body, headers=other)
        )
        assert (status, code, message) == (404, 1291, f"Job not found. Job ID: {job_id}")
    assert user.get("/jobs").json()["count"] == 1


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"pending": "maybe"}, "pending"),
        ({"sort": "UP"}, "sort"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_before": "2016-12-31T23:59:60Z"}, "created_before"),
        ({"provider": "h/g"}, "provider"),
        ({"exclude_params": "1.5"}, "exclude_params"),
    ],
)
def test_a_bad_query_is_told_which_parameter(
    user: httpx.Client, query: dict[str, Any], named: str
) -> None:
    status, code, message = error(user.get("/jobs", params=query))
    assert (status, code) == (400, 1208)
    assert named in message


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
    with mock.clock.frozen():
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
    with mock.clock.frozen():
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


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/programs", "GET"),
        ("PATCH", "/jobs", "GET, POST"),
        ("HEAD", "/backends", "GET"),
        ("PUT", "/jobs/x", "DELETE, GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    user: httpx.Client, method: str, path: str, allowed: str
) -> None:
    answer = user.request(method, path)
    assert answer.status_code == 405
    assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")
    if method != "HEAD":
        assert error(answer)[:2] == (405, 405)


@pytest.mark.parametrize("path", ["/", "/nothing", "/jobs/a/b/c", "//jobs", "/jobs/"])
def test_an_unknown_path_is_not_found(user: httpx.Client, path: str) -> None:
    assert error(user.get(f"{RUNTIME}{path}"))[:2] == (404, 404)


@pytest.mark.parametrize(
    "base",
    [
        "https://api.quantum-computing.ibm.com/runtime",
        "https://api.quantum.ibm.com/runtime",
        "http://127.0.0.1:8787/runtime",
        "http://127.0.0.1:8787",
    ],
)
def test_the_later_hosts_and_any_other_speak_the_same(user: httpx.Client, base: str) -> None:
    assert user.get(f"{base}/backends").status_code == 200
    assert error(user.get("https://api.quantum.ibm.com/backends"))[:2] == (404, 404)
    auth = AUTH if "ibm.com" in base else "http://127.0.0.1:8787/api"
    assert user.post(f"{auth}/users/logout").status_code == 204
    assert user.get(f"{base}/backends").status_code == 401
