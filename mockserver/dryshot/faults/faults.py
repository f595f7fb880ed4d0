"""The faults that are set, in order, and the ways to set one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Unpack

from dryshot.faults.answers import Duplicate, Fail, Garble, Mistype, Page
from dryshot.faults.breaks import Drop, LoseResponse, Refuse, Reset, Timeout, Truncate
from dryshot.faults.checks import BadFault
from dryshot.faults.effect import Effect, When
from dryshot.faults.fault import Fault
from dryshot.faults.lateness import Delay, Slow
from dryshot.faults.matching import Where
from dryshot.http import Request

__all__ = ["Faults", "Strike"]


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens to one call: at most one ``effect``, and a ``delay`` in seconds.

    ``name`` is for the journal, ``retry_after`` what a refusal says, in seconds.
    """

    name: str
    effect: Effect | None
    delay: float
    retry_after: float | None


class Faults:
    """The faults that are yet to come; of those that match a call the first one strikes.

    All take which calls they are for, as :class:`~dryshot.faults.Where` has it. Delays add up with
    each other and with what else strikes. Any thread may set and remove; calls are struck under the
    clock's lock. Where they are ``kept``, in a state file, one that has no JSON form is refused.
    """

    def __init__(self) -> None:
        self.pending: tuple[Fault, ...] = ()
        self.kept = False
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.pending)

    def __iter__(self) -> Iterator[Fault]:
        """Those that are yet to come, as they are now."""
        return iter(self.pending)

    def __repr__(self) -> str:
        return f"<Faults: {len(self)}>"

    def add(self, fault: Fault | Mapping[str, Any] | str, **more: Any) -> Fault:
        """Set one: a fault, its JSON form, or a kind and the rest of its JSON form by keyword."""
        if isinstance(fault, str):
            fault = Fault.from_json({"kind": fault, **more})
        elif more:
            raise BadFault(next(iter(more)), "is given besides a whole fault")
        elif not isinstance(fault, Fault):
            fault = Fault.from_json(fault)
        if self.kept:
            fault.to_json()
        fault.discard = self._discard
        with self._lock:
            self._number(fault)
            self.pending = (*self.pending, fault)
        return fault

    def fail(
        self,
        status: int,
        *,
        retry_after: float | None = None,
        enforced: bool = False,
        when: When = "before",
        **where: Unpack[Where],
    ) -> Fault:
        """Answer with the API's own error of that status, 400 to 599.

        ``retry_after`` (seconds) is told; if it is ``enforced``, every matching call before it has
        passed on the mock's clock fails too, and is told what remains.
        """
        effect = Fail(status, retry_after, enforced, when=when)
        return self._set(effect, where)

    def page(
        self,
        status: int = 520,
        *,
        html: str | None = None,
        content_type: str = "text/html; charset=UTF-8",
        when: When = "before",
        **where: Unpack[Where],
    ) -> Fault:
        """Answer with an HTML page of the network before the API, such as 403 or 520."""
        return self._set(Page(status, html, content_type, when=when), where)

    def timeout(
        self,
        phase: Literal["connect", "read"] = "read",
        *,
        seconds: float = 300.0,
        when: When = "before",
        **where: Unpack[Where],
    ) -> Fault:
        """Say nothing until the client gives up, and close the connection after ``seconds``."""
        return self._set(Timeout(phase, seconds, when=when), where)

    def refuse(self, **where: Unpack[Where]) -> Fault:
        """Let nobody listen."""
        return self._set(Refuse(), where)

    def reset(self, *, when: When = "before", **where: Unpack[Where]) -> Fault:
        """Reset the connection in the place of an answer."""
        return self._set(Reset(when=when), where)

    def drop(self, *, when: When = "before", **where: Unpack[Where]) -> Fault:
        """Close the connection in the place of an answer."""
        return self._set(Drop(when=when), where)

    def lose_response(
        self,
        how: Literal["drop", "reset", "timeout"] = "drop",
        *,
        seconds: float = 300.0,
        **where: Unpack[Where],
    ) -> Fault:
        """Do what is asked, and let nobody know: the same as those three ``when="after"``."""
        return self._set(LoseResponse(how, seconds), where)

    def truncate(self, *, share: float = 0.5, **where: Unpack[Where]) -> Fault:
        """Send the first ``share`` of the body, and close the connection."""
        return self._set(Truncate(share), where)

    def garble(self, **where: Unpack[Where]) -> Fault:
        """Send a body that is no JSON."""
        return self._set(Garble(), where)

    def mistype(self, content_type: str = "text/plain", **where: Unpack[Where]) -> Fault:
        """Say that the body is of another type."""
        return self._set(Mistype(content_type), where)

    def slow(self, seconds: float, *, pieces: int = 10, **where: Unpack[Where]) -> Fault:
        """Take ``seconds`` for the body, in as many pieces."""
        return self._set(Slow(seconds, pieces), where)

    def duplicate(
        self, given: Literal["first", "second"] = "second", **where: Unpack[Where]
    ) -> Fault:
        """Deliver the request twice; the ``given`` one of both answers comes back."""
        return self._set(Duplicate(given), where)

    def delay(
        self,
        seconds: float | None = None,
        *,
        uniform: tuple[float, float] | None = None,
        lognormal: tuple[float, float] | None = None,
        **where: Unpack[Where],
    ) -> Fault:
        """Let the answer be late: by ``seconds``, from least to most, or by median and sigma."""
        return self._set(Delay(seconds, uniform, lognormal), where)

    def clear(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            self.pending = ()

    def to_json(self) -> list[dict[str, Any]]:
        """All of them, with how far they have come."""
        return [fault.to_json() for fault in self.pending]

    def restore(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """Let just these be set; nothing changes if one of them is wrong."""
        made = [Fault.from_json(one) for one in faults]
        for fault in made:
            fault.discard = self._discard
        with self._lock:
            for fault in made:
                self._number(fault)
            self.pending = tuple(made)

    def strike(self, request: Request, document: str, operation: str, now: float) -> Strike | None:
        """What happens to a call at ``now`` (POSIX seconds), if anything; that is counted."""
        effect: Effect | None = None
        names: list[str] = []
        delay, retry_after = 0.0, None
        for fault in self.pending:
            lateness = isinstance(fault.effect, Delay)
            if (effect is None or lateness) and fault.strikes(request, document, operation, now):
                names.append(fault.name)
                if isinstance(fault.effect, Delay):
                    delay += fault.effect.draw(fault.rule.draw(-fault.hits))
                else:
                    effect, retry_after = fault.effect, fault.remaining(now)
            if fault.over(now):
                self._discard(fault)
        return Strike(" + ".join(names), effect, delay, retry_after) if names else None

    def _set(self, effect: Effect, where: Where) -> Fault:
        return self.add(Fault.of(effect, where))

    def _number(self, fault: Fault) -> None:
        self._count += 1
        fault.number = self._count

    def _discard(self, fault: Fault) -> None:
        with self._lock:
            self.pending = tuple(one for one in self.pending if one is not fault)
