"""Where engines run: at once in the caller's thread, or where time is limited."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Generic, ParamSpec, TypeVar

__all__ = ["InlineExecutor", "LimitedExecutor", "Settled"]

P = ParamSpec("P")
T = TypeVar("T")


class Settled(Generic[T]):
    """What became of a call: a future that needs no lock, since nobody ever waits for it."""

    __slots__ = ("_error", "_value")

    def __init__(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> None:
        self._error: Exception | None = None
        try:
            self._value = fn(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a future carries whatever was raised
            self._error = error

    def result(self) -> T:
        """What it gave, or raised."""
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self) -> Exception | None:
        """What it raised, if it did."""
        return self._error

    def done(self) -> bool:
        """Always."""
        return True

    def cancel(self) -> bool:
        """Too late."""
        return False

    cancelled = cancel


class InlineExecutor(Executor):
    """Runs what is submitted at once, in the caller's thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is already done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever was raised
            future.set_exception(error)
        return future


class LimitedExecutor(Executor):
    """An executor that stops what takes too long."""

    @abstractmethod
    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Like ``submit``; ``TimeoutError`` when ``fn`` has run for ``seconds`` of real time."""

    def settle(
        self, _fn: Callable[P, T], /, *_args: P.args, **_kwargs: P.kwargs
    ) -> Settled[T] | None:
        """What became of the call, if it is made at once; None if it is to be submitted."""
        return None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` for as long as it takes."""
        return self.submit_within(None, fn, *args, **kwargs)
