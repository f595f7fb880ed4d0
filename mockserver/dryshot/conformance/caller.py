"""Calls of operations by name, each answer held to its document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dryshot.conformance.findings import Findings
from dryshot.conformance.wire import Answer, Unanswered, Wire
from dryshot.contract import Contract, InvalidRequest, Match, Operation
from dryshot.contract.wire import FORM, JSON
from dryshot.errors import SpecDrift
from dryshot.http import Request

__all__ = ["Call", "Caller"]

Query = Mapping[str, Any]


class Call:
    """A request to be sent: an operation with what it is given."""

    def __init__(
        self,
        key: str,
        ids: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        name, _, id_ = key.rpartition(".")
        self.key = key
        self.contract = Contract.load(name)
        self.operation: Operation = self.contract.operations[id_]
        self.ids = dict(ids or {})
        self.query = dict(query or {})
        self.body = body
        self.headers = dict(headers or {})

    def __repr__(self) -> str:
        return f"<Call {self.key}>"

    def replaced(self, **changes: Any) -> Call:
        """The same with other ``ids``, ``query``, ``body`` or ``headers``."""
        mine = {"query": self.query, "body": self.body, "headers": self.headers}
        ids = changes.pop("ids", self.ids)
        return Call(self.key, ids, **(mine | changes))

    @property
    def kind(self) -> str:
        """The media type of the body."""
        return self.operation.body.kind if self.operation.body else JSON

    @property
    def content(self) -> bytes:
        """The bytes of the body; ``bytes`` are sent as they are."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return (urlencode(self.body) if self.kind == FORM else json.dumps(self.body)).encode()

    @property
    def target(self) -> str:
        """Path and query below the base URL."""
        path = self.operation.path
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        pairs = [
            (name, item)
            for name, value in self.query.items()
            for item in (
                value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            )
        ]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def allowed(self) -> bool:
        """Whether the document allows the request."""
        path, _, query = self.target.partition("?")
        headers = {**self.headers, "content-type": self.kind} if self.body is not None else {}
        request = Request(self.operation.method, "", path, query, headers, self.content)
        try:
            self.contract.read_request(Match(self.operation, dict(self.ids)), request)
        except InvalidRequest:
            return False
        return True


class Caller:
    """Somebody who may call: where services are, and what names them there.

    ``credentials`` are headers by document. Every answer is held to its document, and what that
    gives is in ``findings``. ``spacing`` is how many seconds there must be between submissions.
    """

    def __init__(
        self,
        wire: Wire,
        places: Mapping[str, str],
        findings: Findings,
        *,
        spacing: float = 0.0,
    ) -> None:
        self.wire = wire
        self.findings = findings
        self.credentials: dict[str, dict[str, str]] = {}
        self._places = places
        self._spacing = spacing
        self._next_submission = float("-inf")

    def send(self, call: Call, *, credentials: Mapping[str, str] | None = None) -> Answer:
        """The answer; ``Unanswered`` counts as one that the document does not allow.

        ``credentials`` go in the place of the caller's own.
        """
        if call.operation.id == "create_job" and self._spacing:
            self.wire.sleep(max(0.0, self._next_submission - self.wire.monotonic()))
            self._next_submission = self.wire.monotonic() + self._spacing
        own = self.credentials.get(call.contract.name, {})
        headers = {**(own if credentials is None else credentials), **call.headers}
        if call.body is not None:
            headers["content-type"] = call.kind
        url = self._places[call.contract.name] + call.target
        try:
            answer = self.wire.send(call.operation.method, url, headers, call.content)
        except Unanswered as error:
            self.findings.failed(call.key, "document", f"no answer: {error}")
            raise
        try:
            call.contract.check_response(call.operation, answer.response)
        except SpecDrift as error:
            self.findings.failed(call.key, "document", str(error))
        else:
            self.findings.passed(call.key, "document")
        return answer
