"""Every tenant's world made alike: from a seed, a declaration, an engine and a pace."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from dryshot.engines import StubEngine, choose
from dryshot.mock import NOTEBOOK_START, Mock
from dryshot.server.tenant import Genesis
from dryshot.server.tenants import Tenants
from dryshot.world import Backend, Engine, Job, Pace
from dryshot.world.declaration import Declaration, read
from dryshot.world.devices import catalogue, device
from dryshot.world.runner import PacePolicy, default_pace

if TYPE_CHECKING:  # only where something is kept
    from dryshot.server.state import State

__all__ = ["UsualPace", "Worlds"]

ClockKind = Literal["wall", "virtual"]


@dataclass(frozen=True, slots=True)
class UsualPace:
    """What clients of each dialect get along with best, but for what is given, in seconds."""

    queue: float | None = None
    run: float | None = None

    def __call__(self, job: Job) -> Pace:
        """How long this job waits and runs."""
        asked = {"queue": self.queue, "run": self.run}
        given = {name: value for name, value in asked.items() if value is not None}
        return replace(default_pace(job), **given)


class Worlds:
    """What all worlds of a server have in common; :meth:`tenants` makes them.

    Args:
        seed: decides devices, tokens and results.
        clock: "wall" for the present, "virtual" for one second with each request.
        engine: as for a mock; it is chosen once.
        executor: where engines run, for all worlds together; by default in the caller's thread.
            By the wall's clock nobody waits for it: jobs are Running until it is done.
        world: declared accounts and devices, as for a mock.
        backends: more backends, or others in the place of those of the same name.
        devices: more devices, each a name and its qubits.
        pace: how long jobs wait and run; by default as for a mock.
        wall: what the present is, in POSIX seconds.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        clock: ClockKind = "wall",
        engine: Engine | Literal["auto", "aer", "stub"] = "auto",
        executor: Executor | None = None,
        world: str | PathLike[str] | Mapping[str, Any] | None = None,
        backends: Iterable[Backend] = (),
        devices: Iterable[tuple[str, int]] = (),
        pace: PacePolicy | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._seed = seed
        self._clock = clock
        self._engine = choose(engine) if isinstance(engine, str) else engine
        self._executor = executor
        self._declaration = Declaration() if world is None else read(world)
        self._backends = tuple(backends)
        self._devices = tuple(devices)
        self._pace = UsualPace() if pace is None else pace
        self._wall = wall if clock == "wall" else None

    @property
    def settings(self) -> Mapping[str, Any]:
        """What decides how a world lives, as JSON values; keys and engines are not among it."""
        given = repr((self._declaration, self._backends)).encode(errors="surrogatepass")
        known = isinstance(self._pace, Pace | UsualPace)
        return {
            "seed": self._seed,
            "clock": self._clock,
            "pace": repr(self._pace) if known else getattr(self._pace, "__qualname__", "its own"),
            "devices": [list(one) for one in self._devices],
            "world": hashlib.blake2b(given, digest_size=16).hexdigest(),
        }

    @property
    def waits(self) -> bool:
        """Whether a request may have to wait for an engine."""
        if self._executor is None:
            return not isinstance(self._engine, StubEngine)
        return self._wall is None

    def open_state(self, path: str | PathLike[str], **options: Any) -> State:
        """A state file for these worlds; as :func:`~dryshot.server.state.open_state`."""
        from dryshot.server.state import open_state

        return open_state(path, self.settings, **options)

    def tenants(
        self,
        *,
        state: State | None = None,
        auto_accounts: bool | None = None,
        max_tenants: int = 1000,
    ) -> Tenants:
        """The worlds, and those of ``state`` as they were; it stays the caller's to close.

        Any key opens an account, unless some are declared or ``auto_accounts`` says otherwise.
        """
        accounts = self._declaration.accounts
        return Tenants(
            self._maker(None if state is None else state.past.born),
            seed=self._seed,
            auto_accounts=not accounts if auto_accounts is None else auto_accounts,
            accounts=accounts,
            wall=self._wall,
            state=state,
            max_tenants=max_tenants,
            remake=self._maker,
        )

    def _calibrated(self, born: datetime | None) -> datetime:
        """When the devices of worlds were calibrated that were born then, or are now."""
        if self._wall is None:
            return datetime.fromisoformat(NOTEBOOK_START)
        return born or datetime.fromtimestamp(self._wall(), UTC)

    def _maker(self, born: datetime | None) -> Callable[[Genesis], Mock]:
        """A maker of mocks that share their devices, calibrated when the first was made."""
        calibrated = self._calibrated(born)
        known = dict(catalogue(seed=self._seed, calibrated=calibrated))
        own = [
            *self._declaration.backends(seed=self._seed, calibrated=calibrated),
            *(
                device(name, num_qubits=qubits, seed=self._seed, calibrated=calibrated)
                for name, qubits in self._devices
            ),
            *self._backends,
        ]
        known |= {backend.name: backend for backend in own}
        shared = tuple(known.values())
        waits = self._executor is None or self._wall is None

        def make(genesis: Genesis) -> Mock:
            genesis.outcomes.waits = waits
            if self._executor is not None:
                genesis.outcomes.executor = self._executor
            return Mock(
                seed=genesis.seed,
                clock=genesis.clock,
                engine=self._engine,
                accounts=genesis.accounts,
                backends=shared,
                pace=genesis.outcomes.pace(self._pace),
                executor=genesis.outcomes,
                wait=waits,
            )

        return make
