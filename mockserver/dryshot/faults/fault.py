"""A fault: what is to happen, to which calls, and how often yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from dryshot.faults.answers import Fail
from dryshot.faults.checks import BadFault, check_choice, check_count, check_number
from dryshot.faults.effect import Effect
from dryshot.faults.effects import EFFECTS
from dryshot.faults.matching import Rule, Where
from dryshot.http import Request

__all__ = ["Fault"]

_STATE = ("seen", "hits", "left", "until")


def _nothing(_: Fault) -> None:
    """It is in no list."""


@dataclass(slots=True, eq=False)
class Fault:
    """Strikes ``left`` more calls, for ever if None; a context at whose end it is removed.

    ``seen`` counts the calls that match, ``hits`` those that were struck. ``until`` (POSIX seconds
    of the mock's clock) is when a refusal that is enforced has passed. ``number`` tells it from
    the others of its list, where they are counted from 1.
    """

    effect: Effect
    rule: Rule = field(default_factory=Rule)
    times: int | None = 1
    left: int | None = field(init=False)
    seen: int = field(default=0, init=False)
    hits: int = field(default=0, init=False)
    until: float | None = field(default=None, init=False)
    number: int = field(default=0, init=False)
    discard: Callable[[Fault], None] = field(default=_nothing, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.times is not None:
            check_count("times", self.times)
        self.left = self.times

    @classmethod
    def of(cls, effect: Effect, where: Where) -> Self:
        """A fault for the calls that ``where`` says."""
        rule = Rule.of(where)
        times = where.get("times", 1)
        return cls(effect, rule, len(rule.nth) if times == 1 and rule.nth else times)

    @property
    def kind(self) -> str:
        """What it is, in a word: a key of :data:`~dryshot.faults.EFFECTS`."""
        return self.effect.kind

    @property
    def name(self) -> str:
        """What the journal calls it."""
        return self.effect.name

    @property
    def operation(self) -> str | None:
        """The operation that it is for, None for any."""
        return self.rule.operation

    @property
    def status(self) -> int | None:
        """What it answers with, if it is an answer."""
        found: int | None = getattr(self.effect, "status", None)
        return found

    @property
    def retry_after(self) -> float | None:
        """What its answer says of that, in seconds."""
        return self.effect.retry_after if isinstance(self.effect, Fail) else None

    def strikes(self, request: Request, document: str, operation: str, now: float) -> bool:
        """Whether this call is struck; it is counted then."""
        if not self.rule.matches(request, document, operation):
            return False
        if self.until is not None and now < self.until:
            self.hits += 1
            return True
        if self.left == 0:
            return False
        self.seen += 1
        if not self.rule.chooses(self.seen):
            return False
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        if isinstance(self.effect, Fail) and self.effect.enforced:
            self.until = now + (self.effect.retry_after or 0.0)
        return True

    def over(self, now: float) -> bool:
        """Whether it will never strike again."""
        return self.left == 0 and (self.until is None or now >= self.until)

    def remaining(self, now: float) -> float | None:
        """The seconds that a caller is told to wait; whole ones if they are enforced."""
        return self.retry_after if self.until is None else float(math.ceil(self.until - now))

    def remove(self) -> None:
        """Let it strike no more."""
        self.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def to_json(self) -> dict[str, Any]:
        """Everything, in a flat object; ``BadFault`` if a function is part of it."""
        found = self.effect.to_json() | self.rule.to_json()
        if self.times != (len(self.rule.nth) or 1):
            found["times"] = self.times
        state = {name: getattr(self, name) for name in _STATE}
        if self.seen or self.hits:
            found["state"] = state
        return found

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """A fault as :meth:`to_json` has it; ``BadFault`` names what is wrong."""
        if not isinstance(value, Mapping):
            raise BadFault("fault", f"is {value!r}; it is an object")
        given = dict(value)
        kind, state = given.pop("kind", None), given.pop("state", {})
        check_choice("kind", kind, EFFECTS)
        where: Any = {key: given.pop(key) for key in Where.__annotations__ if key in given}
        fault = cls.of(EFFECTS[kind].of(given), where)
        fault.restore(state)
        return fault

    def restore(self, state: object) -> None:
        """Have come as far as ``state`` says."""
        if not isinstance(state, Mapping):
            raise BadFault("state", f"is {state!r}; it is an object")
        for name, value in state.items():
            if name not in _STATE:
                raise BadFault(f"state.{name}", f"is not known; there are {', '.join(_STATE)}")
            if name == "until" and value is not None:
                check_number("state.until", value)
            elif name != "until" and not (name == "left" and value is None):
                check_count(f"state.{name}", value, 0)
            setattr(self, name, value)
