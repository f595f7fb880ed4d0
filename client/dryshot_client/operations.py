"""Every operation the client knows, under its OpenAPI ``operationId``: where it goes, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

__all__ = ["LEGACY_OPERATIONS", "Operation", "Service"]

Service = Literal["auth", "runtime"]
"""Which of the two base URLs an operation's path is under."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    ``repeatable`` says that asking twice does no more than asking once, so that a call whose answer
    was lost may be made again. A ``public`` operation is called without a token.
    """

    method: str
    template: str
    service: Service = "runtime"
    repeatable: bool = False
    public: bool = False

    def path(self, ids: Mapping[str, str]) -> str:
        """The path with ``ids`` in it, percent-encoded.

        An id that could not stand as one segment of a path is a ``ValueError``.
        """
        return re.sub(r"\{(\w+)\}", lambda found: _segment(found[1], ids[found[1]]), self.template)


def _segment(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    if value in {"", ".", ".."}:
        raise ValueError(f"{name} {value!r} names nothing")
    return quote(value, safe="")


def _get(template: str, *, public: bool = False) -> Operation:
    return Operation("GET", template, repeatable=True, public=public)


LEGACY_OPERATIONS: Mapping[str, Operation] = {
    # Another login gives another token, and does no harm.
    "login_with_token": Operation("POST", "/users/loginWithToken", "auth", repeatable=True),
    "logout": Operation("POST", "/users/logout", "auth", repeatable=True),
    "list_programs": _get("/programs", public=True),
    "get_program": _get("/programs/{id}", public=True),
    "list_backends": _get("/backends"),
    "get_backend_configuration": _get("/backends/{name}/configuration"),
    "get_backend_properties": _get("/backends/{name}/properties"),
    "get_backend_defaults": _get("/backends/{name}/defaults"),
    "get_backend_status": _get("/backends/{name}/status"),
    "create_job": Operation("POST", "/jobs"),
    "list_jobs": _get("/jobs"),
    "get_job": _get("/jobs/{id}"),
    "delete_job": Operation("DELETE", "/jobs/{id}", repeatable=True),
    "get_job_results": _get("/jobs/{id}/results"),
    "get_job_logs": _get("/jobs/{id}/logs"),
    "get_job_metrics": _get("/jobs/{id}/metrics"),
    # Not repeatable: the second of two finds the job cancelled, and conflicts.
    "cancel_job": Operation("POST", "/jobs/{id}/cancel"),
    "replace_job_tags": Operation("PUT", "/jobs/{id}/tags", repeatable=True),
}
"""The classic IBM Quantum auth and runtime APIs."""
