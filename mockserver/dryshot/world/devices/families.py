"""Processor families: what is typical of each, from figures that IBM published.

Medians are taken over the calibration data of a few devices of the family. For Osprey and Condor
little was published; their figures are estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["FAMILIES", "Family", "TwoQubitGate", "family_for"]

TwoQubitGate = Literal["cx", "cz", "ecr"]
"""``ecr`` exists in one direction of a pair only, the others in both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Typical values of a processor family whose largest device has ``largest`` qubits.

    ``dt`` is in ns and every ``..._length`` in units of ``dt``; ``t1`` and ``t2`` are in µs,
    ``frequency`` and ``anharmonicity`` in GHz; errors are probabilities. ``spread`` is the standard
    deviation of the logarithm of the two-qubit gate's length. A family that is ``fractional`` has
    the gates ``rx`` and ``rzz``.
    """

    name: str
    revision: str
    largest: int
    two_qubit_gate: TwoQubitGate
    dt: float
    granularity: int
    min_length: int
    sx_length: int
    two_qubit_length: int
    spread: float = 0.0
    readout_length: int
    reset_length: int
    t1: float
    t2: float
    frequency: float
    anharmonicity: float
    sx_error: float
    two_qubit_error: float
    readout_error: float
    quantum_volume: int | None = None
    clops: int | None = None
    clops_h: int | None = None
    open_pulse: bool = True
    fractional: bool = False


_FALCON = Family(
    name="Falcon",
    revision="5.11",
    largest=33,
    two_qubit_gate="cx",
    dt=2 / 9,
    granularity=16,
    min_length=64,
    sx_length=160,
    two_qubit_length=1568,
    spread=0.3,
    readout_length=3296,
    reset_length=3776,
    t1=115.0,
    t2=95.0,
    frequency=5.07,
    anharmonicity=-0.342,
    sx_error=2.6e-4,
    two_qubit_error=7.8e-3,
    readout_error=0.016,
    quantum_volume=32,
    clops=2600,
)
_HUMMINGBIRD = Family(
    name="Hummingbird",
    revision="2",
    largest=65,
    two_qubit_gate="cx",
    dt=2 / 9,
    granularity=16,
    min_length=64,
    sx_length=160,
    two_qubit_length=1632,
    spread=0.2,
    readout_length=17552,
    reset_length=19952,
    t1=65.0,
    t2=84.0,
    frequency=5.13,
    anharmonicity=-0.328,
    sx_error=3.4e-4,
    two_qubit_error=1.0e-2,
    readout_error=0.024,
    quantum_volume=32,
    clops=1500,
)
_EAGLE = Family(
    name="Eagle",
    revision="3",
    largest=127,
    two_qubit_gate="ecr",
    dt=0.5,
    granularity=8,
    min_length=16,
    sx_length=120,
    two_qubit_length=1320,
    readout_length=2800,
    reset_length=2920,
    t1=225.0,
    t2=130.0,
    frequency=4.93,
    anharmonicity=-0.308,
    sx_error=2.5e-4,
    two_qubit_error=7.7e-3,
    readout_error=0.016,
    clops_h=5000,
)
_HERON_1 = Family(
    name="Heron",
    revision="1",
    largest=133,
    two_qubit_gate="cz",
    dt=4.0,
    granularity=1,
    min_length=2,
    sx_length=8,
    two_qubit_length=17,
    readout_length=390,
    reset_length=427,
    t1=180.0,
    t2=140.0,
    frequency=4.8,
    anharmonicity=-0.3,
    sx_error=2.7e-4,
    two_qubit_error=4.2e-3,
    readout_error=0.022,
    clops_h=210_000,
    open_pulse=False,
    fractional=True,
)
_HERON_2 = replace(
    _HERON_1,
    revision="2",
    largest=156,
    readout_length=645,
    reset_length=680,
    t1=190.0,
    t2=130.0,
    sx_error=2.3e-4,
    two_qubit_error=2.9e-3,
    readout_error=0.009,
    clops_h=195_000,
)
_OSPREY = Family(
    name="Osprey",
    revision="1",
    largest=433,
    two_qubit_gate="ecr",
    dt=2 / 9,
    granularity=16,
    min_length=64,
    sx_length=160,
    two_qubit_length=2976,
    readout_length=6304,
    reset_length=6784,
    t1=85.0,
    t2=60.0,
    frequency=4.95,
    anharmonicity=-0.31,
    sx_error=4.5e-4,
    two_qubit_error=1.6e-2,
    readout_error=0.03,
    clops_h=3000,
)
_CONDOR = replace(_OSPREY, name="Condor", largest=1121)

FAMILIES = (_FALCON, _HUMMINGBIRD, _EAGLE, _HERON_1, _HERON_2, _OSPREY, _CONDOR)
"""In the order of their size; a family's revisions stand next to each other."""


def family_for(num_qubits: int, name: str | None = None) -> Family:
    """The smallest family, or revision of the named family, that holds ``num_qubits``.

    If none is large enough, the largest stands in.
    """
    choice = [family for family in FAMILIES if name in (None, family.name)]
    if not choice:
        known = ", ".join(dict.fromkeys(family.name for family in FAMILIES))
        raise ValueError(f"no processor family {name!r}; there are {known}")
    return next((family for family in choice if num_qubits <= family.largest), choice[-1])
