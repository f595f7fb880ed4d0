"""What stands in the place of a secret: of the same form, recognisable, and no clue to it.

Pseudonyms are numbered in the order in which their secrets appear. Nothing of the secret goes into
one, not even a digest, which could be guessed back; they come from ranges that nobody is given.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable

__all__ = ["Pseudonyms", "is_pseudonym"]

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_HEX = re.compile(r"[0-9a-f]{16,}|[0-9A-F]{16,}")
_WORD = re.compile(r"[A-Za-z0-9]+")
_USER = re.compile(r"(IBMid-|iam-ServiceId-|iam-Profile-)(.+)", re.DOTALL)
_V4_BLOCKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15")
_PSEUDONYM = re.compile(
    r"redacted[A-Za-z_-]{0,20}0*[0-9]+"
    r"|REDACTED[0-9]{12}(?:/.*)?"
    r"|0{8,}[0-9A-Fa-f]{1,12}"
    r"|(?:IBMid-|iam-ServiceId-|iam-Profile-)?00000000-0000-4000-8000-[0-9]{12}"
    r"|(?:IBMid-)?0{5,}[0-9]+"
    r"|user[0-9]+@example\.invalid"
)


def is_pseudonym(text: str) -> bool:
    """Whether a value (not a JWT or a CRN, which hold several) is one that was made here."""
    return _PSEUDONYM.fullmatch(text) is not None


class Pseudonyms:
    """Those of one cassette: equal secrets have equal ones, different secrets different ones.

    ``taken`` says whether a text is in what is redacted already; it is then no pseudonym.
    """

    def __init__(self, taken: Callable[[str], bool] = lambda _text: False) -> None:
        self._taken = taken
        self._numbers: Counter[str] = Counter()
        self._made: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.kinds: dict[str, str] = {}

    def of(self, kind: str, secret: str) -> str:
        """The pseudonym of a secret, made when it is first asked for."""
        if secret not in self._made:
            self.note(kind, secret, self._new(kind, secret))
        return self._made[secret]

    def note(self, kind: str, secret: str, pseudonym: str) -> None:
        """Use a pseudonym that was made of others: a token's, a CRN's."""
        self._made[secret] = pseudonym
        self.kinds[secret] = kind
        self.counts[kind] += 1

    def number(self, kind: str) -> int:
        """The next number of a kind."""
        self._numbers[kind] += 1
        return self._numbers[kind]

    def __contains__(self, secret: object) -> bool:
        return secret in self._made

    def __getitem__(self, secret: str) -> str:
        return self._made[secret]

    def _new(self, kind: str, secret: str) -> str:
        while True:
            made = _form(kind, secret, self.number(kind))
            if not self._taken(made):
                return made


def _form(kind: str, secret: str, number: int) -> str:
    """The ``number``-th pseudonym of a kind, in the form of ``secret``."""
    if kind == "email":
        return f"user{number}@example.invalid"
    if kind == "ip":
        return _v6(number) if ":" in secret else _v4(number)
    if (named := _USER.fullmatch(secret)) is not None:
        return named[1] + _form("user id", named[2], number)
    if _UUID.fullmatch(secret):
        return f"00000000-0000-4000-8000-{number:012d}"
    if kind == "user id":
        return f"{number:0{max(len(secret), 10)}d}"
    if secret.isascii() and secret.isdigit():
        return f"{number:0{max(len(secret), 12)}d}"
    if _HEX.fullmatch(secret):
        return f"{number:0{len(secret)}d}"
    if kind == "signature" and "/" in secret:
        return f"REDACTED{number:012d}/{secret.partition('/')[2]}"
    return _opaque(secret, number)


def _opaque(secret: str, number: int) -> str:
    """Of the same length where that is what makes a credential valid, else of one length."""
    known_lengths = {20, 44, 64, 128}
    width = len(secret) if len(secret) in known_lengths else 20
    name = "redacted" if _WORD.fullmatch(secret) else "redacted_"
    return f"{name}{number:0{width - len(name)}d}"


def _v4(number: int) -> str:
    for block in map(ipaddress.IPv4Network, _V4_BLOCKS):
        if number < block.num_addresses - 1:
            return str(block[number])
        number -= block.num_addresses - 2
    raise OverflowError("there are more different IP addresses than reserved ones")


def _v6(number: int) -> str:
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("2001:db8::")) + number))
