"""Values for a schema, mostly valid ones, and small changes that mostly break them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from dryshot.contract.schemas import Schemas

__all__ = ["any_json", "changed", "interesting", "values"]

Json = Any
Draw = st.DrawFn

INSTANTS = (
    "2023-09-11T17:27:49.689785Z",
    "2024-02-29T00:00:00+05:30",
    "2023-02-29T00:00:00Z",
    "2023-09-11t17:27:49z",
    "2016-12-31T23:59:60Z",
    "2023-09-11T24:00:00Z",
    "2023-09-11",
    "2023-09-11T17:27:49",
    "0000-01-01T00:00:00Z",
)
UUIDS = ("5f0c2e9a-41d7-4b88-9e6d-7c1a3b5f8e20", "5F0C2E9A-41D7-4B88-9E6D-7C1A3B5F8E20", "5f0c")
DATES = ("2026-04-15", "2024-02-29", "2026-02-29", "2026-4-15")
URIS = ("https://docs.quantum-computing.ibm.com/errors", "a:b", "no uri", "http://a b", "")

LONGEST = 100
"""Limits beyond this are left to tests of their own: such texts would fill the run."""

any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def values(schemas: Schemas, schema: Any) -> st.SearchStrategy[Json]:
    """Values that mostly fit ``schema``."""
    schema, _ = schemas.resolve(schema, "")
    if not isinstance(schema, Mapping) or not schema:
        return any_json
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values(schemas, part) for part in schema["anyOf"]])
    if "else" in schema:
        return values(schemas, schema["then"]) | values(schemas, schema["else"])
    kinds = schema.get("type", "object" if "properties" in schema else None)
    kinds = [kinds] if isinstance(kinds, str) else (kinds or [])
    return st.one_of([_of_kind(schemas, schema, kind) for kind in kinds] or [any_json])


def _of_kind(schemas: Schemas, schema: Mapping[str, Any], kind: str) -> st.SearchStrategy[Json]:
    match kind:
        case "object":
            return _objects(schemas, schema)
        case "array":
            return _arrays(schemas, schema)
        case "string":
            return _strings(schema)
        case "integer":
            low, high = schema.get("minimum"), schema.get("maximum")
            return st.integers(low, high) | st.integers(low, high).map(_as_whole_float)
        case "number":
            return st.floats(schema.get("minimum"), 1e9, allow_nan=False) | st.integers(1, 9)
        case "boolean":
            return st.booleans()
    return st.none()


def _as_whole_float(value: int) -> float:
    return float(value) if abs(value) < 2**53 else value


def _strings(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.sampled_from(INSTANTS)
    if schema.get("format") == "uri":
        return st.sampled_from(URIS)
    if schema.get("format") == "uuid":
        return st.sampled_from(UUIDS)
    if schema.get("format") == "date":
        return st.sampled_from(DATES)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 12))


def _arrays(schemas: Schemas, schema: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    low = schema.get("minItems", 0)
    if "prefixItems" in schema:
        parts = [values(schemas, part) for part in schema["prefixItems"]]
        lengths = range(low, len(parts) + 1)
        return st.one_of([st.tuples(*parts[:length]).map(list) for length in lengths])
    item = values(schemas, schema.get("items", {}))
    return st.lists(item, min_size=low, max_size=max(low, min(schema.get("maxItems", 2), 2)))


@st.composite
def _objects(draw: Draw, schemas: Schemas, schema: Mapping[str, Any]) -> Json:
    required = set(schema.get("required", ()))
    made = {
        name: draw(values(schemas, part))
        for name, part in schema.get("properties", {}).items()
        if name in required or draw(st.integers(0, 3)) == 0
    }
    extra = schema.get("additionalProperties", True)
    if extra is not False and schema.get("maxProperties") != 0 and draw(st.booleans()):
        name = draw(values(schemas, schema.get("propertyNames", {"type": "string"})))
        if isinstance(name, str):
            made.setdefault(name, draw(values(schemas, {} if extra is True else extra)))
    branches = [branch for branch in schema.get("allOf", ()) if "then" in branch]
    if branches:
        branch = draw(st.sampled_from(branches))
        for part in (branch["if"], branch["then"]):
            whole = draw(values(schemas, part)) if "$ref" in part else {}
            made |= whole if isinstance(whole, dict) else {}
            for name, inner in part.get("properties", {}).items():
                made[name] = draw(values(schemas, inner))
    return made


def interesting(schema: Any) -> list[Json]:
    """Values at and beyond the limits that a schema names, and one of every type."""
    found: dict[str, Json] = {}
    base: list[Json] = [None, True, False, 0, 1, -1, 1.0, 0.5, -0.0, 1e300, 10**30, "", "a", "1"]
    base += ["True", "a\n", "\ud800", "x" * 25, [], {}, [1], {"a": 1}, {"\ud800": 1}, [""], [[]]]
    for value in [*base, *_limits(schema)]:
        found[json.dumps(value)] = value
    return list(found.values())


def _limits(schema: Any) -> Iterator[Json]:
    if isinstance(schema, list):
        for part in schema:
            yield from _limits(part)
    elif isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("minimum", "maximum", "exclusiveMinimum") and not isinstance(value, Mapping):
                yield from (value - 1, value, value + 1)
            elif key == "maxLength" and isinstance(value, int) and value <= LONGEST:
                yield from ("é" * value, "é" * (value + 1))
            elif key == "maxItems" and isinstance(value, int):
                yield from (["a"] * value, ["a"] * (value + 1))
            elif key in ("const", "enum"):
                yield from value if isinstance(value, list) else [value]
            yield from _limits(value)


def _places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _places(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _places(part, (*path, index))


@st.composite
def changed(draw: Draw, original: Json, pool: list[Json], names: list[str]) -> Json:
    """``original`` after up to three changes: a key lost, renamed or added, a value replaced."""
    box = [copy.deepcopy(original)]
    for _ in range(draw(st.integers(0, 3))):
        path = (0, *draw(st.sampled_from(list(_places(box[0])))))
        owner: Any = box
        for key in path[:-1]:
            owner = owner[key]
        target = owner[path[-1]]
        match draw(st.sampled_from(["replace", "replace", "drop", "add", "wrap"])):
            case "replace":
                owner[path[-1]] = copy.deepcopy(draw(st.sampled_from(pool)))
            case "drop" if owner is not box:
                del owner[path[-1]]
            case "add" if isinstance(target, dict):
                target[draw(st.sampled_from(names))] = copy.deepcopy(draw(st.sampled_from(pool)))
            case "add" if isinstance(target, list):
                target.append(copy.deepcopy(draw(st.sampled_from(pool))))
            case "wrap":
                owner[path[-1]] = [target]
    return box[0]
