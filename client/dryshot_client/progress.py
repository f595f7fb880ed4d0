"""Jobs that are waited for, drawn on a terminal by rich: a line for each, or the more interesting.

Where there are more jobs than lines, a summary comes first, then those that run, those that ended
badly, and those that are next in the queue.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dryshot_client.platform.models import Job
from dryshot_client.platform.waiting import Progress, ProgressCallback

if TYPE_CHECKING:  # rich is not the client's: who draws imports it
    from rich.console import Console, ConsoleOptions, JustifyMethod, OverflowMethod
    from rich.table import Table
    from rich.text import Text

__all__ = ["Board", "show_progress"]

MOST_LINES = 10
FRAMES_PER_SECOND = 8
LONGEST_ID = 12
SHORT_ID = 8
"""Characters of a longer id that are shown: its last ones, for ids of one hour begin alike."""

_STYLES = {
    "Running": "bold cyan",
    "Queued": "yellow",
    "Completed": "green",
    "Failed": "red",
    "Cancelled": "magenta",
}
_MARKS = {"Completed": "✓+", "Failed": "✗x", "Cancelled": "--"}
"""What stands before a job that has ended: the second where there is nothing but ASCII."""
_SPINNERS = ("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\")
_UNWATCHED = ("·", ".")
_JUSTIFY: tuple[JustifyMethod, ...] = ("left", "left", "left", "left", "right")


@contextmanager
def show_progress(console: Console | None = None) -> Iterator[ProgressCallback | None]:
    """Draw what the callback is told, on stderr or another ``console``, while the block lasts.

    What was last seen stays there. ``None`` if it is no terminal, or if rich draws on it already:
    two who move the same cursor make a mess. ``ImportError`` if rich is needed, and missing.
    """
    if console is None and not _is_free_terminal():
        yield None
        return
    try:
        from rich.console import Console
        from rich.live import Live
    except ImportError:
        raise ImportError("progress=True needs rich: pip install rich", name="rich") from None
    console = console or Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield None
        return
    board = Board(console.get_time)
    with Live(
        board,
        console=console,
        refresh_per_second=FRAMES_PER_SECOND,
        # What is printed meanwhile goes above the lines, but not if it is to go to a file.
        redirect_stdout=sys.stdout is not None and sys.stdout.isatty(),
    ):
        try:
            yield board
        finally:
            board.stop()


class Board:
    """What there is to draw, in the state that it was last told. ``now`` is in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._seen: dict[str, tuple[Progress, float]] = {}
        self._stopped: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Take note of a job."""
        self._seen[progress.job.id] = progress, self._now()

    def stop(self) -> None:
        """Let nothing move any more: jobs that have not ended are watched no longer."""
        self._stopped = self._now()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table | Text]:
        # At once: another thread draws than tells.
        seen = [*self._seen.values()]
        if not seen:
            return
        now = self._now() if self._stopped is None else self._stopped
        ascii_only = options.ascii_only
        elapsed = {
            each.job.id: each.elapsed if each.job.ended else each.elapsed + now - told
            for each, told in seen
        }
        lines = [each for each, _ in seen]
        room = max(2, min(MOST_LINES, console.height - 1))
        if len(lines) > room:
            going_on = any(not each.job.ended for each in lines)
            mark = self._move(now, ascii_only=ascii_only) if going_on else " "
            yield _summarise(lines, mark, max(elapsed.values()))
            lines = _choose(lines, room - 1)
        if not lines:
            return
        table = _make_table(ascii_only=ascii_only)
        for each in lines:
            mark = _mark(each.job, ascii_only=ascii_only) or self._move(now, ascii_only=ascii_only)
            table.add_row(*_write(each, mark, elapsed[each.job.id], ascii_only=ascii_only))
        yield table

    def _move(self, now: float, *, ascii_only: bool) -> str:
        if self._stopped is not None:
            return _UNWATCHED[ascii_only]
        frames = _SPINNERS[ascii_only]
        return frames[int(now * FRAMES_PER_SECOND) % len(frames)]


def _is_free_terminal() -> bool:
    stream = sys.stderr
    if stream is None or not stream.isatty():
        return False
    # Rich puts a proxy in its place while it draws.
    return not hasattr(stream, "rich_proxied_file")


def _make_table(*, ascii_only: bool) -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    overflow: OverflowMethod = "crop" if ascii_only else "ellipsis"  # which is not ASCII
    table.add_column(no_wrap=True, min_width=1)
    for justify in _JUSTIFY:
        table.add_column(justify=justify, no_wrap=True, overflow=overflow)
    return table


def _write(progress: Progress, mark: str, elapsed: float, *, ascii_only: bool) -> list[Text]:
    from rich.text import Text

    job = progress.job
    style = _STYLES.get(job.state.status, "")
    place = ""
    if progress.position_in_queue is not None:
        place = f"place {progress.position_in_queue}"
    elif progress.queue_length is not None:
        place = f"queue {progress.queue_length}"
    return [
        Text(mark, style),
        Text(_shorten(job.id, ascii_only=ascii_only)),
        Text(job.backend or ""),
        Text(job.status, style),
        Text(place),
        Text(_write_time(elapsed), "dim"),
    ]


def _summarise(lines: Sequence[Progress], mark: str, elapsed: float) -> Text:
    from rich.text import Text

    counts = Counter[str](each.job.state.status for each in lines)
    parts = [
        (f"{counts[status]} {status}", _STYLES.get(status, ""))
        for status in dict.fromkeys([*_STYLES, *counts])
        if counts[status]
    ]
    text = Text(f"{mark}  {len(lines)} jobs: ", no_wrap=True, overflow="crop")
    text.append_text(Text(", ").join(Text(*part) for part in parts))
    return text.append(f"  {_write_time(elapsed)}", "dim")


def _choose(lines: Sequence[Progress], room: int) -> list[Progress]:
    ranks = {"Running": 0, "Queued": 2}

    def rank(progress: Progress) -> tuple[int, float]:
        place = progress.position_in_queue
        return ranks.get(progress.job.state.status, 1), float("inf") if place is None else place

    return sorted((each for each in lines if each.job.state.status != "Completed"), key=rank)[:room]


def _mark(job: Job, *, ascii_only: bool) -> str:
    return _MARKS.get(job.state.status, "??")[ascii_only] if job.ended else ""


def _shorten(job_id: str, *, ascii_only: bool) -> str:
    if len(job_id) <= LONGEST_ID:
        return job_id
    return ("..." if ascii_only else "…") + job_id[-SHORT_ID:]


def _write_time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
