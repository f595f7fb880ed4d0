"""Faults of the connection: nothing comes of an answer, or not all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dryshot.faults.checks import BadFault, check_choice, check_number
from dryshot.faults.effect import LONGEST, Effect, When, ended
from dryshot.http import Ending, Response

__all__ = ["Drop", "LoseResponse", "Refuse", "Reset", "Timeout", "Truncate"]


@dataclass(frozen=True, slots=True)
class Timeout(Effect):
    """Silence, for ``seconds`` at most, until the client gives up: at connecting, or later."""

    kind = "timeout"
    _free = True
    phase: Literal["connect", "read"] = "read"
    seconds: float = 300.0
    when: When = field(default="before", kw_only=True)

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_choice("phase", self.phase, ("connect", "read"))
        check_number("seconds", self.seconds, 0, LONGEST)
        if self.phase == "connect" and self.when == "after":
            raise BadFault("when", "is 'after'; nothing is processed without a connection")

    @property
    def detail(self) -> str:
        """What the journal adds to the kind."""
        return f" {self.phase}"

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        ending: Ending = "silent" if self.phase == "read" else "unreachable"
        return ended(own, ending, hold=self.seconds)


@dataclass(frozen=True, slots=True)
class Refuse(Effect):
    """Nobody listens."""

    kind = "refuse"
    when: When = field(default="before", kw_only=True)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return ended(own, "refused")


@dataclass(frozen=True, slots=True)
class Reset(Effect):
    """The connection is reset before a byte of the answer."""

    kind = "reset"
    _free = True
    when: When = field(default="before", kw_only=True)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return ended(own, "reset")


@dataclass(frozen=True, slots=True)
class Drop(Effect):
    """The connection is closed before a byte of the answer."""

    kind = "drop"
    _free = True
    when: When = field(default="before", kw_only=True)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return ended(own, "dropped")


@dataclass(frozen=True, slots=True)
class LoseResponse(Effect):
    """What was asked is done, and nobody is told."""

    kind = "lose_response"
    how: Literal["drop", "reset", "timeout"] = "drop"
    seconds: float = 300.0

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_choice("how", self.how, ("drop", "reset", "timeout"))
        check_number("seconds", self.seconds, 0, LONGEST)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        endings: dict[str, Ending] = {"drop": "dropped", "reset": "reset", "timeout": "silent"}
        return ended(own, endings[self.how], hold=self.seconds)


@dataclass(frozen=True, slots=True)
class Truncate(Effect):
    """Of the body only a ``share`` comes, then the connection is closed."""

    kind = "truncate"
    share: float = 0.5

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_number("share", self.share, 0, 1)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        if not own.body:
            return ended(own, "dropped")
        # All of it would be no truncation.
        length = min(int(len(own.body) * self.share), len(own.body) - 1)
        return ended(own, "cut", length=length)
