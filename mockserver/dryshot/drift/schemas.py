"""Schemas in one normal form, whatever their layout: by JSON type, what a value may be.

References, ``allOf``, ``nullable``, ``const``, lists of types, and alternatives that are only other
words for these all come out alike. What cannot be told apart by type stays a list of variants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dryshot.drift.reading import Document
from dryshot.drift.variants import (
    ANY,
    TYPES,
    Node,
    Variant,
    joined,
    kind_of,
    narrow,
    text_of,
    worded,
)

__all__ = ["ANY", "TYPES", "Node", "Schemas", "Variant", "kind_of", "text_of"]

_MOST = 64
"""Alternatives of alternatives beyond this many are compared as text."""
_OPAQUE = {
    "array": ("contains", "maxContains", "minContains", "unevaluatedItems"),
    "object": (
        *("dependentRequired", "dependentSchemas", "patternProperties", "propertyNames"),
        "unevaluatedProperties",
    ),
}
_OPAQUE_OF_ALL = ("if", "not")
_NOTES = ("$comment", "deprecated", "description", "discriminator", "example", "examples")
_ANNOTATIONS = {*_NOTES, "externalDocs", "readOnly", "title", "writeOnly", "xml", "default"}


@dataclass(frozen=True, slots=True)
class _Atom:
    """One schema without what it shares with others by reference or combination."""

    pointer: str
    schema: Mapping[str, Any]


class Schemas:
    """The schemas of one document in their normal form; each is worked out once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._known: dict[Node, dict[str, list[Variant]]] = {}
        self._open: set[str] = set()

    def variants(self, node: Node) -> dict[str, list[Variant]]:
        """By JSON type, how values of it may be; a type that is not there is not allowed."""
        if node not in self._known:
            self._known[node] = self._work_out(node)
        return self._known[node]

    def note(self, node: Node, keyword: str) -> Any:
        """The value of an annotation, such as ``default``, at or behind a node; else None."""
        for pointer in node:
            schema = self.document.at(pointer)
            for _ in range(9):
                if not isinstance(schema, Mapping):
                    break
                if keyword in schema:
                    return schema[keyword]
                parts = schema.get("allOf")
                if isinstance(parts, list) and len(parts) == 1:
                    schema = parts[0]
                elif "$ref" in schema:
                    schema = self.document.at(self.document.target(schema["$ref"]) or "/-")
                else:
                    break
        return None

    def home(self, node: Node) -> str:
        """Where the schema really is, which many places may share."""
        found = self.document.resolve(node[0]) if node else None
        return found[1] if found else "".join(node[:1])

    def canonical(self, value: Any, seen: tuple[str, ...] = ()) -> Any:  # noqa: C901 - by keyword
        """A part of a schema without notes, references and choices of words."""
        if isinstance(value, list):
            return [self.canonical(one, seen) for one in value]
        if not isinstance(value, Mapping):
            return value
        if "$ref" in value:
            pointer = self.document.target(value["$ref"])
            if pointer is None or pointer in seen:
                return {}
            value = {**self.document.at(pointer), **{k: v for k, v in value.items() if k != "$ref"}}
            seen = (*seen, pointer)
        plain: dict[str, Any] = {}
        for key, part in worded(value).items():
            if key in ("properties", "patternProperties", "dependentSchemas"):
                plain[key] = {name: self.canonical(one, seen) for name, one in part.items()}
            elif key not in _ANNOTATIONS and not key.startswith("x-"):
                plain[key] = self.canonical(part, seen)
        for key in ("allOf", "anyOf", "oneOf"):
            if len(plain.get(key, ())) == 1 and isinstance(plain[key][0], Mapping):
                plain = plain.pop(key)[0] | plain
        for key in ("required", "type", "enum"):
            if isinstance(plain.get(key), list):
                plain[key] = sorted(plain[key], key=text_of)
        return plain

    def _work_out(self, node: Node) -> dict[str, list[Variant]]:
        sets: list[tuple[_Atom, ...]] = [()]
        for pointer in node:
            sets = _both(sets, self._expand(pointer))
        found: dict[str, list[Variant]] = {}
        for atoms in sets:
            for kind in TYPES:
                variant = self._variant(kind, atoms, node)
                if variant is not None and variant not in found.setdefault(kind, []):
                    found[kind].append(variant)
        return {kind: joined(variants) for kind, variants in found.items() if variants}

    def _expand(self, pointer: str) -> list[tuple[_Atom, ...]]:
        """The ways to satisfy the schema at a pointer, each a set of plain schemas."""
        schema = self.document.at(pointer)
        if schema is False:
            return []
        if not isinstance(schema, Mapping) or pointer in self._open:
            return [()]
        self._open.add(pointer)
        try:
            own = _Atom(pointer, worded(schema))
            ways: list[tuple[_Atom, ...]] = [(own,)]
            if "$ref" in schema:
                target = self.document.target(schema["$ref"])
                ways = _both(ways, self._expand(target) if target else [()])
            for index in range(len(schema.get("allOf") or ())):
                ways = _both(ways, self._expand(f"{pointer}/allOf/{index}"))
            for keyword in ("anyOf", "oneOf"):
                parts = range(len(schema.get(keyword) or ()))
                choice = [way for i in parts for way in self._expand(f"{pointer}/{keyword}/{i}")]
                if parts and len(ways) * len(choice) <= _MOST:
                    ways = _both(ways, choice)
                elif parts:
                    ways = _both(ways, [(_Atom(pointer, {"not": {keyword: schema[keyword]}}),)])
            if schema.get("nullable") is True:
                ways = [*ways, (_Atom(pointer, {"type": "null"}),)]
            return ways
        finally:
            self._open.discard(pointer)

    def _variant(self, kind: str, atoms: tuple[_Atom, ...], node: Node) -> Variant | None:
        named = [a for a in atoms if set(a.schema) - _ANNOTATIONS - {"$ref", "allOf"}]
        source = (named or list(atoms) or [_Atom("".join(node[:1]), {})])[-1].pointer
        variant = Variant(source)
        for atom in atoms:
            if not narrow(variant, kind, atom.schema):
                return None
            if kind == "array":
                self._read_array(variant, atom)
            elif kind == "object":
                self._read_object(variant, atom)
            for keyword in (*_OPAQUE.get(kind, ()), *_OPAQUE_OF_ALL):
                if keyword in atom.schema and kind != "null":
                    text = text_of(self.canonical({keyword: atom.schema[keyword]}))
                    variant.opaque |= {text}
                    if keyword == "if":
                        then, other = (
                            (f"{atom.pointer}/{one}",) if one in atom.schema else ANY
                            for one in ("then", "else")
                        )
                        variant.branches[text] = then, other
        if kind == "null" or (kind == "boolean" and variant.enum == frozenset({"true", "false"})):
            variant.enum = None
        return variant

    def _read_array(self, variant: Variant, atom: _Atom) -> None:
        if isinstance(atom.schema.get("items"), Mapping):
            variant.items = _join(variant.items, f"{atom.pointer}/items")
        prefix = [
            (f"{atom.pointer}/prefixItems/{i}",)
            for i in range(len(atom.schema.get("prefixItems", ())))
        ]
        both = max(len(prefix), len(variant.prefix))
        padded = [[*nodes, *[ANY] * both] for nodes in (variant.prefix, prefix)]
        variant.prefix = tuple(
            (*one, *other) for one, other in zip(*padded, strict=False) if one or other
        )

    def _read_object(self, variant: Variant, atom: _Atom) -> None:
        for name in atom.schema.get("properties") or ():
            key = str(name).replace("~", "~0").replace("/", "~1")
            pointer = f"{atom.pointer}/properties/{key}"
            variant.properties[name] = _join(variant.properties.get(name), pointer)
        variant.required |= frozenset(atom.schema.get("required") or ())
        extra = atom.schema.get("additionalProperties", True)
        if extra is False:
            variant.closed = True
        elif isinstance(extra, Mapping) and extra:
            variant.extra = _join(variant.extra, f"{atom.pointer}/additionalProperties")


def _both(ways: list[Any], others: list[Any]) -> list[Any]:
    return [(*way, *other) for way in ways for other in others]


def _join(node: Node | None, pointer: str) -> Node:
    return (pointer,) if node is None else (*node, pointer)
