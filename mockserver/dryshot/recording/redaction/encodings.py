"""How a text may be hidden in another one: percent signs, backslashes, base64, compression.

A :class:`View` is a text decoded, which knows where each part of it was. A :class:`Blob` is a piece
of base64 that holds a text.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import quote

from dryshot.recording.redaction.packing import decompress

__all__ = ["Blob", "View", "blobs", "views"]

_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"  # a pair for one character
    r"|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[\"\\/bfnrt]"
    r"|\\\r?\n[ \t]*\\?"  # a line of YAML that goes on
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{11,}+(?:={1,2}|(?![=]))")
_WRAPPED = re.compile(
    r"(?<![A-Za-z0-9+/])([A-Za-z0-9+/]{40,}+)(\r?\n[ \t]*+)"
    r"(?:[A-Za-z0-9+/]{40,}+\r?\n[ \t]*+)*[A-Za-z0-9+/]{2,}+={0,2}"
)
_LONGEST_RUN = 4096
_SHORT_RUN = 64
_PARTS = tuple(
    re.compile(letters + r"{11,}={0,2}")
    for letters in ("[A-Za-z0-9+_-]", "[A-Za-z0-9+/]", "[A-Za-z0-9_-]", "[A-Za-z0-9+]", r"[^\W_]")
)
_FIRST, _LAST = 8, 4
_SHORTEST = 11


class View:
    """A text as it reads once decoded; :meth:`origin` leads back."""

    def __init__(self, encode: Callable[[str, str], str]) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._raw: list[tuple[int, int, bool]] = []
        self._length = 0
        self._encode = encode

    @property
    def text(self) -> str:
        """The decoded text."""
        return "".join(self._parts)

    def add(self, text: str, start: int, end: int, *, plain: bool) -> None:
        """A part: ``plain`` if it stands in the raw text as it is, else one that is decoded."""
        if text or not plain:
            self._parts.append(text)
            self._starts.append(self._length)
            self._raw.append((start, end, plain))
            self._length += len(text)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where in the raw text a piece of the decoded one is."""
        return self._at(start, last=False), self._at(end - 1, last=True)

    def encode(self, text: str, raw: str) -> str:
        """A text as it must be written where ``raw`` was."""
        return self._encode(text, raw)

    def _at(self, place: int, *, last: bool) -> int:
        index = bisect_right(self._starts, place) - 1
        start, end, plain = self._raw[index]
        if plain:
            return start + place - self._starts[index] + last
        return end if last else start


def views(text: str) -> Iterator[View]:
    """The other ways to read a text; none if it has neither percent signs nor backslashes."""
    if "%" in text and _PERCENT.search(text):
        yield _view(text, _PERCENT, _unquote, _requote)
    if "\\" in text and _ESCAPE.search(text):
        yield _view(text, _ESCAPE, _unescape, _reescape)


def _view(
    text: str,
    codes: re.Pattern[str],
    decode: Callable[[str], Iterator[tuple[str, int]]],
    encode: Callable[[str, str], str],
) -> View:
    view, place = View(encode), 0
    for code in codes.finditer(text):
        view.add(text[place : code.start()], place, code.start(), plain=True)
        place = code.start()
        for character, length in decode(code[0]):
            view.add(character, place, place + length, plain=False)
            place += length
    view.add(text[place:], place, len(text), plain=True)
    return view


def _unquote(code: str) -> Iterator[tuple[str, int]]:
    decoded = bytes.fromhex(code.replace("%", "")).decode("utf-8", "surrogateescape")
    for character in decoded:
        yield character, 3 * len(character.encode("utf-8", "surrogateescape"))


def _requote(text: str, raw: str) -> str:
    if "%" not in raw:
        return text
    literal = "".join(sorted(set(raw) & set(":/@+,;=!$'()*")))
    return quote(text, safe=literal)


