from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from contract_tests.platform import IAM
from dryshot import Account, Mock
from dryshot.contract.documents import Documents
from dryshot.http import Response
from dryshot.mounts.httpx import from_httpx
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.redaction import find_secrets, redact
from dryshot.world.platform import parse_crn
from tests.dialects.classic import AUTH, RUNTIME
from tests.dialects.classic import JOB as CLASSIC_JOB
from tests.dialects.platform import log_in, sampler
from tests.dialects.platform import one as engine
from tests.recording.redaction.secrets import WHEN, readings, written

KEY = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE"
PLATFORM = "https://quantum.cloud.ibm.com/api/v1"
RESOURCES = "https://resource-controller.cloud.ibm.com/v2"
DOCUMENTS = Documents()


class Recording(httpx.BaseTransport):
    """A mock's transport that takes down what goes through it."""

    def __init__(self, mock: Mock) -> None:
        self._inner = mock.transport()
        self.interactions: list[Interaction] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        plain = from_httpx(request)
        answer = self._inner.handle_request(request)
        answer.read()
        found = DOCUMENTS.find(plain)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        self.interactions.append(
            Interaction(
                plain,
                Response(answer.status_code, headers, answer.content),
                WHEN,
                operation=found.key if found else None,
            )
        )
        return answer


@pytest.fixture(scope="module")
def recorded() -> list[Interaction]:
    account = Account(
        KEY, user_id="IBMid-550000ABCD", account_id="7c0ffee5d1a24b6e9f3012ab34cd56ef"
    )
    recording = Recording(Mock(accounts=[account], engine=engine))
    with httpx.Client(transport=recording) as http:
        headers = log_in(http, KEY)
        crn = headers["service-crn"]
        http.headers.update(headers)
        created = http.post(f"{PLATFORM}/jobs", json=sampler()).json()
        job = f"{PLATFORM}/jobs/{created['id']}"
        http.get(f"{RESOURCES}/resource_instances/{quote(crn, safe='')}")
        http.get(f"{PLATFORM}/accounts/{account.account_id}")
        session = {"mode": "dedicated", "backend": "ibm_torino", "instance": crn}
        opened = http.post(f"{PLATFORM}/sessions", json=session).json()
        for url in (
            *(job, f"{job}/results", f"{job}/metrics", f"{PLATFORM}/jobs", f"{PLATFORM}/workloads"),
            *(f"{PLATFORM}/instances/usage", f"{PLATFORM}/analytics/filters"),
            *(f"{PLATFORM}/backends", f"{PLATFORM}/backends/ibm_torino/properties"),
            f"{PLATFORM}/sessions/{opened['id']}",
        ):
            assert http.get(url).status_code == 200, url
        unknown = f"{crn[:-10]}0000000z::"
        assert http.get(f"{PLATFORM}/jobs", headers={"service-crn": unknown}).status_code >= 400
    with httpx.Client(transport=recording) as http:
        token = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": KEY}).json()["id"]
        http.headers["x-access-token"] = token
        made = http.post(f"{RUNTIME}/jobs", json=CLASSIC_JOB).json()["id"]
        assert http.get(f"{RUNTIME}/jobs/{made}").status_code == 200
    return recording.interactions


@pytest.fixture(scope="module")
def cassette(recorded: list[Interaction]) -> Cassette:
    return redact(recorded, recorded=WHEN, provenance=f"made with {KEY}")


def answers(cassette: Cassette, operation: str) -> Iterator[Any]:
    for one in cassette.of(operation):
        yield json.loads(one.response.body)


def test_no_secret_of_a_real_exchange_is_left(
    recorded: list[Interaction], cassette: Cassette
) -> None:
    before = written(Cassette(tuple(recorded), WHEN))
    secrets = {KEY, "550000ABCD", "7c0ffee5d1a24b6e9f3012ab34cd56ef"}
    secrets |= set(re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|crn:v1:\S+?::", before))
    secrets |= {crn.split(":")[7] for crn in secrets if crn.startswith("crn")}
    secrets.add(next(json.loads(one.response.body)["id"] for one in recorded if _logs_in(one)))
    assert len(secrets) >= 9
    for text in readings(written(cassette), 2):
        assert not [secret for secret in secrets if secret in text]
    assert find_secrets(before)
    assert find_secrets(written(cassette)) == []


def _logs_in(one: Interaction) -> bool:
    return one.operation == "legacy-auth.login_with_token"


def test_redacted_answers_are_what_the_documents_allow(cassette: Cassette) -> None:
    for one in cassette.interactions:
        found = DOCUMENTS.find(one.request)
        assert found is not None
        assert found.key == one.operation
        found.contract.check_response(found.operation, one.response)
        if one.response.status < 400:
            call = found.contract.match(one.request.method, found.path)
            found.contract.read_request(call, one.request)


def test_links_between_calls_hold(cassette: Cassette) -> None:
    sent = {one.request.headers["service-crn"] for one in cassette.of("platform-runtime.list_jobs")}
    (searched,) = answers(cassette, "platform-search.search_resources")
    (usage,) = answers(cassette, "platform-runtime.get_usage")
    crns = {item["crn"] for item in searched["items"]}
    assert usage["instance_id"] in crns & sent
    parts = parse_crn(usage["instance_id"])
    assert (parts.region, set(parts.account_id[:31])) == ("us-east", {"0"})
    (account,) = cassette.of("platform-runtime.get_account")
    assert account.request.path.endswith(f"/accounts/{parts.account_id}")
    (resource,) = cassette.of("platform-resources.get_resource_instance")
    assert quote(usage["instance_id"], safe="") in resource.request.path
    (job,) = answers(cassette, "platform-runtime.get_job")
    (filters,) = answers(cassette, "platform-runtime.analytics_filters")
    assert filters["users"] == [{"id": job["user_id"]}]
    assert job["user_id"].startswith("IBMid-0000")


def test_a_bearer_token_still_decodes_with_its_times_for_nobody(
    recorded: list[Interaction], cassette: Cassette
) -> None:
    def claims(interactions: Any) -> tuple[str, dict[str, Any]]:
        body = next(
            json.loads(x.response.body) for x in interactions if IAM.endswith(x.request.host)
        )
        payload = body["access_token"].split(".")[1]
        return body["access_token"], json.loads(base64.urlsafe_b64decode(f"{payload}=="))

    (_, before), (token, after) = claims(recorded), claims(cassette.interactions)
    assert before["iat"] > 0
    assert {name: after[name] for name in ("iat", "exp", "iss", "scope")} == {
        name: before[name] for name in ("iat", "exp", "iss", "scope")
    }
    assert list(after) == list(before)
    assert after["iam_id"] == f"IBMid-{after['sub']}" != before["iam_id"]
    bearers = {one.request.headers.get("authorization", "") for one in cassette.interactions}
    assert f"Bearer {token}" in bearers
    assert base64.urlsafe_b64decode(token.split(".")[2] + "==") == b"redacted-by-dryshot-000001"


def test_what_is_no_secret_stays(recorded: list[Interaction], cassette: Cassette) -> None:
    for operation in ("get_job_results_jid", "get_backend_properties", "list_backends"):
        (before,) = (x for x in recorded if x.operation == f"platform-runtime.{operation}")
        (after,) = cassette.of(f"platform-runtime.{operation}")
        assert after.response == before.response
        assert after.request.path == before.request.path
    for one, other in zip(recorded, cassette.interactions, strict=True):
        assert (one.operation, one.at, one.response.status) == (
            other.operation,
            other.at,
            other.response.status,
        )


def test_a_cassette_says_what_was_replaced(cassette: Cassette) -> None:
    assert cassette.redaction == {
        "account id": 1,
        "api key": 1,
        "crn": 3,
        "instance id": 3,
        "jwt": 1,
        "token": 1,
        "user id": 2,
    }
    assert cassette.provenance == f"made with redacted{1:036d}"
