"""Where the worlds of one time are written down, until those of another time take their place."""

from __future__ import annotations

import threading

from dryshot.server.log import Log
from dryshot.server.records import Record, Stored

__all__ = ["Book"]


class Book:
    """A way to the log that is opened once and closed once; whoever does it holds ``lock``.

    Until it is open, records are held back; when it is closed, they are lost, as their worlds are.
    """

    def __init__(self, log: Log) -> None:
        self.lock = threading.Lock()
        self._log = log
        self._held: list[tuple[Stored, Record]] | None = []
        self._closed = False

    def open(self) -> None:
        """Line up what was held back, and everything from now on."""
        held, self._held = self._held or (), None
        for stored, record in held:
            self._log.append(stored, record)

    def close(self) -> None:
        """Write nothing more."""
        self._closed = True

    def keep(self, stored: Stored, record: Record) -> None:
        """Line up a record to be written."""
        with self.lock:
            if self._held is not None:
                self._held.append((stored, record))
            elif not self._closed:
                self._log.append(stored, record)

    def drop(self, stored: Stored) -> None:
        """Forget a tenant."""
        with self.lock:
            if not self._closed:
                self._log.drop(stored)
