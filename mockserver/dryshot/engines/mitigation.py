"""Readout mitigation: undoing assignment errors in the space of the outcomes that were seen.

The confusion matrix of each qubit is what a calibration of finite shots gave, drawn once for a
device's calibration data: all jobs on a device share it, as they shared the real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from dryshot.engines.device import Device
from dryshot.engines.failure import ProgramError, Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Mitigated", "calibrate", "mitigate"]

CALIBRATION_SHOTS = 10_000
PRECISION = 1e-10
MAX_DENSE = 1500
"""Up to this many distinct outcomes the matrix is solved whole; beyond, by its nearest terms."""

Confusion = tuple[tuple[float, float], ...]
"""For each bit the chance to read 1 for 0, and to read 0 for 1, as calibrated."""


@dataclass(frozen=True, slots=True)
class Mitigated:
    """Quasi-probabilities by outcome, and what mitigation costs in shots: a factor, at least 1."""

    quasi: dict[int, float]
    overhead: float


def calibrate(device: Device, qubits: list[int]) -> Confusion:
    """What a calibration of ``device`` found for ``qubits``."""
    import numpy as np

    found = []
    for qubit in qubits:
        values = device.qubits[qubit]
        rng = np.random.default_rng([int(device.fingerprint[:16], 16), qubit])
        drawn = rng.binomial(CALIBRATION_SHOTS, [values.p10, values.p01]) / CALIBRATION_SHOTS
        found.append((float(drawn[0]), float(drawn[1])))
    return tuple(found)


def mitigate(counts: dict[int, int], bits: list[int], confusion: Confusion) -> Mitigated:
    """Solve for what was before readout; ``bits`` are the classical bits of ``confusion``."""
    import numpy as np

    outcomes = list(counts)
    measured = np.array(list(counts.values()), dtype=float)
    measured /= measured.sum()
    table = np.array([[key >> bit & 1 for bit in bits] for key in outcomes], dtype=np.int8)
    if not bits:
        return Mitigated(dict(zip(outcomes, measured.tolist(), strict=True)), 1.0)
    chances = np.array(confusion)
    if len(outcomes) <= MAX_DENSE:
        solved, overhead = _dense(table, chances, measured)
    else:
        solved, overhead = _sparse(table, chances, measured)
    solved = solved / solved.sum()
    return Mitigated(dict(zip(outcomes, solved.tolist(), strict=True)), max(1.0, overhead))


def _dense(
    table: NDArray[np.int8], chances: NDArray[np.float64], measured: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Every pair of outcomes; the overhead is the square of the inverse's 1-norm."""
    import numpy as np

    matrix = np.ones((len(table), len(table)))
    for place, (p10, p01) in enumerate(chances):
        one = np.array([[1 - p10, p01], [p10, 1 - p01]])
        column = table[:, place]
        matrix *= one[column[:, None], column[None, :]]
    matrix /= matrix.sum(axis=0)
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        raise ProgramError(
            "the readout is too noisy to be mitigated", reason=Reason.NOT_RUN, kind="LinAlgError"
        ) from None
    return inverse @ measured, float(np.linalg.norm(inverse, 1)) ** 2


def _sparse(
    table: NDArray[np.int8], chances: NDArray[np.float64], measured: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Only outcomes that differ in at most one bit; the overhead is that of independent bits."""
    import numpy as np

    sparse, solver = import_module("scipy.sparse"), import_module("scipy.sparse.linalg")
    size, width = table.shape
    stay = np.where(table == 0, 1 - chances[:, 0], 1 - chances[:, 1])
    leave = np.where(table == 0, chances[:, 0], chances[:, 1])
    diagonal = stay.prod(axis=1)
    place_of = {row.tobytes(): place for place, row in enumerate(table)}
    rows, columns = list(range(size)), list(range(size))
    values = diagonal.tolist()
    for column, row in enumerate(table):
        for bit in range(width):
            row[bit] ^= 1
            place = place_of.get(row.tobytes())
            row[bit] ^= 1
            if place is not None:
                rows.append(place)
                columns.append(column)
                values.append(float(diagonal[column] * leave[column, bit] / stay[column, bit]))
    matrix = sparse.csc_array(sparse.coo_array((values, (rows, columns)), shape=(size, size)))
    matrix = sparse.csc_array(matrix / np.asarray(matrix.sum(axis=0))[None, :])
    norms = [(1 + abs(p10 - p01)) / (1 - p10 - p01) for p10, p01 in chances.tolist()]
    solved, unfinished = solver.bicgstab(matrix, measured, rtol=PRECISION)
    if unfinished:
        raise ProgramError(
            "the readout is too noisy to be mitigated", reason=Reason.NOT_RUN, kind="LinAlgError"
        )
    return np.asarray(solved), float(np.prod(norms)) ** 2
