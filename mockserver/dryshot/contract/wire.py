"""From bytes and header text to values: the same for the gate and for the judge."""

from __future__ import annotations

import json
from functools import lru_cache
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import parse_qsl

__all__ = ["FORM", "JSON", "MAX_DEPTH", "NotDecodable", "decode_body", "decode_form"]
__all__ += ["LOOSE", "decode_json", "decode_loose_json", "decode_text", "group_query", "media_type"]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
LOOSE = "x-loose-numbers"
"""Marks, in a document, a JSON answer in which NaN and infinities may stand for numbers."""
MAX_DEPTH = 128
"""How deep a request body may be nested: far beyond what clients send, and safe to write again."""


class NotDecodable(ValueError):
    """The bytes are not the text they should be; the message goes on after "the body"."""


def _refuse_constant(name: str) -> NoReturn:
    raise NotDecodable(f"is not JSON: {name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise NotDecodable("holds a number that is too large")
    return value


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def _loosely(_name: str) -> float:
    return 0.0


_LOOSE_DECODER = json.JSONDecoder(parse_constant=_loosely, parse_float=_finite)


def decode_text(body: bytes) -> str:
    """UTF-8 text."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise NotDecodable(f"is not UTF-8: see byte {error.start}") from error


def decode_json(body: bytes) -> Any:
    """A JSON value; never NaN or an infinity."""
    return _read(body, _DECODER)


def decode_loose_json(body: bytes) -> Any:
    """The same, but where NaN or an infinity stands, it has some number."""
    return _read(body, _LOOSE_DECODER)


def _read(body: bytes, decoder: json.JSONDecoder) -> Any:
    text = decode_text(body)
    try:
        try:
            value, end = decoder.raw_decode(text)
            if end == len(text):
                return value
        except json.JSONDecodeError:
            pass  # maybe because of white space around it
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotDecodable(f"is not JSON: {error.msg} at {where}") from error
    except NotDecodable:
        raise
    except ValueError as error:  # more digits than Python turns into an integer
        raise NotDecodable("holds a number that is too long") from error
    except RecursionError as error:
        raise NotDecodable(f"is nested deeper than {MAX_DEPTH} levels") from error


def decode_body(body: bytes) -> Any:
    """A JSON value that is not nested deeper than ``MAX_DEPTH`` levels."""
    value = decode_json(body)
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deep(value):
        raise NotDecodable(f"is nested deeper than {MAX_DEPTH} levels")
    return value


def decode_form(body: bytes) -> dict[str, list[str]]:
    """The values of every field of a form, in the order in which they were given."""
    return group_query(decode_text(body))


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


@lru_cache(maxsize=64)
def media_type(content_type: str) -> str:
    """The type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def group_query(query: str) -> dict[str, list[str]]:
    """The values of every name, in the order in which they were given."""
    groups: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        groups.setdefault(name, []).append(value)
    return groups
