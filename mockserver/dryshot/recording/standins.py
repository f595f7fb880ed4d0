"""Stand-ins: what redaction took out of a recording, and what a program calls by its true name.

A recording has no account id, no CRN and no key of anybody, but numbered pseudonyms. A program that
is told its true names otherwise (by its environment, say) asks by these. Where a recorded path,
query or Service-CRN has a pseudonym, whatever a program has there is taken for it: each name for
one pseudonym, each pseudonym for one name, in the order of the recording. A pseudonym that is asked
for as it is stands for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from dryshot.http import Request
from dryshot.recording.calls import Asked
from dryshot.recording.redaction.pseudonyms import is_pseudonym

__all__ = ["StandIns"]

_CRN = "service-crn"


class _Shape(NamedTuple):
    """A method, and the parts of a path and a query; None is where a pseudonym is."""

    method: str
    path: tuple[str | None, ...]
    query: tuple[tuple[str, str | None], ...]

    def values(self, method: str, path: list[str], query: list[tuple[str, str]]) -> list[str]:
        """What a call has where the pseudonyms are; nothing if it is of another shape."""
        if (method, len(path), len(query)) != (self.method, len(self.path), len(self.query)):
            return []
        pairs = [*zip(self.path, path, strict=True)]
        for (name, value), (own, given) in zip(self.query, query, strict=True):
            pairs += [(name, own), (value, given)]
        fits = all(part in {None, given} for part, given in pairs)
        return [given for part, given in pairs if part is None] if fits else []


class StandIns:
    """Those of one recording, and whose place each has by now."""

    def __init__(self, recorded: Iterable[Asked]) -> None:
        self._literal: set[tuple[str, str, tuple[tuple[str, str], ...]]] = set()
        self._shapes: dict[_Shape, dict[tuple[str, ...], None]] = {}
        self._crns: dict[str, None] = {}
        self._names: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        for asked in recorded:
            self._learn(asked)

    def put(self, request: Request, read: Callable[[Request], Asked]) -> Request:
        """The request, with the stand-ins where the program has its own names."""
        if self._crns and (crn := request.headers.get(_CRN)):
            stand_in = self._find([crn], [(known,) for known in self._crns])
            if stand_in is not None and stand_in[0] != crn:
                request = replace(request, headers={**request.headers, _CRN: stand_in[0]})
        if not self._shapes:
            return request
        asked = read(request)
        if (asked.method, asked.path, asked.query) in self._literal:
            self._keep(filter(_is_stand_in, _values(asked)))
            return request
        for shape, known in self._shapes.items():
            values = shape.values(asked.method, _parts(asked.path), list(asked.query))
            found = self._find(values, known) if values else None
            if found is not None:
                return _rewritten(request, dict(zip(values, found, strict=True)))
        return request

    def _learn(self, asked: Asked) -> None:
        self._literal.add((asked.method, asked.path, asked.query))
        if _is_stand_in(asked.instance):
            self._crns[asked.instance] = None
        values = tuple(filter(_is_stand_in, _values(asked)))
        if values:
            path = (None if _is_stand_in(part) else part for part in _parts(asked.path))
            query = ((key, None if _is_stand_in(text) else text) for key, text in asked.query)
            shape = _Shape(asked.method, tuple(path), tuple(query))
            self._shapes.setdefault(shape, {})[values] = None

    def _find(self, values: list[str], known: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
        """The first of what is known that may stand for these values; from now on it does."""
        known = list(known)
        if tuple(values) in known:
            self._keep(values)
            return tuple(values)
        for stand_ins in known:
            pairs = list(zip(values, stand_ins, strict=True))
            if all(
                self._names.get(name, one) == one and self._owners.get(one, name) == name
                for name, one in pairs
            ):
                self._names.update(pairs)
                self._owners.update((one, name) for name, one in pairs)
                return stand_ins
        return None

    def _keep(self, stand_ins: Iterable[str]) -> None:
        """These were asked for as they are: they stand for themselves."""
        self._owners.update((one, one) for one in stand_ins)


def _is_stand_in(text: str) -> bool:
    if text.startswith("crn:"):
        return any(is_pseudonym(part.removeprefix("a/")) for part in text.split(":"))
    return is_pseudonym(text)


def _parts(path: str) -> list[str]:
    return [unquote(part) for part in path.split("/")]


def _values(asked: Asked) -> Iterator[str]:
    yield from _parts(asked.path)
    yield from (text for _, text in asked.query)


def _rewritten(request: Request, names: dict[str, str]) -> Request:
    parts = [
        quote(names[name], safe="") if (name := unquote(part)) in names else part
        for part in request.path.split("/")
    ]
    query = parse_qsl(request.query, keep_blank_values=True)
    if any(text in names for _, text in query):
        changed = urlencode([(name, names.get(text, text)) for name, text in query])
        request = replace(request, query=changed)
    return replace(request, path="/".join(parts))
