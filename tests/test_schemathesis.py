"""Schemathesis drives every operation through the requests mount; nothing may break."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from dryshot import Mock
from dryshot.contract import Contract
from tests.dialects.classic import AUTH, JOB, RUNTIME
from tests.world.worlds import echo

BASES = {"legacy-auth": AUTH, "legacy-runtime": RUNTIME}
# A request that fits the document may still name what does not exist, so acceptance is not checked.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
pytestmark = pytest.mark.heavy  # an independent judge; it takes its time

effort = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def exchange(case: Any, name: str) -> None:
    with Mock(engine=echo).activate():
        login = requests.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "any"}, timeout=60)
        headers = {"x-access-token": login.json()["id"]}
        job = requests.post(f"{RUNTIME}/jobs", json=JOB, headers=headers, timeout=60)
        if "job_id" in case.path_parameters:
            case.path_parameters["job_id"] = job.json()["id"]
        if "backend_name" in case.path_parameters:
            case.path_parameters["backend_name"] = "ibm_wellington"
        case.call_and_validate(base_url=BASES[name], headers=headers, checks=CHECKS)


auth = schemathesis.openapi.from_dict(dict(Contract.load("legacy-auth").document))
runtime = schemathesis.openapi.from_dict(dict(Contract.load("legacy-runtime").document))


@auth.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_auth(case: Any) -> None:
    exchange(case, "legacy-auth")


@runtime.parametrize()  # type: ignore[untyped-decorator] # schemathesis has no types
@effort
def test_runtime(case: Any) -> None:
    exchange(case, "legacy-runtime")
