"""An executor that is made when the first job comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from dryshot.world.runner import LimitedExecutor

__all__ = ["Deferred"]

P = ParamSpec("P")
T = TypeVar("T")


class Deferred(LimitedExecutor):
    """What ``make`` gives, from the first job on; a server that computes none has no workers."""

    def __init__(self, make: Callable[[], LimitedExecutor]) -> None:
        self._make = make
        self._made: LimitedExecutor | None = None
        self._closed = False
        self._lock = threading.Lock()

    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As the executor that it stands for."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the executor was shut down")
            if self._made is None:
                self._made = self._make()
            made = self._made
        return made.submit_within(seconds, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's own
        """Take no more, and shut down what was made, if anything was."""
        with self._lock:
            self._closed, made = True, self._made
        if made is not None:
            made.shutdown(wait, cancel_futures=cancel_futures)
