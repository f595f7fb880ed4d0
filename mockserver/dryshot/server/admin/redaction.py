"""What must not be shown: credentials, known by where they stand, how they look, what they are."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from dryshot.contract.wire import NotDecodable, decode_json
from dryshot.http import Request
from dryshot.journal import Exchange

__all__ = ["HIDDEN", "LOGINS", "SHORTEST", "Secrets", "is_secret_field", "is_secret_header"]

HIDDEN = "[hidden]"
"""What stands in the place of a secret."""

SHORTEST = 8
"""A secret with fewer characters is hidden where secrets stand, and not looked for elsewhere."""

LOGINS = frozenset({"create_token", "login_with_token"})
"""The operations that are given a secret and give one."""

_MOST = 20_000
_HEADER = re.compile(r"authorization|token|api[-_]?key|cookie|secret|password")
_FIELDS = frozenset(
    {"apikey", "apitoken", "accesstoken", "refreshtoken", "delegatedrefreshtoken", "idtoken"}
    | {"token", "password", "passcode", "secret", "clientsecret", "authorization", "xaccesstoken"}
)
_HINT = re.compile(rb"key|token|secret|passw|passcode|authoriz|\\u", re.IGNORECASE)
_NAMED = re.compile(
    r"((?:api[-_]?key|api[-_]?token|access[-_]?token|refresh[-_]?token|password|secret)"
    r"\\?[\"']?\s*[:=]\s*\\?[\"']?)(?!\[hidden\])[^\s\"'&,;}\\]+",
    re.IGNORECASE,
)
"""A field for secrets in text that is neither JSON nor a form."""

_LOOKS = re.compile(
    r"eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"  # a JWT
    r"|(?<![\w+/=-])(?:[A-Za-z0-9]{64}|[0-9A-Fa-f]{128})(?![\w+/=-])"  # of the classic service
    r"|(?i:\b(?:bearer|apikey)\s+)[^\s\"',;\\]+"
)


def is_secret_header(name: str) -> bool:
    """Whether the value of a header is a credential."""
    return _HEADER.search(name.lower()) is not None


def is_secret_field(name: str) -> bool:
    """Whether a field of this name, in a body or a query, holds a credential."""
    return re.sub(r"[^a-z]", "", name.lower()) in _FIELDS


class Secrets:
    """The secrets of one tenant: those that its exchanges showed, and those it is told of.

    The last twenty thousand are remembered. Any thread may use it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[tuple[str, str], ...]] = OrderedDict()

    def add(self, *values: str) -> None:
        """Never show these."""
        for value in values:
            if len(value) >= SHORTEST and value not in self._known:
                ways = tuple((way, _escaped(way)) for way in _written(value))
                with self._lock:
                    self._known[value] = ways
                    if len(self._known) > _MOST:
                        self._known.popitem(last=False)

    def learn(self, exchange: Exchange) -> None:
        """Know from now on what an exchange shows to be secret."""
        request, response = exchange.request, exchange.response
        for headers in (request.headers, response.headers):
            for name, value in headers.items():
                if is_secret_header(name):
                    self.add(value, value.strip(), value.strip().partition(" ")[2].strip())
        self.add(*(value for name, value in _pairs(request.query) if is_secret_field(name)))
        for body in (request.body, response.body):
            if _HINT.search(body):
                self.add(*_stated(body))
        if exchange.operation in LOGINS and isinstance(given := _json(response.body), Mapping):
            self.add(str(given.get("id", "")))

    def clean(self, text: str) -> str:
        """The text without any secret, in whichever of the usual ways it may be written there."""
        return _clean(text, self._in(_escaped(text)))

    def clean_value(self, value: Any) -> Any:
        """The same for decoded JSON: whatever is in a field for secrets goes, and any other."""
        return _clean_value(value, self._in(json.dumps(value, ensure_ascii=False)))

    def clean_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers whose credentials are hidden."""
        return {
            self.clean(name): HIDDEN if is_secret_header(name) else self.clean(value)
            for name, value in headers.items()
        }

    def clean_target(self, request: Request) -> str:
        """Path and query, decoded to be read."""
        path = self.clean(unquote(request.path, errors="replace"))
        query = "&".join(
            f"{self.clean(name)}={HIDDEN if is_secret_field(name) else self.clean(value)}"
            for name, value in _pairs(request.query)
        )
        # once more as a whole: a secret that was pasted into a URL may have a "?" in it
        return self.clean(f"{path}?{query}") if query else path

    def _in(self, flat: str) -> list[str]:
        """The ways to write a secret that are in a text, which is escaped as JSON escapes.

        The longest come first: a secret may begin with another one.
        """
        with self._lock:
            known = list(self._known.values())
        found = {way for ways in known for way, escaped in ways if escaped in flat}
        return sorted(found, key=len, reverse=True)


def _clean(text: str, ways: Iterable[str]) -> str:
    for way in ways:
        text = text.replace(way, HIDDEN)
    return _NAMED.sub(rf"\1{HIDDEN}", _LOOKS.sub(HIDDEN, text))


def _clean_value(value: Any, ways: list[str]) -> Any:
    if isinstance(value, str):
        return _clean(value, ways)
    if isinstance(value, Mapping):
        return {
            _clean(name, ways): HIDDEN
            if is_secret_field(name) and not isinstance(one, bool | None)
            else _clean_value(one, ways)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_clean_value(one, ways) for one in value]
    return value


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def _json(body: bytes) -> Any:
    try:
        return decode_json(body)
    except NotDecodable:
        return None


def _stated(body: bytes) -> Iterator[str]:
    """The values of the fields for secrets, in a body that is JSON or a form."""
    value = _json(body)
    if value is None:
        for name, text in _pairs(body.decode("utf-8", "replace")):
            if is_secret_field(name):
                yield text
        return
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, Mapping):
            for name, inner in one.items():
                if is_secret_field(name) and isinstance(inner, str | int | float):
                    yield str(inner)
                else:
                    todo.append(inner)
        elif isinstance(one, list):
            todo.extend(one)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _written(secret: str) -> set[str]:
    text = secret.encode(errors="replace")
    return {
        secret,
        _escaped(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        quote(text),
        quote(text, safe=""),
        quote_plus(text),
    }
