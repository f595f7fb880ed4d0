"""What words a text has: whether a closer look can find anything, told by one quick pass.

A name before a value, a token or a key is a whole word: no letter, digit, ``_`` or ``-`` is next to
it. So a text without such a word need not be searched for it.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from dryshot.recording.redaction.names import kind_of_field

__all__ = ["Words", "words_of"]

_WORD = re.compile(r"[\w-]++")
_ASCII_WORD = re.compile(r"[A-Za-z0-9_-]++")
_LONGEST_NAME = 32
_SCHEME = re.compile("(?i)bearer|apikey|basic")
_COOKIE = re.compile("(?i)(?:set-)?cookies?")
_USER = ("IBMid-", "iam-")
_FOREIGN = ("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_")


class Words(NamedTuple):
    """Whether there is a word of each kind; ``longest`` is the length of the longest one."""

    field: bool
    scheme: bool
    cookie: bool
    jwt: bool
    user: bool
    foreign: bool
    longest: int


@functools.lru_cache(8)
def words_of(text: str) -> Words:
    """What words a text has."""
    words = set((_ASCII_WORD if text.isascii() else _WORD).findall(text))
    kinds = {_kind(word) for word in words if len(word) <= _LONGEST_NAME and word[0].isalpha()}
    return Words(
        "field" in kinds,
        "scheme" in kinds,
        "cookie" in kinds,
        any(word.startswith("eyJ") for word in words),
        any(word.startswith(_USER) for word in words),
        any(word.startswith(_FOREIGN) for word in words),
        max(map(len, words), default=0),
    )


@functools.lru_cache(1 << 14)
def _kind(word: str) -> str | None:
    if kind_of_field(word) is not None:
        return "field"
    if _SCHEME.fullmatch(word):
        return "scheme"
    return "cookie" if _COOKIE.fullmatch(word) else None
