from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from dryshot import Mock
from dryshot.contract import Contract
from tests.dialects.classic import AUTH, JOB, RUNTIME, log_in
from tests.world.worlds import echo

DOCUMENTS = (
    *("legacy-auth", "legacy-runtime", "platform-runtime", "platform-iam"),
    *("platform-search", "platform-catalog", "platform-resources"),
)
CALLS = [(name, id_) for name in DOCUMENTS for id_ in Contract.load(name).operations]


@pytest.mark.parametrize("status", [429, pytest.param(500, marks=pytest.mark.heavy)])
@pytest.mark.parametrize(("name", "operation_id"), CALLS)
def test_every_operation_can_fail_in_the_services_own_words(
    name: str, operation_id: str, status: int
) -> None:
    contract = Contract.load(name)
    operation = contract.operations[operation_id]
    mock = Mock(engine=echo)
    mock.faults.fail(status, operation=operation_id, retry_after=7)
    with httpx.Client(transport=mock.transport()) as http:
        url = contract.servers[0] + operation.path
        answer = http.request(operation.method, url)
        assert answer.status_code == status
        assert answer.headers["retry-after"] == "7"
        assert message(answer.json())
        assert http.request(operation.method, url).status_code not in {429, 500}
    assert [exchange.operation for exchange in mock.journal] == [operation_id, operation_id]


def message(body: Mapping[str, Any]) -> str:
    """What went wrong, in each service's own place for it."""
    if "errors" in body:
        return str(body["errors"][0]["message"])
    return str(body["error"]["message"] if "error" in body else body["errorMessage"])


def test_a_failed_submission_leaves_nothing_behind() -> None:
    mock = Mock(engine=echo)
    with httpx.Client(transport=mock.transport()) as http:
        http.headers["x-access-token"] = log_in(http)["id"]
        mock.faults.fail(500, operation="create_job", times=2)
        statuses = [http.post(f"{RUNTIME}/jobs", json=JOB).status_code for _ in range(3)]
        assert http.get(f"{RUNTIME}/jobs").json()["count"] == 1
    assert statuses == [500, 500, 200]
    assert len(mock.faults) == 0


def test_a_fault_without_an_operation_strikes_all_until_it_is_cleared() -> None:
    mock = Mock(engine=echo)
    mock.faults.fail(500, times=None)
    with httpx.Client(transport=mock.transport()) as http:
        for url in (f"{RUNTIME}/programs", f"{RUNTIME}/backends", f"{RUNTIME}/programs"):
            assert http.get(url).status_code == 500
        assert http.get(f"{AUTH}/users/logout").status_code == 405
        mock.faults.clear()
        assert http.get(f"{RUNTIME}/programs").status_code == 200


@pytest.mark.parametrize(("status", "times"), [(200, 1), (399, 1), (600, 1), (500, 0)])
def test_what_is_no_failure_is_refused(status: int, times: int) -> None:
    with pytest.raises(ValueError, match=r"(status|times) is"):
        Mock(engine=echo).faults.fail(status, times=times)
