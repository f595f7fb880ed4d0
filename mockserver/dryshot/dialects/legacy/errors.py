"""How the classic runtime says no: codes, messages and solutions."""

from __future__ import annotations

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

_NOT_FOUND = {
    "job": (1291, "Job not found. Job ID: {}", "Verify the job ID and that the job is yours."),
    "program": (1300, "Program not found. Program ID: {}", "Choose one of GET /programs."),
    "backend": (1216, "Backend not found. Backend: {}", "Choose one of GET /backends."),
}
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
            return _reply(403, 1200, str(error), "Name an instance that this account belongs to.")
        case InvalidRequest():
            return _invalid(error.problems)
        case Invalid():
            return _reply(400, error.code or 1208, str(error), f"Correct {error.field}.")
        case NotFound():
            code, message, solution = _NOT_FOUND[error.kind]
            return _reply(404, code, message.format(error.name), solution)
        case Conflict():
            return _reply(409, 1306, f"{error}.", "Ask for the job's status first.")
        case NoSuchPath():
            return _reply(404, 404, str(error), "Verify the URL.")
        case MethodNotAllowed():
            return _reply(405, 405, str(error), f"Use {' or '.join(error.allowed)}.")
        case ServiceFailure():
            code = _FAILURE_CODES.get(error.status, error.status)
            return _reply(error.status, code, f"{error}.", "Try again later.")
    raise error


def _reply(status: int, code: int, message: str, solution: str) -> Reply:
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
