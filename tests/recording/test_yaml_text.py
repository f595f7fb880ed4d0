"""The YAML that is written: every reader reads what was meant, and changes are small."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot.recording.yaml_text import dump_yaml

ODD = st.sampled_from("{}[]\",: \n\t\r\\'ab#-|>&*!%@`~=\x85\u2028\ufeff\x00\U0001f600")
TEXT = st.text(alphabet=ODD | st.characters(exclude_categories=["Cs"]), max_size=250)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)
WRITERS: tuple[Callable[[Any], str], ...] = (
    json.dumps,
    lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    lambda value: json.dumps(value, indent=1),
)
SCALAR = st.one_of(
    TEXT,
    st.text("ab \n{", max_size=200),
    st.text("ab :#-?", max_size=8),
    st.builds(lambda writer, value: writer(value), st.sampled_from(WRITERS), JSON),
    st.binary(max_size=200),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
    st.booleans(),
)


def mappings(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(TEXT.map(lambda key: key[:90]), values, min_size=1, max_size=3)


TREE = mappings(
    st.recursive(
        SCALAR | st.just({}),
        lambda inner: st.lists(SCALAR | mappings(inner), max_size=3) | mappings(inner),
        max_leaves=5,
    )
)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
@settings(max_examples=60, deadline=None)
@given(tree=TREE)
def test_what_is_written_is_read_again_exactly(loader: Any, tree: dict[str, Any]) -> None:
    text = dump_yaml(tree)
    assert text.isascii()
    assert yaml.load(text, loader) == tree  # noqa: S506 - both are safe ones


def test_a_changed_field_of_compact_json_changes_one_line() -> None:
    fields = {f"field_{number}": {"value": number, "names": ["a", "b"]} for number in range(30)}
    before = dump_yaml({"string": json.dumps(fields, separators=(",", ":"))})
    fields["field_7"]["value"] = "another, quite different one"
    after = dump_yaml({"string": json.dumps(fields, separators=(",", ":"))})
    changes = [
        line for line in difflib.ndiff(before.split("\n"), after.split("\n")) if line[0] in "+-"
    ]
    assert len(changes) == 2
    assert "another, quite different one" in changes[1]


def test_text_of_several_lines_stands_as_it_is() -> None:
    assert dump_yaml({"body": "qubit q;\nx q;\n" * 6}).count("\n  x q;\n") == 6
