"""One operation from call to answer, whatever the dialect: request, retries, errors."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx

from dryshot_client.credentials import Secret
from dryshot_client.errors import ConnectionFailed, UnexpectedAnswer
from dryshot_client.flows import Flow
from dryshot_client.models import Misfit
from dryshot_client.operations import Operation
from dryshot_client.replies import decode, read_error, read_json, unexpected
from dryshot_client.retries import RetryPolicy, send_repeatedly

__all__ = ["Api", "Ask"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of an operation. A :class:`Secret` in ``body`` is revealed on the wire only."""

    operation: Operation
    path: str
    query: Mapping[str, Any]
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]
    content: bytes | None = None

    def with_content(self, content: bytes, kind: str) -> Ask:
        """The same with a body of this media type, sent as it is."""
        return replace(self, content=content, headers={**self.headers, "content-type": kind})

    def with_token(self) -> Ask:
        """The same with a token, though none is needed."""
        return replace(self, operation=replace(self.operation, public=False))

    def with_body(self, body: Mapping[str, Any]) -> Ask:
        """The same with this body, nulls and all."""
        return replace(self, body=body)


class Api(ABC):
    """What the dialects have in common; a dialect says how its calls are authorised.

    ``build`` is the ``build_request`` of a client.
    """

    def __init__(
        self,
        build: Callable[..., httpx.Request],
        *,
        operations: Mapping[str, Operation],
        retries: RetryPolicy,
        monotonic: Callable[[], float],
    ) -> None:
        self._build = build
        self._operations = operations
        self.retries = retries
        self.monotonic = monotonic

    @property
    @abstractmethod
    def secrets(self) -> tuple[Secret, ...]:
        """What no error may repeat."""

    @abstractmethod
    def call(self, ask: Ask) -> Flow[httpx.Response]:
        """Call, authorised where that is needed; the answer is a success."""

    @abstractmethod
    def base(self, service: str) -> str:
        """The base URL of one of the services."""

    def prepare(
        self,
        name: str,
        ids: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Ask:
        """Make ready to call the operation called ``name``.

        ``ids`` fill its path. What is ``None`` in the others is left out.
        """
        operation = self._operations[name]
        return Ask(
            operation,
            operation.path(ids or {}),
            _given(query or {}),
            None if body is None else _given(body),
            _given(headers or {}),
        )

    def ask(self, ask: Ask, read: Callable[[Any], T]) -> Flow[T]:
        """Like :meth:`call`, and read the JSON of the answer; a misfit is ``UnexpectedAnswer``."""
        response = yield from self.call(ask)
        return self.fit(response, ask, read)

    def ask_text(self, ask: Ask) -> Flow[str]:
        """Like :meth:`call`, for a text; a page for browsers is an ``UnexpectedAnswer``."""
        response = yield from self.call(ask)
        if response.headers.get("content-type", "").startswith("text/html"):
            raise self.unexpected(response, ask, "the answer is a page, not plain text")
        return decode(response)

    def do(self, ask: Ask) -> Flow[None]:
        """Like :meth:`call`, where no answer but success is awaited.

        A page, which comes from something before the service, is an ``UnexpectedAnswer``.
        """
        response = yield from self.call(ask)
        if response.is_success and response.content and not read_json(response)[0]:
            raise self.unexpected(response, ask, "there is an answer where none is due")

    def fit(self, response: httpx.Response, ask: Ask, read: Callable[[Any], T]) -> T:
        """Read the JSON of an answer; what is no JSON, or misfits, is an ``UnexpectedAnswer``."""
        is_json, body = read_json(response)
        if not is_json:
            raise self.unexpected(response, ask, "the answer is not JSON")
        try:
            return read(body)
        except Misfit as error:
            wrong = str(error)
        raise self.unexpected(response, ask, wrong)

    def unexpected(self, response: httpx.Response, ask: Ask, what: str) -> UnexpectedAnswer:
        """The error for a success that is not what the API says."""
        return unexpected(response, ask.path, self.secrets, what)

    def exchange(
        self, ask: Ask, token: Secret | None = None, *, auth: httpx.Auth | None = None
    ) -> Flow[tuple[httpx.Response, bool]]:
        """Send, with the policy's retries, and return whatever was answered.

        Returns as well whether it may have arrived before. No answer is a ``ConnectionFailed``.
        """
        request = self._request(ask, token)
        return (yield from self._deliver(request, repeatable=ask.operation.repeatable, auth=auth))

    def succeed(self, ask: Ask, response: httpx.Response, *, again: bool = False) -> httpx.Response:
        """``response`` if it is a success; else raise the error it stands for.

        ``again`` says that the request may have arrived before.
        """
        gone = response.status_code == httpx.codes.NOT_FOUND
        if again and gone and ask.operation.method == "DELETE":
            return response  # an attempt whose answer was lost had deleted it
        if response.is_success:
            return response
        raise read_error(response, ask.path, self.secrets)

    def download(self, url: str) -> Flow[httpx.Response]:
        """Fetch what lies at ``url``, with no token, cookie or other header of the client."""
        try:
            request = httpx.Request("GET", url)
        except httpx.InvalidURL:
            request = None
        if request is None or request.url.scheme not in {"http", "https"} or not request.url.host:
            raise UnexpectedAnswer("GET", "?", httpx.codes.OK, message="sent there by no valid URL")
        response, _ = yield from self._deliver(request, repeatable=True)
        if response.is_success:
            return response
        raise read_error(response, _shown(request.url), self.secrets)

    def _authorise(self, token: Secret) -> dict[str, str]:  # noqa: ARG002 - for those who have one
        """Give the headers that show the token; none where an ``auth`` shows its own."""
        return {}

    def _request(self, ask: Ask, token: Secret | None) -> httpx.Request:
        # In a frame of its own, which is gone before anything is sent: it sees the headers.
        content = ask.content
        if ask.body is not None:
            content = json.dumps(ask.body, default=_reveal).encode()
        typed = {} if ask.body is None else {"content-type": "application/json"}
        shown = {} if token is None else self._authorise(token)
        return self._build(
            ask.operation.method,
            self.base(ask.operation.service) + ask.path,
            params=ask.query or None,
            content=content,
            headers=typed | dict(ask.headers) | shown,
        )

    def _deliver(
        self, request: httpx.Request, *, repeatable: bool, auth: httpx.Auth | None = None
    ) -> Flow[tuple[httpx.Response, bool]]:
        outcome, again = yield from send_repeatedly(
            request, self.retries, repeatable=repeatable, auth=auth
        )
        if isinstance(outcome, httpx.Response):
            return outcome, again
        failed = outcome.request  # the one that was sent for a token, perhaps
        self._clean(outcome, failed)
        reason = f"{type(outcome).__name__}: {outcome}".removesuffix(": ")
        raise ConnectionFailed(failed.method, _shown(failed.url), reason) from outcome

    def _clean(self, error: httpx.RequestError, request: httpx.Request) -> None:
        # The frames and the request it holds have the token in their headers.
        for secret in self.secrets:
            error.args = tuple(secret.hide_in(str(each)) for each in error.args)
        error.__traceback__ = error.__cause__ = error.__context__ = None
        error.request = httpx.Request(request.method, _shown(request.url))


def _shown(url: httpx.URL) -> str:
    # A query may be the signature of a pre-signed URL.
    return str(url.copy_with(query=None, fragment=None, userinfo=b""))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _reveal(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
