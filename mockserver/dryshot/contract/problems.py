"""What is wrong with a request, in words for its author."""

from __future__ import annotations

from dryshot.errors import DryshotError, Problem

__all__ = ["InvalidRequest", "MethodNotAllowed", "NoSuchPath", "Problem"]


class InvalidRequest(DryshotError):
    """The request is not what the document allows; ``problems`` say why, at least one."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class NoSuchPath(DryshotError):
    """The document has no such path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"there is nothing at {path}")
        self.path = path


class MethodNotAllowed(DryshotError):
    """The path exists, but not with this method; ``allowed`` are those it has."""

    def __init__(self, method: str, path: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not possible at {path}; {' and '.join(allowed)} would be")
        self.method = method
        self.path = path
        self.allowed = allowed
