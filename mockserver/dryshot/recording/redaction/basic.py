"""Basic authentication: a name and a password, which base64 does not hide."""

from __future__ import annotations

import base64
import binascii

from dryshot.recording.redaction.pseudonyms import Pseudonyms, is_pseudonym

__all__ = ["is_secret_basic", "pseudonymous_basic", "read_basic"]

_PUBLIC = frozenset({"", "bx", "apikey", "iamapikey", "token", "default"})
"""Names and passwords that everybody uses, IBM's own clients among them."""


def read_basic(code: str) -> tuple[str, str] | None:
    """The name and the password; None if it is something else."""
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=None, validate=True)
        name, colon, password = raw.decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, password) if colon and name.isprintable() else None


def is_secret_basic(code: str) -> bool:
    """Whether it is one of somebody, and no pseudonym."""
    return not all(map(_is_public, read_basic(code) or ()))


def pseudonymous_basic(code: str, pseudonyms: Pseudonyms) -> str:
    """The same for nobody."""
    if not is_secret_basic(code):
        return code
    name, password = read_basic(code) or ("", "")
    if not _is_public(name):
        name = pseudonyms.of("email" if "@" in name else "user id", name)
    if not _is_public(password):
        password = pseudonyms.of("api key", password)
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def _is_public(text: str) -> bool:
    return text in _PUBLIC or is_pseudonym(text)
