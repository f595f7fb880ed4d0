"""What every operation of every service answers when the service fails."""

from __future__ import annotations

import httpx
import pytest

from dryshot import Mock
from dryshot.contract import Contract
from dryshot.mounts.referee import Referee

DOCUMENTS = (
    *("legacy-auth", "legacy-runtime", "platform-runtime", "platform-iam"),
    *("platform-search", "platform-catalog", "platform-resources"),
)
CALLS = [(name, id_) for name in DOCUMENTS for id_ in Contract.load(name).operations]


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize(("name", "operation_id"), CALLS)
def test_a_failure_is_told_as_the_document_says(
    platform_mock: Mock, name: str, operation_id: str, status: int
) -> None:
    contract = Contract.load(name)
    operation = contract.operations[operation_id]
    platform_mock.faults.fail(status, operation=operation_id, retry_after=1)
    transport = Referee(platform_mock.transport(), contracts=DOCUMENTS)
    with httpx.Client(transport=transport) as http:
        answer = http.request(operation.method, contract.servers[0] + operation.path)
    assert answer.status_code == status
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"].startswith("application/json")
