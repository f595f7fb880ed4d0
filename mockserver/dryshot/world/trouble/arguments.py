"""The arguments of troubles: JSON, checked by the types that their functions declare."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

__all__ = ["BadTrouble", "check", "schema"]


class BadTrouble(ValueError):
    """A trouble, or an argument of one, cannot be; ``field`` says which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


_NAMES: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    datetime: "an instant with a time zone",
    NoneType: "null",
}
_SCHEMAS: Mapping[type, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
}


@cache
def _hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    found = get_type_hints(function)
    found.pop("return", None)
    return found


def check(function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    """``BadTrouble`` if ``function`` (a method) does not take these arguments."""
    name, hints = function.__name__, _hints(function)
    for key, value in arguments.items():
        if key not in hints:
            known = ", ".join(hints)
            raise BadTrouble(f"{name}.{key}", f"there is no such argument; there are {known}")
        if not _is(value, hints[key]):
            raise BadTrouble(f"{name}.{key}", f"{value!r} is not {_words(hints[key])}")
    for key, parameter in inspect.signature(function).parameters.items():
        if key in hints and parameter.default is parameter.empty and key not in arguments:
            raise BadTrouble(f"{name}.{key}", f"it is required: {_words(hints[key])}")


def schema(function: Callable[..., Any]) -> dict[str, Any]:
    """A JSON Schema of the arguments that ``function`` (a method) takes."""
    parameters, properties = inspect.signature(function).parameters, {}
    for key, hint in _hints(function).items():
        properties[key] = _schema(hint)
        default = parameters[key].default
        if default is not parameters[key].empty and default is not None:
            properties[key]["default"] = list(default) if isinstance(default, tuple) else default
    required = [
        key
        for key, parameter in parameters.items()
        if key in properties and parameter.default is parameter.empty
    ]
    return {
        "description": inspect.getdoc(function),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _is(value: Any, hint: Any) -> bool:
    return any(_is_one(value, choice) for choice in _choices(hint))


def _is_one(value: Any, hint: Any) -> bool:
    origin = get_origin(hint)
    if origin is Literal:
        return any(value == one and type(value) is type(one) for one in get_args(hint))
    if origin is not None:  # a collection of texts
        return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    if isinstance(value, bool):
        return hint is bool
    if hint is float:
        return isinstance(value, int | float) and math.isfinite(value)
    if hint is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    return isinstance(value, hint)


def _words(hint: Any) -> str:
    words = []
    for choice in _choices(hint):
        origin = get_origin(choice)
        if origin is Literal:
            words += [repr(one) for one in get_args(choice)]
        else:
            words.append("a list of texts" if origin is not None else _NAMES[choice])
    return " or ".join(words)


def _schema(hint: Any) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for choice in _choices(hint):
        origin = get_origin(choice)
        if origin is Literal:
            found.append({"enum": list(get_args(choice))})
        elif origin is not None:
            found.append({"type": "array", "items": {"type": "string"}})
        else:
            found.append(dict(_SCHEMAS[choice]))
    return found[0] if len(found) == 1 else {"anyOf": found}
