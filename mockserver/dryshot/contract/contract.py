"""A document as router and referee: a fast gate in front, a full judge behind it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from dryshot.contract.operations import Operation, read_operations
from dryshot.contract.problems import InvalidRequest, MethodNotAllowed, NoSuchPath
from dryshot.contract.routes import Routes
from dryshot.contract.schemas import Schemas
from dryshot.errors import ContractError, SpecDrift
from dryshot.http import Request, Response

if TYPE_CHECKING:
    from dryshot.contract.judge import Judge

__all__ = ["Call", "Contract", "Match"]


Changes = tuple[tuple[str, int | None], ...]


class Match(NamedTuple):
    """The operation that a method and a path mean; ``path_params`` are percent-decoded."""

    operation: Operation
    path_params: dict[str, str]


class Call(NamedTuple):
    """A valid request.

    ``path``, ``query`` and ``headers`` hold what is declared, cast to its type, with defaults; what
    is absent and has none is not in them. ``body`` is decoded JSON, or None.
    """

    operation: Operation
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    request: Request
    headers: Mapping[str, Any] = MappingProxyType({})


class Contract:
    """What one OpenAPI 3.1 document promises; it does not change once made.

    Whatever in the document could not be checked later raises ``ContractError`` here; in one that
    is ``known`` to have no such fault, operations are compiled when they are first asked for.
    """

    def __init__(self, name: str, document: Mapping[str, Any], *, known: bool = False) -> None:
        self.name = name
        self.document = document
        if not str(document.get("openapi", "")).startswith("3.1."):
            raise ContractError(f"{name}: this is not an OpenAPI 3.1 document")
        try:
            self._read(document)
            if not known:
                self.compile()
        except ContractError as error:
            raise ContractError(f"{name}: {error}") from error
        except (AttributeError, TypeError, KeyError) as error:
            raise ContractError(f"{name}: the document is malformed: {error!r}") from error

    def _read(self, document: Mapping[str, Any]) -> None:
        self.servers: tuple[str, ...] = tuple(
            server["url"].rstrip("/") for server in document.get("servers", ())
        )
        self._schemas = schemas = Schemas(document)
        operations: dict[str, Operation] = {}
        paths: dict[str, dict[str, Operation]] = {}
        for operation in read_operations(document, schemas):
            if operation.id in operations:
                raise ContractError(f"operationId {operation.id!r} stands twice")
            operations[operation.id] = operation
            paths.setdefault(operation.path, {})[operation.method] = operation
        self.operations: Mapping[str, Operation] = MappingProxyType(operations)
        self._routes: Routes[dict[str, Operation]] = Routes()
        for path, methods in paths.items():
            self._routes.add(path, methods)

    def compile(self) -> None:
        """Compile all of it now; ``ContractError`` says what cannot be checked for sure."""
        self._schemas.check_components()
        for operation in self.operations.values():
            operation.compile()

    def __repr__(self) -> str:
        return f"<Contract {self.name}: {len(self.operations)} operations>"

    @staticmethod
    def load(name: str, changes: Changes = ()) -> Contract:
        """The contract of one of dryshot's own documents; the same one every time.

        With ``changes``, of that document with other keywords: each a JSON pointer that is there,
        and a value or, to leave it out, None.
        """
        return _changed(name, changes) if changes else _load(name)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], name: str = "document") -> Contract:
        """The contract of any document; a copy is kept."""
        try:
            copy = json.loads(json.dumps(document))
        except (TypeError, ValueError) as error:
            raise ContractError(f"{name}: the document is not JSON: {error}") from error
        return cls(name, copy)

    def knows(self, path: str) -> bool:
        """Whether the path, relative to the server's base path, is one of the document's."""
        return self._routes.find(path) is not None

    def match(self, method: str, path: str) -> Match:
        """What is asked for; ``path`` is relative to the server's base path.

        ``NoSuchPath`` or ``MethodNotAllowed`` if nothing is.
        """
        found = self._routes.find(path)
        if found is None:
            raise NoSuchPath(path)
        methods, path_params = found
        operation = methods.get(method)
        if operation is None:
            raise MethodNotAllowed(method, path, tuple(methods))
        return Match(operation, path_params)

    def read_request(self, match: Match, request: Request) -> Call:
        """The request, decoded and cast; ``InvalidRequest`` says what is wrong with it."""
        operation, path_params = match
        reading = operation.read(path_params, request)
        if not reading.sure:
            problems = self.judge.request_problems(
                operation,
                path_params,
                request,
                parameters=not reading.parameters_sure,
                body=not reading.body_sure,
            )
            if problems:
                raise InvalidRequest(problems)
        return Call(operation, reading.path, reading.query, reading.body, request, reading.headers)

    def check_response(self, operation: Operation, response: Response) -> None:
        """``SpecDrift`` if the document does not allow this answer."""
        answer = operation.answer(response.status)
        if answer is not None and answer.admits(response):
            return
        problems = self.judge.response_problems(operation, response)
        if problems:
            wrong = "; ".join(problem.message for problem in problems)
            raise SpecDrift(
                f"{self.name}: {operation.id} must not answer {response.status} like this: {wrong}"
            )

    def check_refusal(self, response: Response) -> None:
        """The same for an answer to what is no operation at all: a wrong path or method.

        Its body is held to what the document says of that status anywhere.
        """
        for operation in self.operations.values():
            if operation.answer(response.status) is not None:
                self.check_response(operation, response)
                return

    @cached_property
    def judge(self) -> Judge:
        """openapi-core's verdict, imported when it is first needed and kept."""
        from dryshot.contract.judge import Judge

        return Judge(self.document)


@functools.cache
def _load(name: str) -> Contract:
    folder = resources.files("dryshot") / "specs"
    try:
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        known = sorted(file.name.removesuffix(".json") for file in folder.iterdir())
        raise ContractError(f"no document {name!r}; there are {', '.join(known)}") from None
    # tests compile every operation of these: nobody else needs to
    return Contract(name, json.loads(text), known=True)


@functools.lru_cache(maxsize=16)
def _changed(name: str, changes: Changes) -> Contract:
    document = json.loads(json.dumps(_load(name).document))
    for pointer, value in changes:
        *steps, keyword = pointer.split("/")[1:]
        node = functools.reduce(lambda node, step: node[step], steps, document)
        if value is None:
            del node[keyword]
        else:
            node[keyword] = value
    return Contract(name, document)
