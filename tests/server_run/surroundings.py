"""``dryshot run`` as users start it, and an enclosure to send raw bytes to."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from dryshot.cli import main
from dryshot.http import Request, Response
from dryshot.mounts.asgi import asgi
from dryshot.server.enclosure import Enclosure, enclose

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-m", "dryshot", "run")
HOST = "mocked.example"
PATIENCE = 60


def dryshot_run(
    *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A process of its own, to its end."""
    return subprocess.run(
        [*RUN, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def run_here(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The command run from this process: its exit code, and what both wrote to out and err."""
    code = main(["run", "--engine", "stub", "--", *arguments])
    return (code, *capfd.readouterr())


def echo(request: Request) -> Response:
    """Say what was asked for."""
    return Response(200, {"content-type": "text/plain"}, request.target.encode())


@contextmanager
def enclosed(*, allow_hosts: Collection[str] = ()) -> Iterator[Enclosure]:
    """An enclosure in which :data:`HOST` echoes."""
    with enclose(asgi(echo), {HOST}, environ=os.environ, allow_hosts=allow_hosts) as enclosure:
        yield enclosure


def say(port: int, data: bytes) -> bytes:
    """Send bytes to a port of loopback, end, and give whatever comes until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer
