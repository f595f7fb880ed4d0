"""Reading answers: JSON where JSON is due, and error bodies of every shape the services use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from dryshot_client.credentials import Secret
from dryshot_client.errors import (
    AuthenticationError,
    Conflict,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    RuntimeApiError,
    ServerError,
    SessionClosed,
    UnexpectedAnswer,
    UsageLimitReached,
)
from dryshot_client.retries import read_retry_after

__all__ = ["decode", "read_error", "read_json", "read_object", "unexpected"]

_KINDS: Mapping[int, type[RuntimeApiError]] = {
    400: InvalidRequest,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    405: InvalidRequest,
    409: Conflict,
    413: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
}
_KINDS_BY_CODE: Mapping[str, type[RuntimeApiError]] = {
    "1217": SessionClosed,
    "4001": SessionClosed,
    "4317": UsageLimitReached,
}
"""Where callers go on differently than after others of the same status."""

_LONGEST_MESSAGE = 200
_LONGEST_QUOTE = 80


def decode(response: httpx.Response) -> str:
    """The body as text. It is UTF-8, whatever the header says: a charset may be no such thing."""
    return response.content.decode("utf-8", "replace")


def read_json(response: httpx.Response) -> tuple[bool, Any]:
    """Whether the body is JSON, and what it says."""
    try:
        return True, json.loads(response.content)
    except (ValueError, RecursionError):
        return False, None


def read_object(response: httpx.Response, path: str, secrets: Iterable[Secret]) -> dict[str, Any]:
    """The JSON object in a successful answer; anything else is an ``UnexpectedAnswer``."""
    _, body = read_json(response)
    if isinstance(body, dict):
        return body
    raise unexpected(response, path, secrets, "the answer is not a JSON object")


def unexpected(
    response: httpx.Response, path: str, secrets: Iterable[Secret], what: str
) -> UnexpectedAnswer:
    """The error for a success that is not what the API says; quotes the first bytes."""
    text = response.content.decode("utf-8", "replace")
    for secret in secrets:
        text = secret.hide_in(text)
    quote = " ".join(text[:_LONGEST_QUOTE].split())
    return UnexpectedAnswer(
        response.request.method,
        path,
        response.status_code,
        message=f"{what}; it is {f'{quote!r}' if quote else 'empty'}",
    )


def read_error(
    response: httpx.Response,
    path: str,
    secrets: Iterable[Secret],
    kinds: Mapping[int, type[RuntimeApiError]] | None = None,
) -> RuntimeApiError:
    """The error that an unsuccessful answer stands for.

    Understands ``{"errors": [...], "trace": ...}``, ``{"error": {...}}``, IAM's ``{"errorCode":
    ...}`` and bodies that are not JSON. Should the service repeat a secret, it is blotted out.
    ``kinds`` says which error a status is, where that differs from the usual.
    """
    # Not ``response.text``: a charset that is none, such as hex, is beyond it.
    text = response.content.decode("utf-8", "replace")
    for secret in secrets:
        text = secret.hide_in(text)
    errors, trace = _parse(text)
    words = " ".join(text.split())
    status = response.status_code
    code = str(errors[0].get("code")) if errors else ""
    usual = ServerError if status >= httpx.codes.INTERNAL_SERVER_ERROR else RuntimeApiError
    kind = _KINDS_BY_CODE.get(code) or {**_KINDS, **(kinds or {})}.get(status, usual)
    return kind(
        response.request.method,
        path,
        status,
        message=words[:_LONGEST_MESSAGE] or response.reason_phrase,
        errors=errors,
        trace=trace,
        retry_after=read_retry_after(response.headers),
    )


def _parse(text: str) -> tuple[list[dict[str, Any]], str | None]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return [], None
    if not isinstance(body, dict):
        return [], None
    if "errorCode" in body:
        entry = {"code": body["errorCode"], "message": body.get("errorMessage")}
        context = body.get("context")
        return [entry], context.get("requestId") if isinstance(context, dict) else None
    errors = body.get("errors")
    entries = errors if isinstance(errors, list) else [body.get("error")]
    trace = body.get("trace")
    return [entry for entry in entries if isinstance(entry, dict)], trace
