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
)
from dryshot_client.retries import read_retry_after

__all__ = ["read_error", "read_json", "read_object"]

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
_LONGEST_MESSAGE = 200


def read_json(response: httpx.Response) -> tuple[bool, Any]:
    """Whether the body is JSON, and what it says."""
    try:
        return True, json.loads(response.content)
    except (ValueError, RecursionError):
        return False, None


def read_object(response: httpx.Response, path: str) -> dict[str, Any]:
    """The JSON object in a successful answer; anything else is a ``RuntimeApiError``."""
    _, body = read_json(response)
    if isinstance(body, dict):
        return body
    raise RuntimeApiError(
        response.request.method,
        path,
        response.status_code,
        message="the answer is not a JSON object",
    )


def read_error(response: httpx.Response, path: str, secrets: Iterable[Secret]) -> RuntimeApiError:
    """The error that an unsuccessful answer stands for.

    Understands ``{"errors": [...], "trace": ...}``, ``{"error": {...}}`` and bodies that are not
    JSON. Should the service repeat a secret, it is blotted out.
    """
    text = response.text
    for secret in secrets:
        text = secret.hide_in(text)
    errors, trace = _parse(text)
    words = " ".join(text.split())
    status = response.status_code
    kind = _KINDS.get(status, ServerError if status >= httpx.codes.INTERNAL_SERVER_ERROR else None)
    return (kind or RuntimeApiError)(
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
    errors = body.get("errors")
    entries = errors if isinstance(errors, list) else [body.get("error")]
    trace = body.get("trace")
    return [entry for entry in entries if isinstance(entry, dict)], trace
