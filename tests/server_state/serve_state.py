"""A server with a state file, in a process of its own: ``python serve_state.py FILE``."""

from __future__ import annotations

import socket
import sys

import uvicorn

from dryshot.mounts.asgi import asgi
from dryshot.server.worlds import Worlds
from tests.server_state.stage import one


def main(path: str) -> None:
    """Serve until killed; the first line of output is the URL."""
    worlds = Worlds(engine=one)
    tenants = worlds.tenants(state=worlds.open_state(path))
    # named, so that asyncio turns Nagle's algorithm off
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(asgi(tenants), log_config=None, ws="none")).run([listener])


if __name__ == "__main__":
    main(sys.argv[1])
