"""What no client of ours sends: no token, no instance, or what makes no sense."""

from __future__ import annotations

import uuid

import httpx
import pytest

from contract_tests.platform import BODIES, OPERATIONS, QASM, ask, error
from dryshot.contract import Contract, MethodNotAllowed
from dryshot.mock import Mock
from dryshot.targets import Target

GUARDED = sorted(OPERATIONS.keys() - {"get_versions"})


def refused(answer: httpx.Response) -> None:
    assert error(answer)[:2] == (401, 1219)
    assert str(uuid.UUID(answer.json()["trace"])) == answer.json()["trace"]


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_without_a_token_nothing_is_told(platform: httpx.Client, operation: str) -> None:
    del platform.headers["authorization"]
    refused(ask(platform, operation))


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_with_an_unknown_token_nothing_is_told(platform: httpx.Client, operation: str) -> None:
    platform.headers["authorization"] = "Bearer nonsense"
    refused(ask(platform, operation))


@pytest.mark.parametrize("credential", ["", "Bearer", "Basic YTpi", "nonsense"])
def test_with_no_bearer_token_nothing_is_told(platform: httpx.Client, credential: str) -> None:
    platform.headers["authorization"] = credential
    refused(ask(platform, "list_backends"))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_with_a_token_that_was_changed_nothing_is_told(platform: httpx.Client, part: int) -> None:
    parts = platform.headers["authorization"].removeprefix("Bearer ").split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    platform.headers["authorization"] = "Bearer " + ".".join(parts)
    refused(ask(platform, "list_backends"))


@pytest.mark.parametrize("operation", GUARDED)
def test_an_hour_later_a_token_tells_nothing(
    platform: httpx.Client, mock: Mock, operation: str
) -> None:
    assert ask(platform, "get_instance").status_code == 200
    mock.clock.advance(3601)
    refused(ask(platform, operation))


@pytest.mark.dryshot(sentinels=["url", "socket"])  # the key is sent on purpose
@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_a_bare_key_tells_nothing(
    platform: httpx.Client, dryshot_target: Target, operation: str
) -> None:
    platform.headers["authorization"] = f"apikey {dryshot_target.api_token}"
    refused(ask(platform, operation))


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_what_is_no_crn_is_refused(platform: httpx.Client, operation: str) -> None:
    platform.headers["service-crn"] = "nonsense"
    assert ask(platform, operation).status_code == 400


@pytest.mark.parametrize("other", [None, "", "crn:v1:bluemix:public:kms:us-east:a/b:c::"])
def test_without_the_crn_of_an_instance_nothing_is_told(
    platform: httpx.Client, other: str | None
) -> None:
    del platform.headers["service-crn"]
    headers = {} if other is None else {"service-crn": other}
    assert platform.get("/backends", headers=headers).status_code == 400


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
def test_a_method_that_a_path_does_not_have_is_refused(
    platform: httpx.Client, operation: str
) -> None:
    path = OPERATIONS[operation].path
    method, allowed = foreign(path)
    answer = platform.request(method, path)
    assert error(answer)[:2] == (405, 405)
    assert set(answer.headers["allow"].split(", ")) == allowed


def test_a_path_that_does_not_exist_is_not_found(platform: httpx.Client) -> None:
    assert platform.get("/nothing").status_code == 404
    assert platform.get("/jobs/x/interim_results").status_code == 404


@pytest.mark.costs(2)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"program_id": None}, 1208),
        ({"backend": None}, 1208),
        ({"params": [QASM]}, 1208),
        ({"cost": -1}, 1208),
        ({"private": "yes"}, 1208),
        ({"tags": ["x"] * 9}, 1204),
        ({"tags": ["x" * 87]}, 1205),
        ({"start_session": True}, 1208),
    ],
)
def test_a_bad_submission_is_refused(
    platform: httpx.Client, change: dict[str, object], code: int
) -> None:
    body = BODIES["create_job"] | change
    body = {name: value for name, value in body.items() if value is not None}
    assert error(platform.post("/jobs", json=body))[:2] == (400, code)


@pytest.mark.costs(2)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null"])
@pytest.mark.parametrize("operation", BODIES)
def test_what_is_no_json_object_is_refused(
    platform: httpx.Client, operation: str, body: bytes
) -> None:
    asked = OPERATIONS[operation]
    headers = {"content-type": "application/json"}
    path = asked.path.replace("{id}", "x")
    answer = platform.request(asked.method, path, content=body, headers=headers)
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
def test_a_bad_query_is_refused(platform: httpx.Client, url: str) -> None:
    answer = platform.get(url)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=-1", "offset=-1"])
def test_a_page_out_of_range_is_the_usual_one(platform: httpx.Client, query: str) -> None:
    body = platform.get(f"/jobs?{query}").json()
    assert (body["limit"], body["offset"]) == (200, 0)
