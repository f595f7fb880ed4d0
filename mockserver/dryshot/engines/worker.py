"""One worker process: what it does, and the handle by which its parent asks, waits and kills."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any

if sys.platform == "linux":
    import fcntl

from dryshot.engines.parcel import Parcel, run

__all__ = ["RemoteError", "StartMethod", "Worker", "WorkerDied"]

StartMethod = ForkServerContext | SpawnContext
"""How processes are made. Never by a fork of the server, whose threads may hold any lock."""


class RemoteError(Exception):
    """An engine raised in its worker; the traceback from there is a note."""


class WorkerDied(Exception):
    """A worker process came to its end in the middle of a job."""


class Worker:
    """The parent's handle of one worker; one thread asks it, any thread may kill it.

    ``guard`` is shared by all workers of a pool: multiprocessing's own book-keeping of children is
    not made for several threads at once.
    """

    def __init__(self, method: StartMethod, preload: Sequence[str], guard: threading.Lock) -> None:
        self._guard = guard
        self._pipe, theirs = method.Pipe()
        with theirs:
            self._process = method.Process(
                target=_serve, args=(theirs, tuple(preload)), name="dryshot-worker", daemon=True
            )
            with guard:
                self._process.start()
        self._greeted = False
        self._ended = False

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        # Its pipe is at its end a little before multiprocessing knows that the process is.
        signs: list[Connection | int] = [self._process.sentinel]
        if self._greeted:
            signs.append(self._pipe)
        return not self._ended and not wait(signs, timeout=0)

    def ask(self, parcel: Parcel, seconds: float | None) -> Any:
        """What the call gives; ``seconds`` count from when the worker is ready for it.

        Raises ``TimeoutError`` when they are over, having killed the worker, :class:`WorkerDied`,
        or :class:`RemoteError` for what the engine raised.
        """
        if not self._greeted:
            self._receive(None)
            self._greeted = True
        with suppress(OSError):  # it died: the answer says so
            self._pipe.send_bytes(parcel.engine)
            self._pipe.send_bytes(parcel.arguments)
        done, value = pickle.loads(self._receive(seconds))  # noqa: S301 - from our own worker
        if done:
            return value
        message, trace = value
        error = RemoteError(message)
        error.add_note(trace)
        raise error

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._ended = True
        self._process.kill()

    def close(self) -> None:
        """Kill it, and give back what it held."""
        self.kill()
        with self._guard:
            self._process.join()
            self._process.close()
        self._pipe.close()

    def _receive(self, seconds: float | None) -> bytes:
        if not wait([self._pipe, self._process.sentinel], timeout=seconds):
            self.kill()
            raise TimeoutError(f"stopped after {seconds:g} s")
        try:
            if self._pipe.poll():
                return self._pipe.recv_bytes()
        except (EOFError, OSError):
            pass
        self.kill()  # for one that only hung up; the code of one that ends is settled by now
        with self._guard:
            self._process.join()
        raise WorkerDied(f"the worker process {_ending(self._process.exitcode)}")


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _serve(pipe: Connection, preload: Sequence[str]) -> None:
    """Say that all is ready, then answer call after call until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the server's
    with suppress(OSError):
        os.dup2(2, 1)  # the server's stdout is no place for what libraries print
    _die_with_parent()
    for name in preload:
        with suppress(ImportError):
            import_module(name)
    pipe.send_bytes(b"")
    with suppress(EOFError, ConnectionError):
        while True:
            engine, arguments = pipe.recv_bytes(), pipe.recv_bytes()
            pipe.send_bytes(_answer(engine, arguments))


def _answer(engine: bytes, arguments: bytes) -> bytes:
    try:
        return pickle.dumps((True, run(engine, arguments)))
    except BaseException as error:  # noqa: BLE001 - whatever an engine raises fails its job only
        return pickle.dumps((False, (str(error), traceback.format_exc())))


def _die_with_parent() -> None:
    """Leave no orphan, even of a parent that was killed in the middle of a simulation."""
    parent = parent_process()
    if parent is None:  # pragma: no cover - a worker always has one
        return
    sentinel = parent.sentinel  # a pipe that ends with the parent, and carries nothing
    if sys.platform == "linux":  # SIGIO ends a process, even one whose C code holds the GIL
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(sentinel, fcntl.F_GETFL)
        fcntl.fcntl(sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
