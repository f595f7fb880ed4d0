"""The inputs of the two primitives, as the API takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from dryshot_client.platform.circuits import Circuit, encode_circuit
from dryshot_client.platform.observables import Observable, Observables, encode_observables
from dryshot_client.platform.options import EstimatorOptions, SamplerOptions, check_options
from dryshot_client.platform.values import (
    Numbers,
    ParameterValues,
    SupportsToList,
    check_integer,
    check_real,
    encode_values,
)

__all__ = [
    "Circuit",
    "Circuits",
    "EstimatorOptions",
    "Observable",
    "Observables",
    "ParameterValues",
    "Parameters",
    "SamplerOptions",
    "estimator_params",
    "sampler_params",
]

VERSION = 2
HIGHEST_LEVEL = 2

Circuits = Circuit | Sequence[Circuit]
Parameters: TypeAlias = (
    "Mapping[str, Numbers] | SupportsToList | Sequence[Numbers | ParameterValues | None]"
)
"""Of one circuit its :data:`ParameterValues`, of several a sequence of theirs."""


def sampler_params(
    circuits: Circuits,
    *,
    shots: int | Sequence[int | None] | None = None,
    parameters: Parameters | None = None,
    options: SamplerOptions | None = None,
) -> dict[str, Any]:
    """The ``params`` of a sampler's job, whose results come as plain JSON.

    ``circuits`` is one circuit or a sequence. Of one circuit, ``parameters`` are its own: numbers,
    or evenly nested lists of numbers, by name; or a list of numbers in the order of the sorted
    names, nested for several sets of values. Of a sequence of circuits, even of one, they are a
    sequence with one entry for each circuit, which is ``None`` where the circuit takes none.
    ``shots`` is for every circuit; of a sequence of circuits, it may be a sequence too.
    """
    items, many = _listed(circuits)
    texts = _encode(items, many=many)
    values = _values(parameters, len(items), many=many)
    numbers = [
        None if item is None else check_integer(item, name, 1)
        for item, name in _each(shots, "shots", len(items), many=many)
    ]
    pubs = [_pub(*parts) for parts in zip(texts, values, numbers, strict=True)]
    return _params(pubs, None if options is None else check_options(options, SamplerOptions))


def estimator_params(
    circuits: Circuits,
    observables: Observables,
    *,
    parameters: Parameters | None = None,
    precision: float | Sequence[float | None] | None = None,
    resilience_level: int | None = None,
    options: EstimatorOptions | None = None,
) -> dict[str, Any]:
    """The ``params`` of an estimator's job, whose results come as plain JSON.

    ``circuits`` is one circuit or a sequence. Of one circuit, ``observables`` are its own: a Pauli
    text such as ``"ZZI"``, whose rightmost letter is for qubit 0, or coefficients by Pauli text, or
    an operator of Qiskit, or evenly nested lists of those. Of a sequence of circuits, even of one,
    they are a sequence with one entry for each circuit, which may itself be a list; nothing is
    repeated for circuits that have no entry. Texts have a letter for every qubit of the circuit.

    ``parameters`` and ``precision`` (above 0) are given likewise; see :func:`sampler_params`.
    """
    items, many = _listed(circuits)
    texts = _encode(items, many=many)
    entries: Any = [observables]
    if many:
        entries = _entries(observables, "observables", len(items))
    encoded = [
        encode_observables(entry, name, _num_qubits(circuit))
        for entry, name, circuit in zip(
            entries,
            _names("observables", len(items), many=many),
            items,
            strict=True,
        )
    ]
    values = _values(parameters, len(items), many=many)
    targets = [
        None if item is None else _precision(item, name)
        for item, name in _each(precision, "precision", len(items), many=many)
    ]
    pubs = [_pub(*parts) for parts in zip(texts, encoded, values, targets, strict=True)]
    params = _params(pubs, None if options is None else check_options(options, EstimatorOptions))
    if resilience_level is not None:
        level = check_integer(resilience_level, "resilience_level", 0, HIGHEST_LEVEL)
        params["resilience_level"] = level
    return params


def _listed(circuits: Any) -> tuple[list[Any], bool]:
    """Every circuit, and whether they were given as a sequence."""
    if not isinstance(circuits, Sequence) or isinstance(circuits, str | bytes | bytearray):
        return [circuits], False
    if not circuits:
        raise ValueError("circuits is empty")
    return list(circuits), True


def _encode(circuits: list[Any], *, many: bool) -> list[Any]:
    names = _names("circuits", len(circuits), many=many)
    return [encode_circuit(*pair) for pair in zip(circuits, names, strict=True)]


def _num_qubits(circuit: Circuit) -> int | None:
    """The number of qubits of a circuit of Qiskit; that of a text is for the service to find."""
    return None if isinstance(circuit, str) else circuit.num_qubits


def _values(parameters: Any, number: int, *, many: bool) -> list[Any]:
    if parameters is None:
        return [None] * number
    if not many:
        return [encode_values(parameters, "parameters")]
    entries = _entries(parameters, "parameters", number)
    names = _names("parameters", number, many=True)
    return [encode_values(*pair) for pair in zip(entries, names, strict=True)]


def _each(setting: Any, name: str, number: int, *, many: bool) -> list[tuple[Any, str]]:
    """A setting for each circuit, with its name; one that is not a sequence is for all of them."""
    if many and isinstance(setting, Sequence) and not isinstance(setting, str | bytes):
        entries = _entries(setting, name, number)
        return list(zip(entries, _names(name, number, many=True), strict=True))
    return [(setting, name)] * number


def _entries(value: Any, name: str, number: int) -> Sequence[Any]:
    entries = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(entries, Sequence) or isinstance(entries, str | bytes):
        raise TypeError(f"{name} is not a sequence with an entry for each circuit")
    if len(entries) != number:
        raise ValueError(f"{name} has {len(entries)} entries for {number} circuits")
    return entries


def _names(name: str, number: int, *, many: bool) -> list[str]:
    return [f"{name}[{place}]" for place in range(number)] if many else [name]


def _precision(value: Any, name: str) -> float:
    number = check_real(value, name)
    if number <= 0:
        raise ValueError(f"{name} is {number}; it is above 0")
    return number


def _pub(*parts: Any) -> list[Any]:
    """The parts of a pub, without those at the end that are not given."""
    pub = list(parts)
    while pub[-1] is None:
        pub.pop()
    return pub


def _params(pubs: list[Any], options: dict[str, Any] | None) -> dict[str, Any]:
    """Without ``support_qiskit``, so that results are plain JSON."""
    given = {} if options is None else {"options": options}
    return {"pubs": pubs, **given, "version": VERSION}
