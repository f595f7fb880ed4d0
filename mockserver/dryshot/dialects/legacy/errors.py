"""How the classic runtime says no: codes, messages and solutions."""

from __future__ import annotations

from collections.abc import Mapping

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

__all__ = ["refusal"]

MORE_INFO = "https://docs.quantum-computing.ibm.com/errors"

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


def refusal(error: DryshotError) -> Reply:
    """The status and the ``errors`` envelope for a refusal; anything else is raised again."""
    match error:
        case NotAuthenticated():
            return _reply(
                401,
                1201,
                "Invalid credentials.",
                "Verify your credentials and try again.",
            )
        case PermissionDenied():
            code = error.code or 1200
            solution = error.solution or "Name an instance that this account belongs to."
            return _reply(403, code, str(error), solution)
        case InvalidRequest():
            return _invalid(error.problems)
        case Invalid():
            return _reply(400, error.code or 1208, str(error), f"Correct {error.field}.")
        case NotFound():
            number, message, solution = _NOT_FOUND[error.kind]
            return _reply(404, number, message.format(error.name), solution)
        case Conflict():
            code = error.code or 1306
            solution = _CONFLICTS.get(code, "Ask for the job's status first.")
            return _reply(409, code, f"{error}.", solution)
        case NoSuchPath():
            return _reply(404, 404, str(error), "Verify the URL.")
        case MethodNotAllowed():
            return _reply(405, 405, str(error), f"Use {' or '.join(error.allowed)}.")
        case ServiceFailure():
            code = _FAILURE_CODES.get(error.status, error.status)
            return _reply(error.status, code, f"{error}.", error.solution)
    raise error


def _reply(status: int, code: int | str, message: str, solution: str) -> Reply:
    error = {"code": code, "message": message, "solution": solution, "more_info": MORE_INFO}
    return status, {"errors": [error]}


def _invalid(problems: tuple[Problem, ...]) -> Reply:
    errors = [
        {
            "code": _code(problem),
            "message": problem.message,
            "solution": f"Correct {problem.field or problem.location}.",
            "more_info": MORE_INFO,
        }
        for problem in problems
    ]
    return 400, {"errors": errors}


def _code(problem: Problem) -> int:
    if problem.field.startswith("tags"):
        return _TAG_RULES.get(problem.rule, 1208)
    return 1208
