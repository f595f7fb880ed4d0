from __future__ import annotations

import uuid

import httpx
import pytest

from contract_tests.platform import NONSENSE, OPERATIONS, QASM, Platform, error
from dryshot.contract import Contract, MethodNotAllowed
from dryshot.mock import Mock

GUARDED = sorted(OPERATIONS.keys() - {"get_versions"})
DROPPED = ("get_job_interim_results", "get_job_transpiled_circuits")
OF_A_JOB = sorted(
    name for name, ask in OPERATIONS.items() if "{job}" in ask.path and name not in DROPPED
)
OF_A_BACKEND = sorted(name for name, ask in OPERATIONS.items() if "{backend}" in ask.path)
OF_A_SESSION = sorted(name for name, ask in OPERATIONS.items() if "{session}" in ask.path)


def test_every_operation_of_the_document_is_asked_for() -> None:
    assert OPERATIONS.keys() == Contract.load("platform-runtime").operations.keys()


def refused(answer: httpx.Response) -> None:
    assert error(answer)[:2] == (401, 1219)
    assert str(uuid.UUID(answer.json()["trace"])) == answer.json()["trace"]


@pytest.mark.parametrize("operation", GUARDED)
def test_without_a_token_nothing_is_told(platform: Platform, operation: str) -> None:
    del platform.http.headers["authorization"]
    refused(platform.ask(operation))


@pytest.mark.parametrize("operation", GUARDED)
def test_with_an_unknown_token_nothing_is_told(platform: Platform, operation: str) -> None:
    platform.http.headers["authorization"] = "Bearer nonsense"
    refused(platform.ask(operation))


@pytest.mark.parametrize("credential", ["", "Bearer", "Basic YTpi", "nonsense"])
def test_with_no_bearer_token_nothing_is_told(platform: Platform, credential: str) -> None:
    platform.http.headers["authorization"] = credential
    refused(platform.ask("list_backends"))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_with_a_token_that_was_changed_nothing_is_told(platform: Platform, part: int) -> None:
    parts = platform.http.headers["authorization"].removeprefix("Bearer ").split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    platform.http.headers["authorization"] = "Bearer " + ".".join(parts)
    refused(platform.ask("list_backends"))


@pytest.mark.parametrize("operation", GUARDED)
def test_an_hour_later_a_token_tells_nothing(
    platform: Platform, platform_mock: Mock, operation: str
) -> None:
    assert platform.ask("get_instance").status_code == 200
    platform_mock.clock.advance(3601)
    refused(platform.ask(operation))


@pytest.mark.parametrize("operation", GUARDED)
def test_a_bare_key_tells_nothing(platform: Platform, platform_key: str, operation: str) -> None:
    platform.http.headers["authorization"] = f"apikey {platform_key}"
    refused(platform.ask(operation))


@pytest.mark.parametrize("operation", GUARDED)
def test_an_instance_of_another_account_is_forbidden(platform: Platform, operation: str) -> None:
    foreign = platform.crn.replace(platform.account, "f" * 32)
    platform.http.headers["service-crn"] = foreign
    assert error(platform.ask(operation))[:2] == (403, 1200)


@pytest.mark.parametrize("operation", GUARDED)
def test_an_instance_of_another_region_is_not_found(platform: Platform, operation: str) -> None:
    foreign = platform.crn.replace(":us-east:", ":eu-de:")
    platform.http.headers["service-crn"] = foreign
    status, code, message = error(platform.ask(operation))
    assert (status, code) == (404, 1279)
    assert foreign in message


@pytest.mark.parametrize("operation", GUARDED)
def test_what_is_no_crn_is_refused(platform: Platform, operation: str) -> None:
    platform.http.headers["service-crn"] = "nonsense"
    assert platform.ask(operation).status_code == 400


@pytest.mark.parametrize("crn", [None, "", "crn:v1:bluemix:public:kms:us-east:a/b:c::"])
def test_without_the_crn_of_an_instance_nothing_is_told(
    platform: Platform, crn: str | None
) -> None:
    del platform.http.headers["service-crn"]
    headers = {} if crn is None else {"service-crn": crn}
    assert platform.http.get("/backends", headers=headers).status_code == 400


def foreign(path: str) -> tuple[str, set[str]]:
    """A method that the path does not have, and those that it has."""
    contract = Contract.load("platform-runtime")
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        try:
            contract.match(method, path)
        except MethodNotAllowed as reason:
            return method, set(reason.allowed)
    raise AssertionError(f"{path} has every method")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_method_that_a_path_does_not_have_is_refused(platform: Platform, operation: str) -> None:
    path = OPERATIONS[operation].path.partition("?")[0]
    method, allowed = foreign(path)
    answer = platform.http.request(method, path)
    assert error(answer)[:2] == (405, 405)
    assert set(answer.headers["allow"].split(", ")) == allowed


def test_a_path_that_does_not_exist_is_not_found(platform: Platform) -> None:
    assert platform.http.get("/nothing").status_code == 404
    assert platform.http.get("/jobs/x/interim_results").status_code == 404


