"""What was exercised of what is declared: counts that add up, whatever the order."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from dryshot.contract.wire import (
    FORM,
    JSON,
    NotDecodable,
    decode_form,
    decode_json,
    group_query,
    media_type,
)
from dryshot.coverage.shapes import Seen, walk
from dryshot.coverage.universe import REQUEST, Declared, Key, Universe, codes_in
from dryshot.errors import DryshotError, SpecDrift
from dryshot.http import Request, Response

__all__ = ["Coverage", "UnreadableCoverage"]

FORMAT = 1
_KINDS = {
    "status": 3,
    "code": 3,
    "field": 4,
    "value": 5,
    "input": 3,
    "outside": 4,
    "unknown": 2,
    "sent": 3,
    "read": 3,
    "lost": 1,
    "cut": 1,
    "silent": 1,
}
"""How many words the keys of each kind have."""
_REMEMBERED = 512
_REFUSED = 400


class UnreadableCoverage(DryshotError):
    """A file is not what :meth:`Coverage.to_json` writes; the message says where."""


class Coverage:
    """How often each thing was exercised; any thread may add.

    The keys of ``counts`` are those of :data:`~dryshot.coverage.universe.Key` and besides:
    ``outside OPERATION STATUS WHAT`` for answers that the document does not have, ``unknown
    METHOD`` for requests that are none of any document, ``sent OPERATION PLACE`` and ``read
    OPERATION PLACE`` for inputs that were followed, ``lost`` for exchanges that the journal had
    forgotten, ``cut`` for bodies that it had not kept whole, ``silent`` for workers that crashed.
    """

    def __init__(self, counts: Mapping[Key, int] | None = None) -> None:
        self.counts: Counter[Key] = Counter(counts or {})
        self._lock = threading.Lock()
        self._remembered: dict[tuple[str, int, int, int], list[Key]] = {}

    def __repr__(self) -> str:
        return f"<Coverage of {len(self.counts)} things>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coverage) and self.counts == other.counts

    __hash__ = None  # type: ignore[assignment]  # it changes

    def add(
        self, request: Request, response: Response, *, whole: bool = True, check: bool = False
    ) -> None:
        """Count one exchange.

        ``whole`` says that both bodies are as they were. ``check`` holds the answer to its document
        as well; a mock does that itself.
        """
        universe = Universe.load()
        found = universe.documents.find(request)
        if found is None:
            self.count([("unknown", request.method)])
            return
        declared = universe.operations[found.key]
        keys = [*_asked(declared, request, whole=whole)]
        keys += self._answered(declared, response, whole=whole)
        if check and declared.status(response.status) is not None:
            try:
                found.contract.check_response(found.operation, response)
            except SpecDrift:
                keys.append(("outside", declared.key, str(response.status), "(body)"))
        if not whole:
            keys.append(("cut",))
        self.count(keys)

    def count(self, keys: Iterable[Key], times: int = 1) -> None:
        """Count things by their keys."""
        with self._lock:
            for key in keys:
                self.counts[key] += times

    def merge(self, other: Coverage) -> Coverage:
        """Add what another one counted; the order does not matter."""
        with other._lock:
            counts = dict(other.counts)
        with self._lock:
            self.counts.update(counts)
        return self

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.counts.clear()

    def to_json(self) -> dict[str, Any]:
        """As JSON; ``counts`` has a list for each key, with the count at its end."""
        with self._lock:
            counts = sorted(self.counts.items())
        return {"dryshot_coverage": FORMAT, "counts": [[*key, times] for key, times in counts]}

    @classmethod
    def from_json(cls, value: Any) -> Coverage:
        """What :meth:`to_json` gave; ``UnreadableCoverage`` if it is something else."""
        if not isinstance(value, Mapping) or value.get("dryshot_coverage") != FORMAT:
            raise UnreadableCoverage(f"dryshot_coverage: this must be {FORMAT}")
        counts: Counter[Key] = Counter()
        rows = value.get("counts")
        if not isinstance(rows, list):
            raise UnreadableCoverage("counts: this must be a list")
        for index, row in enumerate(rows):
            if not _is_row(row):
                raise UnreadableCoverage(f"counts[{index}]: this is not a key and its count")
            counts[tuple(row[:-1])] += row[-1]
        return cls(counts)

    @classmethod
    def from_text(cls, text: str) -> Coverage:
        """The same from JSON text."""
        try:
            return cls.from_json(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise UnreadableCoverage(f"this is not JSON: {error}") from None

    def _answered(self, declared: Declared, response: Response, *, whole: bool) -> list[Key]:
        body = response.body
        name = (declared.key, response.status, len(body), hash(body))
        keys = self._remembered.get(name)
        if keys is None:
            keys = [*_answered(declared, response, whole=whole)]
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[name] = keys
        return keys


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) > 1
        and all(isinstance(word, str) for word in row[:-1])
        and _KINDS.get(row[0]) == len(row) - 1
        and type(row[-1]) is int
        and row[-1] > 0
    )


def _answered(declared: Declared, response: Response, *, whole: bool) -> Iterable[Key]:
    operation, status = declared.key, declared.status(response.status)
    if status is None:
        yield "outside", operation, str(response.status), "(status)"
        return
    yield "status", operation, status
    node = declared.replies[status].node
    if not whole or node is None or not response.body:
        return
    if media_type(response.headers.get("content-type", "")) != JSON:
        return
    answer = declared.operation.answer(response.status)
    assert answer is not None  # noqa: S101 - its status was found among the declared ones
    try:
        body = answer.decoder(JSON)(response.body)
    except NotDecodable:
        yield "outside", operation, str(response.status), "(not JSON)"
        return
    seen = Seen()
    walk(node, body, seen)
    yield from (("field", operation, status, path) for path in seen.fields)
    yield from (("value", operation, status, path, text) for path, text in seen.values)
    yield from (("outside", operation, str(response.status), path) for path in seen.outside)
    if response.status >= _REFUSED:
        yield from (("code", operation, code) for code in codes_in(body))


def _asked(declared: Declared, request: Request, *, whole: bool) -> Iterable[Key]:
    """What the request has, of what is declared; what is not declared is the caller's affair."""
    inputs, given = declared.inputs.children, {}
    if "query" in inputs:
        given["query"] = _typed(group_query(request.query))
    if "header" in inputs:
        given["header"] = dict(request.headers)
    body = inputs.get("body")
    if body is not None and request.body and whole:
        form = media_type(request.headers.get("content-type", "")) == FORM
        with suppress(NotDecodable):
            given["body"] = _typed(decode_form(request.body)) if form else decode_json(request.body)
    seen = Seen()
    for location, value in given.items():
        walk(inputs[location], value, seen)
    yield from (("input", declared.key, place) for place in seen.fields)
    yield from (("value", declared.key, REQUEST, place, text) for place, text in seen.values)


def _typed(groups: Mapping[str, list[str]]) -> dict[str, Any]:
    """Texts as they are; of a name that was given more than once, a list."""
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in groups.items()}
