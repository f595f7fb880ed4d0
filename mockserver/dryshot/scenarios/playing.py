"""A scenario played in a world: wholly, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any, Self

from dryshot.faults import Fault, Faults
from dryshot.scenarios.scenario import Scenario, Step
from dryshot.snapshots import put_back, take
from dryshot.world import World
from dryshot.world.places import DeclarationError
from dryshot.world.trouble import BadTrouble, Incident

__all__ = ["Played", "play"]

_CHANCE = ("probability", "uniform", "lognormal")
_MANY = 1000
"""So many faults may have chances of their own before two seeds give the same."""

_Numbered = tuple[str, Step]
"""A step, and where it stands."""


class Played:
    """What a scenario set; :meth:`stop`, or the end of a ``with``, ends what is left of it.

    Jobs that it put there stay, and so does what cannot be undone.
    """

    def __init__(
        self,
        scenario: Scenario,
        faults: Sequence[Fault],
        incidents: Sequence[Incident],
        undo: ExitStack,
    ) -> None:
        self.name = scenario.name
        self.faults = tuple(faults)
        self.incidents = tuple(incidents)
        self._undo = undo

    def __repr__(self) -> str:
        said = f"{len(self.faults)} faults, {len(self.incidents)} incidents"
        return f"<Played {self.name}: {said}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End what it set, the latest first."""
        self._undo.close()


def play(scenario: Scenario, world: World, faults: Faults, *, seed: int | None = None) -> Played:
    """Let it happen in a world, from now on; ``seed`` decides its chances, else the world's.

    ``DryshotError`` if it cannot be. Nothing has changed then; only where a state file keeps the
    world, what it has ended and begun by then stays so.
    """
    if scenario.begins:
        parts = " and ".join(scenario.begins)
        raise DeclarationError(
            f"is what a world begins with: give the scenario to Mock(scenario=...), or to the "
            f"command by --scenario (it is {scenario.name!r})",
            None,
            None,
            parts,
        )
    chance = abs(world.seed if seed is None else seed)
    with world.clock.lock:
        if scenario.pace is not None or scenario.jobs:
            world.check_free()
        steps = list(_expanded(scenario, world))
        roots = (world, faults)
        before = None if world.kept else take(world, world.clock, roots, {})
        try:
            return _play(scenario, world, faults, steps, chance)
        except BaseException:
            if before is not None:
                put_back(before, world, world.clock)
                world.revive()
            raise


def _play(
    scenario: Scenario, world: World, faults: Faults, steps: Sequence[_Numbered], chance: int
) -> Played:
    with ExitStack() as stack:
        if scenario.clear:
            faults.clear()
            world.trouble.clear()
        if scenario.pace is not None:
            stack.callback(setattr, world.runner, "pace", world.runner.pace)
            world.runner.pace = scenario.pace
        for index, job in enumerate(scenario.jobs):
            _add_job(world, f"jobs[{index}]", job)
        incidents = []
        for key, step in steps:
            incidents.append(_start(world, key, step))
            stack.callback(incidents[-1].clear)
        made = []
        for index, one in enumerate(scenario.faults):
            made.append(faults.add(_chanced(one, chance, index)))
            stack.callback(made[-1].remove)
        return Played(scenario, made, incidents, stack.pop_all())


def _add_job(world: World, key: str, given: Mapping[str, Any]) -> None:
    times = {name: given[name] for name in ("created", "started", "ended") if name in given}
    rest = {name: value for name, value in given.items() if name not in {"count", *times}}
    for _ in range(given.get("count", 1)):
        try:
            world.add_job(**rest, **times)
        except ValueError as error:
            raise DeclarationError(str(error), None, None, key) from error


def _start(world: World, key: str, step: Step) -> Incident:
    try:
        return world.trouble.start(step.name, step.given)
    except BadTrouble as error:
        raise DeclarationError(str(error), None, None, key) from error


def _expanded(scenario: Scenario, world: World) -> Iterator[_Numbered]:
    """Each step by its key; one with a pattern for backends once for each."""
    for index, step in enumerate(scenario.trouble):
        key, pattern = f"trouble[{index}]", step.arguments.get("backend")
        if not isinstance(pattern, str) or not set(pattern) & set("*?["):
            yield key, step
            continue
        found = [name for name in world.backends if fnmatchcase(name, pattern)]
        if not found:
            message = f"no backend is like {pattern!r}"
            raise DeclarationError(message, None, None, f"{key}.arguments.backend")
        for name in found:
            yield key, replace(step, arguments={**step.arguments, "backend": name})


def _chanced(fault: Mapping[str, Any], chance: int, index: int) -> Mapping[str, Any]:
    """The same with a seed of its own, if chance has a part in it."""
    if not any(name in fault for name in _CHANCE):
        return fault
    return {**fault, "seed": chance * _MANY + fault.get("seed", index + 1)}
