"""The name of an instance: a CRN, in ten fields with colons between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

__all__ = ["Crn", "is_crn"]

_FIELDS = 10
_ACCOUNT = "a/"


@dataclass(frozen=True, slots=True)
class Crn:
    """``crn:v1:{cname}:{ctype}:{service}:{region}:a/{account}:{instance}::``.

    ``cname`` is the cloud, ``bluemix`` or ``staging``; ``instance`` is a UUID. ``str()`` gives back
    the text it was parsed from.
    """

    cname: str
    ctype: str
    service: str
    region: str
    account: str
    instance: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a CRN; anything else is a ``ValueError`` that names what is wrong."""
        wrong = _find_fault(text)
        if wrong is not None:
            raise ValueError(f"instance {text!r} is not a CRN: {wrong}")
        _, _, cname, ctype, service, region, scope, instance, _, _ = text.split(":")
        return cls(cname, ctype, service, region, scope.removeprefix(_ACCOUNT), instance)

    def __str__(self) -> str:
        parts = (self.cname, self.ctype, self.service, self.region)
        return f"crn:v1:{':'.join(parts)}:{_ACCOUNT}{self.account}:{self.instance}::"


def is_crn(text: str) -> bool:
    """Whether ``text`` means to be a CRN, and not the name that somebody gave an instance."""
    return text.strip().startswith("crn:")


def _find_fault(text: str) -> str | None:
    if not re.fullmatch(r"[!-~]*", text):
        return "it has blanks or characters beyond ASCII"
    fields = text.split(":")
    if len(fields) != _FIELDS:
        return f"it has {len(fields)} fields, not {_FIELDS}"
    if fields[:2] != ["crn", "v1"]:
        return "it does not begin with crn:v1"
    _, _, cname, ctype, service, region, scope, instance, *rest = fields
    named = {"cloud": cname, "type": ctype, "service": service, "instance": instance}
    for name, field in named.items():
        if not field:
            return f"its {name} is empty"
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", region):
        return f"{region!r} is not a region"  # it becomes part of a host's name
    if not scope.startswith(_ACCOUNT) or scope == _ACCOUNT:
        return f"{scope!r} is not an account, such as a/0123"
    if any(rest):
        return "it names something within an instance"
    return None
