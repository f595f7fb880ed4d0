"""The graph of typed objects in which jobs of Qiskit's users are answered, as plain Python.

An object is ``{"__type__": T, "__value__": V}``. What is not like what its type says is a
``ValueError`` that begins with its JSON path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, get_args

from dryshot_client.platform.arrays import misfit, nest
from dryshot_client.platform.npy import read_packed
from dryshot_client.platform.options import Extrapolator
from dryshot_client.platform.registers import BYTE, Register, unpack_samples

__all__ = ["decode", "decode_at"]

PLAIN = frozenset({str, int, float, bool, type(None)})
TRANSPARENT = frozenset(
    {"EstimatorPubResult", "ExecutionSpans", "NoiseLearnerResult", "ObservablesArray"}
    | {"PrimitiveResult", "PubResult", "SamplerPubResult"}
)
"""Types whose value says all."""


def decode(value: Any) -> Any:
    """``value``, as JSON was parsed, with the typed objects in it as plain Python.

    An array becomes nested lists (or, without axes, one value), ``complex``, ``datetime`` and
    ``set`` Python's own, a bit array a :class:`Register`, a data bin a dictionary of its fields,
    and results dictionaries. Objects of other types stay dictionaries with their ``__type__``.
    """
    try:
        return decode_at(value, "$")
    except RecursionError:
        raise ValueError("$ is nested too deeply") from None


def decode_at(value: Any, path: str) -> Any:
    """The same, for a part of a whole that is found at ``path``. May exceed the stack."""
    if isinstance(value, list):
        if set(map(type, value)) <= PLAIN:
            return value
        return [decode_at(item, f"{path}[{place}]") for place, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kind = value.get("__type__")
    if isinstance(kind, str):
        if kind in TRANSPARENT:
            return decode_at(_value(value, path), f"{path}.__value__")
        if kind in DECODERS:
            return DECODERS[kind](_value(value, path), f"{path}.__value__")
    return {key: decode_at(item, f"{path}.{key}") for key, item in value.items()}


def _value(value: Mapping[str, Any], path: str) -> Any:
    if "__value__" not in value:
        raise misfit(path, "has no __value__")
    return value["__value__"]


def _array(value: Any, path: str) -> Any:
    if not isinstance(value, str):
        return decode_at(value, path)
    if value in get_args(Extrapolator):  # how arrays of one name come
        return value
    try:
        return read_packed(value).nested()
    except ValueError as error:
        raise misfit(f"{path}:", f"the array {_reason(error)}") from None


def _complex(value: Any, path: str) -> complex:
    try:
        # JSON's numbers only, where Python would take text and booleans too
        if isinstance(value, list) and set(map(type, value)) <= {int, float}:
            real, imaginary = value
            return complex(real, imaginary)
    except (ValueError, OverflowError):
        pass
    raise misfit(path, "is not a complex number")


def _datetime(value: Any, path: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise misfit(path, "is not a date in ISO 8601") from None


def _set(value: Any, path: str) -> set[Any]:
    if not isinstance(value, list):
        raise misfit(path, "is not the list of a set's items")
    try:
        return set(decode_at(value, path))
    except TypeError:
        raise misfit(path, "is a set of what cannot be in a set") from None


def _bit_array(value: Any, path: str) -> Register:
    """Bits in bytes, big end first, in an array of the shape ``(..., shots, bytes)``."""
    content = value if isinstance(value, dict) else {}
    num_bits, packed = content.get("num_bits"), content.get("array")
    if type(num_bits) is not int or num_bits < 0:
        raise misfit(f"{path}.num_bits", "is not a number of bits")
    if not isinstance(packed, dict) or packed.get("__type__") != "ndarray":
        raise misfit(f"{path}.array", "is not an array")
    text = packed.get("__value__")
    if not isinstance(text, str):
        raise misfit(f"{path}.array", "is not an array of bytes")
    try:
        array = read_packed(text)
    except ValueError as error:
        raise misfit(f"{path}.array", f"{_reason(error)}") from None
    least, width = 2, -(-num_bits // BYTE)
    if (array.kind, array.width) != ("u", 1) or len(array.shape) < least:
        raise misfit(f"{path}.array", "is not an array of bytes by shot")
    if array.shape[-1] != width:
        raise misfit(path, f"has {array.shape[-1]} bytes a shot for {num_bits} bits")
    shape = array.shape[:-1]
    number = 1
    for length in shape:
        number *= length
    data = bytes(array.values()) if array.fortran else array.data
    samples = nest(unpack_samples(data, width, num_bits, number), shape)
    return Register(shape[:-1], num_bits, samples)


def _data_bin(value: Any, path: str) -> dict[str, Any]:
    """The fields in the order of their names, which is that of the circuit's registers."""
    content = value if isinstance(value, dict) else {}
    names, fields = content.get("field_names"), content.get("fields")
    if not isinstance(fields, dict):
        raise misfit(f"{path}.fields", "is not an object")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise misfit(f"{path}.field_names", "is not a list of names")
    if set(names) != set(fields):
        raise misfit(f"{path}.field_names", "does not name the fields")
    return {name: decode_at(fields[name], f"{path}.fields.{name}") for name in names}


def _reason(error: ValueError) -> str:
    known = not isinstance(error, UnicodeError)
    return str(error) if known else "holds text that is not Unicode"


DECODERS: Mapping[str, Callable[[Any, str], Any]] = {
    "BitArray": _bit_array,
    "DataBin": _data_bin,
    "complex": _complex,
    "datetime": _datetime,
    "ndarray": _array,
    "set": _set,
}
