"""What a struck call does to the world, to time and to the journal."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import requests

from dryshot import Mock
from dryshot.http import Request, Response
from tests.dialects.classic import JOB, RUNTIME, log_in
from tests.faults.table import HOST, PATH
from tests.world.worlds import echo

URL = HOST + PATH


@pytest.fixture
def mock() -> Mock:
    return Mock(engine=echo)


def client(mock: Mock, **options: Any) -> httpx.Client:
    return httpx.Client(transport=mock.transport(), **options)


def submit(http: httpx.Client) -> httpx.Response:
    if "x-access-token" not in http.headers:
        http.headers["x-access-token"] = log_in(http)["id"]
    return http.post(f"{RUNTIME}/jobs", json=JOB)


def test_a_refusal_is_enforced_until_it_has_passed(mock: Mock) -> None:
    fault = mock.faults.fail(429, operation="get_versions", retry_after=30, enforced=True)
    mock.clock.freeze()
    waits = []
    with client(mock) as http:
        for pause in (0, 10, 19.5, 0.25, 0.25):
            mock.clock.advance(pause)
            answer = http.get(URL)
            waits.append((answer.status_code, answer.headers.get("retry-after")))
    assert waits == [(429, "30"), (429, "20"), (429, "1"), (429, "1"), (200, None)]
    assert (fault.hits, len(mock.faults)) == (4, 0)
    assert [one.fault for one in mock.journal] == ["fail 429"] * 4 + [None]


def test_an_enforced_refusal_that_lasts_begins_anew(mock: Mock) -> None:
    mock.faults.fail(429, retry_after=5, enforced=True, times=None)
    mock.clock.freeze()
    with client(mock) as http:
        assert http.get(URL).headers["retry-after"] == "5"
        mock.clock.advance(5)
        assert http.get(URL).headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("kind", "more", "made", "status"),
    [
        ("fail", {"status": 500}, 0, 500),
        ("fail", {"status": 500, "when": "after"}, 1, 500),
        ("page", {"status": 502}, 0, 502),
        ("page", {"status": 502, "when": "after"}, 1, 502),
        ("drop", {}, 0, 0),
        ("drop", {"when": "after"}, 1, 200),
        ("timeout", {"when": "after"}, 1, 200),
        ("refuse", {}, 0, 0),
        ("lose_response", {}, 1, 200),
        ("truncate", {}, 1, 200),
        ("garble", {}, 1, 200),
        ("duplicate", {}, 2, 200),
    ],
)
def test_a_fault_comes_before_the_work_or_after_it(
    mock: Mock, kind: str, more: dict[str, Any], made: int, status: int
) -> None:
    mock.faults.add(kind, operation="create_job", **more)
    with client(mock) as http:
        try:
            submit(http)
        except httpx.TransportError:
            assert kind in {"drop", "timeout", "refuse", "lose_response", "truncate"}
    assert len(mock.world.jobs) == made
    asked = mock.journal.of("create_job")
    assert [one.response.status for one in asked] == [status] * max(1, made)
    assert {one.fault for one in asked} == {next(iter(asked)).fault} != {None}


def test_the_journal_has_what_was_lost(mock: Mock) -> None:
    mock.faults.lose_response(operation="create_job")
    with client(mock) as http, pytest.raises(httpx.RemoteProtocolError):
        submit(http)
    (lost,) = mock.journal.of("create_job")
    assert lost.fault == "lose_response"
    assert lost.response.delivery is not None
    assert lost.response.delivery.ending == "dropped"
    assert next(iter(mock.world.jobs)).encode() in lost.response.body


@pytest.mark.parametrize(("given", "index"), [("first", 0), ("second", 1)])
def test_either_answer_to_a_duplicate_can_be_given(mock: Mock, given: Any, index: int) -> None:
    mock.faults.duplicate(given, operation="create_job")
    with client(mock) as http:
        assert submit(http).json()["id"] == list(mock.world.jobs)[index]


@pytest.mark.parametrize(
    ("kind", "more", "passed"),
    [
        ("delay", {"seconds": 3}, 3),
        ("delay", {"seconds": 30}, 7),
        ("slow", {"seconds": 12, "pieces": 3}, 12),
        ("slow", {"seconds": 20, "pieces": 3}, 7),
        ("timeout", {"phase": "connect"}, 4),
        ("timeout", {"phase": "read"}, 7),
        ("timeout", {"phase": "read", "seconds": 2}, 2),
        ("truncate", {}, 0),
    ],
)
def test_the_clock_moves_as_long_as_a_client_would_have_waited(
    mock: Mock, kind: str, more: dict[str, Any], passed: float
) -> None:
    mock.clock.freeze()
    before = mock.clock.time()
    spent = []

    def asks() -> Any:
        timeout = httpx.Timeout(7, connect=4)

        async def asynchronous() -> None:
            async with httpx.AsyncClient(transport=mock.async_transport(), timeout=timeout) as http:
                await http.get(URL)

        with client(mock, timeout=timeout) as http:
            yield lambda: http.get(URL)
        yield lambda: asyncio.run(asynchronous())
        with mock.activate():
            yield lambda: requests.get(URL, timeout=(4, 7))

    for ask in asks():
        mock.faults.add(kind, **more)
        try:
            ask()
        except (httpx.TransportError, requests.RequestException):
            assert passed in {0, 2, 4, 7}
        spent.append(round(mock.clock.time() - before, 3))
        before = mock.clock.time()
    assert spent == [passed] * 3


def test_a_client_without_a_timeout_is_left_at_last(mock: Mock) -> None:
    mock.faults.timeout(seconds=90)
    before = mock.clock.time()
    with client(mock, timeout=None) as http, pytest.raises(httpx.RemoteProtocolError):
        http.get(URL)
    assert 90 <= mock.clock.time() - before < 92


def test_what_is_no_operation_is_not_struck(mock: Mock) -> None:
    fault = mock.faults.drop(times=None)
    with client(mock) as http:
        assert http.get(f"{HOST}/api/v1/nothing").status_code == 404
        assert http.delete(URL).status_code == 405
        assert fault.hits == 0


def test_an_endpoint_is_given_the_whole_answer_and_how_it_comes(mock: Mock) -> None:
    mock.faults.truncate(share=1)
    answer: Response = mock(Request("GET", "quantum.cloud.ibm.com", PATH))
    assert answer.delivery is not None
    assert answer.delivery.length == len(answer.body) - 1


def test_an_asgi_server_that_cannot_end_a_connection_is_told(mock: Mock) -> None:
    mock.faults.reset()
    mock.faults.slow(0.001, pieces=2)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(mock.asgi())
        async with httpx.AsyncClient(transport=transport) as http:
            with pytest.raises(ConnectionAbortedError, match="a fault that was set"):
                await http.get(URL)
            return await http.get(URL)

    assert asyncio.run(ask()).json()["versions"]
