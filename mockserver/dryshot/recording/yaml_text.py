"""Writing YAML so that a change of a recording is a change of few lines, and every byte is kept.

PyYAML breaks lines at spaces only, which compact JSON has not, and its two emitters break them
at different places. What is written here any YAML reader reads. It is ASCII, so that a reader that
opens it in an encoding of its machine, as VCR.py does, reads the same.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

__all__ = ["END", "dump_yaml"]

_WIDTH = 100
_BASE64_WIDTH = 76
END = "...\n"
"""The mark at the end of a document: a file without it was cut off."""

_PRINTABLE = re.compile(r"[ -~]*")
_BLOCK = re.compile(r"[!-~][ -~]*(\n([!-~][ -~]*| +[!-~][ -~]*)?)*")
_PLAIN = re.compile(r"[A-Za-z/][\w./:;=,+*?&%@()-]*( [\w./;=,+*?&%@()-]+)*", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CODES = (("x", 2), ("u", 4), ("U", 8))
_ESCAPED = re.compile(r'[^ -~]|["\\]')
_STRING = r'"(?:[^"\\]|\\.)*"'
_FIELD_END = re.compile(rf'{_STRING}|(?P<end>,[ ]*)(?=\{{|{_STRING}[ ]*:)|[^",]+|[",]', re.DOTALL)


def dump_yaml(value: Mapping[str, Any]) -> str:
    """A document of mappings, lists, text, bytes and numbers, with a mark at its end."""
    return "\n".join((*_mapping(value, 0), END))


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, item in value.items():
        name = f"{pad}{_line(key)}:"
        match item:
            case {}:
                yield from [name, *_mapping(item, indent + 2)] if item else [f"{name} {{}}"]
            case [str(only)]:
                yield f"{name} [{_quoted(only)}]"
            case []:
                yield f"{name} []"
            case list():
                yield name
                yield from _list(item, indent)
            case _:
                first, *more = _scalar(item, indent + 2)
                yield f"{name} {first}"
                yield from more


def _list(items: Sequence[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for item in items:
        if isinstance(item, Mapping):
            lines = list(_mapping(item, indent + 2))
            yield f"{pad}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            first, *more = _scalar(item, indent + 2)
            yield f"{pad}- {first}"
            yield from more


def _scalar(value: Any, indent: int) -> list[str]:
    pad = " " * indent
    match value:
        case None:
            return ["null"]
        case bool():
            return ["true" if value else "false"]
        case int() | float():
            text = repr(value)  # YAML wants a dot in what has an exponent
            return [text if "." in text else text.replace("e", ".0e")]
        case bytes():
            text = base64.b64encode(value).decode()
            starts = range(0, len(text), _BASE64_WIDTH)
            return ["!!binary |", *(f"{pad}{text[at : at + _BASE64_WIDTH]}" for at in starts)]
    if len(value) <= _WIDTH and _PRINTABLE.fullmatch(value):
        return [_line(value)]
    if "\n" in value and _BLOCK.fullmatch(value):
        return _block(value, pad)
    return _broken(value, pad)


def _line(text: str) -> str:
    """Text on one line, without quotes if it needs none."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and ": " not in f"{text} "
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    if _PRINTABLE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_escaped(text)}"'


def _block(text: str, pad: str) -> list[str]:
    """Lines as they are; the sign says how many line breaks are at the end."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    lines = [f"{pad}{line}" if line else "" for line in body.split("\n")]
    sign = ("-", "", "+")[min(ends, 2)]
    return [f"|{sign}", *lines, *[""] * (ends - 1)]


def _broken(text: str, pad: str) -> list[str]:
    """JSON of one line, a line for each of its fields; other text, a line for each of its own."""
    json = text[:1] in {"{", "["} and "\n" not in text
    lines = _json_lines(text) if json else text.splitlines(keepends=True)
    escaped = [_escaped(line) for line in lines]
    # Space at the start of a continued line is not part of the text, unless it is escaped.
    rest = [f"{pad}\\{line}" if line.startswith(" ") else f"{pad}{line}" for line in escaped[1:]]
    return ("\\\n".join([f'"{escaped[0]}', *rest]) + '"').split("\n")


def _json_lines(text: str) -> list[str]:
    ends = (found.end() for found in _FIELD_END.finditer(text) if found["end"])
    places = [0, *ends, len(text)]
    return [text[start:end] for start, end in pairwise(places)]


def _escaped(text: str) -> str:
    return _ESCAPED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    kind, digits = next((kind, n) for kind, n in _CODES if code < 16**n)
    return f"\\{kind}{code:0{digits}x}"
