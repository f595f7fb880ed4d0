"""Secrets known by how they look, wherever they stand."""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dryshot.recording.redaction.addresses import find_addresses
from dryshot.recording.redaction.packing import decompress
from dryshot.recording.redaction.pseudonyms import is_pseudonym
from dryshot.recording.redaction.tokens import JWT, is_jwt, is_pseudonymous_jwt
from dryshot.recording.redaction.words import words_of

__all__ = ["CRN", "Match", "find_patterns"]

CRN = re.compile(
    r"(?<![\w%\\])(crn:v1:[\w-]*:[\w-]*:[\w-]*:[\w-]*):"  # version cname ctype service region
    r"([aos]/[\w-]*)?:([\w-]*):([\w.-]*):([\w./-]*)"  # scope instance type resource
)
_EMAIL = re.compile(r"(?<![\w%\\.+-])[\w.+-]++@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}(?![\w-])")
_NO_EMAIL = re.compile(
    r"(?i)git@.*|.*@(?:.+\.)?(?:example|invalid|test|localhost|example\.(?:com|org|net))"
    r"|.*\.(?:png|jpe?g|gif|svg|webp|css|js|py)"
)
_USER = re.compile(r"(?<![\w%\\-])(?:IBMid|iam-ServiceId|iam-Profile)-(?=[\w-]*[0-9])[\w-]{6,}")
_EDGE, _END = r"(?<![\w+%\\.-])", r"(?![\w+=-])"
_KEY = re.compile(rf"{_EDGE}[\w-]{{44}}{_END}", re.ASCII)
_TOKEN = re.compile(rf"{_EDGE}[A-Za-z0-9]{{64}}{_END}")
_HEX = re.compile(rf"{_EDGE}(?:[0-9a-f]{{128}}|[0-9A-F]{{128}}){_END}")
_FOREIGN = re.compile(rf"{_EDGE}(?:(?:AKIA|ASIA)[A-Z0-9]{{16}}|gh[opusr]_[A-Za-z0-9]{{36}}){_END}")
_DATA = re.compile(
    r"(?i)(?:data|value__|b64\w*|\w+_b64|sha-?512|hash|digest|checksum|integrity|calibration\w*)"
    r"[\\\"']*\s*[:=]\s*[\[\\\"'\s]*$"
)
_SHORTEST = 44
"""As many letters has the shortest key."""

_BEFORE = 48
_LONGEST_URL = 4096
_MARKS = "\"' \t\n(<>,"
_LONGEST_WORD = re.compile(r"[a-z]{12,}")


class Match(NamedTuple):
    """A secret in a text."""

    start: int
    end: int
    kind: str


def find_patterns(text: str) -> Iterator[Match]:
    """Every secret that can be known by its form alone, but no pseudonym."""
    words = words_of(text)
    if words.jwt:
        yield from _of(text, "jwt", JWT, lambda one: is_jwt(one) and not is_pseudonymous_jwt(one))
    if "crn:v1" in text:
        for found in CRN.finditer(text):
            named = [found[2] and found[2][2:], found[3]]
            if any(name and not is_pseudonym(name) for name in named):
                yield Match(*found.span(), "crn")
    if "@" in text:
        yield from _of(text, "email", _EMAIL, lambda one: _NO_EMAIL.fullmatch(one) is None)
    if words.user:
        yield from _of(text, "user id", _USER, lambda one: not is_pseudonym(one))
    for span in find_addresses(text):
        yield Match(*span, "ip")
    if words.longest >= _SHORTEST:
        yield from _random(text, "api key", _KEY, _is_mixed)
        yield from _random(text, "token", _TOKEN, _is_mixed)
        yield from _random(text, "api key", _HEX, lambda _one: True)
    if words.foreign:
        yield from _of(text, "api key", _FOREIGN, lambda _one: True)


def _of(
    text: str, kind: str, pattern: re.Pattern[str], accept: Callable[[str], bool]
) -> Iterator[Match]:
    for found in pattern.finditer(text):
        if accept(found[0]):
            yield Match(*found.span(), kind)


def _random(
    text: str, kind: str, pattern: re.Pattern[str], accept: Callable[[str], bool]
) -> Iterator[Match]:
    """Random letters that are neither pseudonyms nor data: numbers, archives, hashes."""
    for found in pattern.finditer(text):
        one = found[0]
        if not (is_pseudonym(one) or not accept(one) or _is_data(one) or _is_part(text, found)):
            yield Match(*found.span(), kind)


def _is_part(text: str, found: re.Match[str]) -> bool:
    """Whether it belongs to a longer piece of base64, or stands where data stand."""
    first = max(0, found.start() - _LONGEST_URL)
    start = max(first, *(text.rfind(mark, first, found.start()) + 1 for mark in _MARKS))
    piece = text[start : found.end() + 1]
    if _DATA.search(text[max(0, start - _BEFORE) : start]) or _is_listed(text, start):
        return True
    in_url = start > first or first == 0
    return "/" in piece and not (in_url and (piece.startswith("/") or "://" in piece))


def _is_listed(text: str, start: int) -> bool:
    """Whether it is one of a list of data."""
    opened = text.rfind("[", 0, start)
    if opened < 0 or any(mark in text[opened + 1 : start] for mark in "]{}"):
        return False
    return _DATA.search(text[max(0, opened - _BEFORE) : opened + 1]) is not None


def _is_mixed(text: str) -> bool:
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    digits = sum(map(str.isdigit, text))
    return upper > 2 and lower > 2 and digits > 0 and not _LONGEST_WORD.search(text)  # noqa: PLR2004 - a few of each


def _is_data(code: str) -> bool:
    """Whether it is base64 of a text, of an archive or of floating-point numbers."""
    try:
        raw = base64.b64decode(code, altchars=b"-_" if set("-_") & set(code) else None)
    except binascii.Error:
        return False
    if decompress(raw)[0] != raw:
        return True
    if raw.isascii() and raw.decode().isprintable():
        return True
    return len(raw) % 8 == 0 and all(_is_ordinary(one) for (one,) in struct.iter_unpack("<d", raw))


def _is_ordinary(number: float) -> bool:
    return number == 0 or (math.isfinite(number) and 1e-15 < abs(number) < 1e15)  # noqa: PLR2004 - what physics measures
