"""Operations of a document, each with its gate: validators compiled once, asked on every call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dryshot.contract.bodies import Body, read_body
from dryshot.contract.parameters import (
    Parameter,
    read_all,
    read_header,
    read_parameter,
    read_single,
)
from dryshot.contract.schemas import Schemas, accepts, pointer_to
from dryshot.contract.wire import (
    JSON,
    LOOSE,
    NotDecodable,
    decode_json,
    decode_loose_json,
    decode_text,
    group_query,
    media_type,
)
from dryshot.errors import ContractError
from dryshot.http import Request, Response

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

__all__ = ["Answer", "Operation", "Reading", "read_operations"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MOST_KEPT, _LONGEST_KEPT = 32, 8 * 1024
_DECODERS = {JSON: decode_json, "text/plain": decode_text}


class Reading(NamedTuple):
    """What a request says, and which halves of that are surely valid."""

    parameters_sure: bool
    body_sure: bool
    path: dict[str, Any]
    query: dict[str, Any]
    headers: dict[str, Any]
    body: Any

    @property
    def sure(self) -> bool:
        """Whether all of it is surely valid."""
        return self.parameters_sure and self.body_sure


@dataclass(frozen=True, slots=True)
class Answer:
    """What the document allows for one status; ``contents`` is empty if the body must be.

    In a ``loose`` one, NaN and infinities may stand for numbers.
    """

    contents: Mapping[str, Draft202012Validator]
    headers: tuple[Parameter, ...]
    loose: bool = False
    known: set[tuple[str, bytes]] = field(default_factory=set, repr=False, compare=False)
    """Content types and bodies that were admitted before: those that came lately, and are short."""

    def decoder(self, kind: str) -> Callable[[bytes], Any]:
        """How a body of this media type is read."""
        return decode_loose_json if self.loose and kind == JSON else _DECODERS[kind]

    def admits(self, response: Response) -> bool:
        """Whether the response is surely what the document allows."""
        if self.headers and not read_single(self.headers, response.headers)[0]:
            return False
        body = response.body
        if not self.contents:
            return not body
        content_type = response.headers.get("content-type", "")
        if (content_type, body) in self.known:
            return True
        kind = media_type(content_type)
        validator = self.contents.get(kind)
        if validator is None or not body:
            return False
        try:
            valid = accepts(validator, self.decoder(kind)(body))
        except NotDecodable:
            return False
        if valid and len(body) <= _LONGEST_KEPT:
            if len(self.known) >= _MOST_KEPT:
                self.known.clear()
            self.known.add((content_type, body))
        return valid


class _Place(NamedTuple):
    """Where an operation stands in its document; ``pointer`` leads to its ``node``."""

    schemas: Schemas
    path: str
    item: Mapping[str, Any]
    node: Mapping[str, Any]
    pointer: str


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path template.

    ``authenticated`` says whether credentials are needed; to check them is not the contract's
    business. What it takes and answers is compiled when that is first asked for.
    """

    id: str
    method: str
    path: str
    authenticated: bool
    place: _Place = field(repr=False)

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"

    @cached_property
    def parameters(self) -> Mapping[str, tuple[Parameter, ...]]:
        """What may be in its ``path``, ``query`` and ``header``."""
        return _read_parameters(self.place)

    @cached_property
    def body(self) -> Body | None:
        """What its requests carry, if anything."""
        return read_body(self.place.schemas, self.place.node, self.place.pointer)

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """What it answers, by status as text, ``2XX`` or ``default``."""
        return _read_answers(self.place)

    def compile(self) -> None:
        """Compile all of it now; ``ContractError`` says what cannot be checked for sure."""
        _ = self.parameters, self.body, self.answers

    def answer(self, status: int) -> Answer | None:
        """What the document allows for ``status``; None if that is not declared."""
        text = str(status)
        answers = self.answers
        return answers.get(text) or answers.get(f"{text[0]}XX") or answers.get("default")

    def read(self, path_params: Mapping[str, str], request: Request) -> Reading:
        """Decode and cast a request."""
        parameters = self.parameters
        path_sure, path = read_single(parameters["path"], path_params)
        query_sure, query = read_all(
            parameters["query"], group_query(request.query) if request.query else {}
        )
        header_sure, headers = read_single(parameters["header"], request.headers)
        body_sure, body = self.body.read(request) if self.body else (True, None)
        return Reading(
            path_sure and query_sure and header_sure, body_sure, path, query, headers, body
        )


def read_operations(document: Mapping[str, Any], schemas: Schemas) -> Iterator[Operation]:
    """Every operation, in the order of the document; what is in them is not looked at yet."""
    default_security = document.get("security", [])
    for path, item in document.get("paths", {}).items():
        here = pointer_to("paths", path)
        if "$ref" in item:
            raise ContractError(f"{here}: a path by reference is not supported")
        for method in METHODS:
            if method in item:
                yield _read(
                    schemas, path, method, item, item[method].get("security", default_security)
                )


def _read(
    schemas: Schemas, path: str, method: str, item: Mapping[str, Any], security: list[Any]
) -> Operation:
    node, here = item[method], pointer_to("paths", path, method)
    if not node.get("operationId"):
        raise ContractError(f"{here}: there is no operationId")
    return Operation(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        authenticated=bool(security) and {} not in security,
        place=_Place(schemas, path, item, node, here),
    )


def _read_parameters(place: _Place) -> Mapping[str, tuple[Parameter, ...]]:
    found: dict[tuple[str, str], Parameter] = {}
    places = (
        (place.node, f"{place.pointer}/parameters"),
        (place.item, pointer_to("paths", place.path, "parameters")),
    )
    for owner, here in places:
        for index, node in enumerate(owner.get("parameters", ())):
            parameter = read_parameter(place.schemas, node, f"{here}/{index}")
            found.setdefault((parameter.location, parameter.name), parameter)
    declared = {name for location, name in found if location == "path"}
    named = {part[1:-1] for part in place.path.split("/") if part.startswith("{")}
    if declared != named:
        odd = ", ".join(sorted(declared ^ named))
        raise ContractError(f"{place.path}: path and parameters do not agree on {odd}")
    return {
        location: tuple(parameter for (where, _), parameter in found.items() if where == location)
        for location in ("path", "query", "header")
    }


def _read_answers(place: _Place) -> Mapping[str, Answer]:
    answers = {}
    schemas, node, here = place.schemas, place.node, place.pointer
    if not node.get("responses"):
        raise ContractError(f"{here}: no responses are declared")
    for status, reference in node["responses"].items():
        response, pointer = schemas.resolve(reference, f"{here}/responses/{status}")
        headers = tuple(
            read_header(schemas, name, header, f"{pointer}/headers{pointer_to(name)}")
            for name, header in response.get("headers", {}).items()
            if name.lower() != "content-type"
        )
        loose = bool(response.get("content", {}).get(JSON, {}).get(LOOSE))
        answers[status] = Answer(_read_contents(schemas, response, pointer), headers, loose)
    return answers


def _read_contents(
    schemas: Schemas, node: Mapping[str, Any], pointer: str
) -> Mapping[str, Draft202012Validator]:
    contents = {}
    for kind, media in node.get("content", {}).items():
        where = f"{pointer}/content{pointer_to(kind)}"
        if kind not in _DECODERS:
            raise ContractError(f"{where}: only {' and '.join(_DECODERS)} are supported")
        if "schema" not in media:
            raise ContractError(f"{where}: there is no schema")
        contents[kind] = schemas.compile(f"{where}/schema")
    return contents