@pytest.mark.parametrize("operation", OF_A_JOB)
def test_an_unknown_job_is_named(platform: Platform, operation: str) -> None:
    answer = platform.ask(operation, job="no-such-job")
    assert error(answer) == (404, 1291, "Job not found. Job ID: no-such-job")


@pytest.mark.parametrize("operation", DROPPED)
def test_what_was_dropped_is_there_in_the_versions_before(
    platform: Platform, operation: str
) -> None:
    job_id = platform.run()["id"]
    assert error(platform.ask(operation, job=job_id))[:2] == (404, 404)
    platform.http.headers["ibm-api-version"] = "2025-05-01"
    unknown = platform.ask(operation, job="no-such-job")
    assert error(unknown) == (404, 1291, "Job not found. Job ID: no-such-job")
    answer = platform.ask(operation, job=job_id)
    if operation == "get_job_interim_results":
        assert (answer.status_code, answer.text) == (200, "")
    else:
        assert error(answer) == (404, 1291, "Transpiled circuits not found")


@pytest.mark.parametrize("operation", OF_A_BACKEND)
def test_an_unknown_device_is_not_found(platform: Platform, operation: str) -> None:
    answer = platform.ask(operation, backend="ibm_nowhere")
    assert error(answer) == (404, "not_found", "device not found")


@pytest.mark.parametrize("operation", OF_A_SESSION)
def test_an_unknown_session_is_not_found(platform: Platform, operation: str) -> None:
    assert error(platform.ask(operation, session=str(uuid.uuid4())))[:2] == (404, "not_found")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"program_id": None}, 400, 1208),
        ({"backend": None}, 400, 1208),
        ({"params": [QASM]}, 400, 1208),
        ({"params": {"pubs": [], "surprise": 1}}, 400, 1208),
        ({"cost": -1}, 400, 1208),
        ({"private": "yes"}, 400, 1208),
        ({"tags": ["x"] * 9}, 400, 1204),
        ({"tags": ["x" * 87]}, 400, 1205),
        ({"start_session": True}, 400, 1208),
        ({"program_id": "circuit-runner", "params": {}}, 400, 1212),
        ({"program_id": "qasm3-runner", "params": {}}, 400, 1213),
        ({"program_id": "no-such-program", "params": {}}, 404, 1300),
        ({"backend": "ibm_nowhere"}, 404, 1216),
        ({"session_id": "no-such-session"}, 404, "not_found"),
    ],
)
def test_a_bad_submission_is_refused(
    platform: Platform, change: dict[str, object], status: int, code: int | str
) -> None:
    body = OPERATIONS["create_job"].body | change
    body = {name: value for name, value in body.items() if value is not None}
    assert error(platform.http.post("/jobs", json=body))[:2] == (status, code)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null"])
@pytest.mark.parametrize(
    "operation",
    [
        "create_job",
        "create_session",
        "replace_instance_configuration",
        "replace_job_tags",
        "update_session",
    ],
)
def test_what_is_no_json_object_is_refused(platform: Platform, operation: str, body: bytes) -> None:
    ask = OPERATIONS[operation]
    path = ask.path.format(job="x", session="x")
    headers = {"content-type": "application/json"}
    answer = platform.http.request(ask.method, path, content=body, headers=headers)
    assert error(answer)[:2] == (400, 1208)


@pytest.mark.parametrize(
    "url",
    [
        "/backends?fields=everything",
        "/backends?include_mocks=perhaps",
        "/backends/ibm_fez/properties?updated_before=yesterday",
        "/backends/ibm_fez/configuration?calibration_id=",
        "/jobs?pending=perhaps",
        "/jobs?sort=UP",
        "/jobs?created_after=yesterday",
        "/jobs/x?exclude_params=perhaps",
        "/tags",
        "/tags?type=job&search=ab",
        "/tags?type=user&search=abc",
        "/accounts/a.b",
        "/workloads?limit=51",
        "/workloads?mode=all",
        "/workloads?status=done",
        "/workloads?next=nonsense",
        "/analytics/usage?interval_start=yesterday",
        "/analytics/usage?subscription_id=one",
        "/analytics/usage_grouped",
        "/analytics/usage_grouped?group_by=colour",
        "/analytics/usage_grouped_by_date?group_by=backend",
        "/analytics/usage?interval_start=2026-02-02T00:00:00Z&interval_end=2026-02-01T00:00:00Z",
    ],
)
def test_a_bad_query_is_refused(platform: Platform, url: str) -> None:
    answer = platform.http.get(url)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=-1", "offset=-1"])
def test_a_page_out_of_range_is_the_usual_one(platform: Platform, query: str) -> None:
    body = platform.http.get(f"/jobs?{query}").json()
    assert (body["limit"], body["offset"]) == (200, 0)


def test_a_bad_circuit_is_accepted_and_fails_later(platform: Platform) -> None:
    job = platform.run(params={"pubs": [[NONSENSE]], "version": 2})
    assert job["status"] == job["state"]["status"] == "Failed"
    assert job["state"]["reason_code"] in {1506, 1603}
    assert job["usage"]["qpu_charge_time_seconds"] <= 2
