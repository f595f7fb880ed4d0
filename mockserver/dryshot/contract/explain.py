"""From the errors of a JSON Schema validator to sentences that name the field.

Text that was sent is never repeated, as it could be a token; names of keys are, shortened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Protocol

from dryshot.contract.problems import Problem

__all__ = ["SchemaError", "expected", "explain"]

_LONGEST = 60
_MOST = 20
_FORMS = {
    "date": "a date, such as 2023-09-11",
    "date-time": "an instant with an offset, such as 2023-09-11T17:27:49Z",
    "uri": "a URI",
    "uuid": "a UUID",
}
_TYPES = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


class SchemaError(Protocol):
    """What is read of an error of Python's jsonschema; ``context`` holds those of every branch."""

    validator: Any
    validator_value: Any
    instance: Any
    schema: Any
    message: str
    context: list[SchemaError] | None

    @property
    def absolute_path(self) -> Iterable[str | int]:
        """Where it is in the document that was checked."""

    @property
    def relative_path(self) -> Iterable[str | int]:
        """The same, below the error whose branch it is in."""

    @property
    def relative_schema_path(self) -> Sequence[str | int]:
        """Where the keyword is; its first part is the number of the branch."""


def explain(errors: Iterable[SchemaError], location: str, root: str = "") -> list[Problem]:
    """One problem per fault, at most 20; ``root`` is put before every field."""
    found: dict[Problem, None] = {}
    for error in errors:
        found |= dict.fromkeys(_problems(error, location, root))
    return list(found)[:_MOST]


def expected(kinds: str | Iterable[str]) -> str:
    """JSON types in words."""
    names = [kinds] if isinstance(kinds, str) else list(dict.fromkeys(kinds))
    return _either([_TYPES.get(name, name) for name in names])


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _problems(error: SchemaError, location: str, root: str) -> Iterator[Problem]:
    field = _field(root, error.absolute_path)
    rule = str(error.validator)
    if rule in ("anyOf", "oneOf"):
        yield from _best_branch(error, location, root)
    elif rule == "required":
        name = _missing(error)
        yield _problem(location, _field(field, [name]), rule, "is required")
    elif rule == "additionalProperties" and error.validator_value is False:
        for key in _unknown(error):
            hint = get_close_matches(key, error.schema.get("properties", ()), 1)
            message = "is not a known key" + (f"; did you mean {hint[0]}?" if hint else "")
            yield _problem(location, _field(field, [key]), rule, message)
    elif rule == "dependentRequired":
        for key, needed in error.validator_value.items():
            for name in needed:
                if key in error.instance and name not in error.instance:
                    message = f"is required where {key} is given"
                    yield _problem(location, _field(field, [name]), rule, message)
    else:
        describe = _MESSAGES.get(rule)
        yield _problem(location, field, rule, describe(error) if describe else "is not valid")


def _problem(location: str, field: str, rule: str, message: str) -> Problem:
    return Problem(location, field, rule, f"{field or f'the {location}'} {message}")


def _field(root: str, path: Iterable[str | int]) -> str:
    field = root
    for part in path:
        if isinstance(part, int):
            field += f"[{part}]"
        else:
            name = part if len(part) <= _LONGEST else part[:_LONGEST] + "..."
            field += f".{name}" if field else name
    return field


def _missing(error: SchemaError) -> str:
    # jsonschema raises one error per missing name, and gives the name in its message alone
    for name in error.validator_value:
        if name not in error.instance and repr(name) in error.message:
            return str(name)
    return ""


def _unknown(error: SchemaError) -> list[str]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", ())
    return [
        key
        for key in error.instance
        if key not in known and not any(re.search(pattern, key) for pattern in patterns)
    ]


def _best_branch(error: SchemaError, location: str, root: str) -> list[Problem]:
    branches: dict[Any, list[SchemaError]] = {}
    for child in error.context or ():
        branches.setdefault(child.relative_schema_path[0], []).append(child)
    field = _field(root, error.absolute_path)
    fitting = [children for children in branches.values() if not _other_type(children)]
    if fitting:
        found = [explain(children, location, root) for children in fitting]
        return min(found, key=lambda problems: (len(problems), -len(problems[0].field)))
    if not branches:  # oneOf with more than one match
        return [_problem(location, field, str(error.validator), "fits more than one form")]
    kinds = [
        kind
        for children in branches.values()
        for child in children
        if child.validator == "type" and not child.relative_path
        for kind in _as_list(child.validator_value)
    ]
    message = f"must be {expected(kinds)}, not {_kind(error.instance)}"
    return [_problem(location, field, "type", message)]


def _other_type(errors: list[SchemaError]) -> bool:
    return any(error.validator == "type" and not error.relative_path for error in errors)


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return _TYPES[name]
    return _TYPES["array" if isinstance(value, list) else "object"]


def _number(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else "such a long number"


def _allowed(values: Iterable[Any]) -> str:
    return _either([value if isinstance(value, str) else repr(value) for value in values])


def _count(value: int, one: str) -> str:
    many = {"entry": "entries", "key": "keys", "character": "characters"}
    return f"{value} {one if value == 1 else many[one]}"


def _at_least(unit: str) -> Callable[[SchemaError], str]:
    def describe(error: SchemaError) -> str:
        if error.validator_value == 1:
            return "must not be empty"
        have = _count(len(error.instance), unit)
        return f"has {have}; at least {error.validator_value} are needed"

    return describe


def _at_most(unit: str) -> Callable[[SchemaError], str]:
    def describe(error: SchemaError) -> str:
        if error.validator_value == 0:
            return "must be empty"
        have = _count(len(error.instance), unit)
        return f"has {have}; at most {error.validator_value} are possible"

    return describe


def _bound(words: str) -> Callable[[SchemaError], str]:
    return lambda error: f"must be {words} {error.validator_value}, not {_number(error.instance)}"


_MESSAGES: Mapping[str, Callable[[SchemaError], str]] = {
    "type": lambda error: f"must be {expected(error.validator_value)}, not {_kind(error.instance)}",
    "enum": lambda error: f"must be {_allowed(error.validator_value)}",
    "const": lambda error: f"must be {_allowed([error.validator_value])}",
    "format": lambda error: f"must be {_FORMS.get(error.validator_value, error.validator_value)}",
    "pattern": lambda error: f"does not match {error.validator_value}",
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("more than"),
    "exclusiveMaximum": _bound("less than"),
    "multipleOf": _bound("a multiple of"),
    "minLength": _at_least("character"),
    "maxLength": _at_most("character"),
    "minItems": _at_least("entry"),
    "maxItems": _at_most("entry"),
    "minProperties": _at_least("key"),
    "maxProperties": _at_most("key"),
    "uniqueItems": lambda _: "holds an entry twice",
    "not": lambda _: "has a form that is not allowed",
}
