"""A way to break off the code of a thread, from wherever that is found to be necessary."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Self

__all__ = ["Alarm", "Hung"]

_AGAIN = 1.0
"""Seconds after which it rings again, for code that goes on regardless."""


class Hung(BaseException):
    """The code under test does not come to an end. It is no ``Exception``: code catches those."""


class Alarm:
    """Raises :class:`Hung` in the thread that enters it, when :meth:`ring` is called.

    After ``seconds`` of real time it calls ``late``, and rings. In the main thread of a system with
    signals it interrupts whatever waits, elsewhere what runs Python code. If the signal is somebody
    else's (pytest-timeout's, for one) it is left to him.
    """

    def __init__(self, seconds: float, late: Callable[[], object]) -> None:
        self._seconds = seconds
        self._late = late
        self._thread = threading.get_ident()
        self._timer: threading.Timer | None = None
        self._before: Any = None
        self._signals = False
        self._sent = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._thread = threading.get_ident()
        main = threading.current_thread() is threading.main_thread()
        if main and hasattr(signal, "setitimer"):
            self._before = signal.getsignal(signal.SIGALRM)
            self._signals = self._before in (signal.SIG_DFL, signal.SIG_IGN, None)
        if self._signals:
            signal.signal(signal.SIGALRM, self._on_signal)
        self._start(self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stop()
        except Hung:  # it rang just now
            self._stop()

    @property
    def here(self) -> bool:
        """Whether the caller is the thread in question."""
        return threading.get_ident() == self._thread

    def ring(self) -> None:
        """Break off what the thread does now."""
        with self._lock:
            if self._timer is None:
                return
            if self._signals:
                signal.pthread_kill(self._thread, signal.SIGALRM)
            else:
                self._sent = True
                _raise_in(self._thread, Hung)

    def _start(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._on_time)
        self._timer.daemon = True
        self._timer.start()

    def _stop(self) -> None:
        with self._lock:  # a signal that nobody takes any more would end the process
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._signals:
                signal.signal(signal.SIGALRM, self._before or signal.SIG_DFL)
                self._signals = False
        if self._sent:
            self._sent = False
            _take()

    def _on_time(self) -> None:
        self._late()
        self.ring()
        with self._lock:
            if self._timer is not None:
                self._start(_AGAIN)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        raise Hung


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Let a thread raise it at its next step in Python."""
    value = ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)


def _take() -> None:
    """Let what was sent to this thread, and may not have come to it, come here and go no further.

    To take it back with a null would leave the interpreter looking for it at every step, and
    CPython 3.11 would then hang in the first function that is traced (``sys.settrace``).
    """
    with suppress(Hung):
        _raise_in(threading.get_ident(), Hung)  # in the place of what is on its way
        while True:
            pass
