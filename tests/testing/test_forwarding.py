"""Where requests go, seen at the connections; none is made to another machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import httpx
import pytest

from dryshot import Mock, serve
from dryshot.http import Request
from dryshot.mounts.activation import activate
from dryshot.testing.forwarding import Forwarding

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nset-cookie: a=b\r\n\r\nhi"


class Backend(httpcore.NetworkBackend):
    """Notes who is called, and answers by itself, or refuses."""

    def __init__(self, answer: bytes | None = ANSWER) -> None:
        self.called: list[tuple[str, int]] = []
        self._answer = answer

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        del timeout, local_address, socket_options
        self.called.append((host, port))
        if self._answer is None:
            raise httpcore.ConnectError("nobody is there")
        return httpcore.MockStream([self._answer])


def asked(base_url: str | None) -> tuple[Backend, bytes]:
    backend = Backend()
    forwarding = Forwarding(base_url, pool=httpcore.ConnectionPool(network_backend=backend))
    request = Request("GET", "quantum.cloud.ibm.com", "/api/v1/jobs", "limit=1")
    return backend, forwarding(request).body


def test_without_a_url_a_request_goes_where_it_is_addressed_to() -> None:
    backend, body = asked(None)
    assert backend.called == [("quantum.cloud.ibm.com", 443)]
    assert body == b"hi"


def test_with_a_url_all_go_there() -> None:
    assert asked("http://127.0.0.1:1")[0].called == [("127.0.0.1", 1)]


def test_nobody_there_is_a_refused_connection() -> None:
    pool = httpcore.ConnectionPool(network_backend=Backend(None))
    with pytest.raises(ConnectionRefusedError, match="nobody is there"):
        Forwarding("http://127.0.0.1:1", pool=pool)(Request("GET", "iam.cloud.ibm.com", "/"))


def test_a_service_behind_a_socket_answers_as_itself_also_when_httpx_is_taken() -> None:
    near, far = Mock(engine="stub"), Mock(engine="stub")
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "k"}
    url = "https://iam.cloud.ibm.com/identity/token"
    with serve(far) as server:
        forwarding = Forwarding(server.url)
        with activate(forwarding, far.hosts):
            by_socket = httpx.post(url, data=form)
        forwarding.close()
    with near.activate():
        assert httpx.post(url, data=form).json() == by_socket.json()
    (exchange,) = far.journal
    assert exchange.request.headers["host"] == "iam.cloud.ibm.com"
