"""Failures on demand: the next calls of an operation are answered with the service's own error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dryshot.errors import ServiceFailure

__all__ = ["Fault", "Faults"]

_DECLARED = frozenset({429, 500})
"""The failures that the documents have for every operation."""


@dataclass(slots=True)
class Fault:
    """Answers ``left`` more calls of ``operation`` with ``status``; None is any, or for ever.

    Nothing is done for such a call. ``retry_after`` is what the answer's header says, in seconds.
    """

    status: int
    operation: str | None
    left: int | None
    retry_after: float | None


class Faults:
    """The failures that are yet to come, in the order in which they were set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __len__(self) -> int:
        return len(self._faults)

    def __iter__(self) -> Iterator[Fault]:
        """Those that are yet to come, as they are now."""
        return iter(tuple(self._faults))

    def __repr__(self) -> str:
        return f"<Faults: {len(self)}>"

    def fail(
        self,
        status: int,
        *,
        operation: str | None = None,
        times: int | None = 1,
        retry_after: float | None = None,
    ) -> Fault:
        """Let the next ``times`` calls fail with ``status``, 429 or 500, without any effect.

        ``operation`` is an operationId, None is every operation; ``times`` None is for ever, until
        :meth:`clear`.
        """
        if status not in _DECLARED:
            raise ValueError(f"status is {status}; the documents have 429 and 500")
        if times is not None and times < 1:
            raise ValueError(f"times is {times}; it is 1 or more, or None")
        fault = Fault(status, operation, times, retry_after)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing fail any more."""
        self._faults.clear()

    def strike(self, operation: str) -> None:
        """Raise ``ServiceFailure`` if a call of ``operation`` is to fail now."""
        for fault in self._faults:
            if fault.operation in (None, operation):
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left == 0:
                        self._faults.remove(fault)
                raise ServiceFailure(fault.status, fault.retry_after)
