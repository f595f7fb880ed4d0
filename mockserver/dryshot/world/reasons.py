"""Why jobs fail: the service's codes, what each means, and what is to be done about it.

Codes and meanings are the documented ones, the words are ours. ``transport`` errors, which no job
can have, are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["RAN_TOO_LONG", "REASONS", "Reason", "reason_for"]

RAN_TOO_LONG = 1305
"""The job is cancelled, not failed."""

_LEAST, _MOST = 1000, 9999


class Reason(NamedTuple):
    """What a client is shown: ``text`` is the job's reason, ``solution`` its reason_solution."""

    text: str
    solution: str


REASONS: Mapping[int, Reason] = {
    1217: Reason("Session has been closed", "Open another session."),
    RAN_TOO_LONG: Reason("Ran too long", "Ask for more time, or for less work."),
    1501: Reason(
        "The number of qubits of an observable is not that of its circuit",
        "Apply the circuit's layout to the observable.",
    ),
    1506: Reason("The circuit cannot be loaded", "Check the circuit, and write it again."),
    1515: Reason("The job's inputs cannot be processed", "Check the inputs."),
    1517: Reason(
        "The circuit has an instruction that the target does not support",
        "Transpile the circuit for the target before submitting.",
    ),
    1519: Reason(
        "Gate twirling, PEC and PEA do not go with fractional gates",
        "Turn the option off, or use no fractional gates.",
    ),
    1520: Reason("The limits of the system are exceeded", "Send less work."),
    1521: Reason("The options do not go together", "Correct the options."),
    1522: Reason("The estimator takes no dynamic circuits", "Use circuits without control flow."),
    1603: Reason("The program text cannot be loaded", "Check the program text."),
    3211: Reason("The job is not valid", "Check the job's inputs."),
    4001: Reason("The job is part of a session that has been closed", "Open another session."),
    5201: Reason("The job timed out", "Try again with less work."),
    5202: Reason("The job was cancelled", "Submit the job again."),
    5203: Reason("The job failed to run", "Submit the job again."),
    5204: Reason("The simulator failed", "Simplify the circuit."),
    5302: Reason("The payload is larger than allowed", "Split the job."),
    6000: Reason("Too many shots", "Ask for fewer shots."),
    6001: Reason("Too many experiments", "Send fewer circuits."),
    6002: Reason("Too many shots and experiments together", "Ask for less of either."),
    6003: Reason("Too few shots or experiments", "Ask for at least one."),
    7000: Reason("The circuit has an instruction that is not supported", "Transpile the circuit."),
    7001: Reason("The circuit has a gate that is not supported", "Transpile the circuit."),
    7002: Reason("The circuit has qubits that the backend does not have", "Transpile the circuit."),
    7003: Reason("The circuit's instructions are not well formed", "Check the circuit."),
    7004: Reason("The circuit has a pair that is not coupled", "Transpile the circuit."),
    7005: Reason("The circuit's classical bits cannot be used so", "Check the circuit."),
    7006: Reason("The circuit's control flow is not supported", "Simplify the circuit."),
    8000: Reason("The control system of the backend failed", "Submit the job again."),
    9999: Reason("Internal error", "Submit the job again."),
}
"""The codes that are known to stand in a job's state."""


def reason_for(code: int, text: str | None = None, solution: str | None = None) -> Reason:
    """The reason of a code in its own words, or in those given.

    ``ValueError`` if the code is none (1000 to 9999), or is not known and has no ``text``.
    """
    if not _LEAST <= code <= _MOST:
        raise ValueError(f"reason_code is {code}; it is {_LEAST} to {_MOST}")
    known = REASONS.get(code)
    if known is None:
        if text is None:
            raise ValueError(f"reason_code {code} is not documented; give its reason")
        return Reason(text, solution or "Submit the job again.")
    return Reason(known.text if text is None else text, solution or known.solution)
