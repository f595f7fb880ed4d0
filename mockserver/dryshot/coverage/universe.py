"""What the OpenAPI documents declare: everything that could be exercised, computed once."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dryshot.contract import Contract, Documents, Operation
from dryshot.contract.documents import CONTRACTS
from dryshot.contract.wire import JSON
from dryshot.coverage.shapes import Node, grow, join, resolve

__all__ = ["REQUEST", "Declared", "Key", "Reply", "Universe", "codes_in"]

Key = tuple[str, ...]
"""A thing that can be exercised; its first word is its kind, its second the operation.

``status OPERATION STATUS``, ``code OPERATION CODE``, ``field OPERATION STATUS PATH``,
``value OPERATION STATUS PATH JSON``, ``input OPERATION PLACE``; for the values of inputs the
status is :data:`REQUEST`.
"""

REQUEST = "request"
_MAX_CODE = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is declared: its JSON, if it has one, and the error codes of its examples."""

    node: Node | None
    codes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Declared:
    """An operation: its answers by status as text, and its inputs, a tree of their places."""

    key: str
    operation: Operation
    replies: Mapping[str, Reply]
    inputs: Node

    def status(self, status: int) -> str | None:
        """The declared status that this one is an instance of."""
        text = str(status)
        names = (text, f"{text[0]}XX", "default")
        return next((name for name in names if name in self.replies), None)

    def things(self) -> Iterator[Key]:
        """Everything about it that can be exercised."""
        for status, reply in self.replies.items():
            yield "status", self.key, status
            yield from (("code", self.key, code) for code in sorted(reply.codes))
            if reply.node is not None:
                for node, _ in ((reply.node, True), *reply.node.below()):
                    if node.path:
                        yield "field", self.key, status, node.path
                    for value in sorted(node.choices):
                        yield "value", self.key, status, node.path, value
        for node, _ in self.inputs.below():
            yield "input", self.key, node.path
            for value in sorted(node.choices):
                yield "value", self.key, REQUEST, node.path, value


class Universe:
    """What several documents declare. It does not change, and is the same for all who ask."""

    def __init__(self, names: Iterable[str]) -> None:
        self.documents = Documents(names)
        self.operations: dict[str, Declared] = {}
        for contract in self.documents:
            grown: dict[str, Node] = {}
            for operation in contract.operations.values():
                declared = _declare(contract, operation, grown)
                self.operations[declared.key] = declared
        self.keys = frozenset(key for one in self.operations.values() for key in one.things())

    @staticmethod
    @functools.cache
    def load(names: tuple[str, ...] = CONTRACTS) -> Universe:
        """The universe of dryshot's own documents."""
        return Universe(names)


def codes_in(body: Any) -> frozenset[str]:
    """The error codes in the body of an answer, in any of the forms that the services have."""
    if not isinstance(body, Mapping):
        return frozenset()
    listed = body.get("errors")
    errors = [*(listed if isinstance(listed, list) else ()), body.get("error")]
    found = [error.get("code") for error in errors if isinstance(error, Mapping)]
    found.append(body.get("errorCode"))
    return frozenset(
        str(code)[:_MAX_CODE] for code in found if isinstance(code, (int, str)) and code != ""
    )


def _declare(contract: Contract, operation: Operation, grown: dict[str, Node]) -> Declared:
    document = contract.document
    item = document["paths"][operation.path]
    node = item[operation.method.lower()]
    replies = {}
    for status, reference in node["responses"].items():
        response = resolve(document, reference)
        media = response.get("content", {}).get(JSON)
        replies[status] = _reply(document, media, grown)
    return Declared(
        f"{contract.name}.{operation.id}", operation, replies, _inputs(document, item, node)
    )


def _reply(document: Mapping[str, Any], media: Any, grown: dict[str, Node]) -> Reply:
    if media is None:
        return Reply(None, frozenset())
    schema = media["schema"]
    name = schema.get("$ref") if isinstance(schema, Mapping) else None
    tree = grown.get(name or "")
    if tree is None:
        tree = grow(document, schema)
        if name:
            grown[name] = tree
    examples = [resolve(document, one).get("value") for one in media.get("examples", {}).values()]
    codes = (codes_in(value) for value in examples)
    return Reply(tree, frozenset().union(*codes))


def _inputs(document: Mapping[str, Any], item: Mapping[str, Any], node: Mapping[str, Any]) -> Node:
    """Parameters and the body under one root: ``query.limit``, ``header.x``, ``body.backend``."""
    root = Node("")
    for reference in (*item.get("parameters", ()), *node.get("parameters", ())):
        parameter = resolve(document, reference)
        location, name = parameter["in"], parameter["name"]
        if location == "path":
            continue  # who reached the operation has given them all
        name = name.lower() if location == "header" else name
        place = root.children.setdefault(location, Node(location))
        place.children[name] = grow(document, parameter["schema"], join(location, name))
    if "requestBody" in node:
        (media,) = resolve(document, node["requestBody"])["content"].values()
        root.children["body"] = grow(document, media["schema"], "body")
    return root
