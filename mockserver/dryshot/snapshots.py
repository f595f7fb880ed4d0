"""The content of a world at one instant, which can be put back as often as wanted.

Everything that changes stays the same object: a snapshot notes what was in each, and putting it
back writes that into them again. So whoever holds one of them (an event of the clock, a test that
kept a job) still holds the right one, and nothing is shared between what was noted and what lives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from random import Random
from types import FunctionType, MethodType
from typing import Any, NamedTuple

from dryshot.clock import Clock, isoformat
from dryshot.http import Request, Response
from dryshot.world import Account, Backend, BackendData, Outcome, Submission, Task
from dryshot.world.platform import Condition

__all__ = ["Memory", "Snapshot", "put_back", "take"]

_ROOMS = (
    "dryshot.clock",
    "dryshot.dialects",
    "dryshot.engines.canned",
    "dryshot.faults",
    "dryshot.instants",
    "dryshot.world",
)
"""Whose objects are noted, and those of kinds made from theirs, as a server's clock is."""

_VALUES = (Account, Backend, BackendData, Condition, Executor, Outcome, Request, Response)
_SHARED = (*_VALUES, Submission, Task, str, bytes, int, float, datetime, type(None), type)
"""What does not change, or is not the world's own: kept as it is, and not looked into."""


class Snapshot(NamedTuple):
    """What a mock was at an instant; give it to ``restore`` of the same mock."""

    owner: object
    memory: Memory
    frozen: bool
    at: datetime
    counts: dict[str, int]

    def __repr__(self) -> str:
        counts = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        return f"<Snapshot at {isoformat(self.at)}: {counts}>"


class Memory:
    """What was in every changing object that can be reached from ``roots``."""

    def __init__(self, roots: Iterable[object]) -> None:
        self._notes: list[tuple[Callable[[Any, Any], None], Any, Any]] = []
        # Ids stay theirs while this runs: each object noted is held by its note.
        seen: set[int] = set()
        held: list[object] = []
        waiting = list(roots)
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, _SHARED) or id(thing) in seen:
                continue
            seen.add(id(thing))
            held.append(thing)
            waiting.extend(self._note(thing))

    def __len__(self) -> int:
        return len(self._notes)

    def put_back(self) -> None:
        """Let every one of these objects hold again what it held."""
        for put, thing, content in self._notes:
            put(thing, content)

    def _note(self, thing: Any) -> Iterable[object]:
        """Note the content of ``thing``, if it can change; what else is to be looked at."""
        match thing:
            case dict():
                content: Any = dict(thing)
                self._notes.append((_put_dict, thing, content))
                return [*content.keys(), *content.values()]
            case list() | deque():
                content = list(thing)
                self._notes.append((_put_list, thing, content))
                return [*content]
            case set():
                content = set(thing)
                self._notes.append((_put_set, thing, content))
                return [*content]
            case tuple() | frozenset():
                return [*thing]
            case Random():
                self._notes.append((Random.setstate, thing, thing.getstate()))
                return ()
            case MethodType():
                return [thing.__self__]
            case FunctionType():
                return self._closure(thing)
            case partial():
                return [thing.func, thing.args, thing.keywords]
        if not _ours(type(thing)):
            return ()
        content = list(_attributes(thing))
        self._notes.append((_put_attributes, thing, content))
        return [value for _, value in content]

    def _closure(self, function: FunctionType) -> Iterable[object]:
        """What a function of ours has at hand; one of a user is his own affair."""
        if not (function.__module__ or "").startswith(_ROOMS):
            return ()
        found: list[object] = [*(function.__defaults__ or ())]
        for cell in function.__closure__ or ():
            try:
                found.append(cell.cell_contents)
            except ValueError:  # it has none yet
                continue
        return found


def _ours(kind: type) -> bool:
    return any(base.__module__.startswith(_ROOMS) for base in kind.__mro__)


def _slots(kind: type) -> tuple[str, ...]:
    slots: dict[str, None] = {}
    for base in kind.__mro__:
        own = base.__dict__.get("__slots__", ())
        slots.update(dict.fromkeys([own] if isinstance(own, str) else own))
    return tuple(name for name in slots if name not in {"__dict__", "__weakref__"})


def _attributes(thing: object) -> Iterator[tuple[str, Any]]:
    yield from getattr(thing, "__dict__", {}).items()
    for name in _slots(type(thing)):
        if hasattr(thing, name):
            yield name, getattr(thing, name)


def _put_attributes(thing: object, content: list[tuple[str, Any]]) -> None:
    wanted = dict(content)
    for name, value in list(_attributes(thing)):
        if name not in wanted:
            object.__delattr__(thing, name)
        elif wanted[name] is value:
            del wanted[name]
    for name, value in wanted.items():
        object.__setattr__(thing, name, value)


# Only what differs is written: tables that worlds share are never touched, as they never differ.


def _put_dict(thing: dict[Any, Any], content: dict[Any, Any]) -> None:
    if not _same(thing, content) or not _same(thing.values(), content.values()):
        thing.clear()
        thing.update(content)


def _put_list(thing: list[Any] | deque[Any], content: list[Any]) -> None:
    if not _same(thing, content):
        thing.clear()
        thing.extend(content)


def _put_set(thing: set[Any], content: set[Any]) -> None:
    if thing != content:
        thing.clear()
        thing.update(content)


def _same(some: Iterable[Any], others: Iterable[Any]) -> bool:
    left, right = list(some), list(others)
    return len(left) == len(right) and all(
        one is other for one, other in zip(left, right, strict=True)
    )


def take(owner: object, clock: Clock, roots: Iterable[object], counts: dict[str, int]) -> Snapshot:
    """A snapshot of ``roots``; the owner's alone."""
    with clock.lock:
        frozen = clock.is_frozen
        # A clock that goes with real time is noted as standing at this instant.
        with clock.freeze():
            return Snapshot(owner, Memory((clock, *roots)), frozen, clock.now(), counts)


def put_back(snapshot: Snapshot, owner: object, clock: Clock) -> None:
    """Let the owner be as it was; ``ValueError`` if the snapshot is not its own."""
    if not isinstance(snapshot, Snapshot):
        raise TypeError(f"snapshot: {type(snapshot).__name__} is not a Snapshot")
    if snapshot.owner is not owner:
        raise ValueError("snapshot: it is of another mock; restore puts back what is its own")
    with clock.lock:
        snapshot.memory.put_back()
        if not snapshot.frozen:
            clock.unfreeze()
