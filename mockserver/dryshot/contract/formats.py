"""The values of ``format``, checked by the same functions in the gate and for the judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

__all__ = ["FORMATS"]

_ALWAYS_A_DAY = 28
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_date = re.compile(_DATE).fullmatch
_date_time = re.compile(
    rf"{_DATE}[Tt]{_TIME}:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-]{_TIME})"
).fullmatch
_uri = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
).fullmatch
_uuid = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}").fullmatch


def _day_exists(match: re.Match[str] | None) -> bool:
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    if 1 <= month <= 12 and 1 <= day <= _ALWAYS_A_DAY and year:  # noqa: PLR2004 - months
        return True
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_date(value: Any) -> bool:
    return not isinstance(value, str) or _day_exists(_date(value))


def _is_date_time(value: Any) -> bool:
    return not isinstance(value, str) or _day_exists(_date_time(value))


def _is_uri(value: Any) -> bool:
    return not isinstance(value, str) or _uri(value) is not None


def _is_uuid(value: Any) -> bool:
    return not isinstance(value, str) or _uuid(value) is not None


FORMATS: Mapping[str, Callable[[Any], bool]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "uri": _is_uri,
    "uuid": _is_uuid,
}
"""``date-time`` is RFC 3339 without leap seconds, which Python's ``datetime`` cannot hold."""
