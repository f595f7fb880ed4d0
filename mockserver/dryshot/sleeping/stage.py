"""What is replaced in the process while any sleep is patched, and whom a call then belongs to.

One small registry for the whole process is unavoidable, because what is patched is there once. It
is :class:`_Stage`. What is put in place only looks whether the caller's context has a sleeper, and
otherwise calls what was there before.
"""

from __future__ import annotations

import asyncio
import asyncio.base_events
import sys
import threading
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextvars import Context, ContextVar
from types import ModuleType
from typing import Any, NamedTuple, Protocol

__all__ = ["STAGE", "Sleeper", "real_monotonic_ns", "real_nap", "real_sleep"]

_RUNNERS = frozenset({"_pytest", "dryshot", "execnet", "hypothesis", "pluggy", "pytest", "xdist"})
_TELLS_REAL_TIME = _RUNNERS | sys.stdlib_module_names
_WAITS_FOR_OTHERS = _RUNNERS - {"dryshot"} | {"asyncore", "multiprocessing", "subprocess"}
_LOOP = asyncio.base_events.__name__


class Sleeper(Protocol):
    """Who sleeps, tells the time and follows timers for the code of a context."""

    live: bool
    outer: Sleeper | None

    def sleep(self, seconds: float) -> None:
        """In the place of ``time.sleep``."""

    async def nap(self, seconds: float, result: Any) -> Any:
        """In the place of ``asyncio.sleep``, of more than 0 seconds."""

    def time_ns(self) -> int:
        """In the place of ``time.time_ns``."""

    def monotonic_ns(self) -> int:
        """In the place of ``time.monotonic_ns``."""

    def loop_time(self, real: float) -> float:
        """In the place of ``time.monotonic`` where an event loop asks."""

    def follow(
        self,
        loop: asyncio.AbstractEventLoop,
        handle: asyncio.TimerHandle,
        callback: Callable[[], object],
    ) -> None:
        """Know of a timer of an event loop that was just made."""


class _Place(NamedTuple):
    """A name whose value was replaced."""

    owner: Any
    name: str
    original: Any


class _Stage:
    """The sleeper of each context, and the replacements that last as long as any is live."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live = 0
        self._mine: ContextVar[Sleeper | None] = ContextVar("dryshot_sleeper", default=None)
        self._places: list[_Place] = []

    def enter(self, sleeper: Sleeper) -> None:
        """Make it this context's; the first one replaces."""
        with self._lock:
            if sleeper.live:
                raise RuntimeError("this patch is live already; make another one")
            sleeper.outer = self.current()
            if not self._live:
                self._install()
            self._live += 1
            sleeper.live = True
        self._mine.set(sleeper)

    def leave(self, sleeper: Sleeper) -> None:
        """Take it away, in whatever order and context; the last one puts everything back."""
        with self._lock:
            sleeper.live = False
            self._live -= 1
            if not self._live:
                self._remove()
        self._mine.set(self.current())

    def current(self) -> Sleeper | None:
        """The innermost live sleeper of this context."""
        sleeper = self._mine.get()
        while sleeper is not None and not sleeper.live:
            sleeper = sleeper.outer
        return sleeper

    def of_caller(self, others: frozenset[str]) -> Sleeper | None:
        """The sleeper of who called what calls this; None if it is one of ``others``."""
        sleeper = self.current()
        if sleeper is None:
            return None
        module = sys._getframe(2).f_globals.get("__name__") or ""  # noqa: SLF001 - the caller
        return None if module.partition(".")[0] in others else sleeper

    def _install(self) -> None:
        replaced: dict[int, Any] = {}
        try:
            for (owner, name), (own, real) in _OWN.items():
                present = getattr(owner, name)
                self._places.append(_Place(owner, name, real if present is own else present))
                setattr(owner, name, own)
                replaced |= {id(real): own, id(present): own}
            for namespace, name in _names_of(replaced.keys()):
                self._places.append(_Place(namespace, name, namespace[name]))
                namespace[name] = replaced[id(namespace[name])]
        except BaseException:
            self._remove()
            raise

    def _remove(self) -> None:
        ours = {id(own) for own, _ in _OWN.values()}
        while self._places:
            owner, name, original = self._places.pop()
            if isinstance(owner, dict):
                if id(owner.get(name)) in ours:  # else somebody else has changed it since
                    owner[name] = original
            elif id(getattr(owner, name)) in ours:
                setattr(owner, name, original)


