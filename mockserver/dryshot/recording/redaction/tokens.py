"""JWTs: one that still decodes, with its times and its structure, in the place of another."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from dryshot.recording.redaction.names import kind_of_field
from dryshot.recording.redaction.pseudonyms import Pseudonyms, is_pseudonym

__all__ = ["JWT", "is_jwt", "is_pseudonymous_jwt", "pseudonymous_jwt"]

JWT = re.compile(r"(?<![\w%\\+-])eyJ[\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*)?(?![\w-])")

_MARK = "redacted-by-dryshot"
_MARKED = re.compile(rf"{_MARK}-[0-9]+")
_PUBLIC = frozenset(
    {"alg", "typ", "cty", "kid", "iss", "aud", "scope", "grant_type", "realmid", "sub_type"}
    | {"client_id", "token_type"}
)
_USER = re.compile(r"(?:IBMid|iam-ServiceId|iam-Profile)-.+")
_SUBJECTS = ("sub", "identifier")


def is_jwt(text: str) -> bool:
    """Whether what looks like one is one: its first part is an object."""
    return isinstance(_decode_json(text.partition(".")[0]), dict)


def is_pseudonymous_jwt(text: str) -> bool:
    """Whether it was made here: its signature says so. Its claims have to be looked at too."""
    return _MARKED.fullmatch(_decode(text.rpartition(".")[2]) or "") is not None


def pseudonymous_jwt(text: str, pseudonyms: Pseudonyms) -> str:
    """The same token for nobody: numbers and truths stay, and what is the same for everybody."""
    if text in pseudonyms:
        return pseudonyms[text]
    header, claims = (_decode_json(part) for part in text.split(".")[:2])
    given = claims if isinstance(claims, dict) else {}
    number = pseudonyms.number("jwt")
    parts = [_encode(_for_nobody(part, pseudonyms)) for part in (header, given)]
    made = ".".join([*parts, _encode_bytes(f"{_MARK}-{number:06d}".encode())])
    pseudonyms.note("jwt", text, made)
    return made


def _for_nobody(claims: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Claims in their order; those that name a user agree with each other, as they did."""
    users = (one for one in claims.values() if isinstance(one, str) and _USER.fullmatch(one))
    for user in users:
        bare, made = user.partition("-")[2], pseudonyms.of("user id", user)
        if user.startswith("IBMid-") and bare not in pseudonyms and bare in claims.values():
            pseudonyms.note("user id", bare, made.partition("-")[2])
            pseudonyms.counts["user id"] -= 1
    return {name: _claim(name, one, pseudonyms) for name, one in claims.items()}


def _claim(name: str, value: Any, pseudonyms: Pseudonyms) -> Any:
    if isinstance(value, dict):
        return _for_nobody(value, pseudonyms)
    if isinstance(value, list):
        return [_claim(name, one, pseudonyms) for one in value]
    if not isinstance(value, str) or name in _PUBLIC or not value or is_pseudonym(value):
        return value
    if "@" in value:
        return pseudonyms.of("email", value)
    kind = "user id" if name in _SUBJECTS or _USER.fullmatch(value) else kind_of_field(name)
    return pseudonyms.of(kind or "claim", value)


def _decode(part: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _decode_json(part: str) -> Any:
    try:
        return json.loads(_decode(part) or "")
    except ValueError:
        return None


def _encode(value: Mapping[str, Any]) -> str:
    return _encode_bytes(json.dumps(value, separators=(",", ":")).encode())


def _encode_bytes(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
