"""Schemas made flat: what ``$ref``, ``allOf``, ``anyOf`` and ``if`` come to, as alternatives.

An alternative has none of these keywords; a value that fits one of them fits the schema. ``not``
stays, as a list under :data:`NOT`, where it could not be said by other keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["NOT", "Impossible", "alternatives", "kinds"]

Schema = Mapping[str, Any]
Resolve = Callable[[str], Any]

NOT = "not"
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_COMBINING = ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", NOT)
_SILENT = ("description", "title", "default", "examples", "example", "deprecated", "$comment")
_GREATER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LESS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SUBSCHEMAS = ("items", "additionalProperties", "propertyNames")


class Impossible(Exception):
    """Nothing fits."""


def alternatives(schema: Any, resolve: Resolve) -> list[dict[str, Any]]:
    """What the schema comes to; empty if nothing fits. ``resolve`` finds what a ``$ref`` names."""
    if schema is True:
        return [{}]
    if schema is False:
        return []
    own = {key: schema[key] for key in schema if key not in (*_COMBINING, *_SILENT)}
    found = [own]
    if "$ref" in schema:
        found = _both(found, alternatives(resolve(schema["$ref"]), resolve))
    for part in schema.get("allOf", ()):
        found = _both(found, alternatives(part, resolve))
    for key in ("anyOf", "oneOf"):
        if key in schema:
            parts = [one for part in schema[key] for one in alternatives(part, resolve)]
            found = _both(found, parts)
    if "if" in schema:
        holds = _both(alternatives(schema["if"], resolve), _branch(schema, "then", resolve))
        fails = _both(_negated(schema["if"], resolve), _branch(schema, "else", resolve))
        found = _both(found, [*holds, *fails])
    if isinstance(schema.get(NOT), list):  # of a flat schema
        found = _both(found, [{NOT: schema[NOT]}])
    elif NOT in schema:
        found = _both(found, _negated(schema[NOT], resolve))
    return found


def kinds(schema: Schema) -> tuple[str, ...]:
    """The JSON types that fit; all of them if the schema does not say."""
    given = schema.get("type", TYPES)
    return (given,) if isinstance(given, str) else tuple(given)


def _branch(schema: Schema, name: str, resolve: Resolve) -> list[dict[str, Any]]:
    return alternatives(schema.get(name, True), resolve)


def _both(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> list[dict[str, Any]]:
    merged = []
    for one in left:
        for other in right:
            try:
                merged.append(_settled(_merge(one, other)))
            except Impossible:
                continue
    return merged


def _negated(schema: Any, resolve: Resolve) -> list[dict[str, Any]]:
    """What does not fit, as far as the documents need it."""
    found: list[dict[str, Any]] = [{}]
    for one in alternatives(schema, resolve):
        found = _both(found, _opposites(one))
    return found


def _opposites(one: Schema) -> list[dict[str, Any]]:
    """What breaks at least one of the keywords of a flat schema."""
    required = one.get("required", ())
    opposite: list[dict[str, Any]] = []
    if "type" in one:
        opposite.append({"type": [kind for kind in TYPES if kind not in kinds(one)]})
    opposite += [{"properties": {name: False}} for name in required]
    for name, part in one.get("properties", {}).items():
        if part is False:
            opposite.append({"required": [name]})
        elif part is not True:
            opposite.append({"properties": {name: {NOT: part}}, "required": [name]})
    if "const" in one:
        opposite.append({NOT: [one["const"]]})
    if "enum" in one:
        opposite.append({NOT: list(one["enum"])})
    return opposite


def _settled(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, unless it contradicts itself."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        values = [value for value in values if value not in schema.get(NOT, ())]
        if not values:
            raise Impossible
        if "const" not in schema:
            schema["enum"] = values
    if not kinds(schema):
        raise Impossible
    for name in schema.get("required", ()):
        if schema.get("properties", {}).get(name) is False:
            raise Impossible
    return schema


def _merge(left: Schema, right: Schema) -> dict[str, Any]:
    """What fits both of two flat schemas."""
    merged = {**left, **right}
    for key in left.keys() & right.keys():
        merged[key] = _merge_keyword(key, left[key], right[key])
    if "properties" in merged:
        merged["properties"] = _merge_properties(left, right)
    if "const" in merged and merged["const"] not in merged.pop("enum", [merged["const"]]):
        raise Impossible
    return merged


def _merge_keyword(key: str, one: Any, other: Any) -> Any:
    if one == other:
        return one
    if key in (*_GREATER, *_LESS):
        return (max if key in _GREATER else min)(one, other)
    if key in _SUBSCHEMAS:
        return _merge_subschemas(one, other)
    match key:
        case "type":
            return _merge_types(one, other)
        case "enum":
            return [value for value in one if value in other]
        case "required" | "not":
            return [*one, *(part for part in other if part not in one)]
        case "properties":
            return {}  # made by _merge_properties
        case "const":
            raise Impossible
    raise NotImplementedError(f"two different values of {key}: {one!r} and {other!r}")


def _merge_subschemas(one: Any, other: Any) -> Any:
    if False in (one, other):
        return False
    said = [part for part in (one, other) if part is not True]
    return said[0] if len(said) == 1 else {"allOf": said}


def _merge_types(one: Any, other: Any) -> list[str]:
    mine, yours = kinds({"type": one}), kinds({"type": other})
    both = [kind for kind in mine if kind in yours]
    if "integer" not in both and any(
        "integer" in one_side and "number" in other_side
        for one_side, other_side in ((mine, yours), (yours, mine))
    ):
        both.append("integer")
    return both


def _merge_properties(left: Schema, right: Schema) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    mine, yours = left.get("properties", {}), right.get("properties", {})
    for name in [*mine, *(name for name in yours if name not in mine)]:
        parts = [
            side.get(name, schema.get("additionalProperties", True))
            for side, schema in ((mine, left), (yours, right))
        ]
        said = [part for part in parts if part is not True]
        if False in said:
            merged[name] = False
        elif len(said) == 1:
            merged[name] = said[0]
        else:
            merged[name] = _together(said) if said else True
    return merged


def _together(parts: list[Any]) -> Any:
    """All of some schemas; at once where one names values, so that contradictions are seen."""
    if not any(_names_values(part) for part in parts) or any("$ref" in part for part in parts):
        return {"allOf": parts}
    found = alternatives({"allOf": parts}, _nowhere)
    return found[0] if len(found) == 1 else {"anyOf": found} if found else False


def _names_values(part: Schema) -> bool:
    return "const" in part or "enum" in part or "const" in part.get(NOT, {})


def _nowhere(reference: str) -> Any:
    raise LookupError(reference)
