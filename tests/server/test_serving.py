from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

import httpx
import pytest

from dryshot.clock import Clock, WallClock
from dryshot.errors import SpecDrift
from dryshot.http import Request, Response
from dryshot.mock import Mock
from dryshot.server.heartbeat import heartbeat
from dryshot.server.listening import is_loopback, listen, url_of
from dryshot.server.serving import CannotServe, serve
from dryshot.server.tenant import Genesis
from dryshot.server.tenants import Tenants
from tests.server.test_attack import answer, head
from tests.server.wire import ANYWHERE, PATIENCE, Wire

PURE = pytest.mark.parametrize("pure", [False, True], ids=["fast", "pure"])


@PURE
def test_a_mock_is_served_at_a_free_port(pure: bool) -> None:  # noqa: FBT001 - a parameter
    with serve(Mock(engine="stub"), pure=pure) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert repr(server) == f"<Server at {server.url}>"
        login = httpx.post(f"{server.url}/api/users/loginWithToken", json={"apiToken": "x"})
        assert login.json()["id"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


@pytest.mark.parametrize("prefix", ["", "eu-de."])
def test_hosts_with_a_services_own_labels_are_that_service(prefix: str) -> None:
    mock = Mock(engine="stub")
    with serve(mock) as server, httpx.Client(base_url=server.url) as client:
        grant = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "x"}
        port = server.port
        iam = {"host": f"iam.dryshot.test:{port}"}
        token = client.post("/identity/token", data=grant, headers=iam).json()["access_token"]
        bearer = {"authorization": f"Bearer {token}"}
        search = {"host": f"api.global-search-tagging.dryshot.test:{port}", **bearer}
        found = client.post(
            "/v3/resources/search", json={"query": "service_name:quantum-computing"}, headers=search
        )
        assert found.status_code == 200, found.text
        quantum = {"host": f"{prefix}quantum.dryshot.test:{port}", **bearer}
        crns = [item["crn"] for item in found.json()["items"]]
        here = prefix.removesuffix(".") or "us-east"
        for crn in crns:
            asked = client.get("/api/v1/backends", headers={"service-crn": crn, **quantum})
            assert (asked.status_code == 200) == (f":{here}:" in crn), (crn, asked.text)
        assert crns
        assert client.get("/api/v1/backends", headers=iam).status_code == 404
    assert mock.journal.of("list_backends")[-1].request.host == f"{prefix}quantum.dryshot.test"


def test_several_servers_run_at_once() -> None:
    with (
        serve(lambda _: Response(200, {}, b"one")) as one,
        serve(lambda _: Response(200, {}, b"two"), threads=0) as two,
    ):
        assert one.port != two.port
        assert [httpx.get(server.url).text for server in (one, two, one)] == ["one", "two", "one"]


@PURE
def test_one_connection_serves_many_requests_without_waiting(pure: bool) -> None:  # noqa: FBT001
    with serve(answer, threads=0, pure=pure) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.connect()
        only = connection.sock
        taken = []
        for _ in range(20):
            start = datetime.now(UTC)
            connection.request("POST", "/", b"x" * 3000)
            assert connection.getresponse().read().endswith(b"3000")
            taken.append((datetime.now(UTC) - start).total_seconds())
            assert connection.sock is only
        connection.close()
    assert sorted(taken)[10] < 0.02  # with Nagle's algorithm 0.04 and more


def test_a_port_that_is_taken_is_told_with_its_host_and_number() -> None:
    with (
        serve(answer) as server,
        pytest.raises(CannotServe, match=rf"127\.0\.0\.1:{server.port}: Address already in use"),
        serve(answer, port=server.port),
    ):
        raise AssertionError("it was served twice")


@pytest.mark.parametrize("host", [ANYWHERE, "::", "192.0.2.1", "mock.example", ""])
def test_a_host_that_others_reach_is_refused_unless_that_is_meant(host: str) -> None:
    with pytest.raises(CannotServe, match=r":8787: other machines.*--allow-remote"):
        listen(host, 8787)


