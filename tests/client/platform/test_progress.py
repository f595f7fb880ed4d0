"""What is drawn for those who wait, on terminals of several kinds."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from dryshot_client.platform.models import Job
from dryshot_client.platform.waiting import Progress
from dryshot_client.progress import Board, show_progress

ID = "d3abc5np8blo0kgog530"


class Time:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def console(
    now: Callable[[], float] | None = None,
    *,
    terminal: bool = True,
    height: int = 25,
    width: int = 80,
    colours: bool = False,
    encoding: str = "utf-8",
    term: str = "xterm",
) -> Console:
    return Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True),
        force_terminal=terminal,
        width=width,
        height=height,
        color_system="standard" if colours else None,
        legacy_windows=False,
        get_time=now,
        _environ={"TERM": term},
    )


def text_of(drawn: Console) -> str:
    file = drawn.file
    assert isinstance(file, io.TextIOWrapper)
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(file.encoding)


def draw(board: Board, on: Console) -> list[str]:
    """The lines as they are now."""
    with on.capture() as capture:
        on.print(board)
    return [line.rstrip() for line in capture.get().splitlines()]


def seen(
    status: str = "Queued",
    *,
    id_: str = ID,
    elapsed: float = 0,
    place: int | None = None,
    length: int | None = None,
    code: int | None = None,
) -> Progress:
    state = {"status": status} | ({} if code is None else {"reason_code": code})
    body = {
        "id": id_,
        "backend": "ibm_fez",
        "state": state,
        "status": "Cancelled - Ran too long" if code == 1305 else status,
        "program": {"id": "sampler"},
        "created": "2026-08-22T05:51:18Z",
    }
    job = Job.read(body)
    return Progress(job=job, elapsed=elapsed, position_in_queue=place, queue_length=length)


def told(*all_seen: Progress, now: Callable[[], float] | None = None) -> Board:
    board = Board(now or Time())
    for each in all_seen:
        board(each)
    return board


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (seen(place=3, length=9), "⠋  …0kgog530  ibm_fez  Queued  place 3  0:00"),
        (seen(length=12), "⠋  …0kgog530  ibm_fez  Queued  queue 12  0:00"),
        (seen(place=0), "⠋  …0kgog530  ibm_fez  Queued  place 0  0:00"),
        (seen("Running", elapsed=75.9), "⠋  …0kgog530  ibm_fez  Running    1:15"),
        (seen("Completed", elapsed=3600), "✓  …0kgog530  ibm_fez  Completed    1:00:00"),
        (seen("Failed", id_="short"), "✗  short  ibm_fez  Failed    0:00"),
        (seen("Cancelled"), "-  …0kgog530  ibm_fez  Cancelled    0:00"),
        (
            seen("Cancelled", code=1305),
            "-  …0kgog530  ibm_fez  Cancelled - Ran too long    0:00",
        ),
        (seen("Evaporated"), "?  …0kgog530  ibm_fez  Evaporated    0:00"),
    ],
)
def test_a_job_is_one_line_that_is_read_without_colour(progress: Progress, line: str) -> None:
    assert draw(told(progress), console()) == [line]


def test_each_state_has_a_colour_of_its_own() -> None:
    states = ("Queued", "Running", "Completed", "Failed", "Cancelled")
    starts = {draw(told(seen(state)), console(colours=True))[0].split("m")[0] for state in states}
    assert len(starts) == len(states)
    assert all(start.startswith("\x1b[") for start in starts)


def test_columns_are_aligned_over_the_jobs() -> None:
    board = told(seen("Running", id_="j1", elapsed=4000), seen(id_="job2", place=3))
    assert draw(board, console()) == [
        "⠋  j1    ibm_fez  Running           1:06:40",
        "⠋  job2  ibm_fez  Queued   place 3     0:00",
    ]


def test_time_goes_on_between_two_looks_and_stops_at_the_end() -> None:
    now = Time()
    board = told(seen("Running", elapsed=2), seen("Completed", id_="j2", elapsed=2), now=now)
    now.now += 4.3
    first, second = draw(board, console())
    assert (first.split()[-1], second.split()[-1]) == ("0:06", "0:02")
    board(seen("Completed", elapsed=7))
    now.now += 100
    assert draw(board, console())[0].split()[-1] == "0:07"


def test_what_goes_on_spins_until_nobody_watches_any_longer() -> None:
    now = Time()
    board = told(seen("Running"), now=now)
    first = draw(board, console())[0][0]
    now.now += 0.125
    assert draw(board, console())[0][0] not in {first, " "}
    board.stop()
    now.now += 60
    assert draw(board, console()) == ["·  …0kgog530  ibm_fez  Running    0:00"]


def test_a_terminal_without_unicode_gets_ascii() -> None:
    board = told(seen("Running"), seen("Failed", id_="a" * 30), seen("Completed", id_="j3"))
    plain = console(encoding="ascii", width=30)
    plain.print(board)
    board.stop()
    plain.print(board)
    assert [line.split()[0] for line in text_of(plain).splitlines()] == [
        "|",
        "x",
        "+",
        ".",
        "x",
        "+",
    ]
    assert "  ...0kgog5" in text_of(plain)


def test_a_narrow_terminal_gets_shorter_lines_and_no_more_of_them() -> None:
    board = told(seen(place=3), seen("Completed", id_="j2"))
    lines = draw(board, console(width=20))
    assert len(lines) == 2
    assert all(len(line) <= 20 for line in lines)


def crowd(**statuses: int) -> list[Progress]:
    return [
        seen(
            status,
            id_=f"{status[:3]}{place}",
            elapsed=10,
            place=None if status != "Queued" else place,
        )
        for status, number in statuses.items()
        for place in range(number, 0, -1)
    ]


def ids(lines: Sequence[str]) -> list[str]:
    return [line.split()[1] for line in lines]


def test_ten_jobs_are_ten_lines() -> None:
    assert len(draw(told(*crowd(Queued=10)), console())) == 10


def test_a_hundred_jobs_are_a_summary_and_the_most_interesting() -> None:
    board = told(*crowd(Completed=70, Queued=25, Running=2, Failed=2, Cancelled=1))
    lines = draw(board, console())
    assert lines[0] == (
        "⠋  100 jobs: 2 Running, 25 Queued, 70 Completed, 2 Failed, 1 Cancelled  0:10"
    )
    assert ids(lines[1:]) == [
        "Run2",
        "Run1",
        "Fai2",
        "Fai1",
        "Can1",
        "Que1",
        "Que2",
        "Que3",
        "Que4",
    ]


def test_a_hundred_jobs_that_have_ended_well_are_one_line() -> None:
    board = told(*crowd(Completed=100))
    assert draw(board, console()) == ["   100 jobs: 100 Completed  0:10"]


def test_a_low_terminal_gets_fewer_lines() -> None:
    lines = draw(told(*crowd(Queued=8)), console(height=5))
    assert lines[0].endswith("8 jobs: 8 Queued  0:10")
    assert ids(lines[1:]) == ["Que1", "Que2", "Que3"]


def test_nothing_is_drawn_before_anything_is_known() -> None:
    assert draw(told(), console()) in ([], [""])


def test_what_was_last_seen_stays_on_the_terminal() -> None:
    drawn = console()
    with show_progress(drawn) as report:
        assert report is not None
        report(seen(place=3))
        report(seen("Completed", elapsed=61))
    text = text_of(drawn)
    last = text[text.rindex("…") :]
    assert "Completed" in last
    assert "1:01" in last
    assert text.endswith("\x1b[?25h")


def test_of_what_was_given_up_the_last_state_stays() -> None:
    drawn = console()

    def give_up() -> None:
        with show_progress(drawn) as report:
            assert report is not None
            report(seen(length=4))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    text = text_of(drawn)
    assert "·  …0kgog530  ibm_fez  Queued  queue 4  0:00" in text
    assert text.endswith("\x1b[?25h")


@pytest.mark.parametrize("kind", [{"terminal": False}, {"term": "dumb"}])
def test_on_what_is_no_terminal_nothing_is_drawn(kind: dict[str, bool]) -> None:
    drawn = console(**kind)  # type: ignore[arg-type]  # two settings of different types
    with show_progress(drawn) as report:
        assert report is None
    assert text_of(drawn) == ""


def test_who_waits_while_another_is_drawn_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with show_progress() as first:
        assert first is not None
        with show_progress() as second:
            assert second is None
    with show_progress() as third:
        assert third is not None
    assert sys.stderr is terminal


def test_what_is_printed_to_a_file_meanwhile_does_not_go_to_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn = console()
    with show_progress(drawn):
        sys.stdout.write("a result\n")
    assert capsys.readouterr().out == "a result\n"
    assert "a result" not in text_of(drawn)
