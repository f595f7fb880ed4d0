"""Schemathesis drives the platform through the requests mount; nothing may break."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from contract_tests.platform import BODIES, GRANT, IAM, RUNTIME, SEARCH
from dryshot import Mock
from dryshot.contract import Contract
from dryshot.contract.documents import PLATFORM_CONTRACTS
from tests.dialects.platform import LATEST, one

pytestmark = pytest.mark.heavy  # an independent judge; it takes its time

# A request that fits the document may still name what does not exist, so acceptance is not checked.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
effort = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def post(url: str, **arguments: Any) -> Any:
    answer = requests.post(url, timeout=60, **arguments)
    assert answer.status_code == 200, answer.text
    return answer.json()


def log_in() -> dict[str, str]:
    """What names the caller, and the instance of the premium plan."""
    token = post(f"{IAM}/identity/token", data={"grant_type": GRANT, "apikey": "any"})
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    found = post(f"{SEARCH}/v3/resources/search", json={"query": "quantum"}, headers=headers)
    (crn,) = [item["crn"] for item in found["items"] if item["name"] == "premium-instance"]
    return headers | {"Service-CRN": crn, "IBM-API-Version": LATEST}


def exchange(case: Any, name: str) -> None:
    """One request; what it names exists, unless it was made to name what the document forbids."""
    with Mock(engine=one).activate():
        headers = log_in()
        if not case.meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters |= existing(case.operation.path, headers)
        judges = CHECKS
        if case.meta.is_negative_at(ParameterLocation.HEADER):
            # ours go in the place of those that were to be refused
            judges = [check for check in CHECKS if check is not checks.negative_data_rejection]
        base = Contract.load(name).servers[0]
        case.call_and_validate(base_url=base, headers=headers, checks=judges)


def existing(path: str, headers: dict[str, str]) -> dict[str, str]:
    """The id of something that the operations of a path are about, if they are about one."""
    crn = headers["Service-CRN"].split(":")
    match path.split("/{", maxsplit=1)[0]:
        case "/jobs":
            body = dict(BODIES["create_job"])
            id_ = post(f"{RUNTIME}/jobs", json=body, headers=headers)["id"]
        case "/sessions":
            body = dict(BODIES["create_session"])
            id_ = post(f"{RUNTIME}/sessions", json=body, headers=headers)["id"]
        case "/backends":
            id_ = "ibm_fez"
        case "/accounts":
            id_ = crn[6].removeprefix("a/")
        case "/v2/resource_instances":
            id_ = crn[7]
        case _:
            return {}
    return {"id": id_} if "{" in path else {}


def schema(name: str, *, programs: bool = False) -> Any:
    """A document as schemathesis reads it; credentials are ours, and so it makes none up.

    Without ``programs``, what they take is left out: to make that up takes a minute.
    """
    document = copy.deepcopy(dict(Contract.load(name).document))
    if not programs:
        document["components"]["schemas"].get("JobRequest", {}).pop("allOf", None)
    found = schemathesis.openapi.from_dict(document)
    found.config.generation.update(with_security_parameters=False)
    return found


runtime, iam, search, catalog, resources = map(schema, PLATFORM_CONTRACTS)
whole = schema("platform-runtime", programs=True)


@runtime.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_runtime(case: Any) -> None:
    exchange(case, "platform-runtime")


@whole.include(operation_id="create_job").parametrize()  # type: ignore[untyped-decorator] # no types
@effort
def test_submissions_to_every_program(case: Any) -> None:
    exchange(case, "platform-runtime")


@iam.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_iam(case: Any) -> None:
    exchange(case, "platform-iam")


@search.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_search(case: Any) -> None:
    exchange(case, "platform-search")


@catalog.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_catalog(case: Any) -> None:
    exchange(case, "platform-catalog")


@resources.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_resources(case: Any) -> None:
    exchange(case, "platform-resources")
