from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from dryshot.http import Request, Response
from dryshot.mock import Mock
from dryshot.server.limits import Limits, open_files
from dryshot.server.serving import serve
from tests.server.test_attack import answer, head
from tests.server.test_ready import command, ready
from tests.server.wire import PATIENCE, Wire


def test_an_answer_that_waits_does_not_hold_up_others() -> None:
    free = threading.Event()

    def endpoint(request: Request) -> Response:
        if request.path == "/slow":
            assert free.wait(PATIENCE)
        return answer(request)

    with serve(endpoint) as server, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(httpx.get, f"{server.url}/slow", timeout=PATIENCE)
        assert httpx.get(f"{server.url}/quick").status_code == 200
        assert not slow.done()
        free.set()
        assert slow.result().status_code == 200


def test_many_clients_share_a_mock_and_lose_nothing() -> None:
    mock = Mock(engine="stub")
    with serve(mock) as server, httpx.Client(base_url=server.url, timeout=PATIENCE) as http:

        def log_in(number: int) -> int:
            return http.post(
                "/api/users/loginWithToken", json={"apiToken": str(number)}
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(log_in, range(200))) == {200}
    assert len(mock.journal) == 200


def test_idle_connections_do_not_keep_others_out() -> None:
    size = min(2000, (open_files() - 300) // 2)
    with serve(answer, limits=Limits(head_seconds=300), threads=0) as server:
        assert crowd(server.url, size) == size


@pytest.mark.heavy
def test_ten_thousand_idle_connections_do_not_keep_others_out() -> None:
    if open_files() < 10_500:
        pytest.skip("a process may not have so many files open")
    with command("--port", "0") as process:
        assert crowd(ready(process), 10_000) == 10_000


def crowd(url: str, size: int) -> int:
    """How many of so many connections are still there when others were answered."""
    wires = [Wire(url) for _ in range(size)]
    try:
        assert httpx.get(url, timeout=PATIENCE).status_code in {200, 404}
        for wire in wires[:: size // 10]:
            wire.send(head())
            wire.until(b"\r\n\r\n")
        for wire in wires:
            wire.socket.setblocking(False)
        return sum(still_open(wire) for wire in wires)
    finally:
        for wire in wires:
            wire.socket.close()


def still_open(wire: Wire) -> bool:
    try:
        return wire.socket.recv(1) != b""
    except BlockingIOError:
        return True


def test_more_connections_than_allowed_are_closed() -> None:
    with serve(answer, limits=Limits(connections=5), threads=0) as server:
        wires = [Wire(server.url) for _ in range(5)]
        for wire in wires:
            wire.send(head())
            wire.until(b"mock.test / 0")
        with Wire(server.url) as another:
            another.send(head())
            assert another.rest() == b""
        for wire in wires:
            wire.socket.close()


def test_json_nested_beyond_all_bounds_is_refused_in_the_services_words() -> None:
    with serve(Mock(engine="stub")) as server, httpx.Client(base_url=server.url) as http:
        login = http.post("/api/users/loginWithToken", json={"apiToken": "x"}).json()
        for bomb in (
            b"[" * 500_000,
            b'{"a":' * 100_000,
            b'{"params":' + b"[" * 9000 + b"]" * 9000 + b"}",
        ):
            refused = http.post(
                "/runtime/jobs",
                content=bomb,
                headers={"content-type": "application/json", "x-access-token": login["id"]},
            )
            assert refused.status_code == 400
            assert refused.json()["errors"]
