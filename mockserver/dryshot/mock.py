"""The mock: a world, the service over it, and the ways for a program to reach it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from dryshot.clock import Clock
from dryshot.dialects import legacy, platform
from dryshot.dialects.dialect import Dialect
from dryshot.directing import Directing
from dryshot.engines import choose
from dryshot.faults import Faults
from dryshot.http import Request, Response
from dryshot.journal import Journal
from dryshot.service import Prompter, Service
from dryshot.world import Account, Backend, Engine, IdSource, World
from dryshot.world.classic import EraName
from dryshot.world.declaration import Declaration, read
from dryshot.world.devices import catalogue, snapshots
from dryshot.world.era import decide
from dryshot.world.limits import Limits
from dryshot.world.runner import PacePolicy

if TYPE_CHECKING:  # the libraries behind these are loaded when one of them is asked for
    from dryshot.coverage import Coverage, Follower, Reads
    from dryshot.mounts.asgi import Application
    from dryshot.mounts.httpx import AsyncTransport, Transport
    from dryshot.scenarios import Sources
    from dryshot.sentinels import Sentinels

__all__ = ["NOTEBOOK_START", "Mock"]

_DIALECTS: tuple[Callable[[World], Dialect], ...] = (
    legacy.AuthDialect,
    legacy.RuntimeDialect,
    platform.RuntimeDialect,
    platform.IamDialect,
    platform.SearchDialect,
    platform.CatalogDialect,
    platform.ResourcesDialect,
)

NOTEBOOK_START = "2023-09-11T17:27:45Z"
"""Four requests before the notebook submitted its job."""


class Mock(Directing):
    """A stand-in for the IBM Quantum services; two of them never meet.

    Args:
        seed: decides tokens, calibration data and results; equal seeds give equal answers.
        clock: a :class:`~dryshot.clock.Clock`, or the instant at which one is to start: an aware
            ``datetime`` or ISO 8601 text. By default the notebook's own day. A new clock moves one
            second with every request.
        engine: what computes jobs: ``"aer"`` (extra ``sim``), ``"stub"``, ``"auto"`` (the first
            of these that is installed), or a function from ``Task`` to ``Outcome``.
        accounts: who may log in. Without any, every API token opens an account of its own.
        backends: more backends, or others in the place of those of the same name. What is more is
            also in the instances of the platform that accounts have by default.
        world: accounts and devices, declared in a YAML file (its path) or in a mapping of the same
            form; in addition to ``accounts`` and ``backends``.
        ids: where job ids come from.
        pace: how long jobs wait and run, in seconds of the clock: one
            :class:`~dryshot.world.runner.Pace`, or a function from a job to its own.
        executor: where the engine runs; by default in the caller's thread.
        wait: whether a look at a job whose time is over waits for its engine, so that times are the
            clock's alone; without it the job is Running until the engine is done.
        limits: what the service takes: :class:`~dryshot.world.limits.Limits`.
        era: which time of the classic API it is: ``"2023-09"``, the notebook's, ``"2023-11"`` or
            ``"2024-03"``; another one raises ``ValueError``. By default what ``world`` or
            ``scenario`` declares, which it may not contradict; the clock does not decide it.
        scenario: what the world is like and what goes wrong in it: the name of a ready-made one,
            such as ``"busy queue"``, a YAML file, or several; see :mod:`dryshot.scenarios`. What
            else is given here counts more.
        max_body_bytes: larger request bodies are refused: ``limits.payload_bytes`` by another name.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        clock: Clock | datetime | str = NOTEBOOK_START,
        engine: Engine | Literal["auto", "aer", "stub"] = "auto",
        accounts: Iterable[Account] = (),
        backends: Iterable[Backend] = (),
        world: str | PathLike[str] | Mapping[str, Any] | None = None,
        ids: IdSource | None = None,
        pace: PacePolicy | None = None,
        executor: Executor | None = None,
        wait: bool = True,
        limits: Limits | None = None,
        max_body_bytes: int | None = None,
        scenario: Sources | None = None,
        era: EraName | None = None,
    ) -> None:
        script = None if scenario is None else self._find(scenario)
        self.clock = clock if isinstance(clock, Clock) else Clock(clock)
        if script is not None:
            limits, pace = script.limited(limits), pace or script.pace
        limits = Limits() if limits is None else limits
        if max_body_bytes is not None:
            limits = replace(limits, payload_bytes=max_body_bytes)
        known = dict(catalogue(seed=seed, calibrated=self.clock.now()))
        known |= snapshots()
        declared = Declaration() if world is None else read(world)
        if script is not None:
            declared = script.declaration + declared
        era = decide(era, declared.era)
        own = [*declared.backends(seed=seed, calibrated=self.clock.now()), *backends]
        added = [backend.name for backend in own if backend.name not in known]
        known |= {backend.name: backend for backend in own}
        self.world = World(
            self.clock,
            choose(engine) if isinstance(engine, str) else engine,
            backends=known,
            seed=seed,
            accounts=[*declared.accounts, *accounts],
            ids=ids,
            pace=pace,
            executor=executor,
            wait=wait,
            offered=added,
            limits=limits,
            era=era,
        )
        self.journal = Journal()
        self.faults = Faults()
        self._max_body_bytes = limits.payload_bytes or sys.maxsize - 1
        self._follower: Follower | None = None
        self._sentinels: Sentinels | None = None
        self._reads: Reads | None = None
        self._dialects = [dialect(self.world) for dialect in _DIALECTS]
        self._service = Service(
            self.clock,
            self._dialects,
            self.journal,
            faults=self.faults,
            max_body_bytes=self._max_body_bytes,
            prompter=self._prompter(),
        )
        if script is not None:
            self.play(script.events())

    def __repr__(self) -> str:
        return f"<Mock at {self.clock!r}, {len(self.world.jobs)} jobs>"

    def _prompter(self) -> Prompter | None:
        """Who knows what was answered before; a mock by itself knows of nobody."""
        return None

    @property
    def coverage(self) -> Coverage:
        """What of the documents was exercised up to now; who never asks pays nothing.

        The first look counts what the journal still has, and from then on all is counted.
        """
        from dryshot.coverage import Coverage, Follower

        if self._follower is None:
            self._follower = Follower(self.journal, Coverage())
        found = Coverage(self._follower.drain().counts)
        return found if self._reads is None else found.merge(self._reads.coverage())

    def track_reads(self) -> Reads:
        """From now on note which fields of requests are read, for :attr:`coverage`."""
        from dryshot.coverage import Reads

        if self._reads is None:
            self._reads = self._service.reads = Reads()
        return self._reads

    @property
    def sentinels(self) -> Sentinels:
        """Leaks of credentials and double submissions, as far as the journal shows them."""
        from dryshot.sentinels import Sentinels

        if self._sentinels is None:
            self._sentinels = Sentinels(self.journal, self.world)
        return self._sentinels

    def assert_submitted_once(self) -> None:
        """``AssertionError`` if some work was submitted more than once, or none at all."""
        self.sentinels.assert_submitted_once()

    @property
    def limits(self) -> Limits:
        """What the service takes."""
        return self.world.limits

    @property
    def hosts(self) -> frozenset[str]:
        """The host names it stands in for."""
        return self._service.hosts

    def __call__(self, request: Request) -> Response:
        """Answer one request: a mock is an :data:`~dryshot.http.Endpoint`."""
        return self._service(request)

    @contextmanager
    def activate(self, *, allow_hosts: Collection[str] = ()) -> Iterator[Mock]:
        """While this context lasts, httpx and requests reach the mock and no other host.

        ``allow_hosts`` names hosts, such as ``127.0.0.1``, whose requests go to the network as
        ever. A request to any other host raises :class:`~dryshot.errors.RefusedHost`.
        """
        from dryshot.mounts.activation import activate

        with activate(self, self.hosts, allow_hosts=allow_hosts):
            yield self

    def transport(self) -> Transport:
        """For ``httpx.Client(transport=...)``: whatever the host, the mock answers."""
        from dryshot.mounts.httpx import Transport

        return Transport(self)

    def async_transport(self) -> AsyncTransport:
        """For ``httpx.AsyncClient(transport=...)``: whatever the host, the mock answers."""
        from dryshot.mounts.httpx import AsyncTransport

        return AsyncTransport(self)

    def asgi(self) -> Application:
        """For an ASGI server; paths decide which service is meant when the host does not."""
        from dryshot.mounts.asgi import asgi

        return asgi(self, max_body_bytes=self._max_body_bytes)
