"""What a job on the platform costs, whether it ends well or not."""

from __future__ import annotations

from dryshot.engines.failure import ProgramError, Reason, failed
from dryshot.world.work import Outcome, Task

__all__ = ["failure", "quantum_seconds"]

LEAST = 2.0


def quantum_seconds(seconds: float) -> float:
    """What is charged for ``seconds`` on a device: whole ones, two at the least."""
    return max(LEAST, float(-int(-seconds // 1)))


def failure(task: Task, error: ProgramError) -> Outcome:
    """The outcome of a job that ``error`` ended, with the platform's numbers and charges.

    A circuit that does not fit is found out on the device; all else before.
    """
    if error.reason is Reason.INVALID:
        error.reason = Reason.NOT_RUN
    on_device = error.reason is Reason.NOT_IN_TARGET and not task.backend.simulator
    return failed(task, error, LEAST if on_device else 0.0)
