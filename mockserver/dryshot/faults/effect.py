"""What all kinds of faults have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, Self

from dryshot.faults.checks import BadFault, check_choice
from dryshot.http import Delivery, Ending, Response

__all__ = ["LONGEST", "Effect", "When", "ended"]

When = Literal["before", "after"]
"""Whether the service does what it was asked before the call fails."""

LONGEST = 86_400.0
"""Seconds that anything may last."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind; ``when`` says whether the request is processed before, or never."""

    kind: ClassVar[str]
    when: When = field(default="after", kw_only=True)
    """Of most kinds this follows from what they are."""

    _free: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_choice("when", self.when, ("before", "after"))
        self.check()

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""

    @property
    def name(self) -> str:
        """Kind, and what distinguishes it, in few words."""
        after = " after" if self._free and self.when == "after" else ""
        return f"{self.kind}{self.detail}{after}"

    @property
    def detail(self) -> str:
        """What distinguishes it from others of its kind, after a blank; or nothing."""
        return ""

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``: of ``Response(0)`` if there was no processing."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """What differs from the default."""
        found: dict[str, Any] = {"kind": self.kind}
        for one in fields(self):
            value = getattr(self, one.name)
            if value != one.default:
                found[one.name] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def names(cls) -> list[str]:
        """The fields that may be given."""
        return [one.name for one in fields(cls) if one.name != "when" or cls._free]

    @classmethod
    def needed(cls) -> list[str]:
        """The fields that have to be given."""
        return [one.name for one in fields(cls) if one.default is MISSING]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """From its fields."""
        names = cls.names()
        for key in given:
            if key not in names:
                raise BadFault(key, f"is none of the fields of {cls.kind!r}: {', '.join(names)}")
        for name in cls.needed():
            if name not in given:
                raise BadFault(name, f"is missing; {cls.kind!r} needs it")
        return cls(**given)


def ended(own: Response, ending: Ending, **more: Any) -> Response:
    """The same answer, which ends so."""
    return replace(own, delivery=Delivery(ending, **more))
