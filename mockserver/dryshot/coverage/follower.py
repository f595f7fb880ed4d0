"""Counts what a journal gets, in batches and before it is forgotten."""

from __future__ import annotations

import threading

from dryshot.coverage.coverage import Coverage
from dryshot.journal import Journal

__all__ = ["Follower"]

_BATCH = 10
"""Exchanges that may wait to be counted: with bodies as large as a journal keeps, it has room for
this many, so none is forgotten unseen."""


class Follower:
    """Adds a journal's exchanges to a coverage, those that it has by now and all that come.

    A journal that nobody follows costs nothing. What it had forgotten before, or was told to
    forget, is counted as ``lost``.
    """

    def __init__(self, journal: Journal, coverage: Coverage, *, since: int = 0) -> None:
        self.coverage = coverage
        self._journal = journal
        self._sequence = since
        self._counted = 0
        self._lock = threading.Lock()
        self._stop = journal.listen(self._wake)

    def drain(self) -> Coverage:
        """Count what is new."""
        with self._lock:
            last = self._journal.last
            for sequence, exchange in self._journal.since(self._sequence):
                self._skip_to(sequence - 1)
                cut = exchange.request_size is not None or exchange.response_size is not None
                recorded = exchange.origin == "recorded"  # the mock's own answers it checked itself
                # Of what faults do only the API's own errors are the API's.
                if exchange.fault is None or exchange.fault.startswith("fail "):
                    self.coverage.add(
                        *(exchange.request, exchange.response),
                        whole=not cut,
                        check=recorded and not cut,
                    )
                self._sequence = sequence
                self._counted += 1
            self._skip_to(last)
        return self.coverage

    def close(self) -> Coverage:
        """Count what is new, and follow no longer."""
        self._stop()
        return self.drain()

    def take_counted(self) -> int:
        """How many exchanges were counted since this was asked last."""
        with self._lock:
            counted, self._counted = self._counted, 0
        return counted

    def _wake(self) -> None:
        if self._journal.last - self._sequence >= _BATCH:
            self.drain()

    def _skip_to(self, sequence: int) -> None:
        if sequence > self._sequence:
            self.coverage.count([("lost",)], sequence - self._sequence)
            self._sequence = sequence
