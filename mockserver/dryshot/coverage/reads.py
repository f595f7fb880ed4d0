"""Which of the fields that were sent anything reads: mappings that tell what is asked of them."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from dryshot.contract import Call
from dryshot.contract.wire import group_query
from dryshot.coverage.coverage import Coverage
from dryshot.coverage.shapes import join, name_of

__all__ = ["Reads"]

_MOST_PLACES = 2000
_ENCODERS = ("json.encoder", "dryshot.dialects.encoding")
"""The modules that write JSON."""


class Reads:
    """What callers sent and what handlers and engines read, by operation and place.

    A field is read when it is looked up, looked for, or passed over in a loop, and when its mapping
    is copied or sent to another process, as nobody sees what becomes of it there. To keep a mapping
    and to write it as JSON is not to read it.
    """

    def __init__(self) -> None:
        self._sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._read: defaultdict[str, set[str]] = defaultdict(set)

    def follow(self, document: str, call: Call) -> Call:
        """The call with mappings that tell; equal to what they stand for."""
        key = f"{document}.{call.operation.id}"
        sent: set[str] = set()
        query = self._wrap(key, "query", dict(call.query), sent)
        given = {join("query", name_of(name)) for name in group_query(call.request.query)}
        sent &= given  # the others are defaults
        body = self._wrap(key, "body", call.body, sent)
        counts = self._sent[key]
        if len(counts) < _MOST_PLACES:
            counts.update(sent)
        return call._replace(query=query, body=body)

    def coverage(self) -> Coverage:
        """What was sent and read up to now."""
        found = Coverage()
        for key, counts in list(self._sent.items()):
            read = self._read[key]
            for place, times in list(counts.items()):
                found.count([("sent", key, place)], times)
                if place in read:
                    found.count([("read", key, place)])
        return found

    def _wrap(self, key: str, place: str, value: Any, sent: set[str]) -> Any:
        if isinstance(value, dict):
            parts = {}
            for name, part in value.items():
                inner = join(place, name_of(name))
                sent.add(inner)
                parts[name] = self._wrap(key, inner, part, sent)
            return _Told(parts, place, self._read[key])
        if isinstance(value, list):
            return [self._wrap(key, f"{place}[]", part, sent) for part in value]
        return value


class _Told(dict[str, Any]):
    """A dictionary that notes the places that are read."""

    __slots__ = ("_notes", "_place")

    def __init__(self, parts: dict[str, Any], place: str, notes: set[str]) -> None:
        super().__init__(parts)
        self._place = place
        self._notes = notes

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self._note_all()
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        """As ever, and noted."""
        self._note(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """As ever, and noted."""
        self._note(name)
        return super().pop(name, *default)

    def keys(self) -> Any:
        """As ever, and noted."""
        self._note_all()
        return super().keys()

    def values(self) -> Any:
        """As ever, and noted."""
        self._note_all()
        return super().values()

    def items(self) -> Any:
        """As ever, and noted, unless it is to be written as JSON."""
        # the encoder is in C, so the frame that asks is the one that called it
        if sys._getframe(1).f_globals.get("__name__") not in _ENCODERS:  # noqa: SLF001
            self._note_all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        """As ever, and noted."""
        self._note_all()
        return dict(super().items())

    def __copy__(self) -> dict[str, Any]:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return self._plain()

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self._plain(),)

    def __reduce_ex__(self, _protocol: Any) -> tuple[Any, ...]:
        return self.__reduce__()

    def _plain(self) -> dict[str, Any]:
        self._note_all()
        return {name: _plain(part) for name, part in super().items()}

    def _note(self, name: object) -> None:
        if isinstance(name, str):
            self._notes.add(join(self._place, name_of(name)))

    def _note_all(self) -> None:
        for name in dict.__iter__(self):
            self._note(name)


def _plain(value: Any) -> Any:
    if isinstance(value, _Told):
        return value._plain()  # noqa: SLF001 - of this module
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
