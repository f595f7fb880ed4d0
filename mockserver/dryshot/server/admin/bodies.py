"""Bodies as they are shown: decoded, without secrets, and cut where they are long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot.contract.wire import FORM, NotDecodable, decode_form, decode_json, media_type
from dryshot.server.admin.redaction import HIDDEN, Secrets, is_secret_field

__all__ = ["LONGEST", "show_body"]

LONGEST = 256 * 1024
"""Bytes of a body beyond which only its beginning is shown, as text."""


def show_body(
    secrets: Secrets, body: bytes, kind: str, *, whole_size: int | None, login: bool
) -> dict[str, Any]:
    """``kind`` is the content type; ``whole_size`` the true size of a body that was cut before.

    A body that could not be read as what it says it is may hold a secret in a way that nobody
    knows; of a log-in, such a body is not shown at all.
    """
    size = len(body) if whole_size is None else whole_size
    if not body:
        return {"kind": "empty", "size": size, "cut": False}
    if whole_size is None and len(body) <= LONGEST:
        try:
            if media_type(kind) == FORM:
                return _whole("form", size, _form(secrets, body))
            return _whole("json", size, secrets.clean_value(decode_json(body)))
        except (NotDecodable, RecursionError):
            if login:
                return {"kind": "hidden", "size": size, "cut": False}
            form = _as_form(secrets, body)
            if form is not None:
                return _whole("form", size, form)
    elif login:
        return {"kind": "hidden", "size": size, "cut": True}
    cut = whole_size is not None or len(body) > LONGEST
    text = secrets.clean(body.decode("utf-8", "replace"))[:LONGEST]
    return {"kind": "text", "size": size, "cut": cut, "value": text}


def _whole(kind: str, size: int, value: Any) -> dict[str, Any]:
    return {"kind": kind, "size": size, "cut": False, "value": value}


def _form(secrets: Secrets, body: bytes) -> dict[str, Any]:
    fields: Mapping[str, list[str]] = decode_form(body)
    return {
        secrets.clean(name): HIDDEN if is_secret_field(name) else secrets.clean(", ".join(values))
        for name, values in fields.items()
    }


def _as_form(secrets: Secrets, body: bytes) -> dict[str, Any] | None:
    """A body that is a form with a field for secrets, whatever it says it is."""
    try:
        fields = decode_form(body)
    except NotDecodable:
        return None
    return _form(secrets, body) if any(map(is_secret_field, fields)) else None
