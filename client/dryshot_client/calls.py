"""Methods written once as flows, that block on one client and are awaited on the other.

A resource is generic in its driver. A method marked :func:`call` is written as a function that
returns a flow; on a resource with a :class:`SyncDriver` it returns the flow's value, on one with an
:class:`AsyncDriver` an awaitable of it. :func:`paged` does the same for streams and iterators.
Type checkers see this through the overloads below; at run time both are ordinary methods.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import (
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    overload,
)

from dryshot_client.drivers import AsyncDriver, Driver, SyncDriver
from dryshot_client.flows import Flow, Stream

__all__ = ["Call", "Paged", "Resource", "call", "paged"]

P = ParamSpec("P")
T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D", bound=Driver)


class Resource(Generic[D]):
    """Something with methods that need a driver."""

    def __init__(self, driver: D) -> None:
        self._driver = driver


class Call(Protocol[P, T_co]):
    """What a type checker takes a method marked :func:`call` for."""

    @overload
    def __get__(
        self, resource: Resource[SyncDriver], owner: type[Any] | None = None
    ) -> Callable[P, T_co]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncDriver], owner: type[Any] | None = None
    ) -> Callable[P, Coroutine[Any, Any, T_co]]: ...


class Paged(Protocol[P, T_co]):
    """What a type checker takes a method marked :func:`paged` for."""

    @overload
    def __get__(
        self, resource: Resource[SyncDriver], owner: type[Any] | None = None
    ) -> Callable[P, Iterator[T_co]]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncDriver], owner: type[Any] | None = None
    ) -> Callable[P, AsyncIterator[T_co]]: ...


def call(function: Callable[Concatenate[Any, P], Flow[T_co]]) -> Call[P, T_co]:
    """Make a method that runs its flow on the resource's driver."""

    @functools.wraps(function)
    def method(self: Resource[Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._driver.run(function(self, *args, **kwargs))

    return cast("Call[P, T_co]", method)


def paged(function: Callable[Concatenate[Any, P], Stream[T_co]]) -> Paged[P, T_co]:
    """Make a method that hands out its stream's items on the resource's driver."""

    @functools.wraps(function)
    def method(self: Resource[Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._driver.iterate(function(self, *args, **kwargs))

    return cast("Paged[P, T_co]", method)
