"""The player: a mock that stands where a recording was made, and does what was done there."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Literal

from dryshot.clock import Clock, Instant
from dryshot.http import Request, Response
from dryshot.journal import Origin
from dryshot.mock import NOTEBOOK_START, Mock
from dryshot.recording.accounts import accounts_of
from dryshot.recording.cassette import Cassette
from dryshot.recording.contents import Contents
from dryshot.recording.hydration import backends_of, fill
from dryshot.recording.prompter import RecordedPrompter
from dryshot.recording.runs import RecordedIds, RecordedRuns
from dryshot.recording.standins import StandIns
from dryshot.service import Prompter
from dryshot.world import Engine
from dryshot.world.classic import EraName
from dryshot.world.devices import catalogue, snapshots
from dryshot.world.limits import Limits
from dryshot.world.runner import PacePolicy

__all__ = ["Player"]


class Player(Mock):
    """A mock hydrated by recordings: a recorded job runs again, as often as it is looked at.

    Whatever API key logs in, it is the recording's account with its instances; if it has several
    accounts, the first key opens the first of them, and so on. A submission that
    equals a recorded one gets that one's id, times and results; equal ones get theirs in order, and
    after the last that one again under a new id. What was never recorded is answered by the mock.
    The journal says which answer is whose. How it is decided stands in
    :mod:`dryshot.recording.prompter`, what equal is in :mod:`dryshot.fingerprints`.

    Args:
        cassette: one recording, or several, which are played as one.
        strict: refuse what was never recorded with :class:`~dryshot.errors.Unrecorded`, which names
            the nearest call and the difference. How often, and in which order, does not matter.
        seed: decides what the mock makes up.
        engine: what computes jobs that were never recorded; as a mock's.
        clock: as a mock's; by default it starts at the recording's first instant.
        pace: how long jobs take that were never recorded.
        executor: where the engine runs.
        wait: whether a look at a job waits for its engine.
        limits: what the service takes; as a mock's.
        era: which time of the classic API it is, where the recording does not say; ``ValueError``
            if it says another.
        max_body_bytes: larger request bodies are refused: ``limits.payload_bytes`` by another name.
    """

    def __init__(
        self,
        cassette: Cassette | Iterable[Cassette],
        *,
        strict: bool = False,
        seed: int = 0,
        engine: Engine | Literal["auto", "aer", "stub"] = "auto",
        clock: Clock | Instant | None = None,
        pace: PacePolicy | None = None,
        executor: Executor | None = None,
        wait: bool = True,
        limits: Limits | None = None,
        max_body_bytes: int | None = None,
        era: EraName | None = None,
    ) -> None:
        cassettes = [cassette] if isinstance(cassette, Cassette) else cassette
        self.strict = strict
        self._contents = Contents(cassettes)
        era = _era_of(self._contents.cassettes, era)
        if clock is None:
            clock = self._contents.start or NOTEBOOK_START
        clock = clock if isinstance(clock, Clock) else Clock(clock)
        self._stand_ins = StandIns(told.asked for told in self._contents.told)
        self._ids = RecordedIds(taken=self._contents.made)
        self._runs = RecordedRuns(clock, pace, executor, dict(self._contents.timelines))
        now = clock.now()
        backends = backends_of(self._contents, seed=seed, calibrated=now)
        known = {*catalogue(seed=seed, calibrated=now), *snapshots()}
        known |= {backend.name for backend in backends}
        self._accounts = accounts_of(self._contents, known)
        super().__init__(
            seed=seed,
            clock=clock,
            engine=engine,
            accounts=self._accounts,
            backends=backends,
            ids=self._ids,
            pace=self._runs.pace,
            executor=self._runs,
            wait=wait,
            limits=limits,
            max_body_bytes=max_body_bytes,
            era=era,
        )
        fill(self.world, self._contents, self._accounts)

    def __call__(self, request: Request) -> Response:
        """Answer one request; what redaction took out of the recording has its stand-in's place.

        Raises:
            Unrecorded: the replay is strict, and this was never recorded. An ASGI application
                answers it with 501 and the same text.
        """
        with self.clock.lock:
            return super().__call__(self._stand_ins.put(request, self._contents.read))

    def __repr__(self) -> str:
        kind = "strict " if self.strict else ""
        return f"<Player of {len(self._contents.told)} interactions, {kind}at {self.clock!r}>"

    @property
    def cassettes(self) -> tuple[Cassette, ...]:
        """What is played."""
        return self._contents.cassettes

    @property
    def unused(self) -> list[str]:
        """What was recorded and never asked for: one line for each operation and resource."""
        lines = []
        for told in self._memory.unused:
            made = f" ({told.made})" if told.made else ""
            lines.append(f"{told.asked} -> {told.interaction.response.status}{made}")
        return lines

    def age(self, now: datetime | None = None) -> timedelta:
        """How long ago the oldest of the recordings was made; 0 if there is none."""
        now = datetime.now(UTC) if now is None else now
        return max((now - one.recorded for one in self.cassettes), default=timedelta())

    def report(self) -> list[str]:
        """What came of it, in words: whose the answers were, and what was never asked for."""
        origins = [exchange.origin for exchange in self.journal]
        names: tuple[Origin, ...] = ("recorded", "synthesised", "mock")
        counts = ", ".join(f"{origins.count(name)} {name}" for name in names)
        lines = [f"{len(origins)} answers: {counts}"]
        made_up = [str(each) for each in self.journal if each.origin == "synthesised"]
        lines += [f"synthesised: {each}" for each in dict.fromkeys(made_up)]
        return [*lines, *(f"unused: {line}" for line in self.unused)]

    def _prompter(self) -> Prompter:
        self._memory = RecordedPrompter(
            self.world, self._contents, self._ids, self._runs, strict=self.strict
        )
        return self._memory


def _era_of(cassettes: Iterable[Cassette], asked: EraName | None) -> EraName | None:
    told = {one.era: None for one in cassettes if one.era}
    if len(told) > 1:
        raise ValueError(f"era: the recordings are of {' and of '.join(told)}")
    found = next(iter(told), None)
    if None not in {found, asked} and found != asked:
        raise ValueError(f"era: the recording is of {found}, not of {asked!r}")
    return found or asked
