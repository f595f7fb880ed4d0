"""The operations of a document of any layout, by method and path template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dryshot.contract.wire import media_type
from dryshot.drift.reading import Document
from dryshot.drift.schemas import ANY, Node

__all__ = ["Answer", "Body", "Operation", "Parameter", "Route", "read_operations", "server_paths"]

Route = tuple[str, str]
"""A method and a path relative to the server, its parameters without names: ``GET /jobs/{}``."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_STYLES = {"query": "form", "path": "simple", "header": "simple", "cookie": "form"}
_NOT_PARAMETERS = {"accept", "authorization", "content-type"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; ``style`` is how lists and objects are written in it."""

    name: str
    location: str
    required: bool
    deprecated: bool
    style: str
    schema: Node
    pointer: str


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request."""

    required: bool
    contents: Mapping[str, Node]
    pointer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered with one status; ``headers`` by name: whether it is sure, its schema."""

    contents: Mapping[str, Node]
    headers: Mapping[str, tuple[bool, Node]]
    pointer: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``security`` are the ways to prove who asks, None if that cannot be said."""

    id: str
    route: Route
    pointer: str
    deprecated: bool
    parameters: Mapping[tuple[str, str], Parameter]
    body: Body | None
    answers: Mapping[str, Answer]
    security: frozenset[frozenset[str]] | None


def server_paths(document: Document) -> tuple[str, ...]:
    """The paths of the servers' URLs, the longest first."""
    servers = document.data.get("servers") or [{"url": "/"}]
    paths = {urlsplit(str(server.get("url", "/"))).path.rstrip("/") for server in servers}
    return tuple(sorted(paths, key=lambda path: (-len(path), path)))


def read_operations(document: Document, bases: Iterable[str]) -> dict[Route, Operation]:
    """Every operation; paths are taken relative to the nearest of ``bases``."""
    own, wanted = server_paths(document), tuple(bases)
    found: dict[Route, Operation] = {}
    for path in document.data["paths"]:
        item = document.resolve(_pointer("/paths", path))
        if item is None:
            continue
        template = re.sub(r"{.*?}", "{}", str(path))
        relative = _relative(template, own, wanted)
        for method in _METHODS:
            if isinstance(item[0].get(method), Mapping):
                route = (method.upper(), relative)
                found[route] = _read(document, item, method, route, str(path))
    return found


def _relative(template: str, own: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    for base in own:
        whole = f"{base}{template}"
        for prefix in wanted:
            if whole.startswith(f"{prefix}/"):
                return whole[len(prefix) :]
    return template


def _read(
    document: Document, item: tuple[Mapping[str, Any], str], method: str, route: Route, path: str
) -> Operation:
    node, pointer = item[0][method], f"{item[1]}/{method}"
    body = document.resolve(f"{pointer}/requestBody") if "requestBody" in node else None
    return Operation(
        id=str(node.get("operationId") or " ".join(route)),
        route=route,
        pointer=pointer,
        deprecated=bool(node.get("deprecated")),
        parameters={
            _key(one, path): one
            for owner in (item[1], pointer)
            for one in _parameters(document, f"{owner}/parameters")
        },
        body=body and Body(bool(body[0].get("required")), _contents(document, body[1]), body[1]),
        answers=dict(_answers(document, pointer)),
        security=_security(document, node.get("security", document.data.get("security", []))),
    )


def _key(parameter: Parameter, path: str) -> tuple[str, str]:
    if parameter.location == "path":
        names = re.findall(r"{(.*?)}", path)
        known = parameter.name in names
        return "path", str(names.index(parameter.name)) if known else parameter.name
    header = parameter.location == "header"
    return parameter.location, parameter.name.lower() if header else parameter.name


def _parameters(document: Document, pointer: str) -> Iterator[Parameter]:
    for index in range(len(document.at(pointer) or ())):
        found = document.resolve(f"{pointer}/{index}")
        if found is None:
            continue
        node, where = found
        location = str(node.get("in"))
        if location == "header" and str(node.get("name")).lower() in _NOT_PARAMETERS:
            continue
        style = str(node.get("style", _STYLES.get(location)))
        explode = " exploded" if node.get("explode", style == "form") else ""
        contents = _contents(document, where)
        schema = (f"{where}/schema",) if "schema" in node else next(iter(contents.values()), ANY)
        yield Parameter(
            name=str(node.get("name")),
            location=location,
            required=bool(node.get("required")) or location == "path",
            deprecated=bool(node.get("deprecated")),
            style=next(iter(contents), f"{style}{explode}"),
            schema=schema,
            pointer=where,
        )


def _contents(document: Document, pointer: str) -> dict[str, Node]:
    contents = document.at(f"{pointer}/content") or {}
    return {
        media_type(str(kind)): (_pointer(f"{pointer}/content", kind) + "/schema",)
        if "schema" in (media or {})
        else ANY
        for kind, media in contents.items()
    }


def _answers(document: Document, pointer: str) -> Iterator[tuple[str, Answer]]:
    for status in document.at(f"{pointer}/responses") or ():
        found = document.resolve(_pointer(f"{pointer}/responses", status))
        if found is None:
            yield str(status).upper(), Answer({}, {}, f"{pointer}/responses/{status}")
            continue
        headers = {}
        for name in found[0].get("headers") or ():
            header = document.resolve(_pointer(f"{found[1]}/headers", name))
            if header is not None and str(name).lower() != "content-type":
                schema = (f"{header[1]}/schema",) if "schema" in header[0] else ANY
                headers[str(name).lower()] = (bool(header[0].get("required")), schema)
        text = str(status)
        key = text if text == "default" else text.upper()
        yield key, Answer(_contents(document, found[1]), headers, found[1])


def _security(document: Document, ways: Any) -> frozenset[frozenset[str]] | None:
    found = set()
    for way in ways or ():
        proofs = set()
        for name, scopes in way.items():
            scheme = document.resolve(_pointer("/components/securitySchemes", name))
            if scheme is None:
                document.dangling.add(f"#/components/securitySchemes/{name}")
                return None
            proofs.add(_proof(scheme[0], scopes))
        found.add(frozenset(proofs))
    return frozenset(found)


def _proof(scheme: Mapping[str, Any], scopes: Any) -> str:
    """What is sent to prove it: a bearer token is one, whether OAuth or another issued it."""
    kind = str(scheme.get("type", "")).lower()
    if kind == "apikey":
        place, name = str(scheme.get("in")), str(scheme.get("name"))
        return f"{place} {name.lower() if place == 'header' else name}"
    word = str(scheme.get("scheme", "")).lower() if kind == "http" else "bearer"
    if kind not in ("http", "oauth2", "openidconnect"):
        return kind
    return " ".join(["authorization", word, *sorted(map(str, scopes or ()))])


def _pointer(parent: str, part: Any) -> str:
    return f"{parent}/" + str(part).replace("~", "~0").replace("/", "~1")
