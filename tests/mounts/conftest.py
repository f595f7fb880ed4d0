from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

PATCHABLE = (
    httpx.BaseTransport,
    httpx.HTTPTransport,
    httpx.AsyncHTTPTransport,
    httpx.Client,
    httpx.AsyncClient,
    HTTPConnectionPool,
    HTTPSConnectionPool,
)


@pytest.fixture(autouse=True)
def nothing_stays_patched() -> Iterator[None]:
    """Every attribute of what may be patched is afterwards the object that it was."""
    before = [dict(vars(thing)) for thing in PATCHABLE]
    yield
    for thing, attributes in zip(PATCHABLE, before, strict=True):
        now = dict(vars(thing))
        assert now.keys() == attributes.keys()
        assert [name for name in now if now[name] is not attributes[name]] == []


class Server:
    """A real HTTP server on the loopback; counts what reaches it."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        paths = self.paths

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_response(200)
                self.send_header("content-length", "4")
                self.end_headers()
                self.wfile.write(b"real")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()
