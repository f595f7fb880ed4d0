"""Credentials where they do not belong: an API key outside the token endpoint, and any in a URL."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, unquote_plus

from dryshot.clock import isoformat
from dryshot.contract import Documents
from dryshot.contract.wire import NotDecodable, decode_body, decode_form
from dryshot.http import Request
from dryshot.journal import Entry

__all__ = ["Leak", "Leaked", "find_leaks"]

_IAM, _CLASSIC = "/identity/token", "/users/loginWithToken"
Kind = Literal["key", "url"]

_KEY = "an API key"
_WORD = re.compile(r"[\w.~-]+")
_TELLING = frozenset({"apikey", "api_key", "access_token"})
_LONG = 12
"""A credential of so many characters is looked for in the midst of a text; a shorter one, such as
``key``, has to be all of a value, or every other word would be one."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A credential that was sent where it does not belong, as often as ``times``, first here.

    ``kind`` is "key" for an API key, "url" for any credential in a URL. ``sequence`` is the
    exchange's number in the journal. The credential itself is not in it.
    """

    kind: Kind
    what: str
    where: str
    request: str
    sequence: int
    at: datetime
    times: int = 1

    def __str__(self) -> str:
        more = f" (and in {self.times - 1} more)" if self.times > 1 else ""
        return (
            f"{self.what} was sent in {self.where} of {self.request}, exchange {self.sequence} at "
            f"{isoformat(self.at, 'seconds')}{more}"
        )


class Leaked(AssertionError):
    """Credentials went where they do not belong; ``leaks`` has each."""

    def __init__(self, leaks: Iterable[Leak]) -> None:
        self.leaks = tuple(leaks)
        super().__init__("\n".join(map(str, self.leaks)))


def find_leaks(entries: Iterable[Entry], keys: Iterable[str]) -> list[Leak]:
    """The leaks in ``entries``, each credential and place once, in their order.

    Known are ``keys``, every key with which somebody tried to log in, and every token that was
    sent or given.
    """
    known = list(entries)
    secrets = dict.fromkeys(filter(None, keys))
    for _, exchange in known:
        secrets |= dict.fromkeys(_keys_sent(exchange.request))
    tokens = {token for entry in known for token in _tokens_of(entry)} - secrets.keys()
    found: dict[tuple[str, str, str], Leak] = {}
    for sequence, exchange in known:
        request = exchange.request
        for secret, what, kind, where in _leaks_of(request, list(secrets), tokens):
            first = found.get((secret, kind, where))
            if first is None:
                shown = _shown(request, {*secrets, secret}, tokens)
                first = Leak(kind, what, where, shown, sequence, exchange.at, times=0)
            found[secret, kind, where] = replace(first, times=first.times + 1)
    return list(found.values())


_Found = tuple[str, str, Kind, str]


def _leaks_of(request: Request, keys: Iterable[str], tokens: AbstractSet[str]) -> Iterator[_Found]:
    """Each credential that is where it does not belong: itself, what it is, and where."""
    pairs = parse_qsl(request.query)
    for name, value in pairs:
        if name.lower() in _TELLING and value not in tokens and value not in keys:
            yield value, f"a credential called {name}", "url", "the query"
    values = [value for _, value in pairs]
    path, query = unquote(request.path), unquote_plus(request.query)
    for text, parts, where in ((path, path.split("/"), "the path"), (query, values, "the query")):
        for key in keys:
            if _holds(text, parts, key):
                yield key, _KEY, "url", where
        for token in tokens & set(_WORD.findall(text)):
            yield token, "an access token", "url", where
    for key in keys:
        for name in _headers_with(request, key):
            yield key, _KEY, "key", f"the header {name}"
        if _in_body(request, key):
            yield key, _KEY, "key", "the body"


def _headers_with(request: Request, key: str) -> Iterator[str]:
    for name, text in request.headers.items():
        scheme, _, rest = text.partition(" ")
        value = rest.strip()
        if scheme.lower() == "basic":
            value = _decoded(value)
            text = f"{text} {value}"  # noqa: PLW2901 - searched as it is and as it reads
        if _holds(text, [text, value, *value.split(":")], key):
            own = name == "x-access-token" or (name, scheme.lower()) == ("authorization", "bearer")
            if not (own and _takes_keys(request)):
                yield name


def _takes_keys(request: Request) -> bool:
    """Whether its document lets an API token stand for an access token: the classic service."""
    found = Documents().find(request)
    return found is not None and found.contract.name == "legacy-runtime"


def _in_body(request: Request, key: str) -> bool:
    if len(key) < _LONG or key.encode(errors="surrogatepass") not in request.body:
        return False
    return key not in _keys_sent(request)


def _keys_sent(request: Request) -> list[str]:
    """The API key of a request to log in."""
    key: Any = None
    try:
        if request.method == "POST" and request.path.endswith(_IAM):
            key = decode_form(request.body).get("apikey", [""])[0]
        elif request.method == "POST" and request.path.endswith(_CLASSIC):
            body = decode_body(request.body)
            key = body.get("apiToken") if isinstance(body, dict) else None
    except NotDecodable:
        pass
    return [key] if isinstance(key, str) and key else []


def _tokens_of(entry: Entry) -> Iterator[str]:
    """The tokens that a request carries, and the one that it is given."""
    request, response = entry.exchange.request, entry.exchange.response
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    sent = rest.strip() if scheme.lower() == "bearer" else ""
    given: Any = None
    if request.path.endswith((_IAM, _CLASSIC)):
        try:
            body = decode_body(response.body)
        except NotDecodable:
            body = None
        if isinstance(body, dict):
            given = body.get("access_token" if request.path.endswith(_IAM) else "id")
    for token in (request.headers.get("x-access-token"), sent, given):
        if isinstance(token, str) and len(token) >= _LONG:
            yield token


def _holds(text: str, values: Iterable[str], secret: str) -> bool:
    return secret in text if len(secret) >= _LONG else secret in values


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _shown(request: Request, keys: Iterable[str], tokens: AbstractSet[str]) -> str:
    """Method, host and path, without any credential."""
    path = "/".join("***" if step in keys else step for step in unquote(request.path).split("/"))
    for key in keys:
        path = path.replace(key, "***") if len(key) >= _LONG else path
    path = _WORD.sub(lambda found: "***" if found[0] in tokens else found[0], path)
    return f"{request.method} {request.host}{path}"
