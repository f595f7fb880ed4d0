"""IP addresses in a text, told from version numbers, times and C++ names."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

__all__ = ["find_addresses"]

_V4 = re.compile(r"(?<![\w.%\\-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.[0-9])")
_V6 = re.compile(
    r"(?<![\w:.%\\-])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{6,39}+"
    r"(?:\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})?(?![\w:])"
)
_MIDDLE_OF_V4 = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_MIDDLE_OF_V6 = re.compile(r"::|:(?:[0-9A-Fa-f]{1,4}:){5}")
"""No address is without it, and it is found quickly."""

_VERSION = re.compile(r"(?i)(?:version|release|revision|firmware|build|[=~<>!]=|\bver|\bv)\W{0,6}$")
_PLACE = re.compile(
    r"(?i)(?:\bips?|ip[_-]?addr(?:ess)?|address|\baddr|host|client|\bfrom|forwarded[\w-]*|peer"
    r"|remote|://|@|\bfor)\W{0,8}$"
)
_PRODUCT = re.compile(r"[A-Za-z][\w.-]*/$")
_BEFORE = 48
_HARMLESS = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/127"),
            *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"),
            "2001:db8::/32",
        ),
    )
)
_LONGEST_VERSION_PART = 9
_LONG_GROUP = 3


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where there are addresses that may be somebody's; loopback and reserved ones are nobody's."""
    if _MIDDLE_OF_V4.search(text):
        for found in _V4.finditer(text):
            if _is_owned(found[0]) and not _is_version(text, found):
                yield found.span()
    if _MIDDLE_OF_V6.search(text):
        for found in _V6.finditer(text):
            groups = found[0].split(":")
            named = any(character.isdigit() for character in found[0])
            if named and max(map(len, groups)) >= _LONG_GROUP and _is_owned(found[0]):
                yield found.span()


def _is_owned(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not any(address in block for block in _HARMLESS if block.version == address.version)


def _is_version(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    if _VERSION.search(before):
        return True
    token = re.split(r"[\s\"'(<]", before)[-1]
    if _PRODUCT.fullmatch(token):  # as in User-Agent: name/1.2.3.4
        return True
    short = all(int(part) <= _LONGEST_VERSION_PART for part in found[0].split("."))
    return short and not _PLACE.search(before) and not token.startswith("/")
