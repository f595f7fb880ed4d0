"""The read operations of a document, each asked for once, with the names that earlier ones gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from dryshot.contract.contract import Contract
from dryshot.contract.documents import Documents
from dryshot.contract.wire import NotDecodable, decode_json
from dryshot.drift.operations import Operation, Parameter, read_operations
from dryshot.drift.reading import Document
from dryshot.http import Endpoint, Request, Response
from dryshot.recording.cassette import Interaction

__all__ = ["Visit"]

_LISTS = {"devices": "name", "jobs": "id", "programs": "id", "resources": "crn"}
"""Where a list's things have their names."""
_OWNERS = {"backends": "devices", "resource_instances": "resources"}
_ANY_TEXT = "any"


class Visit:
    """Asks an endpoint and keeps what was asked and answered.

    ``names`` are what has been met so far: by the word in a path before a parameter, or by a
    parameter's own name, what to fill in. ``server`` chooses among a document's servers.
    """

    def __init__(
        self, endpoint: Endpoint, server: Callable[[tuple[str, ...]], str] = lambda urls: urls[0]
    ) -> None:
        self._endpoint = endpoint
        self._server = server
        self._documents = Documents()
        self.interactions: list[Interaction] = []
        self.headers: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def ask(
        self, method: str, url: str, *, body: bytes = b"", kind: str = "application/json"
    ) -> Any:
        """Ask; the decoded answer if it is JSON and no refusal, else None."""
        parts = urlsplit(url)
        headers = dict(self.headers) | ({"content-type": kind} if body else {})
        request = Request(method, parts.hostname or "", parts.path, parts.query, headers, body)
        response: Response = self._endpoint(request)
        found = self._documents.find(request)
        key = None if found is None else found.key
        self.interactions.append(Interaction(request, response, datetime.now(UTC), 0.0, key))
        if response.status >= 300:  # noqa: PLR2004 - HTTP's own
            return None
        try:
            value = decode_json(response.body)
        except NotDecodable:
            return None
        self._learn(value)
        return value

    def read(self, name: str) -> None:
        """Ask for every GET operation of one of our documents whose parameters can be filled in."""
        contract = Contract.load(name)
        base = self._server(contract.servers)
        document = Document(name, contract.document)
        operations = [
            one for one in read_operations(document, ()).values() if one.route[0] == "GET"
        ]
        # what has fewer parameters gives the names for what has more
        for operation in sorted(operations, key=lambda one: one.route[1].count("{}")):
            path = self._path(operation)
            if path is not None:
                query = urlencode(dict(self._query(document, operation)))
                self.ask("GET", f"{base}{path}" + (f"?{query}" if query else ""))

    def _path(self, operation: Operation) -> str | None:
        parts = operation.route[1].split("/")
        for index, part in enumerate(parts):
            if part != "{}":
                continue
            word = parts[index - 1]
            name = self.names.get(word) or self.names.get(_parameter(operation, parts, index))
            if name is None:
                return None
            parts[index] = quote(name, safe="")
        return "/".join(parts)

    def _query(self, document: Document, operation: Operation) -> Iterator[tuple[str, str]]:
        for (location, name), parameter in operation.parameters.items():
            if location != "query":
                continue
            if parameter.required or name in self.names:
                yield name, self.names.get(name) or _example(document, parameter)
            elif name == "limit":
                yield name, "5"

    def _learn(self, value: Any) -> None:
        if not isinstance(value, Mapping):
            return
        for field, key in _LISTS.items():
            items = value.get(field)
            if isinstance(items, list) and items:
                first = items[0]
                name = first.get(key) if isinstance(first, Mapping) else first
                for word in (field, *(w for w, owner in _OWNERS.items() if owner == field)):
                    self.names.setdefault(word, str(name))
                if isinstance(first, Mapping) and first.get("session_id"):
                    self.names.setdefault("sessions", str(first["session_id"]))


def _parameter(operation: Operation, parts: list[str], index: int) -> str:
    position = str(parts[:index].count("{}"))
    quoted = [one for one in parts[:index] if one != "{}" and not one.startswith("{")]
    filled = index - len(quoted)
    parameter = operation.parameters.get(("path", position if filled == 0 else str(filled)))
    return parameter.name if parameter else ""


def _example(document: Document, parameter: Parameter) -> str:
    found = document.resolve(parameter.schema[0]) if parameter.schema else None
    schema = found[0] if found else {}
    for value in (schema.get("default"), *schema.get("examples", ()), *schema.get("enum", ())):
        if value is not None:
            return str(value)
    return _ANY_TEXT
