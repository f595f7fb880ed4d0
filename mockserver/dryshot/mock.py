"""The mock: a world, the service over it, and the ways for a program to reach it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from dryshot.clock import Clock
from dryshot.dialects import legacy, platform
from dryshot.dialects.dialect import Dialect
from dryshot.engines import choose
from dryshot.faults import Faults
from dryshot.http import Request, Response
from dryshot.journal import Journal
from dryshot.service import MAX_BODY_BYTES, Prompter, Service
from dryshot.world import Account, Backend, Engine, IdSource, World
from dryshot.world.declaration import Declaration, read
from dryshot.world.devices import catalogue, snapshots
from dryshot.world.runner import PacePolicy

if TYPE_CHECKING:  # the libraries behind these are loaded when one of them is asked for
    from dryshot.coverage import Coverage, Follower, Reads
    from dryshot.mounts.asgi import Application
    from dryshot.mounts.httpx import AsyncTransport, Transport

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


class Mock:
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
        max_body_bytes: larger request bodies are refused.
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
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self.clock = clock if isinstance(clock, Clock) else Clock(clock)
        known = dict(catalogue(seed=seed, calibrated=self.clock.now()))
        known |= snapshots()
        declared = Declaration() if world is None else read(world)
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
        )
        self.journal = Journal()
        self.faults = Faults()
        self._max_body_bytes = max_body_bytes
        self._follower: Follower | None = None
        self._reads: Reads | None = None
        self._service = Service(
            self.clock,
            [dialect(self.world) for dialect in _DIALECTS],
            self.journal,
            faults=self.faults,
            max_body_bytes=max_body_bytes,
            prompter=self._prompter(),
        )

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
