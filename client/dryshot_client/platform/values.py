"""Numbers among arguments: what the API takes, as JSON can say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from operator import index
from typing import Any, Protocol, TypeAlias

from dryshot_client.platform.arrays import misfit, shape_of

__all__ = [
    "Numbers",
    "ParameterValues",
    "SupportsToList",
    "check_integer",
    "check_real",
    "encode_values",
    "to_lists",
]


class SupportsToList(Protocol):
    """An array of numpy's, or of the like."""

    def tolist(self) -> Any:
        """The same as nested lists."""


Numbers: TypeAlias = "float | SupportsToList | Sequence[Numbers]"
"""A number, or an array of numbers of any depth."""

ParameterValues = Mapping[str, Numbers] | Sequence[Numbers] | SupportsToList
"""By name; or in the order of the sorted names, which the last axis runs over."""


def to_lists(value: Any) -> Any:
    """Sequences and arrays as lists, through and through; else ``value`` itself."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [to_lists(item) for item in value]
    return value


def check_integer(value: Any, name: str, least: int, most: int | None = None) -> int:
    """``value`` as a whole number; else a ``TypeError``, and out of range a ``ValueError``."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, not a whole number") from None
    if number < least or (most is not None and number > most):
        limit = f"from {least} on" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} is {number}; it is {limit}")
    return number


def check_real(value: Any, name: str) -> float:
    """``value`` as a finite real number; an imaginary part of zero is dropped."""
    number = to_lists(value)
    if isinstance(number, complex) and not number.imag:
        number = number.real
    if isinstance(number, complex):
        raise misfit(name, f"is {number}, which is not real")
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError(f"{name} is {value!r}, not a number")
    if not _is_finite(number):
        raise ValueError(f"{name} is {number!r}, not a finite number")
    return number


def encode_values(values: ParameterValues | None, name: str) -> Any:
    """Parameter values as JSON: by name, or nested lists; ``None`` where there are none."""
    if values is None:
        return None
    if isinstance(values, Mapping):
        return {
            _parameter_name(key, name): _array(item, f"{name}[{key!r}]")
            for key, item in values.items()
        }
    listed = _array(values, name)
    if not isinstance(listed, list):
        raise TypeError(f"{name} is {values!r}, neither a mapping nor a sequence")
    return listed


def _parameter_name(key: Any, name: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{name} has the key {key!r}, which is not a parameter's name")
    if not key:
        raise ValueError(f"{name} has an empty name")
    return key


def _array(values: Any, name: str) -> Any:
    listed = to_lists(values)
    shape_of(listed, _is_real, name)
    return listed


def _is_real(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)


def _is_finite(value: float) -> bool:
    return isinstance(value, int) or isfinite(value)
