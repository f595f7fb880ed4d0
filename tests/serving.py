"""A real server on loopback, for tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from dryshot.mounts.asgi import Application


@contextmanager
def served(application: Application) -> Iterator[str]:
    """A real uvicorn on a free port; its socket listens before its loop runs, so nobody waits."""
    config = uvicorn.Config(application, log_config=None, ws="none", lifespan="on")
    server = uvicorn.Server(config)
    # asyncio turns Nagle's algorithm off only where the protocol is named, and with it every answer
    # waits 40 ms for the client's acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
