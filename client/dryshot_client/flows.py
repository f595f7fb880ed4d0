"""Logic written once, as generators: they yield what is to be done, and are sent what came of it.

A flow does no I/O, so the same flow serves the blocking and the asynchronous client; only the
driver differs (see :mod:`dryshot_client.drivers`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar, cast

import httpx

__all__ = [
    "Alone",
    "Command",
    "Flow",
    "Item",
    "Outcome",
    "Send",
    "Sleep",
    "Stream",
    "Together",
    "alone",
    "collect",
    "send",
    "sleep",
    "together",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request, and with ``auth`` whatever that sends before and after."""

    request: httpx.Request
    auth: httpx.Auth | None = None


@dataclass(frozen=True, slots=True)
class Sleep:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Alone:
    """Run a flow to its end while no other such flow of this driver runs; answers its value."""

    flow: Generator[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Together:
    """Run flows at the same time where the driver can; answers their values in order."""

    flows: Sequence[Generator[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """Hand a value to whoever iterates."""

    value: T


Command: TypeAlias = Send | Sleep | Alone | Together
Outcome: TypeAlias = httpx.Response | httpx.RequestError
"""What came of a request. An error is a value here: thrown, it would drag its frames along."""

Flow: TypeAlias = Generator[Command, Any, T]
"""Ends with a ``T``."""

Stream: TypeAlias = Generator[Command | Item[T], Any, None]
"""Hands out a ``T`` now and then."""


def send(request: httpx.Request, auth: httpx.Auth | None = None) -> Flow[Outcome]:
    """Send a request and receive what came of it."""
    return cast(Outcome, (yield Send(request, auth)))


def sleep(seconds: float) -> Flow[None]:
    """Do nothing for ``seconds``."""
    yield Sleep(seconds)


def alone(flow: Flow[T]) -> Flow[T]:
    """Run ``flow`` while no other flow runs alone."""
    return cast(T, (yield Alone(flow)))


def together(flows: Sequence[Flow[T]]) -> Flow[list[T]]:
    """Run all ``flows``, and return what they return."""
    return cast(list[T], (yield Together(flows)))


def collect(stream: Stream[T]) -> Flow[list[T]]:
    """Everything that ``stream`` hands out."""
    items: list[T] = []
    go_on: Callable[[], Command | Item[T]] = partial(next, stream)
    while True:
        try:
            command = go_on()
        except StopIteration:
            return items
        if isinstance(command, Item):
            items.append(command.value)
            go_on = partial(next, stream)
            continue
        try:
            go_on = partial(stream.send, (yield command))
        except BaseException as error:  # noqa: BLE001 - raised again by the stream
            go_on = partial(stream.throw, error)
