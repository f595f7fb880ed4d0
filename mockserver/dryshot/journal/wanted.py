"""A call that somebody looks for: which requests it is, and what others have that it has not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, TypedDict, get_args
from urllib.parse import parse_qs, unquote

from dryshot.journal.differences import ABSENT, Difference, differences
from dryshot.journal.exchanges import Entry, Origin

__all__ = ["Since", "Wanted", "Wants"]

Since = Entry | int | datetime
"""After an entry, or after that of a number; or at an instant of the world's clock, or later."""


class Wants(TypedDict, total=False):
    """The arguments of :class:`Wanted`, which says what they mean."""

    operation: str | None
    status: int | Collection[int] | None
    method: str | None
    path: str | re.Pattern[str] | None
    query: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    body: Any
    fault: str | bool | None
    origin: Origin | None
    since: Since | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is None may be anything.

    Args:
        operation: the operationId.
        status: that of the answer, or several, such as ``range(400, 500)``; 0 is no answer at all.
        method: of the request, in any case.
        path: as it was sent, percent-decoded: whole, a pattern in which ``*`` is any text, or a
            compiled expression to be found in it.
        query: parameters that are in the query, each with its value or all its values.
        headers: those that the request has, with their values; names in any case.
        body: of the request: ``bytes`` are all of it, a function is asked about its JSON value (or
            its bytes, if it is not JSON), anything else is its JSON value, where objects may have
            more fields than are named here.
        fault: the name of the fault that struck, also as a pattern; True is any, False is none.
        origin: whose words the answer has.
        since: see :data:`Since`.

    ``ValueError`` or ``TypeError``, which name the argument, if one cannot be.
    """

    operation: str | None = None
    status: int | Collection[int] | None = None
    method: str | None = None
    path: str | re.Pattern[str] | None = None
    query: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    body: Any = None
    fault: str | bool | None = None
    origin: Origin | None = None
    since: Since | None = None

    def __post_init__(self) -> None:
        if self.origin is not None and self.origin not in get_args(Origin):
            raise ValueError(f"origin is {self.origin!r}; it is one of {get_args(Origin)}")
        for name, kinds in _KINDS.items():
            value = getattr(self, name)
            if value is not None and (not isinstance(value, kinds) or _is_truth(name, value)):
                raise TypeError(f"{name} is of type {type(value).__name__}; see Wanted")
        if isinstance(self.since, datetime) and self.since.tzinfo is None:
            raise ValueError("since has no time zone; add one, such as datetime.UTC")

    def __str__(self) -> str:
        said = [
            f"{field.name} {_text(value)}"
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None
        ]
        return "a request with " + ", ".join(said) if said else "any request"

    def begins(self, entry: Entry) -> bool:
        """Whether an entry is not before what was wanted."""
        since = self.since
        if isinstance(since, datetime):
            return entry.at >= since
        after = since.sequence if isinstance(since, Entry) else since
        return after is None or entry.sequence > after

    def matches(self, entry: Entry) -> bool:
        """Whether this is the call."""
        return self.begins(entry) and next(self.differences(entry), None) is None

    def differences(self, entry: Entry) -> Iterator[Difference]:
        """What is other than wanted, what is cheap to see first."""
        request = entry.request
        for name, wanted, got in (
            ("operation", self.operation, entry.operation),
            ("method", self.method and self.method.upper(), request.method.upper()),
            ("origin", self.origin, entry.origin),
        ):
            if wanted is not None and wanted != got:
                yield Difference(name, wanted, ABSENT if got is None else got)
        if self.path is not None and not _is_path(self.path, path := unquote(request.path)):
            yield Difference("path", _plain(self.path), path)
        if self.status is not None and not _is_in(entry.status, self.status):
            yield Difference("status", self.status, entry.status)
        if self.fault is not None and not _is_fault(entry.fault, self.fault):
            yield Difference("fault", self.fault, entry.fault or ABSENT)
        if self.query is not None:
            yield from _in_query(self.query, request.query)
        if self.headers is not None:
            given = {name.lower(): value for name, value in self.headers.items()}
            found = {name: request.headers[name] for name in given if name in request.headers}
            yield from differences(given, found, "headers")
        if self.body is not None:
            yield from _in_body(self.body, entry)


_KINDS: dict[str, tuple[type, ...]] = {
    "operation": (str,),
    "status": (int, Collection),
    "method": (str,),
    "path": (str, re.Pattern),
    "query": (Mapping,),
    "headers": (Mapping,),
    "fault": (str, bool),
    "since": (Entry, int, datetime),
}


def _is_truth(name: str, value: Any) -> bool:
    """Whether a value is True or False, or a text, where numbers are meant."""
    return name in {"status", "since"} and isinstance(value, bool | str | bytes)


def _is_path(wanted: str | re.Pattern[str], path: str) -> bool:
    if isinstance(wanted, str):
        # "?" and "[" stand for themselves
        return fnmatchcase(path, re.sub(r"([?[])", r"[\1]", wanted))
    return wanted.search(path) is not None


def _is_in(status: int, wanted: int | Collection[int]) -> bool:
    return status == wanted if isinstance(wanted, int) else status in wanted


def _is_fault(fault: str | None, wanted: object) -> bool:
    if isinstance(wanted, str):
        return fault is not None and (fault == wanted or fnmatchcase(fault, wanted))
    return wanted == (fault is not None)


def _in_query(wanted: Mapping[str, Any], query: str) -> Iterator[Difference]:
    given = parse_qs(query, keep_blank_values=True, errors="replace")
    for name, value in wanted.items():
        several = isinstance(value, list | tuple)
        expected = [*map(_parameter, value)] if several else [_parameter(value)]
        got = given.get(name, [])
        if got != expected:
            shown = got[0] if len(got) == 1 and not several else got or ABSENT
            yield Difference(f"query/{name}", value, shown)


def _parameter(value: Any) -> str:
    """A value as clients write it into a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_body(wanted: Any, entry: Entry) -> Iterator[Difference]:
    body = entry.request.body
    if isinstance(wanted, bytes):
        if wanted != body:
            yield Difference("body", wanted, body or ABSENT)
        return
    sent = entry.sent
    if callable(wanted):
        if not wanted(sent if sent is not None or not body else body):
            yield Difference("body", wanted, sent if sent is not None else body or ABSENT)
        return
    got = sent if sent is not None else body or ABSENT
    yield from differences(wanted, got, "body", partial=True)


def _plain(value: Any) -> Any:
    return f"/{value.pattern}/" if isinstance(value, re.Pattern) else value


def _text(value: Any) -> str:
    if isinstance(value, Entry):
        return f"#{value.sequence}"
    if callable(value):
        return f"for which {getattr(value, '__name__', 'a function')} is true"
    return repr(_plain(value))
