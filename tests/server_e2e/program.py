"""``dryshot serve`` as a program of its own, and what is asked of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from dryshot_client.platform import Runtime

__all__ = ["BELL", "PATIENCE", "SLOW", "Program", "children", "log_in", "pubs", "until"]

PATIENCE = 60
"""Seconds after which something that is waited for does not come."""

BELL = """OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
sx $0;
sx $1;
cz $0, $1;
sx $1;
c[0] = measure $0;
c[1] = measure $1;
"""


def _slow(layers: int = 60) -> str:
    """A circuit of 22 qubits, which are more than a simulator does quickly."""
    rows = [list(range(16)), list(range(20, 26))]  # neighbours on a device of the Heron family
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";', "bit[22] c;"]
    for layer in range(layers):
        for row in rows:
            lines += [f"rz(0.{layer + 1}) ${qubit}; sx ${qubit};" for qubit in row]
            pairs = zip(row[layer % 2 :: 2], row[layer % 2 + 1 :: 2], strict=False)
            lines += [f"cz ${one}, ${other};" for one, other in pairs]
    lines += [f"c[{place}] = measure ${qubit};" for place, qubit in enumerate(chain(*rows))]
    return "\n".join(lines)


SLOW = _slow()


def pubs(circuit: str, times: int = 1) -> dict[str, Any]:
    """The parameters of a sampler's job: a circuit in 100 shots, so many times over."""
    return {"pubs": [[circuit, [], 100]] * times, "version": 2}


_FLAGS = "-X", "faulthandler", "-W", "error", "-W", "ignore:job results are made up"
"""Whatever else would be warned of is an error; the stub engine's warning is meant."""


class Program:
    """A server, from its ready line until it ends; ``errors`` is all that it said on stderr."""

    def __init__(self, *options: str, pass_fds: tuple[int, ...] = ()) -> None:
        self._stderr: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in the end
        self.process = subprocess.Popen(
            [sys.executable, *_FLAGS, "-m", "dryshot", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            pass_fds=pass_fds,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.url = self.line.split()[-1] if self.line else ""

    def __enter__(self) -> Self:
        said = self.errors
        if not self.line.startswith("dryshot is ready at http://127.0.0.1:"):
            self.close()
            raise AssertionError(said)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, however it stands, and give back what it held."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._stderr.close()

    @property
    def errors(self) -> str:
        """What it said on stderr up to now."""
        self._stderr.seek(0)
        return self._stderr.read()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for its end; the exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # which makes it say where its threads are
            self.process.wait(PATIENCE)
            raise AssertionError(f"it did not end: {self.errors}") from None

    @property
    def resident(self) -> int:
        """Bytes of memory that it holds now."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def children(pid: int) -> list[int]:
    """The processes that a process has made, and that theirs have."""
    found, own = [], list[int]()
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):  # each thread has its own
        with suppress(FileNotFoundError):
            own += map(int, listed.read_text().split())
    for one in own:
        found += [one, *children(one)]
    return found


@contextmanager
def log_in(
    url: str, key: str = "an-api-key", instance: str = "premium-instance"
) -> Iterator[Runtime]:
    """This project's client, at a server."""
    with Runtime(api_key=key, url=url, instance=instance, account_file=None, retries=0) as runtime:
        yield runtime


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return when something is true at last; no event tells of what another process does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)
