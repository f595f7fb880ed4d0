"""Sockets that lead out of this machine: noticed, named by who opened them, and refused."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import sysconfig
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from dryshot.errors import RefusedHost

__all__ = ["Contact", "Watch", "watched"]

_LOCAL = frozenset({"", "localhost", "0.0.0.0", "::", "<broadcast>"})  # noqa: S104 - no binding
_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto"})
_OWN = str(Path(__file__).parents[1]) + os.sep
_LIBRARIES = tuple(
    {sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A host that a line of code wanted to reach."""

    host: str
    line: str

    def __str__(self) -> str:
        return f"a socket to {self.host} was opened by {self.line}; nothing was sent"


class Watch:
    """What is noticed within one ``with`` block; ``allow_hosts`` may be reached."""

    def __init__(self, allow_hosts: Collection[str] = ()) -> None:
        if isinstance(allow_hosts, str):
            raise TypeError(f"allow_hosts is a collection of host names, not {allow_hosts!r}")
        self._allowed = frozenset(host.lower() for host in allow_hosts) | _LOCAL
        self._contacts: dict[Contact, None] = {}

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Each host and line once, in their order."""
        return tuple(self._contacts)

    def allows(self, host: str) -> bool:
        """Whether it is this machine, or allowed."""
        name = host.lower().rstrip(".")
        if name in self._allowed or name.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(name.partition("%")[0]).is_loopback
        except ValueError:
            return name == socket.gethostname().lower()

    def note(self, contact: Contact) -> None:
        """Keep it."""
        self._contacts[contact] = None


class _Guard:
    """The hook of this process: it cannot be taken away again, and does nothing without a watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: tuple[Watch, ...] = ()
        self._hooked = False

    def enter(self, watch: Watch) -> None:
        """Begin to watch."""
        with self._lock:
            self._watches = (*self._watches, watch)
            if not self._hooked:
                self._hooked = True
                sys.addaudithook(self._hear)

    def leave(self, watch: Watch) -> None:
        """Watch no longer."""
        with self._lock:
            self._watches = tuple(one for one in self._watches if one is not watch)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        watches = self._watches
        if not watches or event not in _EVENTS:
            return
        host = _host(event, args)
        if host is None or any(watch.allows(host) for watch in watches):
            return
        contact = Contact(host, _caller())
        for watch in watches:
            watch.note(contact)
        raise RefusedHost(
            f"{contact.line} was about to open a socket to {host}; nothing was sent. "
            f"To let it: allow_hosts=[{host!r}]"
        )


_GUARD = _Guard()


@contextmanager
def watched(allow_hosts: Collection[str] = ()) -> Iterator[Watch]:
    """While this lasts, no thread of this process reaches another machine by Python's sockets.

    Whoever tries gets :class:`~dryshot.errors.RefusedHost`, and is noted. Loopback, sockets of Unix
    and ``allow_hosts`` are let through, and so is what sends nothing: to connect a datagram socket.
    """
    watch = Watch(allow_hosts)
    _GUARD.enter(watch)
    try:
        yield watch
    finally:
        _GUARD.leave(watch)


def _host(event: str, args: tuple[Any, ...]) -> str | None:
    """The host that is meant; None if the event leads nowhere else."""
    if event == "socket.getaddrinfo":
        host = args[0]
    else:
        own, address = args[0], args[1]
        if getattr(own, "family", None) not in {socket.AF_INET, socket.AF_INET6}:
            return None
        if event == "socket.connect" and own.type == socket.SOCK_DGRAM:
            return None
        host = address[0] if isinstance(address, tuple) and address else None
    if isinstance(host, bytes):
        return host.decode("latin-1")
    return host if isinstance(host, str) else None


def _caller() -> str:
    """The innermost line of whoever uses the libraries; of a library where there is none."""
    first: str | None = None
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to see the stack
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_OWN, "<")):
            line = f"{_short(name)}:{frame.f_lineno}"
            if not name.startswith(_LIBRARIES) and "-packages" + os.sep not in name:
                return line
            first = first or line
        frame = frame.f_back
    return first or f"the thread {threading.current_thread().name}"


def _short(name: str) -> str:
    try:
        return str(Path(name).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return name
