"""Parameter values: from their forms on the wire to one bound circuit for each set of values."""

from __future__ import annotations

from typing import Any

from dryshot.engines.encoding import decode
from dryshot.engines.failure import ProgramError
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared

__all__ = ["bind", "bindings"]


def bindings(pub: Pub, circuit: Any) -> Any:
    """The values of ``pub`` as qiskit's ``BindingsArray``, checked against ``circuit``."""
    from qiskit.primitives.containers.bindings_array import BindingsArray

    values = decode(pub.values)
    if values is None or (isinstance(values, list | dict) and not values):
        array = BindingsArray()
    elif isinstance(values, BindingsArray):
        array = values
    elif isinstance(values, dict):
        array = BindingsArray({_group(name): _real(item) for name, item in values.items()})
    else:
        names, table = _names(pub, circuit), _real(values)
        plain = not names and table.shape[-1:] == (0,)
        array = BindingsArray(shape=table.shape[:-1]) if plain else BindingsArray({names: table})
    expected = {parameter.name for parameter in circuit.parameters}
    given = {name for names in array.data for name in names}
    if expected != given:
        missing, unknown = sorted(expected - given), sorted(given - expected)
        parts = [f"no values for {', '.join(missing)}"] if missing else []
        parts += [f"values for unknown {', '.join(unknown)}"] if unknown else []
        raise ProgramError("; ".join(parts))
    return array


def bind(prepared: Prepared, array: Any, sent: Any) -> list[Any]:
    """``prepared.circuit`` with each set of values, in C order of the array's shape."""
    circuit = prepared.circuit
    names = [parameter.name for parameter in sent.parameters]
    if not names:
        return [circuit] * array.size
    own = {parameter.name: parameter for parameter in circuit.parameters}
    table = array.as_array(names).reshape(-1, len(names)).tolist()
    return [
        circuit.assign_parameters(
            {own[name]: value for name, value in zip(names, row, strict=True) if name in own}
        )
        for row in table
    ]


def _group(name: str) -> str | tuple[str, ...]:
    """A key of values by name: one name, or several joined by commas."""
    parts = tuple(part.strip() for part in name.split(","))
    return parts if len(parts) > 1 else parts[0]


def _real(values: Any) -> Any:
    import numpy as np

    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ProgramError(f"parameter values are not an array of real numbers: {error}") from error
    if not np.isfinite(array).all():
        raise ProgramError("a parameter value is not finite")
    return array


def _names(pub: Pub, circuit: Any) -> tuple[str, ...]:
    """The order in which a plain list gives its values: named by V1 clients, else the circuit's."""
    if pub.names is None:
        return tuple(parameter.name for parameter in circuit.parameters)
    return tuple(
        name if isinstance(name, str) else str(getattr(name, "name", name))
        for name in decode(list(pub.names))
    )
