"""What a JSON value may hold, as a tree made from its schema, and what of it an instance has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Node", "Seen", "grow", "join", "name_of", "resolve", "walk"]

_MAX_DEPTH = 16
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z_.-]|[0-9](?![0-9]{2})){0,39}")
_ANNOTATIONS = frozenset({"$comment", "default", "deprecated", "description", "examples", "title"})


@dataclass(slots=True, eq=False)
class Node:
    """One place in a value; ``path`` has ``[]`` for the items of a list and ``{}`` for free keys.

    Every branch of a schema is in it: who fits one of them fits the tree. ``open`` says that keys
    which are not declared are allowed, ``values`` is JSON text, empty if not enumerated.
    """

    path: str
    children: dict[str, Node] = field(default_factory=dict)
    items: Node | None = None
    extra: Node | None = None
    open: bool = False
    values: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    nullable: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether there is nothing to look for inside."""
        return not (self.children or self.items or self.extra or self.values)

    @property
    def choices(self) -> set[str]:
        """The enumerated values; one alone is no choice."""
        return self.values if len(self.values) > 1 else set()

    def below(self) -> Iterator[tuple[Node, bool]]:
        """Every place inside, and whether it is in every value that has its parent."""
        for name, child in self.children.items():
            yield child, name in self.required
            yield from child.below()
        for child in filter(None, (self.items, self.extra)):
            yield child, False
            yield from child.below()


@dataclass(slots=True)
class Seen:
    """What an instance has: paths, values of enumerations, and paths that are not declared."""

    fields: set[str] = field(default_factory=set)
    values: set[tuple[str, str]] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)


def name_of(key: str) -> str:
    """A key that no document names, as it may be shown: only if it looks like a field's name."""
    return key if _PLAIN.fullmatch(key) else "{}"


def join(path: str, name: str) -> str:
    """The path of a member."""
    return f"{path}.{name}" if path else name


def grow(document: Mapping[str, Any], schema: Any, path: str = "") -> Node:
    """The tree of a schema; what refers back to itself is left open there."""
    node = Node(path)
    _fill(document, node, schema, frozenset(), certain=True)
    return node


def walk(node: Node, value: Any, seen: Seen) -> None:
    """Note in ``seen`` what an instance has."""
    if node.values and not isinstance(value, (dict, list)):
        text = json.dumps(value)
        if text in node.choices:
            seen.values.add((node.path, text))
    elif isinstance(value, dict):
        for key, part in value.items():
            child = node.children.get(key) or node.extra
            if child is not None:
                _enter(child, (part,), seen)
            elif not node.open:
                seen.outside.add(join(node.path, name_of(key)))
    elif isinstance(value, list) and value and node.items is not None:
        _enter(node.items, value, seen)


def _enter(node: Node, values: Iterable[Any], seen: Seen) -> None:
    seen.fields.add(node.path)
    if not node.is_leaf:
        for value in values:
            walk(node, value, seen)


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """What ``node`` stands for; the documents' references were checked when they were read."""
    while isinstance(node, Mapping) and "$ref" in node:
        node = _at(document, node["$ref"])
    return node


def _at(document: Mapping[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


def _fill(
    document: Mapping[str, Any], node: Node, schema: Any, above: frozenset[str], *, certain: bool
) -> None:
    if isinstance(schema, bool) or not schema.keys() - _ANNOTATIONS:
        node.open = node.open or schema is not False
        return
    reference = schema.get("$ref")
    if reference in above or len(above) > _MAX_DEPTH:
        node.open = True
        return
    if reference is not None:
        inner = above | {reference}
        _fill(document, node, _at(document, reference), inner, certain=certain)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            _fill(document, node, part, above, certain=certain and keyword == "allOf")
    for keyword in ("then", "else"):
        if keyword in schema:
            _fill(document, node, schema[keyword], above, certain=False)
    _describe(node, schema, certain=certain)
    for child, part in _inside(node, schema):
        _fill(document, child, part, above, certain=True)


def _inside(node: Node, schema: Mapping[str, Any]) -> Iterator[tuple[Node, Any]]:
    """The places below, made where they are new, and the schemas that stand there."""
    for name, part in schema.get("properties", {}).items():
        yield node.children.setdefault(name, Node(join(node.path, name))), part
    for part in (*schema.get("prefixItems", ()), schema.get("items", False)):
        if part is not False:
            node.items = node.items or Node(f"{node.path}[]")
            yield node.items, part
    free = schema.get("additionalProperties")
    if isinstance(free, Mapping) and free:
        node.extra = node.extra or Node(join(node.path, "{}"))
        yield node.extra, free


def _describe(node: Node, schema: Mapping[str, Any], *, certain: bool) -> None:
    """What the schema says of the place itself."""
    values = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])]
    node.values.update(json.dumps(value) for value in values)
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    node.nullable = node.nullable or "null" in kinds or None in values
    if certain:
        node.required.update(schema.get("required", ()))
    free = schema.get("additionalProperties", "properties" not in schema)
    if "object" in kinds and (free is True or free == {}):
        node.open = True
