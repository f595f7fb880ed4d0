"""A command run in the foreground: signals are passed on, and how it ended is told."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

__all__ = ["CANNOT_RUN", "NOT_FOUND", "run_child", "signals_held"]

NOT_FOUND = 127
CANNOT_RUN = 126
"""The exit codes of a shell whose command is missing, or is no program."""

_PASSED = frozenset(
    {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2}
)
_HELD = _PASSED | {signal.SIGCHLD}
# What Python itself ignores and no other program expects to find ignored.
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
_FROM_KERNEL = 0x80
"""Linux's SI_KERNEL: the sender is a terminal."""


@contextmanager
def signals_held() -> Iterator[frozenset[int]]:
    """Keep signals waiting, for :func:`run_child` to take; gives those that were held before.

    Threads started within hold them too, so that all come to the thread that waits. Whatever is
    still waiting at the end was meant for a command that is no more, and is dropped.
    """
    before = frozenset(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, _HELD))
    try:
        yield before
    finally:
        while pending := signal.sigpending() & (_HELD - before):
            signal.sigwait(pending)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_child(
    command: Sequence[str], environ: Mapping[str, str], *, held: frozenset[int] = frozenset()
) -> int:
    """Run ``command`` to its end, within :func:`signals_held`, and give its exit code.

    That is 128 and the signal's number for one that a signal ended. It stays in this process's
    group and session, so that the terminal is its own as much as it was ours. Nobody waits for what
    it leaves behind.

    Raises:
        FileNotFoundError: there is no such command.
        OSError: it is no program, or may not be run.
    """
    pid = os.posix_spawnp(
        command[0],
        list(command),
        dict(environ),
        setsigmask=held,
        setsigdef=_IGNORED_BY_PYTHON,
    )
    ended = threading.Event()
    waiter = threading.Thread(target=_watch, args=(pid, threading.get_ident(), ended))
    waiter.start()
    try:
        while True:
            number, by_terminal = _next_signal()
            if ended.is_set():
                return _code(os.waitpid(pid, 0)[1])
            if number in _PASSED and not by_terminal:
                os.kill(pid, number)
    finally:
        waiter.join()


def _next_signal() -> tuple[int, bool]:
    """Wait for one, and whether a terminal sent it: then the whole foreground group has it."""
    if hasattr(signal, "sigwaitinfo"):
        came = signal.sigwaitinfo(_HELD)
        return came.si_signo, came.si_code == _FROM_KERNEL
    # macOS does not tell; while the terminal is ours, these two are most likely the user's keys
    number = signal.sigwait(_HELD)
    return number, number in {signal.SIGINT, signal.SIGQUIT} and _in_foreground()


def _in_foreground() -> bool:
    try:
        with open("/dev/tty", "rb") as terminal:  # noqa: PTH123 - no file
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def _watch(pid: int, waiting: int, ended: threading.Event) -> None:
    """Wake the waiting thread at the end of the child, which stays a zombie until that looks.

    So its number is not given away while a signal may still be sent to it. The kernel's own SIGCHLD
    could go to any thread; this one goes to the right one.
    """
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    ended.set()
    signal.pthread_kill(waiting, signal.SIGCHLD)


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
