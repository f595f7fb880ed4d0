"""A search that looks into whatever a text may be hidden in, and says what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from dryshot.recording.redaction.encodings import Blob, View, blobs, views

__all__ = ["Find", "Hit", "chosen", "replaced", "search"]

DEPTH = 5
"""How often something may be encoded again."""


class Hit(NamedTuple):
    """A secret, from ``start`` to ``end``, and what makes that which stands there without it."""

    start: int
    end: int
    kind: str
    new: Callable[[], str]


Find = Callable[[str], Iterable[Hit]]


def search(text: str, find: Find, depth: int = DEPTH) -> list[Hit]:
    """What ``find`` finds in a text, in what it is the code of, and so on."""
    hits = list(find(text))
    if depth == 0:
        return hits
    for view in views(text):
        for hit in search(view.text, find, depth - 1):
            start, end = view.origin(hit.start, hit.end)
            hits.append(Hit(start, end, hit.kind, partial(_encoded, view, hit, text[start:end])))
    for blob in blobs(text):
        inner = chosen(search(blob.text, find, depth - 1))
        if inner:
            new = partial(_packed, blob, inner)
            kinds = dict.fromkeys(hit.kind for hit in inner)
            hits.extend(Hit(blob.start, blob.end, kind, new) for kind in kinds)
    return hits


def _encoded(view: View, hit: Hit, raw: str) -> str:
    return view.encode(hit.new(), raw)


def _packed(blob: Blob, inner: list[Hit]) -> str:
    return blob.encode(replaced(blob.text, inner))


def chosen(hits: Iterable[Hit]) -> list[Hit]:
    """Those that do not overlap, in order; the longest and, of equals, the first found."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def replaced(text: str, hits: Iterable[Hit]) -> str:
    """The text with its hits written anew, in order."""
    parts, place = [], 0
    for hit in hits:
        parts += [text[place : hit.start], hit.new()]
        place = hit.end
    return "".join([*parts, text[place:]])
