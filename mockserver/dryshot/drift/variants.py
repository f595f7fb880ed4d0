"""What values of one JSON type may be like, read from the keywords of schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ANY", "TYPES", "Node", "Variant", "joined", "kind_of", "narrow", "text_of", "worded"]

TYPES = ("array", "boolean", "null", "number", "object", "string")
Node = tuple[str, ...]
"""The JSON pointers of schemas that hold together; of none, anything is allowed."""

ANY: Node = ()
_OF_TYPE = {
    "array": ("maxItems", "minItems", "uniqueItems"),
    "number": (
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maximum",
        "minimum",
        "multipleOf",
    ),
    "object": ("maxProperties", "minProperties"),
    "string": (
        "contentEncoding",
        "contentMediaType",
        "format",
        "maxLength",
        "minLength",
        "pattern",
    ),
}
_SAYS_NOTHING: Mapping[str, tuple[Any, ...]] = {
    "maximum": (2**31 - 1, 2**53 - 1, 2**63 - 1),
    "minItems": (0,),
    "minLength": (0,),
    "minProperties": (0,),
    "minimum": (-(2**31), -(2**53) + 1, -(2**63)),
    "pattern": ("^.*$", ".*"),
}
"""What generators write where there is no limit: how wide an integer is, that any text will do."""
_UPPER = {"maximum", "exclusiveMaximum", "maxItems", "maxLength", "maxProperties"}


@dataclass(slots=True)
class Variant:
    """What values of one JSON type may be like; ``source`` is the pointer it is mostly from.

    ``enum`` holds canonical JSON texts. ``closed`` says that other fields than ``properties`` are
    forbidden, ``extra`` what they must be. ``opaque`` are conditions that are compared as text;
    ``branches`` has, for those that are an ``if``, what must hold then and else.
    """

    source: str = field(compare=False)
    limits: dict[str, Any] = field(default_factory=dict)
    enum: frozenset[str] | None = None
    integer: bool = False
    items: Node | None = None
    prefix: tuple[Node, ...] = ()
    properties: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    closed: bool = False
    extra: Node | None = None
    opaque: frozenset[str] = frozenset()
    branches: dict[str, tuple[Node, Node]] = field(default_factory=dict)

    @property
    def is_plain_enum(self) -> bool:
        """Whether it is a list of values and nothing else."""
        rest = (self.limits, self.properties, self.items, self.prefix, self.extra, self.opaque)
        return self.enum is not None and not any(rest)


def narrow(variant: Variant, kind: str, schema: Mapping[str, Any]) -> bool:
    """Add what a schema says of a type by keywords; False if it does not allow that type."""
    types = schema.get("type")
    types = [types] if isinstance(types, str) else types
    if types is not None:
        if kind not in types and not (kind == "number" and "integer" in types):
            return False
        if kind == "number" and "number" not in types:
            variant.integer = True
    values = schema.get("enum")
    if values is not None:
        enum = frozenset(text_of(value) for value in values if kind_of(value) == kind)
        variant.enum = enum if variant.enum is None else variant.enum & enum
        if not variant.enum:
            return False
    for keyword in _OF_TYPE.get(kind, ()):
        if keyword in schema and schema[keyword] is not False:
            _limit(variant.limits, keyword, schema[keyword])
    return True


def _limit(limits: dict[str, Any], keyword: str, value: Any) -> None:
    known = limits.get(keyword)
    if value in _SAYS_NOTHING.get(keyword, ()):
        return
    if known is None or known == value:
        limits[keyword] = value
    elif keyword in _UPPER:
        limits[keyword] = min(known, value)
    elif keyword.lower().startswith(("min", "exclusivemin")):
        limits[keyword] = max(known, value)
    else:
        limits[keyword] = " and ".join(sorted({*str(known).split(" and "), str(value)}))


def worded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema in the words of 3.1: limits that exclude are numbers, ``const`` is an ``enum``."""
    said = dict(schema)
    for side in ("Maximum", "Minimum"):
        exclusive = said.get(f"exclusive{side}")
        if isinstance(exclusive, bool):
            del said[f"exclusive{side}"]
            if exclusive and side.lower() in said:
                said[f"exclusive{side}"] = said.pop(side.lower())
    if "const" in said:
        said["enum"] = [said.pop("const")]
    return said


def joined(variants: list[Variant]) -> list[Variant]:
    """Lists of values as one list."""
    plain = [one for one in variants if one.is_plain_enum]
    if len(plain) < 2:  # noqa: PLR2004 - nothing to join
        return variants
    values = frozenset().union(*(one.enum or () for one in plain))
    whole = Variant(plain[0].source, enum=values, integer=all(one.integer for one in plain))
    return [whole, *(one for one in variants if not one.is_plain_enum)]


def kind_of(value: Any) -> str:
    """The JSON type of a value, as in :data:`TYPES`."""
    if isinstance(value, bool):
        return "boolean"
    kinds: Iterable[tuple[Any, str]] = (
        (type(None), "null"),
        (str, "string"),
        ((int, float), "number"),
        (list, "array"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")


def text_of(value: Any) -> str:
    """A value as canonical JSON text."""
    return json.dumps(value, sort_keys=True)
