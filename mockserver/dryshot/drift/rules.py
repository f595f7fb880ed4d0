"""What a change means: whose values it lets through or keeps out, and who sends them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from dryshot.drift.findings import Verdict

__all__ = ["HEADER", "PARAMETER", "REQUEST", "RESPONSE", "Change", "Effect", "Side", "changed"]


class Effect(Enum):
    """What a change does to the set of values that are allowed."""

    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Side:
    """Something that is sent: ``name`` begins the names of its rules, ``sent`` says by the client.

    A client may send less than is allowed, and must be able to read all of it: what it sends must
    not be allowed less than before, what it reads not more.
    """

    name: str
    sent: bool

    def verdict(self, effect: Effect) -> Verdict:
        """What a change in what is allowed means for the client."""
        if effect is Effect.NONE:
            return Verdict.INFORMATIONAL
        harmless = Effect.WIDER if self.sent else Effect.NARROWER
        return Verdict.NON_BREAKING if effect is harmless else Verdict.BREAKING


REQUEST = Side("request", sent=True)
PARAMETER = Side("parameter", sent=True)
RESPONSE = Side("response", sent=False)
HEADER = Side("response-header", sent=False)


class Change(NamedTuple):
    """One difference inside a schema; ``path`` goes on from where the schema is used."""

    rule: str
    verdict: Verdict
    path: str
    text: str
    source: str


def changed(
    side: Side, what: str, effect: Effect, text: str, source: str, path: str = ""
) -> Change:
    """A change of the rule ``{side}-{what}``, judged by what it lets through."""
    return Change(f"{side.name}-{what}", side.verdict(effect), path, text, source)
