"""Pauli terms measured in shots: their means, and how far these may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dryshot.engines.bench import Samples
from dryshot.engines.observables import Terms, support

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Basis", "Moments", "as_array", "moments", "read_basis"]


@dataclass(frozen=True, slots=True)
class Basis:
    """One measured basis: each label's sign for each outcome, and how the outcomes are spread.

    ``weights`` has a row, which sums to one, for each randomization.
    """

    signs: dict[str, NDArray[np.float64]]
    weights: NDArray[np.float64]
    shots: int


@dataclass(frozen=True, slots=True)
class Moments:
    """A mean with its standard error: from the spread of randomizations, and from all the shots."""

    value: float
    spread: float
    ensemble: float


def read_basis(
    samples: Samples, offset: int, qubits: Sequence[int], labels: Sequence[str], number: int
) -> Basis:
    """What ``samples`` say of ``labels``; their order is cut into ``number`` randomizations."""
    import numpy as np

    column = {qubit: place for place, qubit in enumerate(qubits)}
    keys = sorted({key >> offset for key in samples.counts})
    table = np.array([[key >> bit & 1 for bit in range(len(qubits))] for key in keys])
    signs = {
        label: 1.0 - 2.0 * (table[:, [column[qubit] for qubit in support(label)]].sum(axis=1) % 2)
        for label in labels
    }
    index = {key: place for place, key in enumerate(keys)}
    memory = np.array([index[shot >> offset] for shot in samples.memory or []])
    parts = np.array_split(memory, max(1, min(number, len(memory))))
    weights = np.array([np.bincount(part, minlength=len(keys)) / len(part) for part in parts])
    return Basis(signs, weights, len(memory))


def moments(terms: Terms, bases: Sequence[Basis], signals: dict[str, float]) -> Moments:
    """The mean of an observable; each term is divided by what is left of its signal."""
    import numpy as np

    value = sum(weight for label, weight in terms.items() if not support(label))
    spread = ensemble = 0.0
    for basis in bases:
        own = [label for label in terms if label in basis.signs]
        if not own:
            continue
        outcome = sum(
            (terms[label] / signals[label] * basis.signs[label] for label in own),
            np.zeros(basis.weights.shape[1]),
        )
        parts = basis.weights @ outcome
        overall = basis.weights.mean(axis=0)
        mean = float(overall @ outcome)
        value += mean
        variance = float(overall @ (outcome - mean) ** 2) / basis.shots
        ensemble += variance
        spread += float(parts.var(ddof=1)) / len(parts) if len(parts) > 1 else variance
    return Moments(float(value), float(np.sqrt(spread)), float(np.sqrt(ensemble)))


def as_array(items: Sequence[Any], name: str, shape: tuple[int, ...]) -> Any:
    """One figure of all ``items`` as an array."""
    import numpy as np

    return np.array([getattr(item, name) for item in items], dtype=float).reshape(shape)
