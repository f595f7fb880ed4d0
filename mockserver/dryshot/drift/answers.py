"""Values against a document's schemas: what does not fit, and what the document does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dryshot.contract.documents import Documents, Found
from dryshot.drift.fields import step
from dryshot.drift.operations import Operation, Route, read_operations
from dryshot.drift.reading import Document
from dryshot.drift.schemas import ANY, Node, Schemas, Variant, kind_of, text_of

__all__ = ["Known", "Misfit", "is_map", "misfits"]


class Misfit(NamedTuple):
    """One value that does not fit; ``path`` as in a place, ``allowed`` if the document lets it."""

    rule: str
    path: str
    text: str
    allowed: bool = False


class Known:
    """Our documents' operations in their normal form, by what a request was found to mean."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._parts: dict[str, tuple[Schemas, dict[Route, Operation]]] = {}

    def operation(self, found: Found) -> tuple[Schemas, Operation]:
        """The operation and the schemas of its document."""
        contract = found.contract
        if contract.name not in self._parts:
            document = Document(contract.name, contract.document)
            operations = read_operations(document, ())
            self._parts[contract.name] = Schemas(document), operations
        schemas, operations = self._parts[contract.name]
        template = re.sub(r"{.*?}", "{}", found.operation.path)
        return schemas, operations[found.operation.method, template]


def is_map(variant: Variant) -> bool:
    """Whether the keys of such an object are data, such as names of registers."""
    return not variant.properties and not variant.closed


def misfits(schemas: Schemas, node: Node, value: Any, path: str = "$") -> list[Misfit]:
    """Everything in a value that is of the wrong type, missing, or not in the document."""
    variants = schemas.variants(node)
    kind = kind_of(value)
    if kind not in variants:
        return [Misfit("wrong-type", path, f"is {kind}, must be {' or '.join(sorted(variants))}")]
    if variants[kind] == [Variant("")]:
        return []
    ways = (list(_check(schemas, one, value, path)) for one in variants[kind])
    return min(ways, key=lambda found: (sum(not one.allowed for one in found), len(found)))


def _check(schemas: Schemas, variant: Variant, value: Any, path: str) -> Iterator[Misfit]:  # noqa: C901 - by type
    if variant.integer and isinstance(value, float) and not value.is_integer():
        yield Misfit("wrong-type", path, "is number, must be integer")
    if variant.enum is not None and text_of(value) not in variant.enum:
        yield Misfit("unknown-value", path, "is a value that the document does not list")
    if isinstance(value, list):
        for index, item in enumerate(value):
            prefixed = index < len(variant.prefix)
            node = variant.prefix[index] if prefixed else variant.items or ANY
            yield from misfits(schemas, node, item, f"{path}[]")
    elif isinstance(value, dict):
        for name in sorted(variant.required - value.keys()):
            yield Misfit("field-missing", f"{path}{step(name)}", f"{name} is missing")
        for name, item in value.items():
            if name in variant.properties:
                node = variant.properties[name]
                yield from misfits(schemas, node, item, f"{path}{step(name)}")
            elif variant.extra is not None:
                yield from misfits(schemas, variant.extra, item, f"{path}{{}}")
            elif not is_map(variant):
                text = f"{name} is not in the document"
                yield Misfit("unknown-field", f"{path}{step(name)}", text, not variant.closed)
