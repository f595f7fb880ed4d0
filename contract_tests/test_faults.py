"""What every operation of every service answers when it fails, and what clients make of it."""

from __future__ import annotations

import httpx
import pytest

from contract_tests.platform import CALLS, Connect
from dryshot import Mock
from dryshot.contract import CONTRACTS, Contract
from dryshot.mounts.referee import Referee
from dryshot_client import RateLimited, Runtime, RuntimeApiError, ServerError

ASKED = [(name, id_) for name in CONTRACTS for id_ in Contract.load(name).operations]


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize(("name", "operation_id"), ASKED)
def test_a_failure_is_told_as_the_document_says(
    mock: Mock, name: str, operation_id: str, status: int
) -> None:
    contract = Contract.load(name)
    operation = contract.operations[operation_id]
    mock.faults.fail(status, operation=operation_id, retry_after=1)
    transport = Referee(mock.transport())
    with httpx.Client(transport=transport) as http:
        answer = http.request(operation.method, contract.servers[0] + operation.path)
    assert answer.status_code == status
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (500, ServerError)])
def test_a_client_raises_what_it_does_not_outlast(
    connect: Connect, mock: Mock, status: int, kind: type[RuntimeApiError]
) -> None:
    runtime = connect(retries=0)
    for operation, call in CALLS.items():
        mock.faults.fail(status, operation=operation, retry_after=7)
        with pytest.raises(kind) as refused:
            call(runtime, "unknown")
        assert (refused.value.status, refused.value.retry_after) == (status, 7)


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("operation", ["create_token", "search_resources", "get_instance"])
def test_a_client_outlasts_two_failures(
    runtime: Runtime, mock: Mock, operation: str, status: int
) -> None:
    mock.faults.fail(status, operation=operation, times=2, retry_after=7)
    before = mock.clock.time()
    assert runtime.instances.get().plan_id
    assert [one.response.status for one in mock.journal.of(operation)] == [status, status, 200]
    assert mock.clock.time() - before >= 14
