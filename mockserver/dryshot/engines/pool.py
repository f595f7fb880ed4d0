"""Jobs in worker processes, each of which can be stopped, or can crash, without harm to others."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any, Literal, ParamSpec, TypeVar

from dryshot.engines.parcel import Packer, Parcel
from dryshot.engines.worker import StartMethod, Worker, WorkerDied
from dryshot.world.runner import LimitedExecutor

__all__ = ["AER_MODULES", "WorkerPool"]

P = ParamSpec("P")
T = TypeVar("T")

AER_MODULES = (
    "qiskit",
    "qiskit.qasm2",
    "qiskit_qasm3_import",
    "openqasm3.parser",
    "qiskit_aer",
    "qiskit_aer.noise",
    "scipy.linalg",
    "dryshot.engines.sampler",
    "dryshot.engines.estimator",
    "dryshot.engines.platform.programs",
)
"""What the aer engine needs; what is not installed is left out."""


@dataclass(slots=True, eq=False)
class _Call:
    future: Future[Any]
    parcel: Parcel
    seconds: float | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    worker: Worker | None = None

    def stop(self, future: Future[Any]) -> None:
        """Kill the worker that is busy with it, if it was cancelled."""
        if future.cancelled():
            future.set_running_or_notify_cancel()  # what waits for it must hear of it
            with self.lock:
                if self.worker is not None:
                    self.worker.kill()


class WorkerPool(LimitedExecutor):
    """An executor of processes.

    A future of it can be cancelled at any time: what runs is killed. One whose worker dies, by
    itself or by another's hand, gets :class:`~dryshot.engines.worker.WorkerDied`, and a new worker
    takes the place. ``Future.running`` stays False until the end: to the future, cancelling what
    runs is like cancelling what waits.

    Workers start at once, in the background, and import ``preload``. On Linux they are forks of a
    small server process that has done so, and share its memory; elsewhere each imports for itself.
    The interpreter's end stops a pool that was not shut down.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        preload: Sequence[str] = AER_MODULES,
        method: Literal["forkserver", "spawn"] | None = None,
    ) -> None:
        count = (os.cpu_count() or 1) if workers is None else workers
        if count < 1:
            raise ValueError(f"{count} workers; one is needed at least")
        self._preload = tuple(preload)
        self._method = _method(method, self._preload)
        self._packer = Packer()
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._guard = threading.Lock()
        self._open: set[_Call] = set()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._keep, name=f"dryshot-worker-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()
        atexit.register(self._abandon)

    def __repr__(self) -> str:
        return f"<WorkerPool of {len(self._threads)}, {self._method.get_start_method()}>"

    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Call ``fn`` in a worker; what cannot be pickled is the future's exception."""
        future: Future[T] = Future()
        try:
            parcel = self._packer.pack(fn, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - pickle raises whatever an object's own part does
            future.set_exception(error)
            return future
        call = _Call(future, parcel, seconds)
        future.add_done_callback(call.stop)
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool was shut down")
            self._open.add(call)
            self._calls.put(call)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's own
        """Take no more. ``cancel_futures`` also stops what runs; else all is done to its end."""
        with self._lock:
            first, self._closed = not self._closed, True
            calls = list(self._open)
        if cancel_futures:
            for call in calls:
                call.future.cancel()
        if first:
            for _ in self._threads:
                self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
            atexit.unregister(self._abandon)

    def _abandon(self) -> None:
        self.shutdown(cancel_futures=True)

    def _keep(self) -> None:
        """See to one worker after another; each has one call at a time."""
        worker = self._hire()
        while (call := self._calls.get()) is not None:
            worker = self._living(worker)
            self._serve(call, worker)
            with self._lock:
                self._open.discard(call)
                closed = self._closed
            if not closed:
                worker = self._living(worker)  # a new one gets ready before the next call
        if worker is not None:
            worker.close()

    def _living(self, worker: Worker | None) -> Worker | None:
        if worker is not None and worker.alive:
            return worker
        if worker is not None:
            worker.close()
        return self._hire()

    def _hire(self) -> Worker | None:
        with suppress(Exception):  # no room for a process, or a program that makes none when run
            return Worker(self._method, self._preload, self._guard)
        return None

    def _serve(self, call: _Call, worker: Worker | None) -> None:
        with call.lock:
            if call.future.cancelled():
                return
            call.worker = worker
        result, error = None, None
        try:
            if worker is None:
                raise WorkerDied("no worker process could be started")
            result = worker.ask(call.parcel, call.seconds)
        except Exception as raised:  # noqa: BLE001 - a future carries whatever was raised
            error = raised
        with call.lock:
            call.worker = None
        with suppress(InvalidStateError):  # it was cancelled
            if error is None:
                call.future.set_result(result)
            else:
                call.future.set_exception(error)


def _method(name: str | None, preload: Sequence[str]) -> StartMethod:
    if name == "spawn" or (name is None and sys.platform != "linux"):
        return get_context("spawn")
    method = get_context("forkserver")
    method.set_forkserver_preload(["__main__", *preload])
    return method
