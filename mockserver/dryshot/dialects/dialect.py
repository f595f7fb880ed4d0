"""What every dialect is: a contract, a manner of authentication, a wording of errors, handlers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from dryshot.contract import Call, Contract, Operation
from dryshot.dialects.encoding import to_json
from dryshot.errors import ContractError, DryshotError
from dryshot.http import Headers, Request, Response
from dryshot.world import World

__all__ = ["Dialect", "Json", "Reply", "to_json"]


class Json(str):
    """Text that is JSON already."""

    __slots__ = ()


Reply = tuple[int, Any]
"""A status and what becomes the JSON body; None is an empty body, ``str`` is plain text, and
:class:`Json` and ``bytes`` are JSON that is sent as it is."""


_JSON, _TEXT = "application/json; charset=utf-8", "text/plain; charset=utf-8"


class Dialect(ABC):
    """One service. A subclass has one method per operationId: ``(call, caller) -> Reply``."""

    def __init__(self, contract: Contract, world: World) -> None:
        self.contract = contract
        self.world = world
        self._handlers: dict[str, Callable[[Call, Any], Reply]] = {}
        for operation_id in contract.operations:
            handler = getattr(self, operation_id, None)
            if handler is None:
                raise ContractError(f"{contract.name}: no handler for operation {operation_id!r}")
            self._handlers[operation_id] = handler

    @abstractmethod
    def authenticate(self, request: Request) -> Any:
        """Who is asking, as the handlers want to know it; ``NotAuthenticated`` if none may tell."""

    @abstractmethod
    def refuse(self, error: DryshotError, operation: Operation | None) -> Reply:
        """The service's own wording of a refusal; ``operation`` is None if there is none."""

    @abstractmethod
    def headers(self) -> Headers:
        """The headers that every answer of the service carries."""

    def handle(self, call: Call, caller: Any) -> Response:
        """Do what was asked; ``caller`` is what :meth:`authenticate` gave, None if not asked."""
        return self.respond(self._handlers[call.operation.id](call, caller))

    def respond(self, reply: Reply) -> Response:
        """A reply as the service would send it."""
        status, content = reply
        headers = self.headers()
        if isinstance(content, bytes):
            return Response(status, {**headers, "content-type": _JSON}, content)
        if content is None:
            return Response(status, dict(headers))
        if not isinstance(content, str):
            return Response(status, {**headers, "content-type": _JSON}, to_json(content))
        kind = _JSON if isinstance(content, Json) else _TEXT
        body = content.encode(errors="replace")
        return Response(status, {**headers, "content-type": kind}, body)
