"""What a mock offers to say how things go: scenarios, canned outcomes, and going back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dryshot.clock import Clock
from dryshot.dialects.dialect import Dialect
from dryshot.faults import Faults
from dryshot.world import World

if TYPE_CHECKING:  # what is behind these is loaded when one of them is asked for
    from dryshot.engines.canned import Expectation, Match
    from dryshot.scenarios import Played, Scenario, Sources
    from dryshot.snapshots import Snapshot

__all__ = ["Directing"]


class Directing:
    """The director's part of a :class:`~dryshot.mock.Mock`."""

    clock: Clock
    world: World
    faults: Faults
    _dialects: Sequence[Dialect]

    def play(self, scenario: Sources, *, seed: int | None = None) -> Played:
        """Let a scenario, or several, happen from now on; until the end, where it is a ``with``.

        A ready-made one's name (``"flaky network"``), a YAML file, what such a file holds, or a
        list of these. ``seed`` decides its chances, by default the mock's does.

        Raises:
            DryshotError: there is no such scenario, it cannot be read, or it cannot be played in
                a world that has begun; nothing has changed then.
        """
        from dryshot.scenarios import play

        return play(self._find(scenario), self.world, self.faults, seed=seed)

    @staticmethod
    def _find(scenario: Sources) -> Scenario:
        from dryshot.scenarios import find_all

        return find_all(scenario)

    def when(
        self,
        *,
        program_id: str | None = None,
        backend: str | None = None,
        match: Match | None = None,
    ) -> Expectation:
        """How jobs end that are submitted like this; say how: ``.returns(...)``, ``.fails(...)``.

        See :class:`~dryshot.engines.canned.Expectation`. The first that fits a job decides.
        """
        from dryshot.engines.canned import expect

        return expect(self.world, program_id=program_id, backend=backend, match=match)

    @property
    def unused_expectations(self) -> list[str]:
        """What was said with :meth:`when` and no job came to, in words."""
        if self.world.director is None:
            return []
        from dryshot.engines.canned import unused

        return unused(self.world)

    def warn_of_unused_expectations(self) -> None:
        """An ``UnusedExpectation`` for each; the fixture ``dryshot`` does this after a test."""
        if self.world.director is not None:
            from dryshot.engines.canned import warn_of_unused

            warn_of_unused(self.world)

    def snapshot(self) -> Snapshot:
        """The whole world as it is now, for :meth:`restore`; the journal is no part of it."""
        from dryshot.snapshots import take

        world = self.world
        sessions = len(world.sessions) + len(world.platform.sessions)
        counts = {"jobs": len(world.jobs), "sessions": sessions, "accounts": len(world.accounts)}
        return take(self, self.clock, (world, self.faults, self._dialects), counts)

    def restore(self, snapshot: Snapshot) -> None:
        """Be again as :meth:`snapshot` found it, any number of times; what follows is the same.

        Clock, accounts, tokens, jobs, sessions, usage, faults and all else go back; the journal
        goes on, as it tells what happened. ``ValueError`` for the snapshot of another mock,
        ``DryshotError`` where a state file tells how the world came about.
        """
        from dryshot.snapshots import put_back

        with self.clock.lock:
            self.world.check_free()
            put_back(snapshot, self, self.clock)
            self.world.revive()
