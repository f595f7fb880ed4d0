"""Which calls a fault strikes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Self, TypedDict, cast

from dryshot.faults.checks import BadFault, check_count, check_number, check_text
from dryshot.http import Request

__all__ = ["BodyMatch", "Rule", "Where"]

BodyMatch = str | Mapping[str, Any] | Callable[[Request], bool]
"""A piece of the body's text, values by JSON pointer, or a function that says."""

_MISSING = object()


class Where(TypedDict, total=False):
    """Which calls; whatever is not given is any.

    Keys:
        operation: an operationId, or one with its document: ``platform-runtime.create_job``.
        path: a pattern (``*``, ``?``, ``[...]``) for the whole path as it was sent.
        method: such as ``POST``.
        headers: patterns for header values.
        body: see :data:`BodyMatch`.
        nth: the one, or those, of the matching calls, counted from 1.
        times: how many calls it strikes, 1 by default, or as many as ``nth`` names; None is for
            ever.
        probability: with which a matching call is struck.
        seed: decides which calls those are, and how long random delays are.
    """

    operation: str | None
    path: str | None
    method: str | None
    headers: Mapping[str, str]
    body: BodyMatch | None
    nth: int | Sequence[int] | None
    times: int | None
    probability: float
    seed: int


@dataclass(frozen=True, slots=True)
class Rule:
    """As in :class:`Where`, without ``times``."""

    operation: str | None = None
    path: str | None = None
    method: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: BodyMatch | None = None
    nth: tuple[int, ...] = ()
    probability: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("operation", "path", "method"):
            value = getattr(self, name)
            if value is not None:
                check_text(name, value)
        if not isinstance(self.headers, Mapping):
            raise BadFault("headers", "are not a mapping from names to patterns")
        for name, pattern in self.headers.items():
            check_text(f"headers.{name}", pattern)
        if isinstance(self.body, Mapping):
            for pointer in cast("Mapping[object, object]", self.body):
                if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
                    raise BadFault("body", f"has {pointer!r}; a JSON pointer starts with /")
        elif self.body is not None and not callable(self.body):
            check_text("body", self.body)
        check_number("probability", self.probability, 0, 1)
        check_count("seed", self.seed, 0)

    @classmethod
    def of(cls, where: Mapping[str, Any]) -> Self:
        """A rule from what was given of :class:`Where`."""
        known = {key: value for key, value in where.items() if key != "times"}
        nth = known.pop("nth", None)
        if nth is not None:
            listed = nth if isinstance(nth, Sequence) and not isinstance(nth, str) else (nth,)
            for one in listed:
                check_count("nth", one)
            known["nth"] = tuple(sorted(set(listed)))
        for key in known:
            if key not in cls.__slots__:
                raise BadFault(key, f"is not known; there are {', '.join(Where.__annotations__)}")
        return cls(**known)

    def matches(self, request: Request, document: str, operation: str) -> bool:
        """Whether a call of ``operation`` is one of those that are counted."""
        if self.operation not in (None, operation, f"{document}.{operation}"):
            return False
        if self.method is not None and self.method.upper() != request.method:
            return False
        if self.path is not None and not fnmatchcase(request.path, self.path):
            return False
        for name, pattern in self.headers.items():
            value = request.headers.get(name.lower())
            if value is None or not fnmatchcase(value, pattern):
                return False
        return self.body is None or self._body_matches(self.body, request)

    def chooses(self, count: int) -> bool:
        """Whether the matching call of this number, from 1, is to be struck."""
        if self.nth and count not in self.nth:
            return False
        # Drawn anew from the number, so that nothing but the count has to be kept.
        return self.probability >= 1 or self.draw(count).random() < self.probability

    def draw(self, count: int) -> random.Random:
        """Chance that is the same for the same seed and number."""
        return random.Random(f"{self.seed}:{count}")

    @staticmethod
    def _body_matches(wanted: BodyMatch, request: Request) -> bool:
        if isinstance(wanted, str):
            return wanted.encode() in request.body
        if not isinstance(wanted, Mapping):
            return bool(wanted(request))
        try:
            body = json.loads(request.body)
        except ValueError:
            return False
        return all(_at(body, pointer) == value for pointer, value in wanted.items())

    def to_json(self) -> dict[str, Any]:
        """What differs from the default."""
        if callable(self.body):
            raise BadFault("body", "is a function, which cannot be kept; use a text or pointers")
        values = {
            "operation": self.operation,
            "path": self.path,
            "method": self.method,
            "headers": dict(self.headers) or None,
            "body": dict(self.body) if isinstance(self.body, Mapping) else self.body,
            "nth": list(self.nth) or None,
            "probability": None if self.probability == 1 else self.probability,
            "seed": self.seed or None,
        }
        return {key: value for key, value in values.items() if value is not None}


def _at(value: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) points to."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key, _MISSING)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return _MISSING
    return value
