"""Process-wide activation: httpx and requests reach an endpoint, and no other host, for a while.

One small registry for the whole process is unavoidable, because what is patched is there once. It
is :class:`_Stage`. Everything else about an activation is in the :class:`Activation` itself.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import threading
from collections.abc import Callable, Collection, Iterator
from contextvars import ContextVar
from typing import Any, Protocol, Self, TypeVar, cast

from dryshot.errors import RefusedHost
from dryshot.http import Endpoint, Request
from dryshot.mounts.arrivals import Arrivals

__all__ = ["Activation", "activate"]

Hosts = Collection[str] | Callable[[], Collection[str]]
_Function = TypeVar("_Function", bound=Callable[..., Any])
_ROOMS = {
    "httpx": "dryshot.mounts.respx",
    "urllib3": "dryshot.mounts.requests",
    "requests": "dryshot.mounts.sessions",
}
"""The libraries to patch, and the module whose ``Patch`` does it."""


class Activation:
    """A ``with`` block, or a decorator of a plain or ``async`` function; see :func:`activate`."""

    def __init__(self, endpoint: Endpoint, hosts: Hosts, allow_hosts: Collection[str]) -> None:
        for given, name in ((hosts, "hosts"), (allow_hosts, "allow_hosts")):
            if isinstance(given, str):
                raise TypeError(f"{name} is a collection of host names, not the text {given!r}")
        self.endpoint = endpoint
        self.live = False
        self.outer: Activation | None = None
        self._hosts = hosts
        self._allowed = frozenset(host.lower() for host in allow_hosts)

    @property
    def hosts(self) -> Collection[str]:
        """The hosts that the endpoint stands in for, at this moment."""
        return self._hosts() if callable(self._hosts) else self._hosts

    def allows(self, host: str) -> bool:
        """Whether requests to ``host`` may go to the network."""
        return host in self._allowed

    def lineage(self) -> Iterator[Activation]:
        """What is still live of this activation and those around it, innermost first."""
        activation: Activation | None = self
        while activation is not None:
            if activation.live:
                yield activation
            activation = activation.outer

    def __enter__(self) -> Self:
        _STAGE.enter(self)
        return self

    def __exit__(self, *_: object) -> None:
        _STAGE.leave(self)

    def __call__(self, function: _Function) -> _Function:
        """Decorate: each call has an activation of its own."""

        def again() -> Activation:
            return Activation(self.endpoint, self._hosts, self._allowed)

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with again():
                return function(*args, **kwargs)

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with again():
                return await function(*args, **kwargs)

        return cast("_Function", run_async if inspect.iscoroutinefunction(function) else run)


class _Patch(Protocol):
    def install(self) -> None: ...
    def remove(self) -> None: ...


class _Stage:
    """Which activations are live in this process, and the patches that last as long as any is.

    A library that is imported in the meantime is patched then, before its importer has it.

    A request belongs to the innermost activation of its own context: a task, or a thread that runs
    in a copied context. A thread without one, such as a plain worker, belongs to the live
    activations if they are all one nest, since there is then only one way to understand it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: tuple[Activation, ...] = ()
        self._mine: ContextVar[Activation | None] = ContextVar("dryshot_activation", default=None)
        self._arrivals = Arrivals(_ROOMS, self._prepare)
        self._waiting = 0
        self._rooms: dict[str, Callable[[Callable[..., Any]], _Patch]] = {}
        self._patches: dict[str, _Patch] = {}

    def enter(self, activation: Activation) -> None:
        """Make it the innermost of this context; the first one patches."""
        with self._lock:
            self._wait()
        try:
            for name in self._arrivals.here():  # without the lock: imports have locks of their own
                self._prepare(name)
            with self._lock:
                if activation.live:
                    raise RuntimeError("this activation is live already; make another one")
                self._install()
                activation.outer = next(self._lineage(), None)
                activation.live = True
                self._live = (*self._live, activation)
        except BaseException:
            with self._lock:
                self._settle()
            raise
        self._mine.set(activation)

    def leave(self, activation: Activation) -> None:
        """Take it away, in whatever order; the last one puts everything back."""
        with self._lock:
            if activation.live:
                activation.live = False
                self._live = tuple(other for other in self._live if other is not activation)
                self._settle()
        # A dead activation is passed over, but would keep its endpoint alive. One that is left in
        # another context than it was entered in stays there until that context goes.
        if self._mine.get() is activation:
            self._mine.set(activation.outer)

    def find(self, request: Request) -> Endpoint | None:
        """The endpoint for a request, or None to let it go to the network.

        Raises:
            RefusedHost: Nothing stands in for the host, or it is not clear which mock is meant.
        """
        nest = tuple(self._lineage()) or self._only_nest(request)
        for activation in nest:
            if request.host in activation.hosts:
                return activation.endpoint
            if activation.allows(request.host):
                return None
        if not nest:
            return None  # the last activation ended while this request was on its way
        mocked = sorted({host for activation in nest for host in activation.hosts})
        raise RefusedHost(
            f"{_name(request)} was refused and nothing was sent: {request.host!r} is not mocked. "
            f"Mocked hosts: {', '.join(mocked) or 'none'}. "
            f"To let it through to the network: allow_hosts=[{request.host!r}]"
        )

    def _lineage(self) -> Iterator[Activation]:
        mine = self._mine.get()
        return iter(()) if mine is None else mine.lineage()

    def _only_nest(self, request: Request) -> tuple[Activation, ...]:
        live = self._live
        for activation in live:
            nest = tuple(activation.lineage())
            if len(nest) == len(live):
                return nest
        if not live:
            return ()
        raise RefusedHost(
            f"{_name(request)} was refused and nothing was sent: {len(live)} mocks are active, "
            "and this thread belongs to none of them. Start its work in a copy of the context "
            "that activated one: contextvars.copy_context().run(work), or asyncio.to_thread(work)"
        )

    def _wait(self) -> None:
        if not self._waiting:
            self._arrivals.install()
        self._waiting += 1

    def _settle(self) -> None:
        """One activation less, or one that did not become live."""
        if not self._live:
            while self._patches:
                self._patches.popitem()[1].remove()
        self._waiting -= 1
        if not self._waiting:
            self._arrivals.remove()

    def _prepare(self, name: str) -> None:
        """The library is here: patch it, now or with the next activation."""
        room = importlib.import_module(_ROOMS[name]).Patch
        with self._lock:
            self._rooms[name] = room
            if self._live:
                self._install()

    def _install(self) -> None:
        for name, room in self._rooms.items():
            if name not in self._patches:
                patch = room(self.find)
                patch.install()
                self._patches[name] = patch


_STAGE = _Stage()


def _name(request: Request) -> str:
    return f"{request.method} {request.origin}{request.path}"


def activate(endpoint: Endpoint, hosts: Hosts, *, allow_hosts: Collection[str] = ()) -> Activation:
    """Let every httpx client and requests session of this process reach ``endpoint``.

    A request to one of ``hosts`` (lower case, without ports; a function is asked each time) goes to
    the endpoint, one to ``allow_hosts`` to the network, any other raises
    :class:`~dryshot.errors.RefusedHost`. Activations nest, the innermost that knows the host wins,
    and several may be live in different threads and tasks, each with its own endpoint.

    Clients with a transport of their own that is not httpx's network transport (ASGI, a mock) are
    left alone; so are libraries that use neither httpx nor urllib3.
    """
    return Activation(endpoint, hosts, allow_hosts)
