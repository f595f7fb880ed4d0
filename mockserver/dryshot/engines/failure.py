"""How a program fails: one exception inside the engines, one failed outcome outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from dryshot.world.work import Outcome, Task

__all__ = ["ProgramError", "Reason", "failed", "within"]


class Reason(IntEnum):
    """IBM's numbers for why a job failed; those from 1501 to 1603 are of today's platform only."""

    OBSERVABLE = 1501
    UNREADABLE = 1506
    NOT_IN_TARGET = 1517
    FRACTIONAL = 1519
    LIMIT = 1520
    INCOMPATIBLE = 1521
    DYNAMIC = 1522
    UNLOADABLE = 1603
    INVALID = 3211
    NOT_RUN = 5203
    SIMULATION = 5204


class ProgramError(Exception):
    """The program cannot run as it was sent; the message says why, in one line.

    ``circuit`` is the index of the circuit or pub at fault, ``kind`` the name of the error that a
    traceback would end with.
    """

    def __init__(
        self,
        message: str,
        *,
        circuit: int | None = None,
        reason: Reason = Reason.INVALID,
        kind: str = "ValueError",
    ) -> None:
        super().__init__(" ".join(message.split()))
        self.circuit = circuit
        self.reason = reason
        self.kind = kind


@contextmanager
def within(circuit: int) -> Iterator[None]:
    """Name ``circuit`` in every failure of the block, whatever raised it."""
    try:
        yield
    except ProgramError as error:
        if error.circuit is None:
            error.circuit = circuit
        raise
    except Exception as error:
        kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
        message = str(error) or "no message"
        raise ProgramError(message, circuit=circuit, reason=Reason.NOT_RUN, kind=kind) from error


def failed(task: Task, error: ProgramError, quantum_seconds: float = 0.0) -> Outcome:
    """The outcome of a program that ``error`` ended: a traceback-like text, and a reason."""
    where = "" if error.circuit is None else f"circuit {error.circuit}: "
    body = (
        "Traceback (most recent call last):\n"
        f'  File "{task.program_id}.py", in main\n'
        f"{error.kind}: {where}{error}\n"
    )
    return Outcome(
        failed=True,
        body=body,
        reason=f"{where}{error}",
        reason_code=int(error.reason),
        quantum_seconds=quantum_seconds,
    )
