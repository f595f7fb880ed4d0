"""How the platform says no: codes, messages, solutions, and the two shapes of a body."""

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

MORE_INFO = "https://cloud.ibm.com/apidocs/quantum-computing#error-handling"

Code = int | str

_NOT_FOUND: dict[str, tuple[Code, str, str]] = {
    "job": (1291, "Job not found. Job ID: {}", "Verify the job ID and your permissions."),
    "transpiled circuits": (1291, "Transpiled circuits not found", "Check the request."),
    "program": (1300, "Program not found. Program ID: {}", "Use a program of today."),
    "backend": (1216, "Backend {} not found.", "Choose one of GET /v1/backends."),
    "device": ("not_found", "device not found", "Choose one of GET /v1/backends."),
    "session": ("not_found", "unknown session", "Verify the session ID."),
    "logs": ("not_found", "logs not found", "Ask again when the job has run."),
    "plan": ("not_found", "Could not find the entry {}.", "Verify the plan's ID."),
    "account": ("not_found", "account not found", "Verify the account ID."),
    "instance": (1279, "Instance {} not found.", "Verify the CRN, and the region of the host."),
}
_FAILURE_CODES = {429: 1202, 500: 9999}
_TAG_RULES = {"maxItems": 1204, "maxLength": 1205}


def refusal(error: DryshotError, trace: str) -> Reply:
    """The status and the ``errors`` envelope for a refusal; anything else is raised again."""
    found: list[tuple[Code, str, str]]
    match error:
        case NotAuthenticated():
            status, found = 401, [(1219, "Error authenticating user.", "Verify the token.")]
        case PermissionDenied():
            message = f"You are not authorized to perform this action: {error}"
            status, found = 403, [(1200, message, "Use an instance of this account.")]
        case InvalidRequest():
            status, found = 400, [_problem(problem) for problem in error.problems]
        case Invalid():
            message = error.message if error.code else str(error)
            status, found = 400, [(error.code or 1208, message, f"Correct {error.field}.")]
        case NotFound():
            code, message, solution = _NOT_FOUND[error.kind]
            status, found = 404, [(code, message.format(error.name), solution)]
        case Conflict():
            status, found = 409, [(error.code or 1306, f"{error}.", "Ask for its state first.")]
        case NoSuchPath():
            status, found = 404, [(404, str(error), "Verify the URL.")]
        case MethodNotAllowed():
            status, found = 405, [(405, str(error), f"Use {' or '.join(error.allowed)}.")]
        case ServiceFailure():
            code = _FAILURE_CODES.get(error.status, error.status)
            status, found = error.status, [(code, f"{error}.", error.solution)]
        case _:
            raise error
    errors = [
        {"code": code, "message": message, "solution": solution, "more_info": MORE_INFO}
        for code, message, solution in found
    ]
    return status, {"errors": errors, "trace": trace}


def _problem(problem: Problem) -> tuple[Code, str, str]:
    code = _TAG_RULES.get(problem.rule, 1208) if problem.field.startswith("tags") else 1208
    return code, problem.message, f"Correct {problem.field or problem.location}."
