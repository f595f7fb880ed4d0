"""Parameters and headers: from text to the declared type, exactly as openapi-core does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from dryshot.contract.schemas import Schemas, accepts
from dryshot.errors import ContractError

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

__all__ = ["Parameter", "read_all", "read_header", "read_parameter", "read_single"]

_ABSENT: Final = object()
_MOST_KEPT, _LONGEST_KEPT = 128, 256
_STYLES = {"query": "form", "path": "simple", "header": "simple"}
_NOT_PARAMETERS = frozenset(("accept", "authorization", "content-type"))
_TRUTHS = dict.fromkeys(("y", "yes", "t", "true", "on", "1"), True)
_TRUTHS |= dict.fromkeys(("n", "no", "f", "false", "off", "0"), False)


def _boolean(text: str) -> bool:
    try:
        return _TRUTHS[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


_CASTS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": _boolean,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter or response header; ``key`` is how it is looked up."""

    name: str
    key: str
    location: str
    required: bool
    default: Any
    cast: Callable[[Sequence[str]], Any]
    validator: Draft202012Validator
    known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What texts mean that were valid before: those that came lately, and are short."""

    def remember(self, text: str, value: Any) -> None:
        """Know a valid text again, unless its value could be changed by who is given it."""
        if isinstance(value, str | int | float) and len(text) <= _LONGEST_KEPT:
            if len(self.known) >= _MOST_KEPT:
                self.known.clear()
            self.known[text] = value


def read_single(
    parameters: Iterable[Parameter], given: Mapping[str, str]
) -> tuple[bool, dict[str, Any]]:
    """:func:`read_all` where none can be there twice."""
    sure = True
    values: dict[str, Any] = {}
    for parameter in parameters:
        text = given.get(parameter.key)
        if text is not None:
            value = parameter.known.get(text, _ABSENT)
            if value is not _ABSENT:
                values[parameter.name] = value
            elif not _read_one(parameter, (text,), values):
                sure = False
        elif parameter.default is not _ABSENT:
            values[parameter.name] = parameter.default
        elif parameter.required:
            sure = False
    return sure, values


def read_all(
    parameters: Iterable[Parameter], given: Mapping[str, Sequence[str]]
) -> tuple[bool, dict[str, Any]]:
    """Whether every value is surely valid, and the values, with defaults for what is absent."""
    sure = True
    values: dict[str, Any] = {}
    for parameter in parameters:
        texts = given.get(parameter.key)
        if texts is not None:
            if not _read_one(parameter, texts, values):
                sure = False
        elif parameter.default is not _ABSENT:
            values[parameter.name] = parameter.default
        elif parameter.required:
            sure = False
    return sure, values


def _read_one(parameter: Parameter, texts: Sequence[str], values: dict[str, Any]) -> bool:
    """Note what is given for a parameter; whether it is surely valid."""
    text, alone = texts[0], len(texts) == 1
    value = parameter.known.get(text, _ABSENT) if alone else _ABSENT
    if value is not _ABSENT:
        values[parameter.name] = value
        return True
    try:
        value = parameter.cast(texts)
    except ValueError:
        return False
    values[parameter.name] = value
    sure = accepts(parameter.validator, value)
    if sure and alone:
        parameter.remember(text, value)
    return sure


def read_parameter(schemas: Schemas, node: Any, pointer: str) -> Parameter:
    """A parameter of the document; ``ContractError`` if it is of a kind that is not supported."""
    node, pointer = schemas.resolve(node, pointer)
    try:
        name, location = node["name"], node["in"]
    except (KeyError, TypeError):
        raise ContractError(f"{pointer}: a parameter needs name and in") from None
    if location not in _STYLES:
        raise ContractError(f"{pointer}: parameters in {location} are not supported")
    if location == "header" and name.lower() in _NOT_PARAMETERS:
        raise ContractError(f"{pointer}: the header {name} cannot be a parameter")
    if location == "path" and not node.get("required"):
        raise ContractError(f"{pointer}: a path parameter must be required")
    return _read(schemas, node, pointer, name, location)


def read_header(schemas: Schemas, name: str, node: Any, pointer: str) -> Parameter:
    """A response header of the document."""
    node, pointer = schemas.resolve(node, pointer)
    return _read(schemas, node, pointer, name, "header")


def _read(schemas: Schemas, node: Any, pointer: str, name: str, location: str) -> Parameter:
    for key in ("content", "allowEmptyValue", "allowReserved", "deprecated"):
        if key in node:
            raise ContractError(f"{pointer}: {key} is not supported")
    if "schema" not in node:
        raise ContractError(f"{pointer}: a parameter needs a schema")
    style = _STYLES[location]
    if node.get("style", style) != style:
        raise ContractError(f"{pointer}: style {node['style']!r} is not supported")
    schema, _ = schemas.resolve(node["schema"], f"{pointer}/schema")
    validator = schemas.compile(f"{pointer}/schema")
    default = schema.get("default", _ABSENT)
    if isinstance(default, (list, dict)):
        raise ContractError(f"{pointer}: a default can only be a single value")
    if default is not _ABSENT and not accepts(validator, default):
        raise ContractError(f"{pointer}: the default is not valid")
    return Parameter(
        name=name,
        key=name.lower() if location == "header" else name,
        location=location,
        required=node.get("required", False),
        default=default,
        cast=_cast(schemas, schema, pointer, location, explode=node.get("explode", True)),
        validator=validator,
    )


def _cast(
    schemas: Schemas, schema: Any, pointer: str, location: str, *, explode: bool
) -> Callable[[Sequence[str]], Any]:
    kind = schema.get("type")
    if kind == "array" and location == "query":
        items, _ = schemas.resolve(schema.get("items", {}), f"{pointer}/schema/items")
        one = _primitive(items.get("type"), pointer)
        if explode:
            return lambda texts: [one(text) for text in texts]
        return lambda texts: [one(text) for text in texts[0].split(",")]
    one = _primitive(kind, pointer)
    if kind == "string" and location == "query":
        one = _not_empty
    return lambda texts: one(texts[0])


def _primitive(kind: Any, pointer: str) -> Callable[[str], Any]:
    try:
        return _CASTS[kind]
    except (KeyError, TypeError):
        known = ", ".join(_CASTS)
        raise ContractError(
            f"{pointer}: the type must be one of {known}, or an array in a query of these"
        ) from None
