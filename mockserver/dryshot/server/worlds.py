"""Every tenant's world made alike: from a seed, a declaration, an engine and a pace."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from dryshot.engines import StubEngine, choose
from dryshot.mock import NOTEBOOK_START, Mock
from dryshot.server.tenant import Genesis
from dryshot.server.tenants import Tenants
from dryshot.world import Backend, Engine, Pace
from dryshot.world.classic import EraName
from dryshot.world.declaration import Declaration, DeclarationError, read
from dryshot.world.devices import catalogue, device
from dryshot.world.era import decide
from dryshot.world.limits import Limits
from dryshot.world.paces import UsualPace
from dryshot.world.runner import PacePolicy

if TYPE_CHECKING:  # only where something is kept, or goes wrong
    from dryshot.scenarios import Scenario, Sources
    from dryshot.server.state import State

__all__ = ["UsualPace", "Worlds"]

ClockKind = Literal["wall", "virtual"]


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
        limits: what the service takes; as for a mock.
        era: which time of the classic API it is; as for a mock.
        scenario: how each world begins, and what goes wrong in it from then on; as for a mock.
        wall: what the present is, in POSIX seconds.

    Raises:
        DryshotError: ``world`` or ``scenario`` cannot be used.
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
        limits: Limits | None = None,
        scenario: Sources | None = None,
        wall: Callable[[], float] = time.time,
        era: EraName | None = None,
    ) -> None:
        self._seed = seed
        self._clock = clock
        self._engine = choose(engine) if isinstance(engine, str) else engine
        self._executor = executor
        self._declaration = Declaration() if world is None else read(world)
        self._scenario: Scenario | None = None
        if scenario is not None:
            from dryshot.scenarios import find_all

            self._scenario = script = find_all(scenario)
            _check_jobs(script)
            self._declaration = script.declaration + self._declaration
            limits, pace = script.limited(limits), pace or script.pace
        self._backends = tuple(backends)
        self._devices = tuple(devices)
        self._pace = UsualPace() if pace is None else pace
        self._limits = Limits() if limits is None else limits
        self._wall = wall if clock == "wall" else None
        self._era = decide(era, self._declaration.era)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What decides how a world lives, as JSON values; keys and engines are not among it."""
        given = repr((self._declaration, self._backends)).encode(errors="surrogatepass")
        known = isinstance(self._pace, Pace | UsualPace)
        changes = self._limits.changes
        return {
            "seed": self._seed,
            "clock": self._clock,
            "pace": repr(self._pace) if known else getattr(self._pace, "__qualname__", "its own"),
            "devices": [list(one) for one in self._devices],
            "world": hashlib.blake2b(given, digest_size=16).hexdigest(),
            **({"limits": dict(changes)} if changes else {}),
            **({} if self._era == "2023-09" else {"era": self._era}),
            **({} if self._scenario is None else {"scenario": self._scenario.digest()}),
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

        if self._scenario is not None and self._scenario.jobs:
            raise _bad("jobs", "cannot be kept: a state file tells of those alone that were sent")
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
        events = None if self._scenario is None else self._scenario.events()

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
                limits=self._limits,
                era=self._era,
                scenario=None if genesis.neutral else events,
            )

        return make


def _check_jobs(scenario: Scenario) -> None:
    for index, job in enumerate(scenario.jobs):
        if "account" in job:
            raise _bad(f"jobs[{index}].account", "of a world that is served, jobs are its first's")


def _bad(key: str, message: str) -> DeclarationError:
    return DeclarationError(message, None, None, key)
