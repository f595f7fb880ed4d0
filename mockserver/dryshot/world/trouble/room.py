"""What every kind of trouble stands on: a world, and how an incident is opened in it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from dryshot.clock import isoformat
from dryshot.world.trouble.arguments import BadTrouble, check
from dryshot.world.trouble.incident import Effect, Incident, When

if TYPE_CHECKING:
    from dryshot.world.world import World

__all__ = ["Room", "incident", "lasting"]

P = ParamSpec("P")
R = TypeVar("R", bound="Room")
T = TypeVar("T")


class _Told(Protocol):
    """Who is told of what is started and cleared by hand."""

    def __call__(self, change: Mapping[str, Any], /) -> object: ...


class Room:
    """A world's incidents, in the order in which they were started.

    ``on_change`` is told of each that is started or cleared by hand: what :meth:`Trouble.repeat`
    does again.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.on_change: _Told | None = None
        self._incidents: list[Incident] = []
        self._count = 0

    def __iter__(self) -> Iterator[Incident]:
        """Those that are not over."""
        return iter([one for one in self._incidents if one.state != "over"])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Trouble: {len(self)}>"

    def open(self, effect: Effect, start: When | None = None, end: When | None = None) -> Incident:
        """Begin the incident that is being made; only functions marked ``@incident`` call it."""
        made = self._incidents[-1]
        made.plan(effect, start, end)
        return made

    def tell(self, change: Mapping[str, Any]) -> None:
        """Say what was started or cleared to whoever wants to know."""
        if self.on_change is not None:
            self.on_change(change)

    @contextmanager
    def making(self, name: str, arguments: Mapping[str, Any]) -> Iterator[Incident]:
        """One more incident, or none if that fails."""
        with self.world.clock.lock:
            self._incidents = list(self)
            made = Incident(
                self._count + 1,
                name,
                arguments,
                self.world.clock,
                lambda one: self.tell({"clear": one.number}),
            )
            self._incidents.append(made)
            try:
                yield made
            except BaseException:
                self._incidents.remove(made)
                raise
            self._count += 1
            self.tell({"start": name, "arguments": dict(made.arguments)})

    def backend_named(self, field: str, name: str) -> str:
        """``name``; ``BadTrouble`` if the world has no backend of that name."""
        if not self.world.platform.machines.names(name):
            raise BadTrouble(field, f"there is no backend {name!r}")
        return name


def incident(
    function: Callable[Concatenate[R, P], Incident],
) -> Callable[Concatenate[R, P], Incident]:
    """Check the arguments of a method that makes an incident, and note them in it."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def start(room: R, /, *args: P.args, **kwargs: P.kwargs) -> Incident:
        given = dict(signature.bind(room, *args, **kwargs).arguments)
        given.pop("self")
        check(function, given)
        plain = {name: _plain(value) for name, value in given.items()}
        with room.making(function.__name__, plain):
            return function(room, *args, **kwargs)

    return start


def lasting(items: list[T], item: T, *, then: Callable[[], object] = lambda: None) -> Effect:
    """Put ``item`` among ``items`` for as long as the incident lasts; ``then`` when it is over."""

    def undo() -> None:
        index = next(index for index, one in enumerate(items) if one is item)
        del items[index]
        then()

    return Effect(begin=lambda: items.append(item), undo=undo)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return isoformat(value)
    return list(value) if isinstance(value, tuple) else value
