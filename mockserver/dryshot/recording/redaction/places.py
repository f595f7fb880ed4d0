"""The places where secrets stand, by the type of what stands there: fields, headers, URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dryshot.recording.redaction.names import kind_of_field
from dryshot.recording.redaction.words import words_of

__all__ = ["Place", "find_places"]

_KEPT = frozenset({"", "bearer", "not_supported", "null", "none", "true", "false", "default"})
_BITS = re.compile("[01]+")
"""What an algorithm may call its secret."""
_QUOTED = r'"((?:[^"\\]++|\\.)*+)"'


class Place(NamedTuple):
    """Where in a text a value stands that is secret by its place; ``form`` if a '+' is a space."""

    start: int
    end: int
    kind: str
    form: bool = False


_NAME = r"([A-Za-z][\w-]{1,31})"
_ASSIGNED = re.compile(rf"(?:^|[?&'\"\s]){_NAME}=(?=([^&\s\"'<>\\]+))")
_APART = frozenset("'\" \t\r\n")
"""What stands before an assignment that is in no form."""
_NAMED = (
    re.compile(rf'(?<!\\)"{_NAME}"\s*:(?=\s*{_QUOTED})'),
    re.compile(rf'"name"\s*:\s*"{_NAME}"\s*,\s*"value"\s*:(?=\s*{_QUOTED})'),  # as in HAR
    _ASSIGNED,
    re.compile(  # as in YAML, or the lines of a header
        rf"(?:^|[\s'\"]){_NAME}['\"]?:(?=\s*(?:-\s+)?['\"]?"
        r"(?=[^\s\"',]*[A-Za-z])([^\s\"',{[(\\]+))"
    ),
)
"""A name and what it is given."""
_PATHS = (
    ("account id", re.compile(r"/accounts/([\w%-]{8,})")),
    ("instance id", re.compile(r"/resource_instances/([\w-]{16,})(?![\w%:])")),
)
_SCHEME = re.compile(r"(?i)\s*(?:bearer|apikey|basic|token)\s+")
_BASIC = re.compile(r"(?i)(?<![\w-])basic[ +]+([A-Za-z0-9+/_-]{4,}={0,2})")
_GIVEN = re.compile(r"(?i)(?<![\w-])(bearer|apikey)[ +]+([\w.~+/=-]{8,})")


def find_places(text: str) -> Iterator[Place]:
    """Every place in a text, whatever stands there, but for what every service says."""
    words = words_of(text)
    for pattern in _NAMED if words.field else ():
        for found in pattern.finditer(text):
            if (kind := kind_of_field(found[1])) is not None:
                yield from _place(text, found.span(2), kind, form=_is_form(found))
    for kind, pattern in _PATHS:
        for found in pattern.finditer(text):
            yield Place(*found.span(1), kind)
    if not words.scheme:
        return
    for found in _GIVEN.finditer(text):
        if any(character.isdigit() for character in found[2]):
            kind = "api key" if found[1].lower() == "apikey" else "token"
            yield Place(*found.span(2), kind)
    for found in _BASIC.finditer(text):
        yield Place(*found.span(1), "basic")


def _is_form(found: re.Match[str]) -> bool:
    """Whether it is in a form or a query, and not in a cookie."""
    return found.re is _ASSIGNED and found[0][:1] not in _APART and ";" not in found[2]


def _place(text: str, span: tuple[int, int], kind: str, *, form: bool) -> Iterator[Place]:
    start, end = span
    if (scheme := _SCHEME.match(text, start, end)) is not None:
        start = scheme.end()
    value = text[start:end].lower()
    if value not in _KEPT and not _BITS.fullmatch(value):
        yield Place(start, end, kind, form)
