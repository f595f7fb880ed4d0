"""How the classic runtime says no: codes, messages and solutions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dryshot.contract import InvalidRequest, MethodNotAllowed, NoSuchPath, Problem
from dryshot.dialects.dialect import Reply
from dryshot.errors import (
    Conflict,
    DryshotError,
    Invalid,
    NotAuthenticated,
    NotFound,
    PermissionDenied,
    ServiceFailure,
)

__all__ = ["Wording", "refusal"]

MORE_INFO = "https://docs.quantum-computing.ibm.com/errors"
LATER_MORE_INFO = "https://cloud.ibm.com/apidocs/quantum-computing#error-handling"


@dataclass(frozen=True, slots=True)
class Wording:
    """How an error's body is made; with a ``trace``, which names the request, it is that of 2024.

    Then two services answer: the one that validates says no solution, and names no request.
    """

    trace: str | None = None

    def body(self, code: int | str, message: str, solution: str) -> dict[str, Any]:
        """The body for what went wrong."""
        error = {"code": code, "message": message, "solution": solution}
        if self.trace is None:
            return {"errors": [error | {"more_info": MORE_INFO}]}
        return {"errors": [error | {"more_info": LATER_MORE_INFO}], "trace": self.trace}

    def problem(self, problem: Problem) -> dict[str, Any]:
        """One entry for a request that is not valid."""
        code, message = _code(problem), problem.message
        if self.trace is None:
            solution = f"Correct {problem.field or problem.location}."
            return {"code": code, "message": message, "solution": solution, "more_info": MORE_INFO}
        message = f"Request validation of {problem.location} failed, because: {message}"
        return {"message": message, "code": code, "more_info": MORE_INFO}


_NOT_FOUND: Mapping[str, tuple[int | str, str, str]] = {
    "job": (1291, "Job not found. Job ID: {}", "Verify the job ID and that the job is yours."),
    "program": (1300, "Program not found. Program ID: {}", "Choose one of GET /programs."),
    "backend": (1216, "Backend not found. Backend: {}", "Choose one of GET /backends."),
    "session": ("not_found", "unknown session", "Verify the session ID."),
    "transpiled circuits": (
        1291,
        "No transpiled circuits found. Job ID: {}",
        "Ask for those of a completed job of circuit-runner that was to be transpiled.",
    ),
}
_CONFLICTS = {409: "Choose another name."}
_FAILURE_CODES = {429: 1202, 500: 9999}
_TAG_RULES = {"maxItems": 1204, "maxLength": 1205}


def refusal(error: DryshotError, wording: Wording) -> Reply:
    """The status and the ``errors`` envelope for a refusal; anything else is raised again."""
    match error:
        case NotAuthenticated():
            return _reply(
                401,
                1201,
                "Invalid credentials.",
                "Verify your credentials and try again.",
                wording,
            )
        case PermissionDenied():
            code = error.code or 1200
            solution = error.solution or "Name an instance that this account belongs to."
            return _reply(403, code, str(error), solution, wording)
        case InvalidRequest():
            return 400, {"errors": [wording.problem(problem) for problem in error.problems]}
        case Invalid():
            return _reply(400, error.code or 1208, str(error), f"Correct {error.field}.", wording)
        case NotFound():
            number, message, solution = _NOT_FOUND[error.kind]
            return _reply(404, number, message.format(error.name), solution, wording)
        case Conflict():
            code = error.code or 1306
            solution = _CONFLICTS.get(code, "Ask for the job's status first.")
            return _reply(409, code, f"{error}.", solution, wording)
        case NoSuchPath():
            return _reply(404, 404, str(error), "Verify the URL.", wording)
        case MethodNotAllowed():
            return _reply(405, 405, str(error), f"Use {' or '.join(error.allowed)}.", wording)
        case ServiceFailure():
            code = _FAILURE_CODES.get(error.status, error.status)
            return _reply(error.status, code, f"{error}.", error.solution, wording)
    raise error


def _reply(status: int, code: int | str, message: str, solution: str, wording: Wording) -> Reply:
    return status, wording.body(code, message, solution)


def _code(problem: Problem) -> int:
    if problem.field.startswith("tags"):
        return _TAG_RULES.get(problem.rule, 1208)
    return 1208
