"""Requests and answers of any operation, as its document allows them."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from hypothesis import strategies as st

from dryshot.contract import Contract, Operation
from dryshot.contract.documents import CONTRACTS
from dryshot.contract.wire import FORM, JSON
from dryshot.http import Request, Response
from dryshot.strategies.values import Values

__all__ = [
    "Answer",
    "body_schema",
    "find_operation",
    "parameters",
    "requests",
    "responses",
    "values_of",
]

_PLAIN = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
"""Letters of texts in a path, a query or a header: they mean themselves there."""


class Answer(NamedTuple):
    """What a service may answer; ``json`` is a text for ``text/plain``, None without a body."""

    status: int
    headers: Mapping[str, str]
    json: Any

    @property
    def body(self) -> bytes:
        """The bytes of the body."""
        kind = self.headers.get("content-type")
        if kind is None:
            return b""
        return (json.dumps(self.json) if kind == JSON else str(self.json)).encode()


def responses(operation: str, status: int | None = None) -> st.SearchStrategy[Answer]:
    """Answers that the document allows for an operation, with this status or any.

    ``operation`` is an operationId, or ``document.operationId`` where several documents have it:
    ``platform-runtime.create_job``. ``ValueError`` if there is none, or it has no such status.
    """
    contract, found = find_operation(operation)
    declared = _node(contract, found)["responses"]
    if status is None:
        return st.one_of([_answers(contract, found, int(one)) for one in declared])
    if str(status) not in declared:
        raise ValueError(f"{operation} has {', '.join(declared)}; there is no {status}")
    return _answers(contract, found, status)


def requests(operation: str) -> st.SearchStrategy[Request]:
    """Requests that the document allows for an operation, without credentials.

    They are addressed to the first server of the document; ``operation`` is as in
    :func:`responses`.
    """
    contract, found = find_operation(operation)
    texts = values_of(contract.name, plain=True)
    nodes = parameters(contract, found)
    parts: dict[str, dict[str, st.SearchStrategy[Any]]] = {"path": {}, "query": {}, "header": {}}
    optional: dict[str, dict[str, st.SearchStrategy[Any]]] = {"path": {}, "query": {}, "header": {}}
    for node in nodes:
        place = parts if node.get("required") else optional
        schema = node["schema"]
        if schema.get("type") == "string":
            schema = {"allOf": [schema, {"minLength": 1}]}
        elif schema.get("type") == "array":
            # an empty list cannot be said in a query
            schema = {"allOf": [schema, {"minItems": 1, "items": {"minLength": 1}}]}
        place[node["in"]][node["name"]] = texts.of(schema)
    schema, kind, required = body_schema(contract, found)
    body: st.SearchStrategy[Any] = st.just(_ABSENT)
    if schema is not None:
        body = values_of(contract.name).of(schema)
        body = body if required else st.just(_ABSENT) | body
    made = st.builds(
        functools.partial(_request, contract, found, kind),
        *(st.fixed_dictionaries(parts[at], optional=optional[at]) for at in parts),
        body,
    )
    return made.filter(functools.partial(_is_accepted, contract))


_ABSENT = object()


def find_operation(operation: str) -> tuple[Contract, Operation]:
    """The operation of that name, and its document's contract; ``ValueError`` if it is not one."""
    name, _, id_ = operation.rpartition(".")
    contracts = [Contract.load(one) for one in CONTRACTS if name in ("", one)]
    found = [contract for contract in contracts if id_ in contract.operations]
    if len(found) == 1:
        return found[0], found[0].operations[id_]
    if found:
        known = " and ".join(f"{contract.name}.{id_}" for contract in found)
        raise ValueError(f"{operation} could be {known}")
    raise ValueError(f"there is no operation {operation}")


@functools.cache
def values_of(name: str, *, plain: bool = False) -> Values:
    """The strategies of one of the documents; of ``plain`` texts, for URLs and headers."""
    document = Contract.load(name).document
    return Values(document, _PLAIN) if plain else Values(document)


def body_schema(contract: Contract, operation: Operation) -> tuple[Any, str, bool]:
    """The schema of a request's body, or None; its media type; whether it must be there."""
    node = _node(contract, operation).get("requestBody")
    if node is None:
        return None, JSON, False
    node = _resolved(values_of(contract.name), node)
    ((kind, media),) = node["content"].items()
    return media["schema"], kind, node.get("required", False)


def _node(contract: Contract, operation: Operation) -> Any:
    return contract.document["paths"][operation.path][operation.method.lower()]


def parameters(contract: Contract, operation: Operation) -> Sequence[Any]:
    """The declared parameters of an operation, with their schemas, nothing by reference."""
    values = values_of(contract.name)
    item = contract.document["paths"][operation.path]
    nodes = [*_node(contract, operation).get("parameters", ()), *item.get("parameters", ())]
    found: dict[tuple[str, str], Any] = {}
    for node in nodes:
        resolved = _resolved(values, node)
        schema = _resolved(values, resolved["schema"])
        found.setdefault((resolved["in"], resolved["name"]), {**resolved, "schema": schema})
    return list(found.values())


def _resolved(values: Values, node: Any) -> Any:
    while "$ref" in node:
        node = values.resolve(node["$ref"])
    return node


def _answers(contract: Contract, operation: Operation, status: int) -> st.SearchStrategy[Answer]:
    values = values_of(contract.name)
    node = _resolved(values, _node(contract, operation)["responses"][str(status)])
    plain = values_of(contract.name, plain=True)
    must: dict[str, st.SearchStrategy[str]] = {}
    may: dict[str, st.SearchStrategy[str]] = {}
    for name, header in node.get("headers", {}).items():
        found = _resolved(values, header)
        place = must if found.get("required") else may
        place[name.lower()] = plain.of(found["schema"]).map(_text)
    headers = st.fixed_dictionaries(must, optional=may)
    if not node.get("content"):
        return st.builds(Answer, st.just(status), headers, st.none())
    made = [
        st.builds(
            Answer,
            st.just(status),
            headers.map(functools.partial(_typed, kind)),
            values.of(media["schema"]),
        )
        for kind, media in node["content"].items()
    ]
    answer = operation.answers[str(status)]
    return st.one_of(made).filter(
        lambda one: answer.admits(Response(one.status, one.headers, one.body))
    )


def _typed(kind: str, headers: dict[str, str]) -> dict[str, str]:
    return {"content-type": kind, **headers}


def _request(
    contract: Contract,
    operation: Operation,
    kind: str,
    path: Mapping[str, Any],
    query: Mapping[str, Any],
    headers: Mapping[str, Any],
    body: Any,
) -> Request:
    server = urlsplit(contract.servers[0])
    target = operation.path
    for name, value in path.items():
        target = target.replace(f"{{{name}}}", quote(_text(value), safe=""))
    pairs = [
        (name, _text(item))
        for name, value in query.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    sent = {name.lower(): _text(value) for name, value in headers.items()}
    content = b""
    if body is not _ABSENT:
        sent["content-type"] = kind
        content = (urlencode(body) if kind == FORM else json.dumps(body)).encode()
    return Request(
        operation.method,
        server.hostname or "",
        server.path.rstrip("/") + target,
        urlencode(pairs),
        sent,
        content,
    )


def _is_accepted(contract: Contract, request: Request) -> bool:
    base = urlsplit(contract.servers[0]).path.rstrip("/")
    operation, path_params = contract.match(request.method, request.path.removeprefix(base))
    return operation.read(path_params, request).sure


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
