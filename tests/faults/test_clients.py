"""Every kind of fault, as each client sees it, without a socket and over one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dryshot import Mock
from tests.faults.table import CLIENTS, PATH, ROWS, Row, in_process, on_the_wire, outcome
from tests.world.worlds import echo

SEEN_TWICE = 2


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_fault_in_process_is_what_it_is_on_a_real_socket(row: Row, client: str) -> None:
    mock = Mock(engine=echo)
    fault = mock.faults.add(row.kind, **row.fault)
    with in_process(mock) as url:
        assert outcome(CLIENTS[client], url + PATH) == row.expected(client, served=False)
        assert outcome(CLIENTS[client], url + PATH)[0] == 200
    assert fault.hits == 1
    told = [exchange.fault for exchange in mock.journal]
    assert told == [fault.name] * (SEEN_TWICE if row.kind == "duplicate" else 1) + [None]


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Mock, str]]:
    """One server for all: connections are made anew by each client."""
    mock = Mock(engine=echo)
    with on_the_wire(mock) as url:
        yield mock, url


@pytest.fixture(scope="module")
def pure() -> Iterator[tuple[Mock, str]]:
    """The same without httptools and uvloop."""
    mock = Mock(engine=echo)
    with on_the_wire(mock, pure=True) as url:
        yield mock, url


def check_served(server: tuple[Mock, str], row: Row, client: str) -> None:
    mock, url = server
    mock.faults.clear()
    fault = mock.faults.add(row.kind, **row.fault)
    assert outcome(CLIENTS[client], url + PATH) == row.expected(client, served=True)
    assert outcome(CLIENTS[client], url + PATH)[0] == 200
    assert fault.hits == 1


SLICE = [
    *[(row, "httpx") for row in ROWS if "delay" not in row.kind],
    *[(row, "requests") for row in ROWS if row.kind in {"reset", "drop", "truncate", "timeout"}],
]


@pytest.mark.parametrize(("row", "client"), SLICE, ids=str)
def test_a_served_fault_happens_on_the_wire(
    shared: tuple[Mock, str], row: Row, client: str
) -> None:
    check_served(shared, row, client)


@pytest.mark.heavy
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_fault_happens_on_the_wire_for_every_client(
    shared: tuple[Mock, str], row: Row, client: str
) -> None:
    check_served(shared, row, client)


@pytest.mark.heavy
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_server_without_native_libraries_does_the_same(
    pure: tuple[Mock, str], row: Row, client: str
) -> None:
    check_served(pure, row, client)
