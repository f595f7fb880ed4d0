"""The worlds of ``dryshot serve``, put together as its options say."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from dryshot.engines import AerEngine, choose
from dryshot.server.deferred import Deferred
from dryshot.server.listening import CannotServe
from dryshot.server.serving import THREADS
from dryshot.server.tenants import Tenants
from dryshot.server.worlds import Worlds
from dryshot.world import Engine, Pace
from dryshot.world.limits import Limits
from dryshot.world.paces import UsualPace
from dryshot.world.runner import LimitedExecutor, PacePolicy

if TYPE_CHECKING:
    from dryshot.scenarios import Scenario

__all__ = ["asked_scenario", "compose", "pace"]


@contextmanager
def compose(settings: argparse.Namespace) -> Iterator[tuple[Tenants, int]]:
    """The tenants, and in how many threads to call them, which is 0 where they never wait.

    Workers, a cluster and a state file are held as long as the context lasts. Its end stops jobs
    that run, when nothing is written of them any more: with a state file they run again next time.
    ``DryshotError`` or one of its kinds if something that the options name cannot be used.
    """
    engine = choose(settings.engine)
    scenario = asked_scenario(settings)
    with ExitStack() as stack:
        worlds = Worlds(
            seed=settings.seed,
            clock=settings.clock,
            engine=engine,
            executor=_executor(settings, engine, stack),
            world=settings.world,
            devices=settings.backend,
            pace=pace(settings, scenario),
            scenario=scenario,
            limits=Limits.of(dict(settings.limit)),
            era=settings.era,
        )
        state = None
        if settings.state is not None:
            state = stack.enter_context(worlds.open_state(settings.state))
        tenants = worlds.tenants(state=state, auto_accounts=settings.auto_accounts or None)
        yield tenants, THREADS if worlds.waits or state is not None else 0


def asked_scenario(settings: argparse.Namespace) -> Scenario | None:
    """What is to go wrong; ``DryshotError`` if there is no such scenario."""
    if not settings.scenario:
        return None
    from dryshot.scenarios import find_all

    return find_all(settings.scenario)


def pace(settings: argparse.Namespace, scenario: Scenario | None) -> PacePolicy:
    """What was asked for, or the scenario has. The rest is 0 by real time: waiting is lost time."""
    own = (scenario and scenario.pace) or UsualPace()
    queue = own.queue if settings.queue_seconds is None else settings.queue_seconds
    run = own.run if settings.run_seconds is None else settings.run_seconds
    if settings.clock == "wall":
        return Pace(queue or 0.0, run or 0.0)
    return UsualPace(queue, run)


def _executor(settings: argparse.Namespace, engine: Engine, stack: ExitStack) -> Executor | None:
    if settings.dask is not None:
        executor = _cluster(settings.dask)
    elif settings.workers == 0 or (settings.workers is None and not isinstance(engine, AerEngine)):
        return None
    else:
        executor = Deferred(lambda: _workers(settings.workers))
    shutdown: Callable[..., None] = executor.shutdown
    stack.callback(shutdown, wait=True, cancel_futures=True)
    return executor


def _workers(count: int | None) -> LimitedExecutor:
    from dryshot.engines.pool import WorkerPool

    return WorkerPool(count)


def _cluster(address: str) -> LimitedExecutor:
    from dryshot.engines.dask import DaskExecutor

    try:
        return DaskExecutor(address)
    except OSError as error:
        raise CannotServe(f"no Dask cluster answers at {address}: {error}") from error
