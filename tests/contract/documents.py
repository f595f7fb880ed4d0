"""The documents under test, and what they say of an operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from dryshot.contract import Contract, Operation
from dryshot.contract.schemas import Schemas
from dryshot.contract.wire import FORM

__all__ = ["NAMES", "OPERATIONS", "document_text", "encode", "examples", "node_of", "responses"]

_FOLDER = resources.files("dryshot") / "specs"
NAMES = sorted(file.name.removesuffix(".json") for file in _FOLDER.iterdir())
OPERATIONS = [(name, id_) for name in NAMES for id_ in Contract.load(name).operations]


def document_text(name: str) -> str:
    """A document as it is stored."""
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")


def node_of(contract: Contract, operation: Operation) -> Mapping[str, Any]:
    """What the document says of an operation."""
    node: Mapping[str, Any] = contract.document["paths"][operation.path][operation.method.lower()]
    return node


def responses(contract: Contract, operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each status, and what the document says of it."""
    schemas = Schemas(contract.document)
    for status, reference in node_of(contract, operation)["responses"].items():
        yield status, schemas.resolve(reference, "")[0]


def examples(contract: Contract, id_: str) -> Mapping[str, Any]:
    """The request bodies that a document shows, by name."""
    operation = contract.operations[id_]
    assert operation.body is not None
    content = node_of(contract, operation)["requestBody"]["content"][operation.body.kind]
    return {title: example["value"] for title, example in content["examples"].items()}


def encode(kind: str, value: Any) -> bytes:
    """A value in the form of a content type; what a form cannot hold is sent as JSON."""
    if kind == FORM and isinstance(value, dict):
        return urlencode(value, errors="replace").encode()
    if kind == "text/plain" and isinstance(value, str):
        return value.encode(errors="replace")
    return json.dumps(value).encode()
