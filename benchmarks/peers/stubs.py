"""WireMock's stubs for the two operations that are compared, made from an OpenAPI document.

Requests are matched by path, by the headers the document asks for, and by JSON Schema, as Prism and
dryshot check them; the answer is the document's own example. WireMock checks no answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["mappings"]

_SCHEMAS = "#/components/schemas/"
_HEADERS = ("Authorization", "Service-CRN")


def mappings(document: Path) -> Iterator[dict[str, Any]]:
    """Of POST /jobs and GET /jobs/{id}; KeyError if the document has them not."""
    told = json.loads(document.read_text(encoding="utf-8"))
    create, read = told["paths"]["/jobs"]["post"], told["paths"]["/jobs/{id}"]["get"]
    headers = {name: {"matches": ".+"} for name in _HEADERS}
    body = create["requestBody"]["content"]["application/json"]["schema"]
    checked = {"matchesJsonSchema": standalone(told, body), "schemaVersion": "V202012"}
    yield {
        "request": {
            "method": "POST",
            "urlPath": "/jobs",
            "headers": headers,
            "bodyPatterns": [checked],
        },
        "response": _answer(create),
    }
    yield {
        "request": {"method": "GET", "urlPathPattern": "/jobs/[^/]+", "headers": headers},
        "response": _answer(read),
    }


def standalone(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema that holds all that it refers to."""
    needed: dict[str, Any] = {}

    def gather(value: Any) -> Any:
        if isinstance(value, list):
            return [gather(one) for one in value]
        if not isinstance(value, dict):
            return value
        copy = {key: gather(one) for key, one in value.items()}
        target = copy.get("$ref")
        if isinstance(target, str) and target.startswith(_SCHEMAS):
            name = target.removeprefix(_SCHEMAS)
            if name not in needed:
                needed[name] = True  # a schema may refer to itself
                needed[name] = gather(document["components"]["schemas"][name])
            copy["$ref"] = f"#/$defs/{name}"
        return copy

    return {**gather(schema), "$defs": needed}


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    """The first example of 200."""
    examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
    body = json.dumps(next(iter(examples.values()))["value"])
    return {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body}
