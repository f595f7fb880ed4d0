"""Schemas of a document, compiled once; what cannot be checked for sure is refused here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dryshot.contract.formats import FORMATS
from dryshot.errors import ContractError

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, Registry

__all__ = ["Schemas", "accepts", "pointer_to"]

_BASE = "urn:dryshot:document"
_KEYWORDS = {
    **dict.fromkeys(("additionalProperties", "contains", "else", "if", "items", "not"), "one"),
    **dict.fromkeys(("propertyNames", "then", "unevaluatedItems"), "one"),
    **dict.fromkeys(("unevaluatedProperties",), "one"),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "list"),
    **dict.fromkeys(("dependentSchemas", "patternProperties", "properties"), "map"),
    **dict.fromkeys(("$comment", "$ref", "const", "default", "dependentRequired"), "plain"),
    **dict.fromkeys(("deprecated", "description", "enum", "examples"), "plain"),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "format", "maxContains"), "plain"),
    **dict.fromkeys(("maxItems", "maxLength", "maxProperties", "maximum"), "plain"),
    **dict.fromkeys(("minContains", "minItems", "minLength", "minProperties"), "plain"),
    **dict.fromkeys(("minimum", "multipleOf", "pattern", "readOnly", "required"), "plain"),
    **dict.fromkeys(("title", "type", "uniqueItems", "writeOnly"), "plain"),
}
"""What the value of a keyword holds; ``discriminator`` and ``nullable`` are left out on purpose:
the gate and the judge would not treat them alike."""
_TWO_MEANINGS = re.compile(r"\\[dDwWsSbBpPAZz]")


def pointer_to(*parts: str) -> str:
    """A JSON pointer of unescaped parts."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def accepts(validator: Draft202012Validator, value: Any) -> bool:
    """Whether ``value`` is surely valid."""
    try:
        return validator.is_valid(value)
    except ValueError:  # text that UTF-8 cannot hold: half of a surrogate pair
        return False


class Schemas:
    """The schemas of one document, by the JSON pointer at which they stand."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._compiled: dict[str, Draft202012Validator] = {}

    @cached_property
    def _registry(self) -> Registry:
        """The document as jsonschema-rs reads it, which is imported here."""
        import jsonschema_rs

        try:
            return jsonschema_rs.Registry(
                [(_BASE, dict(self._document))], draft=jsonschema_rs.Draft202012
            )
        except Exception as error:
            raise ContractError(f"the document cannot be read as schemas: {error}") from error

    def resolve(self, node: Any, pointer: str) -> tuple[Any, str]:
        """What ``node`` stands for and where that is, following ``$ref``."""
        seen = {pointer}
        while isinstance(node, Mapping) and "$ref" in node:
            reference = node["$ref"]
            if not isinstance(reference, str) or not reference.startswith("#/"):
                raise ContractError(f"{pointer}: $ref {reference!r} does not stay in the document")
            pointer = reference[1:]
            if pointer in seen:
                raise ContractError(f"{pointer}: $ref leads back to itself")
            seen.add(pointer)
            node = self._at(pointer)
        return node, pointer

    def compile(self, pointer: str) -> Draft202012Validator:
        """The validator of the schema at ``pointer``; equal ones are shared."""
        schema, pointer = self.resolve(self._at(pointer), pointer)
        validator = self._compiled.get(pointer)
        if validator is None:
            _check(schema, pointer)
            validator = self._compiled[pointer] = self._compile(pointer)
        return validator

    def check_components(self) -> None:
        """Refuse what compiles and yet could mean two things, in the named schemas."""
        components = self._document.get("components", {}).get("schemas", {})
        for name, schema in components.items():
            _check(schema, pointer_to("components", "schemas", name))

    def _compile(self, pointer: str) -> Draft202012Validator:
        import jsonschema_rs

        registry = self._registry
        try:
            return jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_BASE}#{quote(pointer, safe='/~')}"},
                registry=registry,
                formats=dict(FORMATS),
                validate_formats=True,
                offline=True,
            )
        except Exception as error:
            reason = str(error).splitlines()[0]
            raise ContractError(f"{pointer}: the schema does not compile: {reason}") from error

    def _at(self, pointer: str) -> Any:
        node: Any = self._document
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(key)] if isinstance(node, list) else node[key]
            except (KeyError, IndexError, ValueError, TypeError):
                raise ContractError(f"there is nothing at #{pointer}") from None
        return node


def _check(schema: Any, pointer: str) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise ContractError(f"{pointer}: a schema is an object or a boolean")
    for keyword, value in schema.items():
        if keyword not in _KEYWORDS and not keyword.startswith("x-"):
            raise ContractError(f"{pointer}: the keyword {keyword} is unknown or not supported")
        for part, place in _subschemas(_KEYWORDS.get(keyword), value):
            _check(part, f"{pointer}/{keyword}{place}")
    if str(schema.get("format", "date")) not in FORMATS:
        known = ", ".join(FORMATS)
        raise ContractError(f"{pointer}: format {schema['format']!r} is none of {known}")
    if _TWO_MEANINGS.search(str(schema.get("pattern", ""))):
        raise ContractError(
            f"{pointer}: the pattern {schema['pattern']!r} uses a class that ECMA and Python read "
            "differently; write it out, such as [0-9]"
        )


def _subschemas(kind: str | None, value: Any) -> Iterator[tuple[Any, str]]:
    if kind == "one":
        yield value, ""
    elif kind == "list" and isinstance(value, list):
        for index, part in enumerate(value):
            yield part, f"/{index}"
    elif kind == "map" and isinstance(value, Mapping):
        for name, part in value.items():
            yield part, pointer_to(name)
