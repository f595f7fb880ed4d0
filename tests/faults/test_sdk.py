"""What the official SDK makes of faults, with its own retries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from dryshot import Mock
from dryshot.journal import Exchange
from dryshot.server.served import served
from tests.conformance.stage import connect
from tests.world.worlds import echo

sdk = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
exceptions = pytest.importorskip("qiskit_ibm_runtime.api.exceptions")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

INSTANCE = "premium-instance"
LISTED = "a list"


@dataclass(frozen=True)
class Row:
    """A fault that lasts, how often the SDK asks, and what its error is caused by."""

    kind: str
    asks: int
    cause: Any
    fault: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.kind, *map(str, self.fault.values())])


_GIVES_UP = requests.exceptions.RetryError
_CONNECTION = requests.exceptions.ConnectionError

ROWS = (
    Row("fail", 6, requests.exceptions.HTTPError, {"status": 429, "retry_after": 3}),
    Row("fail", 6, _GIVES_UP, {"status": 503}),
    Row("page", 1, requests.exceptions.HTTPError, {"status": 403}),
    Row("page", 6, _GIVES_UP, {"status": 520}),
    Row("timeout", 6, _CONNECTION, {"seconds": 0.05}),
    Row("reset", 6, _CONNECTION),
    Row("drop", 6, _CONNECTION),
    Row("lose_response", 6, _CONNECTION),
    Row("truncate", 1, requests.exceptions.ChunkedEncodingError),
    Row("garble", 1, requests.exceptions.JSONDecodeError),
    Row("mistype", 1, LISTED),
    Row("slow", 1, LISTED, {"seconds": 0.02}),
    Row("duplicate", 2, LISTED),
    Row("delay", 1, LISTED, {"seconds": 0.02}),
)
NO_SOCKET = (
    Row("timeout", 4, requests.exceptions.ConnectTimeout, {"phase": "connect"}),
    Row("refuse", 4, _CONNECTION),
)
"""When a server knows the request the connection stands: it has none of these."""


def result(service: Any) -> Any:
    """The list, or the very type of what the SDK's error was caused by."""
    try:
        assert isinstance(service.jobs(limit=1), list)
    except exceptions.RequestsApiError as error:
        return type(error.__cause__)
    except requests.exceptions.JSONDecodeError as error:  # the SDK does not catch it
        return type(error)
    return LISTED


def check(mock: Mock, service: Any, row: Row) -> None:
    """The SDK's pauses move the mock's clock, also where it is served."""
    mock.journal.clear()
    with mock.faults.add(row.kind, operation="list_jobs", times=None, **row.fault) as fault:
        with mock.clock.patch_sleep():
            assert result(service) == row.cause
        asked = mock.journal.of("list_jobs")
        assert [exchange.fault for exchange in asked] == [fault.name] * row.asks
    assert result(service) == LISTED


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with Mock(engine=echo).activate() as mock:
        yield mock


@pytest.fixture(scope="module")
def service(mock: Mock) -> Any:
    del mock
    return connect(instance=INSTANCE)


@pytest.mark.parametrize("row", [*ROWS, *NO_SOCKET], ids=str)
def test_the_sdk_meets_a_fault_in_process(mock: Mock, service: Any, row: Row) -> None:
    check(mock, service, row)


@pytest.mark.heavy
def test_the_sdk_meets_the_same_faults_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(engine="stub") as worlds, worlds.opened("faults") as world:
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)
        over_wire = connect(
            token=world.api_key, instance=INSTANCE, url=world.environ["QISKIT_IBM_URL"]
        )
        for row in ROWS:
            check(world.mock, over_wire, row)


def submitted(mock: Mock) -> list[Exchange]:
    return list(mock.journal.of("create_job"))


PARAMS = {"pubs": [["OPENQASM 3.0; qubit[1] q; bit[1] c; c[0] = measure q[0];"]], "version": 2}


def submit(service: Any) -> Any:
    from tests.conformance.stage import submit as send

    return send(service.backend("ibm_fez"), params=PARAMS)


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_the_sdk_gives_up_on_a_submission_whose_answer_is_lost(
    mock: Mock, service: Any, how: Any
) -> None:
    mock.journal.clear()
    before = len(mock.world.jobs)
    mock.faults.lose_response(how, operation="create_job")
    with pytest.raises(Exception, match="Connection aborted"):
        submit(service)
    assert [exchange.response.status for exchange in submitted(mock)] == [200]
    assert len(mock.world.jobs) == before + 1


def test_the_sdk_submits_again_after_a_server_error_that_came_too_late(
    mock: Mock, service: Any
) -> None:
    mock.journal.clear()
    before = len(mock.world.jobs)
    mock.faults.fail(503, operation="create_job", when="after")
    job = submit(service)
    assert [exchange.response.status for exchange in submitted(mock)] == [503, 200]
    assert len(mock.world.jobs) == before + 2
    assert job.job_id() in mock.world.jobs
