"""Text without secrets: found, given a pseudonym, and replaced until none is left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import quote, unquote, unquote_plus

from dryshot.recording.redaction.basic import is_secret_basic, pseudonymous_basic
from dryshot.recording.redaction.patterns import CRN, find_patterns
from dryshot.recording.redaction.places import find_places
from dryshot.recording.redaction.pseudonyms import Pseudonyms, is_pseudonym
from dryshot.recording.redaction.search import Hit, chosen, replaced, search
from dryshot.recording.redaction.tokens import is_pseudonymous_jwt, pseudonymous_jwt

__all__ = ["SHORTEST", "Rewriter"]

SHORTEST = 4
"""A secret of fewer characters is in every text."""

_ROUNDS = 8
_ALONE = 20
"""A shorter secret is not looked for within words."""
_LONG, _MIXED = 12, 8
_ONLY_THERE = frozenset({"ip", "person", "resource", "claim"})
"""Kinds whose values may mean something else in another place."""


class Rewriter:
    """Learns secrets as it replaces them; what it has learnt it finds anywhere from then on."""

    def __init__(self, pseudonyms: Pseudonyms, secrets: Iterable[str] = ()) -> None:
        self.pseudonyms = pseudonyms
        self._given = sorted(set(secrets), key=len, reverse=True)
        if any(len(secret) < SHORTEST for secret in self._given):
            raise ValueError(f"a secret has fewer than {SHORTEST} characters: it is in every text")
        self._literals: list[tuple[str, str]] = [(secret, "secret") for secret in self._given]
        self._rewritten: dict[str, str] = {}

    def learn(self) -> None:
        """Look everywhere for whatever has a pseudonym by now."""
        kinds = dict.fromkeys(self._given, "secret") | {
            secret: kind
            for secret, kind in self.pseudonyms.kinds.items()
            if kind not in _ONLY_THERE and _is_telling(secret)
        }
        self._rewritten.clear()
        self._literals = sorted(kinds.items(), key=lambda one: len(one[0]), reverse=True)

    def rewrite(self, text: str) -> str:
        """The text without secrets; many texts of a recording are equal."""
        if text not in self._rewritten:
            self._rewritten[text] = self._rewrite(text)
        return self._rewritten[text]

    def _rewrite(self, text: str) -> str:
        for _ in range(_ROUNDS):
            hits = chosen(search(text, self._find))
            if not hits:
                break
            text = replaced(text, hits)
        return text

    def replace(self, kind: str, value: str) -> str:
        """What stands for a value that is secret by its place, whatever it looks like."""
        clean = self.rewrite(value)
        if clean != value or not value or is_pseudonym(value) or is_pseudonymous_jwt(value):
            return clean
        return self.pseudonyms.of(kind, value)

    def _find(self, text: str) -> Iterator[Hit]:
        for start, end, kind in find_patterns(text):
            yield Hit(start, end, kind, partial(self._pseudonym, kind, text[start:end]))
        for start, end, kind, form in find_places(text):
            raw = text[start:end]
            if self._is_secret(kind, raw, form=form):
                yield Hit(start, end, kind, partial(self._in_place, kind, raw, form=form))
        for secret, kind in self._literals:
            if secret in text:
                yield from self._literal(text, secret, kind)

    def _pseudonym(self, kind: str, secret: str) -> str:
        if kind == "jwt":
            return pseudonymous_jwt(secret, self.pseudonyms)
        if kind == "crn":
            return self._crn(secret)
        return self.pseudonyms.of(kind, secret)

    @staticmethod
    def _is_secret(kind: str, raw: str, *, form: bool) -> bool:
        """Whether what stands in a place is neither a pseudonym nor found by its form anyway."""
        if kind == "basic":
            return is_secret_basic(raw)
        secret = _plain(raw, form=form)
        if not secret or is_pseudonym(secret) or is_pseudonymous_jwt(secret):
            return False
        if kind == "signature":  # it may begin with the id of a key
            return True
        return next(iter(find_patterns(secret)), None) is None and not CRN.fullmatch(secret)

    def _in_place(self, kind: str, raw: str, *, form: bool) -> str:
        if kind == "basic":
            return pseudonymous_basic(raw, self.pseudonyms)
        new = self.pseudonyms.of(kind, _plain(raw, form=form))
        return quote(new, safe="") if "%" in raw else new

    def _literal(self, text: str, secret: str, kind: str) -> Iterator[Hit]:
        if is_pseudonym(secret) or (
            secret in self.pseudonyms and self.pseudonyms[secret] == secret
        ):
            return
        place = text.find(secret)
        while place >= 0:
            end = place + len(secret)
            around = text[max(0, place - 1) : place], text[end : end + 1]
            if len(secret) >= _ALONE or kind == "secret" or not any(map(str.isalnum, around)):
                bare = secret.isdigit() and _BARE.search(text[max(0, place - 8) : place])
                yield Hit(place, end, kind, partial(self._known, kind, secret, bare=bool(bare)))
            place = text.find(secret, end)

    def _known(self, kind: str, secret: str, *, bare: bool) -> str:
        new = self.pseudonyms.of(kind, secret)
        return _number(new) if bare else new

    def _crn(self, crn: str) -> str:
        if crn not in self.pseudonyms:
            found = CRN.fullmatch(crn)
            assert found is not None  # noqa: S101 - it was found by this very pattern
            head, scope, instance, kind, resource = found.groups(default="")
            if scope and not is_pseudonym(scope[2:]) and scope[2:]:
                scope = scope[:2] + self.pseudonyms.of("account id", scope[2:])
            if instance and not is_pseudonym(instance):
                instance = self.pseudonyms.of("instance id", instance)
            if resource and not is_pseudonym(resource):
                resource = self.pseudonyms.of("resource", resource)
            self.pseudonyms.note("crn", crn, f"{head}:{scope}:{instance}:{kind}:{resource}")
        return self.pseudonyms[crn]


_BARE = re.compile(r"[:\[,]\s*$")
"""What is before a number in JSON."""


def _number(digits: str) -> str:
    """As many digits that are a number in JSON, too, where none begins with a zero."""
    return digits if digits[0] != "0" else f"1{digits[1:]}"


def _is_telling(secret: str) -> bool:
    """Whether a text is a secret wherever it stands, and no word."""
    mixed = any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return len(secret) >= _LONG or (len(secret) >= _MIXED and (mixed or secret.isdigit()))


def _plain(raw: str, *, form: bool) -> str:
    """A value as it is before JSON or a form writes it."""
    if form:
        return unquote_plus(raw)
    if "\\" in raw:
        try:
            return str(json.loads(f'"{raw}"'))
        except ValueError:
            return raw
    return unquote(raw) if "%" in raw else raw
