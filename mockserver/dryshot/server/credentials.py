"""Keys and tokens in a request: found, and replaced by others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from dryshot.contract.wire import NotDecodable, decode_body, decode_form
from dryshot.http import Request, Response

__all__ = [
    "Bearer",
    "bearers",
    "key_of",
    "looks_like_a_key",
    "token_of",
    "with_bearers",
    "with_key",
]

_IAM = "/identity/token"
_CLASSIC = "/api/users/loginWithToken"
_TOKEN_AT = {_IAM: "access_token", _CLASSIC: "id"}
_LONGEST_KEY = 4096
_API_TOKEN_DIGITS = 128
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


class Bearer(NamedTuple):
    """A token, or a key in its place, and the header that has it."""

    header: str
    prefix: str
    value: str


def key_of(request: Request) -> str | None:
    """The API key of a request to log in; None for any other request, and where there is no key."""
    if request.method != "POST":
        return None
    key: Any = None
    try:
        if request.path == _IAM:
            key = decode_form(request.body).get("apikey", [""])[0]
        elif request.path == _CLASSIC:
            body = decode_body(request.body)
            key = body.get("apiToken") if isinstance(body, dict) else None
    except NotDecodable:
        return None
    if isinstance(key, str) and key.strip() and len(key) <= _LONGEST_KEY:
        return key
    return None


def with_key(request: Request, key: str) -> Request:
    """The same request to log in, with this key instead of its own."""
    if request.path == _IAM:
        fields = decode_form(request.body)
        fields["apikey"] = [key]
        body = "&".join(
            f"{quote_plus(name)}={quote_plus(value)}"
            for name, values in fields.items()
            for value in values
        ).encode()
    else:
        body = json.dumps({**decode_body(request.body), "apiToken": key}).encode()
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return replace(request, headers=headers, body=body)


def token_of(request: Request, response: Response) -> str | None:
    """The token that a request to log in was given."""
    name = _TOKEN_AT.get(request.path)
    if name is None or request.method != "POST" or response.status != 200:  # noqa: PLR2004 - OK
        return None
    token = json.loads(response.body).get(name)
    return token if isinstance(token, str) else None


def bearers(request: Request) -> list[Bearer]:
    """Every token that a request carries; the one first that counts where there are two."""
    found = []
    token = request.headers.get("x-access-token")
    if token:
        found.append(Bearer("x-access-token", "", token))
    authorization = request.headers.get("authorization")
    if authorization:
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() in {"bearer", "apikey"} and rest.strip():
            found.append(Bearer("authorization", f"{scheme} ", rest.strip()))
    return found


def with_bearers(request: Request, others: Mapping[str, str]) -> Request:
    """The same request with others of its tokens."""
    changed = {
        one.header: one.prefix + others[one.value]
        for one in bearers(request)
        if one.value in others
    }
    return replace(request, headers={**request.headers, **changed})


def looks_like_a_key(credential: str) -> bool:
    """Whether the classic service would take it for an API token that never logged in."""
    return len(credential) == _API_TOKEN_DIGITS and set(credential) <= _HEXADECIMAL
