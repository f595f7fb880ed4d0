from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest

from dryshot import Limits
from dryshot.mock import Mock
from tests.dialects.classic import JOB, RUNTIME, error, log_in
from tests.world.worlds import echo

SOURCE = base64.b64encode(b"print('hello')").decode()
PROGRAM = {
    "name": "My program",
    "data": SOURCE,
    "cost": 60,
    "description": "Greets.",
    "tags": ["a"],
}
CLOSED = (
    '{"errors":[{"code":1200,"message":"Custom programs are no longer supported",'
    '"solution":"Use the programs of GET /programs.",'
    '"more_info":"https://docs.quantum-computing.ibm.com/errors"}]}'
)


@pytest.fixture
def owner() -> Iterator[httpx.Client]:
    """A user of a service that still takes programs."""
    mock = Mock(engine=echo, limits=Limits(uploads=True))
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        yield http


def upload(owner: httpx.Client, **fields: object) -> str:
    answer = owner.post("/programs", json=PROGRAM | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ids(http: httpx.Client, **headers: str) -> list[str]:
    programs = http.get("/programs", headers=headers).json()
    assert programs["count"] == len(programs["programs"])
    return [program["id"] for program in programs["programs"]]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/programs", PROGRAM),
        ("PATCH", "/programs/sampler", {"cost": 5}),
        ("PUT", "/programs/sampler/public", None),
        ("PUT", "/programs/sampler/private", None),
        ("DELETE", "/programs/sampler", None),
    ],
)
def test_no_program_can_be_changed_any_more(
    user: httpx.Client, method: str, path: str, body: object
) -> None:
    before = user.get("/programs").text
    refused = user.request(method, path, json=body)
    assert (refused.status_code, refused.text) == (403, CLOSED)
    assert user.get("/programs").text == before


def test_no_source_can_be_changed_any_more(user: httpx.Client) -> None:
    refused = user.put("/programs/sampler/data", content=SOURCE)
    assert (refused.status_code, refused.text) == (403, CLOSED)


def test_an_uploaded_program_is_its_owners_alone(owner: httpx.Client) -> None:
    answer = owner.post("/programs", json=PROGRAM)
    body = answer.json()
    assert answer.status_code == 201
    assert body["id"].startswith("my-program-")
    assert (body["name"], body["cost"], body["is_public"]) == ("My program", 60, False)
    assert (body["tags"], "data" in body) == (["a"], False)
    path = f"/programs/{body['id']}"
    assert owner.get(path).json() == body | {"data": SOURCE}
    other = {"x-access-token": log_in(owner, "someone else")["id"]}
    assert error(owner.get(path, headers=other))[:2] == (404, 1300)
    assert error(owner.get(path, headers={"x-access-token": "wrong"}))[:2] == (404, 1300)
    assert error(owner.post("/jobs", json=JOB | {"program_id": body["id"]}, headers=other)) == (
        404,
        1300,
        f"Program not found. Program ID: {body['id']}",
    )
    assert (body["id"] in ids(owner), body["id"] in ids(owner, **other)) == (True, False)


def test_a_public_program_is_everybodys_and_its_source_is_not(owner: httpx.Client) -> None:
    made = upload(owner)
    other = {"x-access-token": log_in(owner, "someone else")["id"]}
    assert owner.put(f"/programs/{made}/public").status_code == 204
    seen = owner.get(f"/programs/{made}", headers=other).json()
    assert (seen["is_public"], "data" in seen) == (True, False)
    assert error(owner.delete(f"/programs/{made}", headers=other))[:2] == (403, 1200)
    assert owner.put(f"/programs/{made}/private").status_code == 204
    assert made not in ids(owner, **other)


def test_a_program_is_described_otherwise_and_deleted(owner: httpx.Client) -> None:
    made = upload(owner)
    changed = {"cost": 99, "spec": {"parameters": {"type": "object"}}}
    assert owner.patch(f"/programs/{made}", json=changed).status_code == 204
    body = owner.get(f"/programs/{made}").json()
    assert (body["cost"], body["spec"]["parameters"]) == (99, {"type": "object"})
    assert body["update_date"] > body["creation_date"]
    other = base64.b64encode(b"pass").decode()
    headers = {"content-type": "application/octet-stream"}
    put = owner.put(f"/programs/{made}/data", content=other, headers=headers)
    assert put.status_code == 204
    assert owner.get(f"/programs/{made}").json()["data"] == other
    assert owner.delete(f"/programs/{made}").status_code == 204
    assert error(owner.delete(f"/programs/{made}"))[:2] == (404, 1300)


def test_a_name_is_taken_once(owner: httpx.Client) -> None:
    upload(owner)
    status, code, message = error(owner.post("/programs", json=PROGRAM))
    assert (status, code, message) == (409, 409, "there is a program 'My program' already.")
    other = {"x-access-token": log_in(owner, "someone else")["id"]}
    assert owner.post("/programs", json=PROGRAM, headers=other).status_code == 201


@pytest.mark.parametrize("data", ["not base64!", "=", "é"])
def test_a_source_must_be_base64(owner: httpx.Client, data: str) -> None:
    status, code, message = error(owner.post("/programs", json=PROGRAM | {"data": data}))
    assert (status, code) == (400, 1208)
    assert message == "data: the source must be sent in base64, and not be empty"


def test_the_services_own_programs_are_nobodys(owner: httpx.Client) -> None:
    assert error(owner.delete("/programs/sampler"))[:2] == (403, 1200)
    assert ids(owner) == ["qasm3-runner", "sampler", "estimator", "circuit-runner"]


@pytest.mark.filterwarnings("ignore:job results are made up")
def test_an_uploaded_program_is_never_executed() -> None:
    mock = Mock(engine="stub", limits=Limits(uploads=True))
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        job = http.post("/jobs", json=JOB | {"program_id": upload(http), "params": {}}).json()["id"]
        mock.clock.advance(5)
        state = http.get(f"/jobs/{job}").json()["state"]
    assert state["status"] == "Failed"
    assert "there is no program 'my-program-" in state["reason"]


@pytest.mark.parametrize("uploads", [None, 1, "yes"])
def test_uploads_are_allowed_or_not(uploads: object) -> None:
    with pytest.raises(ValueError, match=r"limits\.uploads is .*; it is True or False"):
        Limits.of({"uploads": uploads})
