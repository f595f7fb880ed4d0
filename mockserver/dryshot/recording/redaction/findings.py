"""What looks like a secret in a text that ought to have none."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from dryshot.recording.redaction.basic import is_secret_basic
from dryshot.recording.redaction.patterns import find_patterns
from dryshot.recording.redaction.places import find_places
from dryshot.recording.redaction.pseudonyms import is_pseudonym
from dryshot.recording.redaction.search import Hit, chosen, search
from dryshot.recording.redaction.tokens import is_pseudonymous_jwt
from dryshot.recording.redaction.words import words_of

__all__ = ["Finding", "find_secrets"]

_CREDENTIALS = frozenset({"api key", "token", "signature"})
_IDS = frozenset({"account id", "instance id"})
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LETTERS = re.compile(r"[\w.~+/=%-]{12,}")
_INVENTED = re.compile(r"(?i)example|invented|dummy|placeholder|your[_-]|changeme|x{6}|fake")
_COOKIE = re.compile(
    r"(?i)(?:^|[\s\"'])(?:set-)?cookie[\"']?\s*[:,]\s*(?:\"value\"\s*:\s*)?(?:-\s+|\[\s*)?[\"']?"
    r"([\w.-]+)=([^;\s\"'\\]{6,})"
)
_HAR_COOKIE = re.compile(r'(?s)"cookies"\s*:\s*\[\s*\{[^]}]*?"value"\s*:\s*"([^"\\]{6,})"')
_SHOWN = 30


class Finding(NamedTuple):
    """``line`` and ``column`` count from 1; ``excerpt`` shows what is around, never the secret."""

    kind: str
    line: int
    column: int
    excerpt: str


def find_secrets(text: str) -> list[Finding]:
    """Everything in a text that looks like a secret, in order; pseudonyms do not."""
    hits = chosen(search(text, _find))
    if not hits:
        return []
    starts = [0, *(one.end() for one in re.finditer("\n", text))]
    return [_finding(text, hit, starts, hits) for hit in hits]


def _finding(text: str, hit: Hit, starts: list[int], hits: list[Hit]) -> Finding:
    line = bisect_right(starts, hit.start)
    first = starts[line - 1]
    before, place = "", first
    for other in hits:
        if other.end > first and other.start < hit.start:
            before += f"{text[place : other.start]}***"
            place = other.end
    before += text[place : hit.start]
    return Finding(hit.kind, line, hit.start - first + 1, f"{before[-_SHOWN:].lstrip()}***")


def _find(text: str) -> Iterator[Hit]:
    for start, end, kind in find_patterns(text):
        yield Hit(start, end, kind, str)
    for start, end, kind, _ in find_places(text):
        if _is_secret(kind, text[start:end]):
            yield Hit(start, end, "api key" if kind == "basic" else kind, str)
    if not words_of(text).cookie:
        return
    for found in _COOKIE.finditer(text):
        if not is_pseudonym(found[2]) and not _INVENTED.search(found[2]):
            yield Hit(*found.span(2), "cookie", str)
    for found in _HAR_COOKIE.finditer(text):
        if not is_pseudonym(found[1]) and not _INVENTED.search(found[1]):
            yield Hit(*found.span(1), "cookie", str)


def _is_secret(kind: str, value: str) -> bool:
    """Whether what stands in a secret's place is one, and not a pseudonym, a word or code."""
    if kind == "basic":
        return is_secret_basic(value)
    if is_pseudonym(value) or is_pseudonymous_jwt(value):
        return False
    if kind in _IDS:
        return _ID.fullmatch(value) is not None
    if kind not in _CREDENTIALS or not _LETTERS.fullmatch(value) or _INVENTED.search(value):
        return False
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))
