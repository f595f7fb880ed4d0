"""Observables as they travel: Pauli texts, sums of them, and nested lists of those."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from dryshot_client.platform.arrays import shape_of
from dryshot_client.platform.values import SupportsToList, check_real

__all__ = ["Observable", "Observables", "encode_observables"]

PAULI = re.compile(r"[IXYZ01rl+-]+")
"""Paulis, and the projectors onto their eigenstates; the rightmost is for qubit 0."""

PHASES: Mapping[str, complex] = {"": 1, "-": -1, "i": 1j, "-i": -1j}


class PauliSum(Protocol):
    """A ``qiskit.quantum_info.SparsePauliOp``, or the like."""

    def to_list(self) -> Any:
        """Pairs of a Pauli text and its coefficient."""


class SignedPauli(Protocol):
    """A ``qiskit.quantum_info.Pauli``."""

    def to_label(self) -> str:
        """Its text, which its phase may precede."""


Observable = str | Mapping[str, complex] | PauliSum | SignedPauli
"""A Pauli text such as ``"ZZI"``, coefficients by Pauli text, or an operator of Qiskit."""

Observables: TypeAlias = "Observable | SupportsToList | Sequence[Observables]"
"""One observable, or an array of them."""


def encode_observables(observables: Observables, name: str, num_qubits: int | None = None) -> Any:
    """The observables of one circuit as JSON.

    They are for equally many qubits, and where the circuit's number is known, for that many.
    Coefficients are real.
    """
    lengths: set[int] = set()
    encoded = _encode(observables, name, lengths)
    if 0 in shape_of(encoded, lambda leaf: isinstance(leaf, str | dict), name):
        raise ValueError(f"{name} is empty")
    if len(lengths) > 1:
        raise ValueError(f"{name} are for {' and '.join(map(str, sorted(lengths)))} qubits")
    if num_qubits is not None and lengths - {num_qubits}:
        raise ValueError(f"{name} are for {lengths.pop()} qubits; the circuit has {num_qubits}")
    return encoded


def _encode(value: Any, name: str, lengths: set[int]) -> Any:
    if isinstance(value, str):
        return _pauli(value, name, lengths)
    if isinstance(value, Mapping):
        return _sum(value.items(), name, lengths)
    if hasattr(value, "to_label"):
        text = str(value.to_label())
        label = text.lstrip("-i")
        return _sum([(label, PHASES[text.removesuffix(label)])], name, lengths)
    if hasattr(value, "to_list"):
        return _sum(value.to_list(), name, lengths)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | str):
        return [_encode(item, f"{name}[{place}]", lengths) for place, item in enumerate(value)]
    if isinstance(value, Mapping | str):  # an array without axes
        return _encode(value, name, lengths)
    raise TypeError(f"{name} is {type(value).__name__}, not an observable")


def _sum(pairs: Any, name: str, lengths: set[int]) -> dict[str, float]:
    terms: dict[str, complex] = {}
    for text, coefficient in pairs:
        label = _pauli(text, name, lengths)
        number = coefficient.item() if hasattr(coefficient, "item") else coefficient
        # an operator may name a Pauli more than once
        terms[label] = terms[label] + number if label in terms else number
    return {label: check_real(number, f"{name}[{label!r}]") for label, number in terms.items()}


def _pauli(text: Any, name: str, lengths: set[int]) -> str:
    if not isinstance(text, str):
        raise TypeError(f"{name} has {text!r} for a Pauli text")
    if not PAULI.fullmatch(text):
        raise ValueError(f"{name} has the text {text!r}; its letters are of IXYZ01rl+-")
    lengths.add(len(text))
    return text
