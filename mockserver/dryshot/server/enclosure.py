"""Around a command of ``dryshot run`` or ``record``: TLS listener, proxy, and environment."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext, create_default_context
from tempfile import TemporaryDirectory
from typing import Any

from dryshot.errors import MissingExtra
from dryshot.server.environment import surround
from dryshot.server.listening import listen
from dryshot.server.proxy import Proxy, normal
from dryshot.server.tls import certify, trusted, write_private

__all__ = ["Enclosure", "enclose"]

_MAX_CONNECTIONS = 300
_GRACE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The environment for the command, where its proxy is, and what that refused so far."""

    environ: Mapping[str, str]
    port: int
    refused: Counter[str]


@contextmanager
def enclose(
    application: Any,
    hosts: Collection[str],
    *,
    environ: Mapping[str, str],
    allow_hosts: Collection[str] = (),
    command: str = "dryshot run",
    dated: bool = True,
) -> Iterator[Enclosure]:
    """Serve an ASGI application as ``hosts``, to whoever runs in the environment that this gives.

    ``command`` is what users are told that refuses other hosts. ``dated`` answers get a Date
    header; those of an application that forwards may have one. Files are in a directory that only
    this user reads, and are gone at the end.
    """
    with TemporaryDirectory(prefix="dryshot-") as name:
        directory = Path(name)
        context, authority = certify(hosts, directory)
        bundle, own = directory / "ca-bundle.pem", directory / "ca.pem"
        write_private(bundle, trusted(environ) + authority)
        write_private(own, authority)
        with _secured(application, context, dated=dated) as target:
            allowed = frozenset(normal(host) for host in allow_hosts)
            trust = create_default_context(cadata=authority.decode())
            proxy = Proxy(frozenset(hosts), target, allowed, trust, command=command)
            with _proxied(proxy) as port:
                url = f"http://127.0.0.1:{port}"
                child = surround(environ, proxy=url, bundle=bundle, authority=own)
                yield Enclosure(child, port, proxy.refused)


@contextmanager
def _secured(application: Any, context: SSLContext, *, dated: bool) -> Iterator[int]:
    """The application behind TLS; gives the port."""
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtra("dryshot run", "server") from error
    from dryshot.server.sockets import Websocket

    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        ws=Websocket,
        lifespan="on",
        server_header=False,
        date_header=dated,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    config.load()
    config.ssl = context  # otherwise it takes files only
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield port
        finally:
            server.should_exit = True
            # A simulation under way ends before its thread does; the interpreter waits for it.
            thread.join(2 * _GRACE_SECONDS)


@contextmanager
def _proxied(proxy: Proxy) -> Iterator[int]:
    """The proxy, in a loop of its own, so that it answers while a simulation runs."""
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def main(listener: socket.socket) -> None:
        server = await asyncio.start_server(proxy.answer, sock=listener)
        await proxy.serve(server, end)

    def run(listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(main(listener))

    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=run, args=(listener,))
        thread.start()
        try:
            yield port
        finally:
            loop.call_soon_threadsafe(end.set)
            thread.join()
