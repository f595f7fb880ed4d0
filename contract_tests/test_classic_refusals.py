"""What no client of ours sends to the classic services, and what an account may not have."""

from __future__ import annotations

import httpx
import pytest

from contract_tests.conftest import QASM
from dryshot.contract import Contract, MethodNotAllowed
from dryshot.mock import Mock
from dryshot.targets import Target
from dryshot.world import Account
from dryshot_client import LegacyRuntime, NotFound, PermissionDenied

AUTH = Contract.load("legacy-auth")
RUNTIME = Contract.load("legacy-runtime")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
GUARDED = sorted(name for name, one in RUNTIME.operations.items() if one.authenticated)
FOREIGN = "some/body/else"


def lacks(contract: Contract, method: str, path: str) -> bool:
    """Whether the path has other methods only."""
    try:
        contract.match(method, path)
    except MethodNotAllowed:
        return True
    return False


@pytest.mark.parametrize("contract", [AUTH, RUNTIME], ids=["auth", "runtime"])
def test_a_method_that_a_path_does_not_have_is_refused(
    user: httpx.Client, dryshot_target: Target, contract: Contract
) -> None:
    base = dryshot_target.auth_url if contract is AUTH else dryshot_target.runtime_url
    for operation in contract.operations.values():
        path = operation.path
        method = next(method for method in METHODS if lacks(contract, method, path))
        assert user.request(method, base + path).status_code in {404, 405}


@pytest.mark.costs(2)
@pytest.mark.parametrize("operation", GUARDED)
def test_without_a_token_nothing_is_told(http: httpx.Client, operation: str) -> None:
    asked = RUNTIME.operations[operation]
    answer = http.request(asked.method, asked.path)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == 1201


@pytest.mark.parametrize(
    "url",
    [
        "/programs?limit=0",
        "/backends?provider=nonsense",
        "/backends/{simulator}/properties?updated_before=yesterday",
        "/jobs/x?exclude_params=perhaps",
        "/jobs?limit=-1",
        "/jobs?limit=many",
        "/jobs?pending=maybe",
        "/jobs?sort=UP",
    ],
)
def test_a_bad_query_is_refused(user: httpx.Client, simulator: str, url: str) -> None:
    assert user.get(url.format(simulator=simulator)).status_code == 400


def test_an_unknown_job_has_no_tags(legacy_runtime: LegacyRuntime) -> None:
    with pytest.raises(NotFound):
        legacy_runtime.jobs.replace_tags("no-such-job", ["tag"])


@pytest.mark.dryshot(accounts=[Account("mine")])
def test_an_instance_of_another_account_is_forbidden(
    legacy_runtime: LegacyRuntime, mock: Mock, simulator: str
) -> None:
    assert legacy_runtime.backends.list(instance=FOREIGN) == []
    assert list(legacy_runtime.jobs.list(instance=FOREIGN)) == []
    with pytest.raises(PermissionDenied):
        legacy_runtime.jobs.create(
            program="sampler", backend=simulator, params={"circuits": [QASM]}, instance=FOREIGN
        )
    assert {one.response.status for one in mock.journal.of("create_job")} == {403}
