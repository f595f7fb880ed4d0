"""What an operation is: where it goes, and whether asking twice does more than asking once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["Operation", "read_only"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an OpenAPI document, in the table of its dialect under its ``operationId``.

    ``service`` names the base URL its path is under. ``repeatable`` says that asking twice does no
    more than asking once, so that a call whose answer was lost may be made again. A ``public``
    operation is called without a token.
    """

    method: str
    template: str
    service: str = "runtime"
    repeatable: bool = False
    public: bool = False

    def path(self, ids: Mapping[str, str]) -> str:
        """The path with ``ids`` in it, percent-encoded.

        An id that could not stand as one segment of a path is a ``ValueError``.
        """
        return re.sub(r"\{(\w+)\}", lambda found: _segment(found[1], ids[found[1]]), self.template)


def read_only(template: str, *, public: bool = False) -> Operation:
    """A GET under the runtime's base URL."""
    return Operation("GET", template, repeatable=True, public=public)


def _segment(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is {type(value).__name__}, not text")
    if value in {"", ".", ".."}:
        raise ValueError(f"{name} {value!r} names nothing")
    return quote(value, safe="")