def _names_of(wanted: AbstractSet[int]) -> Iterator[tuple[dict[str, Any], str]]:
    """Where modules have imported something by name, but for those that go by real time."""
    modules: list[object] = list(sys.modules.values())  # some put other things there
    for module in modules:
        if not isinstance(module, ModuleType):
            continue
        namespace = module.__dict__
        if wanted.isdisjoint(map(id, list(namespace.values()))):
            continue
        if module.__name__.partition(".")[0] not in _TELLS_REAL_TIME:
            yield from (
                (namespace, name) for name, value in list(namespace.items()) if id(value) in wanted
            )


real_sleep = time.sleep
real_nap = asyncio.sleep
real_monotonic_ns = time.monotonic_ns
_real_monotonic = time.monotonic
_real_time = time.time
_real_time_ns = time.time_ns
_real_call_at = asyncio.base_events.BaseEventLoop.call_at

STAGE = _Stage()


def _sleep(seconds: float, /) -> None:
    sleeper = STAGE.of_caller(_WAITS_FOR_OTHERS)
    (real_sleep if sleeper is None else sleeper.sleep)(seconds)


async def _nap(delay: float, result: Any = None) -> Any:
    sleeper = STAGE.current()
    if sleeper is None or delay <= 0:
        return await real_nap(delay, result)
    return await sleeper.nap(delay, result)


def _time() -> float:
    sleeper = STAGE.of_caller(_TELLS_REAL_TIME)
    return _real_time() if sleeper is None else sleeper.time_ns() / 1e9


def _time_ns() -> int:
    sleeper = STAGE.of_caller(_TELLS_REAL_TIME)
    return _real_time_ns() if sleeper is None else sleeper.time_ns()


def _monotonic() -> float:
    sleeper = STAGE.current()
    if sleeper is None:
        return _real_monotonic()
    module = sys._getframe(1).f_globals.get("__name__") or ""  # noqa: SLF001 - the caller
    if module == _LOOP:
        return sleeper.loop_time(_real_monotonic())
    if module.partition(".")[0] in _TELLS_REAL_TIME:
        return _real_monotonic()
    return sleeper.monotonic_ns() / 1e9


def _monotonic_ns() -> int:
    sleeper = STAGE.of_caller(_TELLS_REAL_TIME)
    return real_monotonic_ns() if sleeper is None else sleeper.monotonic_ns()


def _call_at(
    self: asyncio.BaseEventLoop,
    when: float,
    callback: Callable[..., object],
    *args: Any,
    context: Context | None = None,
) -> asyncio.TimerHandle:
    handle = _real_call_at(self, when, callback, *args, context=context)
    sleeper = STAGE.current()
    if sleeper is not None:
        sleeper.follow(self, handle, lambda: callback(*args))
    return handle


_OWN: dict[tuple[Any, str], tuple[Any, Any]] = {
    (time, "sleep"): (_sleep, real_sleep),
    (time, "time"): (_time, _real_time),
    (time, "time_ns"): (_time_ns, _real_time_ns),
    (time, "monotonic"): (_monotonic, _real_monotonic),
    (time, "monotonic_ns"): (_monotonic_ns, real_monotonic_ns),
    (asyncio, "sleep"): (_nap, real_nap),
    (asyncio.tasks, "sleep"): (_nap, real_nap),
    (asyncio.base_events.BaseEventLoop, "call_at"): (_call_at, _real_call_at),
}
"""Each place, with what is put there and what was there when this was imported."""
