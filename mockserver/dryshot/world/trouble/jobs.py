"""Trouble with jobs: how the next ones end, or do not, and what becomes of their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from dryshot.world.fates import Fate, Verdict, Which
from dryshot.world.jobs import Loss
from dryshot.world.lifecycle import JobEvent
from dryshot.world.reasons import RAN_TOO_LONG, reason_for
from dryshot.world.trouble.arguments import BadTrouble
from dryshot.world.trouble.incident import Effect, Incident, When
from dryshot.world.trouble.results import NUMBERS, enlarge, spoil
from dryshot.world.trouble.room import Room, incident
from dryshot.world.work import Outcome

__all__ = ["JobTrouble"]

_DEFAULT_CODE = 5203
_LARGEST = 512
Dialect = Literal["classic", "platform"]


class JobTrouble(Room):
    """Each concerns the next ``times`` jobs (None is all) of those that are meant.

    They are meant by ``program``, ``backend``, ``dialect`` ("classic" or "platform") and ``tag``,
    one of their tags; None is any. ``start`` and ``end`` are instants, or seconds from now, between
    which jobs must be submitted. A job that is concerned and has not come to it goes on as usual
    when the incident is cleared.
    """

    @incident
    def fail_jobs(
        self,
        reason_code: int = _DEFAULT_CODE,
        *,
        reason: str | None = None,
        solution: str | None = None,
        used: float = 2.0,
        after: float | None = None,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Jobs fail with a documented reason code, or with another and its own ``reason``.

        They run their usual time, or ``after`` seconds, and use the device for ``used`` seconds.
        """
        _least("fail_jobs.used", used, 0)
        if after is not None:
            _least("fail_jobs.after", after, 0)
        try:
            words = reason_for(reason_code, reason, solution)
        except ValueError as error:
            raise BadTrouble("fail_jobs.reason_code", str(error)) from None
        if reason_code == RAN_TOO_LONG:
            raise BadTrouble("fail_jobs.reason_code", "a job that ran too long is cancelled")
        text = f"Traceback (most recent call last):\nRuntimeError: {reason_code}: {words.text}\n"
        outcome = Outcome(True, text, words.text, reason_code, used)
        verdict = Verdict(
            event=JobEvent.FAIL, after=after, code=reason_code, reason=words, outcome=outcome
        )
        which = self._which("fail_jobs", program, backend, dialect, tag, times)
        return self._meet(Fate(which=which, left=times, verdict=verdict), start, end)

    @incident
    def run_too_long(
        self,
        after: float | None = None,
        *,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """The service cancels jobs (1305) when they have run for ``after`` seconds.

        Without it that is their usual time, so that nobody has to wait for it; never is it more
        than the job's ``cost``.
        """
        if after is not None:
            _least("run_too_long.after", after, 0)
        verdict = Verdict(
            event=JobEvent.RUN_TOO_LONG,
            after=after,
            code=RAN_TOO_LONG,
            reason=reason_for(RAN_TOO_LONG),
        )
        which = self._which("run_too_long", program, backend, dialect, tag, times)
        return self._meet(Fate(which=which, left=times, verdict=verdict), start, end)

    @incident
    def hold_jobs(
        self,
        *,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Jobs stay queued until the incident is over."""
        which = self._which("hold_jobs", program, backend, dialect, tag, times)
        return self._meet(Fate(which=which, left=times, stuck=True), start, end)

    @incident
    def delay_jobs(
        self,
        seconds: float,
        *,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Jobs run for so many seconds more; one whose ``cost`` that exceeds ran too long."""
        _least("delay_jobs.seconds", seconds, 0)
        which = self._which("delay_jobs", program, backend, dialect, tag, times)
        return self._meet(Fate(which=which, left=times, delay=seconds), start, end)

    @incident
    def lose_results(
        self,
        *,
        reads: int = 0,
        status: Literal[204, 404] = 204,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Results vanish when they were read ``reads`` times: their call answers ``status`` then.

        204 is what the service has for a private job's, which can be read once; 404 (1291) is a job
        whose data were removed.
        """
        _least("lose_results.reads", reads, 0)
        which = self._which("lose_results", program, backend, dialect, tag, times)
        fate = Fate(which=which, left=times, loss=lambda: Loss(reads, status))
        return self._meet(fate, start, end)

    @incident
    def enlarge_results(
        self,
        mib: float = 10.0,
        *,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Results have at least so many MiB; they are valid, and say what they said."""
        if not 0 < mib <= _LARGEST:
            raise BadTrouble("enlarge_results.mib", f"{mib} is not above 0 and at most {_LARGEST}")
        size = int(mib * 1024 * 1024)
        which = self._which("enlarge_results", program, backend, dialect, tag, times)
        edit = _edit(lambda body: enlarge(body, size))
        return self._meet(Fate(which=which, left=times, edit=edit), start, end)

    @incident
    def spoil_results(
        self,
        fields: Sequence[str] = NUMBERS,
        *,
        program: str | None = None,
        backend: str | None = None,
        dialect: Dialect | None = None,
        tag: str | None = None,
        times: int | None = 1,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Numbers in these fields of results are NaN, as after a fit that failed.

        Where the result is plain JSON it holds a bare ``NaN`` then, as the service's may; whole
        numbers and bits stay as they are.
        """
        if isinstance(fields, str) or not fields:
            raise BadTrouble("spoil_results.fields", "it is a list of names, not empty")
        names = frozenset(fields)
        which = self._which("spoil_results", program, backend, dialect, tag, times)
        edit = _edit(lambda body: spoil(body, names))
        return self._meet(Fate(which=which, left=times, edit=edit), start, end)

    def _which(self, name: str, *choice: Any) -> Which:
        program, backend, dialect, tag, times = choice
        if backend is not None:
            self.backend_named(f"{name}.backend", backend)
        if times is not None:
            _least(f"{name}.times", times, 1)
        return Which(program=program, backend=backend, dialect=dialect, tag=tag)

    def _meet(self, fate: Fate, start: When | None, end: When | None) -> Incident:
        runner = self.world.runner

        def undo() -> None:
            runner.fates.remove(fate)
            fate.end()
            runner.wake()

        begin = lambda: runner.fates.append(fate)  # noqa: E731 - one of three of a kind
        effect = Effect(begin=begin, undo=undo, left=lambda: fate.left)
        return self.open(effect, start, end)


def _edit(change: Callable[[str], str]) -> Callable[[Outcome], Outcome]:
    return lambda outcome: replace(outcome, body=change(outcome.body))


def _least(field: str, value: float, least: float) -> None:
    if value < least:
        raise BadTrouble(field, f"{value} is below {least}")
