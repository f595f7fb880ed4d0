"""Faults of time: all of it comes, and late."""

from __future__ import annotations

import random
from dataclasses import dataclass

from dryshot.faults.checks import BadFault, check_count, check_number
from dryshot.faults.effect import LONGEST, Effect, ended
from dryshot.http import Response

__all__ = ["Delay", "Slow"]


@dataclass(frozen=True, slots=True)
class Slow(Effect):
    """The body takes ``seconds``, in as many ``pieces`` with a pause before each but the first."""

    kind = "slow"
    seconds: float
    pieces: int = 10

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_number("seconds", self.seconds, 0, LONGEST)
        check_count("pieces", self.pieces, 2, 10_000)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        pause = self.seconds / (self.pieces - 1)
        return ended(own, "whole", pieces=self.pieces, pause=pause)


@dataclass(frozen=True, slots=True)
class Delay(Effect):
    """The answer is late: by ``seconds``, or as a distribution has it.

    ``uniform`` is the least and the most, ``lognormal`` the median (seconds) and sigma.
    """

    kind = "delay"
    seconds: float | None = None
    uniform: tuple[float, float] | None = None
    lognormal: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("uniform", "lognormal"):
            pair = getattr(self, name)
            if pair is not None:
                if not isinstance(pair, list | tuple) or len(pair) != 2:  # noqa: PLR2004 - a pair
                    raise BadFault(name, f"is {pair!r}; it is two numbers")
                object.__setattr__(self, name, tuple(pair))
        Effect.__post_init__(self)

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        given = [
            one for one in ("seconds", "uniform", "lognormal") if getattr(self, one) is not None
        ]
        if len(given) != 1:
            raise BadFault("seconds", "or uniform or lognormal is to be given, and one only")
        if self.seconds is not None:
            check_number("seconds", self.seconds, 0, LONGEST)
        if self.uniform is not None:
            check_number("uniform", self.uniform[0], 0, LONGEST)
            check_number("uniform", self.uniform[1], self.uniform[0], LONGEST)
        if self.lognormal is not None:
            check_number("lognormal", self.lognormal[0], 1e-9, LONGEST)
            check_number("lognormal", self.lognormal[1], 0, 10)

    def draw(self, chance: random.Random) -> float:
        """How late, in seconds."""
        if self.uniform is not None:
            return chance.uniform(*self.uniform)
        if self.lognormal is not None:
            median, sigma = self.lognormal
            return min(LONGEST, median * chance.lognormvariate(0, sigma))
        return self.seconds or 0.0

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return own