def _unescape(code: str) -> Iterator[tuple[str, int]]:
    if code[1] in "\r\n":
        yield "", len(code)
    elif code[1] == "x":
        yield chr(int.from_bytes(bytes.fromhex(code[2:]))), len(code)
    else:
        yield json.loads(f'"{code}"'), len(code)


def _reescape(text: str, _raw: str) -> str:
    return json.dumps(text)[1:-1]


@dataclass(frozen=True, slots=True)
class Blob:
    """A piece of base64, from ``start`` to ``end``, and the text that it holds.

    The text of an archive of something else is empty.
    """

    start: int
    end: int
    text: str
    encode: Callable[[str], str]


def blobs(text: str) -> Iterator[Blob]:
    """Every piece of base64 in a text that holds a text, be it compressed or not."""
    for found in _WRAPPED.finditer(text) if "\n" in text else ():
        width, gap = len(found[1]), found[2]
        if (blob := _blob(re.sub(r"\s+", "", found[0]), found.start(), found.end())) is not None:
            yield Blob(blob.start, blob.end, blob.text, _wrapping(blob.encode, width, gap))
    for found in _BASE64.finditer(text):
        start, end = found.span()
        quoted = text[max(0, start - 1) : start] + text[end : end + 1] == '""'
        run = found[0]
        for blob in (_held if len(run) <= _SHORT_RUN else _decoded)(run, quoted=quoted):
            yield replace(blob, start=start + blob.start, end=start + blob.end)


def _decoded(run: str, *, quoted: bool) -> tuple[Blob, ...]:
    """What a run of base64's letters holds, by its place in the run."""
    if (whole := _blob(run, 0, len(run))) is not None:
        return (whole,)
    if not {"/", "_", "-"}.intersection(run):
        return ()
    parts = _pieces(run, quoted=quoted)
    made = (_blob(part, start, start + len(part)) for start, part in parts)
    return tuple(blob for blob in made if blob is not None)


_held = functools.lru_cache(1 << 14)(_decoded)
"""The same for short runs: names and times, of which a body has thousands of equal ones."""


def _pieces(run: str, *, quoted: bool) -> Iterator[tuple[int, str]]:
    """Parts of a run of base64's letters, some of which may be separators: a path, a name.

    What is long is data, unless most of it is one part.
    """
    if len(run) > _LONGEST_RUN:
        part = max(run.split("/"), key=len)
        if len(part) > len(run) // 2:
            yield run.index(part), part
        return
    for letters in _PARTS:
        for found in letters.finditer(run):
            yield found.start(), found[0]
    cuts = [found.start() for found in re.finditer("/", run)]
    if cuts and (not quoted or cuts[0] == 0):
        for start, end in product([-1, *cuts][:_FIRST], [*cuts, len(run)][-_LAST:]):
            if end - start > _SHORTEST:
                yield start + 1, run[start + 1 : end]


def _blob(code: str, start: int, end: int) -> Blob | None:
    letters = code.rstrip("=")
    if len(letters) % 4 == 1:
        return None
    urlsafe = "-" in letters or "_" in letters
    try:
        raw = base64.b64decode(
            letters + "=" * (-len(letters) % 4), altchars=b"-_" if urlsafe else None, validate=True
        )
        inner, pack = decompress(raw)
        text = _text(inner, lenient=inner is not raw)
    except (binascii.Error, ValueError):
        return None
    padded = code.endswith("=")

    def encode(new: str) -> str:
        packed = pack(new.encode("utf-8", "surrogateescape"))
        made = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(packed).decode()
        return made if padded or len(letters) % 4 == 0 else made.rstrip("=")

    return Blob(start, end, text, encode)


def _text(raw: bytes, *, lenient: bool) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if lenient:
            return ""
        raise


def _wrapping(encode: Callable[[str], str], width: int, gap: str) -> Callable[[str], str]:
    def wrapped(text: str) -> str:
        made = encode(text)
        return gap.join(made[place : place + width] for place in range(0, len(made), width))

    return wrapped
