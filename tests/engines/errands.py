"""Engines for worker processes: what they are told to do, they do."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from dryshot.world.work import Outcome, Task

__all__ = [
    "Counter",
    "answer",
    "clog",
    "die",
    "obey",
    "once",
    "pid",
    "refuse",
    "seen",
    "sign",
    "signs",
    "stick",
]

PATIENCE = 20
"""Seconds that a test gives another process."""


def answer(value: object) -> object:
    return value


def pid() -> int:
    return os.getpid()


def die(code: int) -> NoReturn:
    """End the process; below 0 by a signal."""
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


def refuse() -> NoReturn:
    raise ArithmeticError("the engine broke")


def clog() -> object:
    """What cannot be pickled."""
    return lambda: None


def sign(path: str) -> int:
    """Say who works, and hold the line open until this process is no more."""
    line = os.open(path, os.O_WRONLY)
    os.write(line, f"{os.getpid()}\n".encode())
    return os.getpid()


def stick(path: str, how: str = "pause") -> NoReturn:
    """Say who works, and never end: asleep, or in C code that lets no other thread run."""
    sign(path)
    while True:
        if how == "pause":
            signal.pause()
        else:
            sum(range(10**12))


def once(path: str, mark: str) -> str:
    """Stick the first time, and be done the second."""
    if not Path(mark).exists():
        Path(mark).touch()
        stick(path)
    return "done"


def seen(task: Task) -> tuple[int, int]:
    """Which object the backend is here, and how many qubits it has."""
    return id(task.backend), task.backend.num_qubits


def obey(task: Task) -> Outcome:
    """An engine that does what the job's parameters say."""
    if "stick" in task.params:
        stick(task.params["stick"], "spin")
    if "die" in task.params:
        die(task.params["die"])
    return Outcome(failed=False, body="{}", quantum_seconds=1.0)


class Counter:
    """Counts its calls, and begins anew when it is pickled."""

    def __init__(self) -> None:
        self.calls = 0

    def __getstate__(self) -> dict[str, int]:
        return {"calls": 0}

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


class Signs:
    """A line on which workers sign; it ends with them."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._read = b""

    def pid(self) -> int:
        """The next that signs."""
        while b"\n" not in self._read:
            assert self._wait(), "no worker signed in time"
            more = os.read(self._line, 100)
            assert more, "a worker ended and never signed"
            self._read += more
        first, _, self._read = self._read.partition(b"\n")
        return int(first)

    def empty(self) -> bool:
        """Whether nobody is there who signed."""
        return not self._read and not os.read(self._line, 100)

    def ended(self) -> bool:
        """Whether all that signed are no more, waiting for it."""
        while self._wait():
            if not os.read(self._line, 100):
                return True
        return False

    def _wait(self) -> bool:
        return bool(select.select([self._line], [], [], PATIENCE)[0])


@contextmanager
def signs(path: str) -> Iterator[Signs]:
    os.mkfifo(path)
    line = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield Signs(line)
    finally:
        os.close(line)
