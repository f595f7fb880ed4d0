"""One operation from call to answer, whatever the dialect: token, request, retries, errors."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from dryshot_client.credentials import Credentials, Secret
from dryshot_client.errors import ConnectionFailed, RuntimeApiError
from dryshot_client.flows import Flow
from dryshot_client.operations import Operation, Service
from dryshot_client.replies import read_error, read_object
from dryshot_client.retries import RetryPolicy, send_repeatedly

__all__ = ["Api", "Ask"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of an operation. A :class:`Secret` in ``body`` is revealed on the wire only."""

    operation: Operation
    path: str
    query: Mapping[str, Any]
    body: Mapping[str, Any] | None


class Api(ABC):
    """What the dialects have in common; a dialect says how a token is obtained and shown.

    ``build`` is the ``build_request`` of a client. ``long_lived`` is the user's own secret: only
    the dialect's login sends it, and no error repeats it.
    """

    def __init__(
        self,
        build: Callable[..., httpx.Request],
        *,
        operations: Mapping[str, Operation],
        bases: Mapping[Service, str],
        long_lived: Secret,
        retries: RetryPolicy,
        monotonic: Callable[[], float],
    ) -> None:
        self._build = build
        self._operations = operations
        self.bases = {service: _check_url(service, url) for service, url in bases.items()}
        self._long_lived = long_lived
        self._retries = retries
        self.monotonic = monotonic
        self.credentials = Credentials(self._obtain, self._revoke)

    @abstractmethod
    def _obtain(self) -> Flow[Secret]:
        """Log in."""

    @abstractmethod
    def _revoke(self, token: Secret) -> Flow[None]:
        """Make the token worthless."""

    @abstractmethod
    def _authorise(self, token: Secret) -> dict[str, str]:
        """Give the headers that show the token."""

    def prepare(
        self,
        name: str,
        ids: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Ask:
        """Make ready to call the operation called ``name``.

        ``ids`` fill its path. What is ``None`` in ``query`` or ``body`` is left out.
        """
        operation = self._operations[name]
        return Ask(
            operation,
            operation.path(ids or {}),
            _given(query or {}),
            None if body is None else _given(body),
        )

    def call(self, ask: Ask) -> Flow[httpx.Response]:
        """Call, logged in where that is needed; the answer is a success.

        A 401 is followed by one new login and one repetition, whatever the operation: what was not
        authorised was not done.
        """
        token = None if ask.operation.public else (yield from self.credentials.get())
        response, again = yield from self.exchange(ask, token)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            token = yield from self.credentials.renew(token)
            response, again = yield from self.exchange(ask, token)
        if (
            again
            and ask.operation.method == "DELETE"
            and response.status_code == httpx.codes.NOT_FOUND
        ):
            return response  # an attempt whose answer was lost had deleted it
        return self.succeed(ask, response, token)

    def call_object(self, ask: Ask) -> Flow[Any]:
        """Like :meth:`call`, for an operation whose answer is a JSON object: returns that."""
        response = yield from self.call(ask)
        return read_object(response, ask.path)

    def exchange(self, ask: Ask, token: Secret | None) -> Flow[tuple[httpx.Response, bool]]:
        """Send, with the policy's retries, and return whatever was answered.

        Returns as well whether it was sent more than once. No answer is a ``ConnectionFailed``.
        """
        return (
            yield from self._deliver(self._request(ask, token), repeatable=ask.operation.repeatable)
        )

    def succeed(self, ask: Ask, response: httpx.Response, token: Secret | None) -> httpx.Response:
        """``response`` if it is a success; else raise the error it stands for."""
        if response.is_success:
            return response
        raise read_error(response, ask.path, (self._long_lived, *([token] if token else [])))

    def download(self, url: str) -> Flow[httpx.Response]:
        """Fetch what lies at ``url``, with no token, cookie or other header of the client."""
        try:
            request = httpx.Request("GET", url)
        except httpx.InvalidURL:
            request = None
        if request is None:
            raise RuntimeApiError("GET", "?", httpx.codes.OK, message="sent there by no valid URL")
        response, _ = yield from self._deliver(request, repeatable=True)
        if response.is_success:
            return response
        raise read_error(response, _shown(request.url), (self._long_lived,))

    def _request(self, ask: Ask, token: Secret | None) -> httpx.Request:
        content = None if ask.body is None else json.dumps(ask.body, default=_reveal).encode()
        headers = {} if token is None else self._authorise(token)
        if content is not None:
            headers["content-type"] = "application/json"
        return self._build(
            ask.operation.method,
            self.bases[ask.operation.service] + ask.path,
            params=ask.query or None,
            content=content,
            headers=headers,
        )

    def _deliver(
        self, request: httpx.Request, *, repeatable: bool
    ) -> Flow[tuple[httpx.Response, bool]]:
        outcome, again = yield from send_repeatedly(request, self._retries, repeatable=repeatable)
        if isinstance(outcome, httpx.Response):
            return outcome, again
        self._clean(outcome, request)
        reason = f"{type(outcome).__name__}: {outcome}".removesuffix(": ")
        raise ConnectionFailed(request.method, _shown(request.url), reason) from outcome

    def _clean(self, error: httpx.RequestError, request: httpx.Request) -> None:
        # The frames and the request it holds have the token in their headers.
        error.args = tuple(self._long_lived.hide_in(str(each)) for each in error.args)
        error.__traceback__ = error.__cause__ = error.__context__ = None
        error.request = httpx.Request(request.method, _shown(request.url))


def _check_url(service: str, url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise ValueError(f"{service}_url is not a URL") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError(f"{service}_url is not an absolute http or https URL")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise ValueError(f"{service}_url has more to it than a host and a path")
    return url.rstrip("/")


def _shown(url: httpx.URL) -> str:
    # A query may be the signature of a pre-signed URL.
    return str(url.copy_with(query=None, fragment=None, userinfo=b""))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _reveal(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
