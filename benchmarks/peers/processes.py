"""Processes that never outlive their use: each leads a group, and the whole group is killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = ["LOOPBACK", "Unavailable", "finish", "first_answer", "free_port", "running"]

LOOPBACK = "127.0.0.1"
TOLD = 1500
"""Characters of what a process wrote last, in the reason why it failed."""
PAUSE = 0.005
"""Seconds between two looks at a server that starts."""


class Unavailable(Exception):
    """A peer that cannot be had here; the text says why, and what to do."""


@contextmanager
def running(
    command: Sequence[object], *, env: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """A process, and the file of all that it writes; its group is gone afterwards."""
    with tempfile.TemporaryFile() as written:
        try:
            process = subprocess.Popen(  # noqa: S603 - the commands of this package
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(f"{command[0]} does not start: {error.strerror}") from error
        try:
            yield process, written
        finally:
            with suppress(ProcessLookupError):  # children may live on when their leader is gone
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def finish(
    command: Sequence[object], seconds: float, *, env: Mapping[str, str] | None = None
) -> str:
    """What a command wrote until it ended well; Unavailable if it did not, or not in time."""
    with running(command, env=env) as (process, written):
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        text = _text(written)
    if code == 0:
        return text
    ended = f"took more than {seconds:.0f} s" if code is None else f"ended with {code}"
    raise Unavailable(f"{Path(str(command[0])).name} {ended}: {text[-TOLD:].strip()}")


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def first_answer(
    process: subprocess.Popen[bytes], written: IO[bytes], port: int, seconds: float
) -> None:
    """Return when a server answers HTTP, whatever it says; Unavailable if it ends or takes long."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if process.poll() is not None:
            text = _text(written)[-TOLD:].strip()
            raise Unavailable(f"the server ended with {process.returncode}: {text}")
        asking = http.client.HTTPConnection(LOOPBACK, port, timeout=left)
        try:
            asking.request("GET", "/")
            asking.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(PAUSE)
        else:
            return
        finally:
            asking.close()
    raise Unavailable(f"the server did not answer in {seconds:.0f} s")


def _text(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode(errors="replace")
