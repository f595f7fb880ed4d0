"""What a test says about jobs to come: which, and how each of them ends."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dryshot.engines.canned.answers import Failure, Result, chosen
from dryshot.world import Job, Outcome, Submission, Task, World
from dryshot.world.reasons import reason_for
from dryshot.world.work import Given, Script

__all__ = [
    "Expectation",
    "Expectations",
    "Match",
    "UnusedExpectation",
    "expect",
    "unused",
    "warn_of_unused",
]

Match = Mapping[str, Any] | Callable[[Submission], object]
"""What a job's ``params`` hold, as far as it is said; or who says yes or no to a submission."""


class UnusedExpectation(UserWarning):
    """A test said how a job ends, and no such job came."""


@dataclass(slots=True)
class _Step:
    answer: Callable[[Task], Outcome]
    times: int | None
    given: int = 0


class Expectation:
    """How jobs end that no engine computes, in order: each answer once, the last for ever.

    ``times`` gives an answer to as many jobs, the last one as well; then the next expectation that
    fits decides, or the engine. The order is that of submission. Every method returns this
    expectation again.
    """

    def __init__(self, program_id: str | None, backend: str | None, match: Match | None) -> None:
        self._program_id = program_id
        self._backend = backend
        self._match = match
        self._steps: list[_Step] = []
        self._seconds: float | None = None
        self._met = 0

    def __repr__(self) -> str:
        said = {"program_id": self._program_id, "backend": self._backend}
        words = [f"{name}={value!r}" for name, value in said.items() if value is not None]
        words += ["match=..."] * (self._match is not None)
        return f"when({', '.join(words)})"

    def returns(
        self,
        *,
        counts: Any = None,
        quasi_dists: Any = None,
        evs: Any = None,
        stds: Any = None,
        result: Any = None,
        usage: float = 2.0,
        times: int | None = None,
    ) -> Expectation:
        """The next job completes with a result, of which one part is given.

        Args:
            counts: outcomes and how often each was seen, ``{"00": 512, "11": 512}``: of all
                registers together, or ``{"alpha": {...}, "beta": {...}}``. The shots are their sum.
            quasi_dists: outcomes and their quasi-probabilities, for the classic sampler.
            evs: expectation values: one number for all, or a number or nested lists for each pub.
            stds: their errors, likewise.
            result: any JSON value, text as it is sent, or a ``PrimitiveResult`` of Qiskit's.
            usage: seconds of device time that it costs; none on a simulator.
            times: how many jobs.

        For several circuits: one mapping for all, or a list with one for each.
        """
        parts = {"counts": counts, "quasi_dists": quasi_dists, "evs": evs, "result": result}
        kind, value = chosen(parts)
        if stds is not None and kind != "evs":
            raise ValueError("stds: they go with evs")
        _check_seconds("usage", usage)
        return self._then(Result(kind, value, stds, float(usage)), times)

    def fails(
        self,
        *,
        reason_code: int,
        reason: str | None = None,
        traceback: str | None = None,
        usage: float = 0.0,
        times: int | None = None,
    ) -> Expectation:
        """The next job fails with this code; the words are the service's if they are not given.

        ``traceback`` is what the results call answers, ``usage`` seconds of device time.
        """
        _check_seconds("usage", usage)
        words = reason_for(reason_code, reason).text
        return self._then(Failure(reason_code, words, traceback, float(usage)), times)

    def runs(self, seconds: float) -> Expectation:
        """All of its jobs run for so many seconds of the clock."""
        _check_seconds("runs", seconds)
        self._seconds = float(seconds)
        return self

    def direct(self, job: Job, task: Task) -> Script | None:
        """How this job goes, if it is one of these; what it raises refuses the job."""
        step = self._next()
        if (step is None and (self._steps or self._seconds is None)) or not self._fits(job):
            return None
        engine = Given(step.answer(task)) if step else None
        self._met += 1
        if step:
            step.given += 1
        return Script(engine, self._seconds)

    @property
    def unused(self) -> list[str]:
        """Which of its answers were not given, or not as often as was said."""
        if not self._steps:
            return [] if self._met else [f"{self!r}: no such job came"]
        return [
            f"{self!r}.{step.answer}: given {step.given} of {step.times or 1} times"
            for step in self._steps
            if step.given < (step.times or 1)
        ]

    def _then(self, answer: Callable[[Task], Outcome], times: int | None) -> Expectation:
        if times is not None and (isinstance(times, bool) or times < 1):
            raise ValueError(f"times: {times} is not 1 or more")
        self._steps.append(_Step(answer, times))
        return self

    def _next(self) -> _Step | None:
        last = self._steps[-1] if self._steps else None
        for step in self._steps:
            often = math.inf if step is last and step.times is None else step.times or 1
            if step.given < often:
                return step
        return None

    def _fits(self, job: Job) -> bool:
        submission = job.submission
        if self._program_id not in (None, submission.program_id):
            return False
        if self._backend not in (None, submission.backend):
            return False
        if callable(self._match):
            return bool(self._match(submission))
        return self._match is None or _within(self._match, submission.params)


class Expectations:
    """All that was said, in order: the first that fits a job decides."""

    def __init__(self) -> None:
        self.all: list[Expectation] = []

    def __call__(self, job: Job, task: Task) -> Script | None:
        """How a new job goes."""
        for one in self.all:
            script = one.direct(job, task)
            if script is not None:
                return script
        return None


def expect(
    world: World, *, program_id: str | None, backend: str | None, match: Match | None
) -> Expectation:
    """A new expectation of this world; ``ValueError`` if it could never be met."""
    if backend is not None and backend not in world.backends and not backend.startswith("mock_"):
        raise ValueError(f"backend: the world has no {backend!r}")
    if program_id is not None and program_id not in _PROGRAMS | set(world.programs):
        raise ValueError(f"program_id: there is no program {program_id!r}")
    if match is not None and not callable(match) and not isinstance(match, Mapping):
        raise TypeError(f"match: {match!r} is neither a mapping nor a function")
    with world.clock.lock:
        if world.director is None:
            world.director = Expectations()
        if not isinstance(world.director, Expectations):
            raise TypeError(f"{world.director!r} directs the jobs of this world")
        expectation = Expectation(program_id, backend, match)
        world.director.all.append(expectation)
    return expectation


_PROGRAMS = frozenset({"sampler", "estimator", "noise-learner", "executor", "calibrate"})


def unused(world: World) -> list[str]:
    """What was said and did not happen, in words."""
    if not isinstance(world.director, Expectations):
        return []
    with world.clock.lock:
        return [text for one in world.director.all for text in one.unused]


def warn_of_unused(world: World) -> None:
    """An ``UnusedExpectation`` for each of them."""
    for text in unused(world):
        warnings.warn(text, UnusedExpectation, stacklevel=2)


def _check_seconds(name: str, seconds: float) -> None:
    if isinstance(seconds, bool) or not 0 <= seconds < math.inf:
        raise ValueError(f"{name}: {seconds} s; it is 0 or more, and not for ever")


def _within(wanted: Any, found: Any) -> bool:
    """Whether every part of ``wanted`` is in ``found``."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and _within(value, found[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(found, list)
            and len(wanted) == len(found)
            and all(map(_within, wanted, found))
        )
    return bool(wanted == found)
