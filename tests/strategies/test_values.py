"""Values of schemas that need more than their keywords one by one."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import find, given, settings
from jsonschema_rs import Draft202012Validator

from dryshot.strategies.merging import alternatives
from dryshot.strategies.values import Values

KINDS = {"properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"]}


def when(kind: str, **then: Any) -> dict[str, Any]:
    condition = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return {"if": condition, "then": then}


SCHEMAS: dict[str, Any] = {
    "conditions": {
        "type": "object",
        **KINDS,
        "allOf": [
            when("a", required=["one"], properties={"one": {"type": "integer", "minimum": 3}}),
            when("b", properties={"one": False, "two": {"const": "x"}}, required=["two"]),
        ],
    },
    "either": {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "null"}},
    "not": {"type": "integer", "minimum": 0, "maximum": 3, "not": {"enum": [0, 1, 2]}},
    "not a value": {"enum": ["a", "b"], "not": {"const": "a"}},
    "closed and more": {
        "allOf": [
            {"properties": {"a": {"type": "integer"}}, "additionalProperties": False},
            {"type": "object", "properties": {"a": {"minimum": 7}, "b": {"type": "string"}}},
        ]
    },
    "numbers": {"allOf": [{"type": ["number", "null"]}, {"type": ["integer", "string"]}]},
    "between": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "together": {
        "type": "object",
        "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": {"type": "null"}},
        "dependentRequired": {"a": ["b"], "b": ["c"]},
    },
    "named": {
        "type": "object",
        "propertyNames": {"pattern": "^[0-9]+$"},
        "additionalProperties": {"type": "boolean"},
        "minProperties": 1,
    },
    "empty": {"type": "object", "properties": {"a": {}}, "maxProperties": 0},
    "unique": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 1},
    "tuple": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "minItems": 1,
        "maxItems": 2,
    },
    "tree": {
        "type": "object",
        "properties": {"left": {"$ref": "#/$defs/tree"}, "leaf": {"type": "integer"}},
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_values_fit_their_schema(name: str) -> None:
    schema, documents = SCHEMAS[name], {"$defs": {"tree": SCHEMAS["tree"]}}
    judge = Draft202012Validator({**schema, **documents})

    @settings(max_examples=25, deadline=None, database=None, derandomize=True)
    @given(Values(documents).of(schema))
    def check(value: object) -> None:
        judge.validate(value)

    check()


def test_what_contradicts_itself_has_no_alternative() -> None:
    def nothing(reference: str) -> Any:
        raise LookupError(reference)

    assert alternatives({"allOf": [{"const": 1}, {"const": 2}]}, nothing) == []
    assert alternatives({"type": "string", "not": {"type": "string"}}, nothing) == []
    both = [{"required": ["a"]}, {"properties": {"a": False}}]
    assert alternatives({"allOf": both}, nothing) == []


def test_values_shrink_to_little() -> None:
    values = Values({"$defs": {"tree": SCHEMAS["tree"]}})
    assert find(values.of(SCHEMAS["tree"]), lambda _: True) == {}
    assert find(values.of(SCHEMAS["named"]), lambda _: True) == {"0": False}


@pytest.mark.parametrize("package", ["strategies", "conformance"])
def test_without_hypothesis_the_extra_is_named(package: str) -> None:
    program = f"import sys; sys.modules['hypothesis'] = None; import dryshot.{package}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "MissingExtra: dryshot." in done.stderr
    assert 'pip install "dryshot[hypothesis]"' in done.stderr
