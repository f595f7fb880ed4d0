"""What a run with a fault came to, compared with the first one."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import dryshot_client
from dryshot.reports.cleaning import Clean, clean
from dryshot.sweep.findings import Outcome, Result
from dryshot.sweep.jobs import Aftermath
from dryshot.sweep.points import Point
from dryshot.sweep.run import Failure, Run

__all__ = ["Judge"]

_LINES, _WIDTH = 3, 200
_LEAST = 6
"""Shorter credentials are words that may stand anywhere."""
_LARGE = 64 * 1024


class Judge:
    """Compares runs with the first one, in which all went well.

    ``allowed`` are the errors that may leave the test.
    """

    def __init__(self, first: Run, allowed: tuple[type[BaseException], ...]) -> None:
        self._clean = first.aftermath()
        self._allowed = allowed
        self._first = first

    def judge(self, run: Run, point: Point) -> Result:
        """What a run came to."""
        before = self._clean
        failures = [one for one in run.failures if not _is_allowed(one.error, self._allowed)]
        after = run.aftermath()
        told: list[tuple[Outcome, str]] = []
        if run.hung is not None:
            told.append(("hung", run.hung))
        twice = _twice(after, before)
        if twice:
            told.append(("twice", twice))
        if run.hung is None:
            told += [("crashed", _text(one)) for one in failures]
        lost = _lost(after, before)
        if lost:
            told.append(("lost", lost))
        if not told:
            return Result(point=point, outcome="fine" if run.reached else "not reached")
        outcome, error = told[0]
        frames = _own_frames(run.failures if run.hung is not None else failures)
        if len(frames) > 1:
            error += f"\nin {' > '.join(frame.name for frame in frames)}"
        return Result(
            point=point,
            outcome=outcome,
            error=self._plain(error, run),
            where=_place(frames[-1], run) if frames else "",
            also=tuple(self._plain(text, run) for _, text in told[1:]),
        )

    def tell(self, run: Run) -> str:
        """All that was raised in a run, as Python shows it."""
        return self._plain(run.text(), run)

    @cached_property
    def _known(self) -> Clean:
        """The keys and tokens of the first run, in which the others differ hardly."""
        mock = self._first.mock
        accounts = () if mock is None else mock.world.accounts
        keys = [account.api_token for account in accounts]
        return clean(self._first.entries, secrets=keys, max_body_bytes=_LARGE)

    def _plain(self, text: str, run: Run) -> str:
        """Without API keys and tokens."""
        secrets: set[str] = set()
        for entry in run.entries:
            headers = entry.request.headers
            found = (headers.get("authorization", ""), headers.get("x-access-token", ""))
            secrets.update(value.rpartition(" ")[2] for value in found)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "***") if len(secret) >= _LEAST else text
        return self._known.text(text)


def _is_allowed(error: BaseException, allowed: tuple[type[BaseException], ...]) -> bool:
    if isinstance(error, allowed):
        return True
    if isinstance(error, BaseExceptionGroup):
        return all(_is_allowed(one, allowed) for one in error.exceptions)
    return False


def _twice(after: Aftermath, before: Aftermath) -> str:
    """Which work was repeated, if more often than when all went well."""
    if len(after.again) <= len(before.again):
        return ""
    first, again = after.again[-1]
    return f"job {again.id} ({again.status}) is the work of job {first.id} ({first.status}) again"


def _lost(after: Aftermath, before: Aftermath) -> str:
    if len(after.lost) <= len(before.lost):
        return ""
    jobs = ", ".join(f"{job.id} ({job.status})" for job in after.lost)
    return f"nobody knows what became of job {jobs}"


def _text(failure: Failure) -> str:
    lines = "".join(traceback.format_exception_only(failure.error)).strip().splitlines()
    short = "\n".join(line[:_WIDTH] for line in lines[:_LINES])
    return short if failure.when == "call" else f"in {failure.when}: {short}"


def _own_frames(failures: Iterable[Failure]) -> list[traceback.FrameSummary]:
    """The lines of the user's own code through which the first error came that has any."""
    for failure in failures:
        found = [frame for frame in _frames(failure.error) if _is_own(Path(frame.filename))]
        if found:
            return found
    return []


def _place(frame: traceback.FrameSummary, run: Run) -> str:
    path, root = Path(frame.filename), run.item.config.rootpath
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return f"{shown}:{frame.lineno} in {frame.name}"


def _frames(error: BaseException) -> Iterator[traceback.FrameSummary]:
    yield from traceback.extract_tb(error.__traceback__)
    if isinstance(error, BaseExceptionGroup):
        yield from _frames(error.exceptions[0])


def _is_own(path: Path) -> bool:
    return path.is_absolute() and not any(path.is_relative_to(one) for one in _FOREIGN)


_FOREIGN = [
    *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    Path(__file__).parents[1],
    Path(dryshot_client.__file__).parent,
]