def test_a_host_that_is_not_this_machines_cannot_be_served() -> None:
    with pytest.raises(CannotServe, match=r"192\.0\.2\.1:0: "):
        listen("192.0.2.1", 0, allow_remote=True)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_known_without_asking_anybody(host: str, here: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is here


@pytest.mark.parametrize(
    ("host", "url"), [(ANYWHERE, "http://127.0.0.1:"), ("localhost", "http://127.0.0.1:")]
)
def test_the_url_is_one_that_this_machine_can_reach(host: str, url: str) -> None:
    with listen(host, 0, allow_remote=True) as listener:
        assert url_of(listener) == f"{url}{listener.getsockname()[1]}"


def test_a_listener_may_be_given() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with serve(answer, listener=listener) as server:
        assert server.port == listener.getsockname()[1]
        assert httpx.get(server.url).status_code == 200


def test_an_answer_under_way_is_given_before_the_server_ends() -> None:
    begun, free = threading.Event(), threading.Event()

    def endpoint(request: Request) -> Response:
        begun.set()
        assert free.wait(PATIENCE)
        return answer(request)

    with serve(endpoint) as server, Wire(server.url) as wire:
        wire.send(head())
        assert begun.wait(PATIENCE)
        server.stop()
        assert not server.wait(0)
        free.set()
        assert b"mock.test / 0" in wire.rest()
        assert server.wait(PATIENCE)


def test_idle_connections_do_not_keep_a_server_from_ending() -> None:
    with serve(answer) as server:
        wires = [Wire(server.url) for _ in range(3)]
        wires[0].send(head())
        wires[0].until(b"/ 0")
        wires[1].send(b"GET / HT")
    assert server.wait(0)
    for wire in wires:
        wire.rest()
        wire.socket.close()


def test_a_fault_of_ours_is_told_in_the_log_and_not_to_the_client(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def endpoint(_: Request) -> Response:
        raise SpecDrift("secret detail")

    with serve(endpoint) as server:
        failed = httpx.get(server.url)
        assert failed.status_code == 500
        assert "secret" not in failed.text
    assert "SpecDrift: secret detail" in caplog.text


def test_real_time_runs_what_is_due_while_nobody_asks() -> None:
    due = threading.Event()
    mock = Mock(engine="stub", clock=WallClock())
    mock.clock.call_later(0.01, due.set)
    with serve(mock):
        assert due.wait(PATIENCE)


def test_a_clock_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise KeyError("its own")

    failing, other, due = WallClock(), WallClock(), threading.Event()
    failing.call_later(0, fail)
    other.call_later(0, due.set)
    clocks: Callable[[], list[Clock]] = lambda: [failing, other]  # noqa: E731 - typed
    with heartbeat(clocks, 0.01):
        assert due.wait(PATIENCE)
    assert "KeyError: 'its own'" in caplog.text


def tenants() -> Tenants:
    def make(genesis: Genesis) -> Mock:
        return Mock(
            engine="stub", seed=genesis.seed, clock=genesis.clock, accounts=genesis.accounts
        )

    return Tenants(make)


def test_tenants_are_served_with_a_page_and_an_admin_api() -> None:
    with serve(tenants()) as server, httpx.Client(base_url=server.url) as http:
        assert http.post("/api/users/loginWithToken", json={"apiToken": "x"}).status_code == 200
        assert http.get("/_dryshot/").headers["content-type"].startswith("text/html")
        assert http.get("/_dryshot/api/tenants").status_code in {401, 403}
        shown = {"x-dryshot-token": server.admin_token}
        assert http.get("/_dryshot/api/tenants", headers=shown).status_code == 200
        assert server.admin_token not in repr(server)


def test_a_stream_of_events_does_not_keep_a_server_from_ending() -> None:
    worlds = tenants()
    with ExitStack() as outer, ExitStack() as stack:
        server = stack.enter_context(serve(worlds, grace=PATIENCE))
        wire = outer.enter_context(Wire(server.url))
        httpx.post(f"{server.url}/api/users/loginWithToken", json={"apiToken": "x"})
        target = f"/_dryshot/api/events?tenant={worlds.names()[0]}"
        shown = f"Host: 127.0.0.1:{server.port}\r\nX-Dryshot-Token: {server.admin_token}"
        wire.send(f"GET {target} HTTP/1.1\r\n{shown}\r\n\r\n".encode())
        assert wire.until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        start = datetime.now(UTC)
        stack.close()
        assert (datetime.now(UTC) - start).total_seconds() < PATIENCE / 2
        wire.rest()


def test_a_mock_alone_has_no_page() -> None:
    with serve(Mock(engine="stub")) as server:
        assert httpx.get(f"{server.url}/_dryshot/").status_code == 404
