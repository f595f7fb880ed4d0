"""Arguments, checked before anything is sent; an error names the argument."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

__all__ = [
    "Instant",
    "check_choice",
    "check_choices",
    "check_count",
    "check_flag",
    "check_json",
    "check_seconds",
    "check_text",
    "check_texts",
    "check_url",
    "check_word",
    "write_instant",
]

Instant = datetime | str
"""A point in time: ``datetime`` with a time zone, or ISO 8601 text, which is passed on as it is."""


def write_instant(name: str, when: Instant | None) -> str | None:
    """``when`` as ISO 8601 text in UTC; a ``datetime`` without time zone is a ``ValueError``."""
    if when is None:
        return None
    if not isinstance(when, datetime):
        if not isinstance(when, str):
            raise TypeError(f"{name} is {type(when).__name__}, not a datetime or text")
        return check_text(name, when)
    if when.tzinfo is None:
        raise ValueError(f"{name} {when.isoformat()} has no time zone")
    try:
        return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:  # the first or the last day there is, elsewhere on Earth
        raise ValueError(f"{name} {when.isoformat()} cannot be told in UTC") from None


def check_text(name: str, value: str, *, least: int = 1, most: int | None = None) -> str:
    """``value``, if it is a text of ``least`` to ``most`` characters."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    if not value and least > 0:
        raise ValueError(f"{name} is empty")
    if len(value) < least:
        raise ValueError(f"{name} {value!r} has fewer than {least} characters")
    if most is not None and len(value) > most:
        raise ValueError(f"{name} has {len(value)} characters; {most} is the most")
    if re.search("[\ud800-\udfff]", value):  # halves of a pair, which have no place in UTF-8
        raise ValueError(f"{name} {value!r} is no text that can be sent")
    return value


def check_texts(
    name: str,
    texts: Collection[str] | None,
    *,
    most: int | None = None,
    shortest: int = 1,
    longest: int | None = None,
) -> list[str] | None:
    """``texts`` as a list, if they are at most ``most`` texts of such a length."""
    if texts is None:
        return None
    if isinstance(texts, str | bytes):
        raise TypeError(f"{name} is one text; it has to be a list of them")
    if not isinstance(texts, Collection):
        raise TypeError(f"{name} is {type(texts).__name__}, not a list of texts")
    listed = list(texts)
    for place, text in enumerate(listed):
        check_text(f"{name}[{place}]", text, least=shortest, most=longest)
    if most is not None and len(listed) > most:
        raise ValueError(f"{name} are {len(listed)}; {most} is the most")
    return listed


def check_choice(name: str, value: str | None, choices: Sequence[str]) -> str | None:
    """``value``, if it is one of the ``choices``."""
    if value is None:
        return None
    if check_text(name, value) not in choices:
        raise ValueError(f"{name} {value!r} is none of {', '.join(map(repr, choices))}")
    return value


def check_choices(
    name: str, values: Collection[str] | None, choices: Sequence[str]
) -> list[str] | None:
    """``values`` as a list, if each is one of the ``choices``."""
    listed = check_texts(name, values)
    for place, value in enumerate(listed or ()):
        check_choice(f"{name}[{place}]", value, choices)
    return listed


def check_word(name: str, value: str | None) -> str | None:
    """``value``, if it can stand in a header: printable ASCII, with no blanks around it."""
    if value is None:
        return None
    text = check_text(name, value)
    if not (text.isascii() and text.isprintable() and text.strip() == text):
        raise ValueError(f"{name} {value!r} is not printable ASCII, or has blanks around it")
    return value


def check_flag(name: str, value: bool | None) -> bool | None:  # noqa: FBT001 - it is the value
    """``value``, if it is true or false."""
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(f"{name} is {type(value).__name__}, not a bool")


def check_count(name: str, value: int | None, *, least: int, most: int | None = None) -> int | None:
    """``value``, if it is a whole number from ``least`` to ``most``."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is {type(value).__name__}, not a whole number")
    if value < least:
        what = "it cannot be negative" if least == 0 else f"{least} is the least"
        raise ValueError(f"{name} is {value}; {what}")
    if most is not None and value > most:
        raise ValueError(f"{name} is {value}; {most} is the most")
    return value


def check_seconds(name: str, value: float | None) -> float | None:
    """``value``, if it is a time that can be waited."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is {type(value).__name__}, not a number of seconds")
    if not value >= 0:  # so written because a NaN is refused as well
        raise ValueError(f"{name} is {value} s; it cannot be negative")
    return value


def check_json(name: str, value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """``value`` as a dict, if it can be sent: JSON, which has no NaN and no infinity."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} is {type(value).__name__}, not a mapping")
    body = dict(value)
    try:
        json.dumps(body, allow_nan=False)
    except TypeError as error:
        raise TypeError(f"{name} cannot be written as JSON: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} cannot be written as JSON: {error}") from None
    return body


def check_url(name: str, url: str) -> str:
    """``url`` without a slash at its end; ``ValueError`` if it is no base of a service."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise ValueError(f"{name} is not a URL") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError(f"{name} is not an absolute http or https URL")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise ValueError(f"{name} has more to it than a host and a path")
    return url.rstrip("/")
