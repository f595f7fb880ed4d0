"""What somebody is told who waits, and with both clients."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from io import StringIO

import httpx
import pytest

from dryshot import Pace
from dryshot_client.platform import AsyncRuntime
from dryshot_client.platform.waiting import Progress
from tests.client.platform.test_waiting import (
    BACKEND,
    WAITING,
    Intercept,
    OnPlay,
    Play,
    play,
)

__all__ = ["play"]  # the fixture

Told = list[tuple[float, str, int | None, int | None]]


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def check_given_back(terminal: Terminal) -> None:
    assert sys.stderr is terminal
    assert "Queued" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[?25h")  # the cursor is shown again


def listen(told: Told) -> Callable[[Progress], None]:
    def hear(progress: Progress) -> None:
        status = progress.job.state.status
        place, length = progress.position_in_queue, progress.queue_length
        told.append((round(progress.elapsed, 3), status, place, length))

    return hear


def status_is(answer: Callable[[], httpx.Response]) -> Intercept:
    return lambda request: answer() if request.url.path.endswith("/status") else None


def lose() -> httpx.Response:
    raise httpx.ConnectError("no way there")


def test_whoever_waits_is_told_of_every_look(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=2, run=1))
    told: Told = []
    stage.wait(stage.submit().id, interval=1, progress=listen(told))
    assert told == [
        (0, "Queued", None, 1),
        (1, "Queued", None, 1),
        (2.5, "Running", None, None),
        (4.75, "Completed", None, None),
    ]


def test_the_queue_of_a_device_is_asked_for_once_a_look_whatever_waits_there(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=0.1, run=0))
    jobs = [stage.submit().id for _ in range(3)]
    other = stage.do(lambda runtime: runtime.sampler("ibm_torino", "OPENQASM 3;")).id
    told: Told = []
    stage.do(lambda runtime: runtime.jobs.wait_all([*jobs, other], progress=listen(told)))
    assert told[:4] == [(0, "Queued", None, length) for length in (3, 3, 3, 1)]
    asked = [each.request.path for each in stage.mock.journal.of("get_backend_status")]
    assert sorted(path.split("/")[-2] for path in asked) == [BACKEND, "ibm_torino"]


def test_nobody_who_does_not_listen_asks_for_queues(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    stage.wait(stage.submit().id)
    assert stage.mock.journal.of("get_backend_status") == []


def test_where_the_api_tells_places_they_are_told_and_not_the_queue(play: OnPlay) -> None:
    def place(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/metrics"):
            return None
        body = {"timestamps": {}, "usage": {"seconds": 0}, "position_in_queue": 7}
        return httpx.Response(200, json=body)

    stage = play(pace=Pace(queue=1, run=0), intercept=place, api_version="2026-02-01")
    told: Told = []
    stage.wait(stage.submit().id, interval=1, progress=listen(told))
    assert told == [(0, "Queued", 7, None), (1, "Completed", None, None)]
    assert stage.mock.journal.of("get_backend_status") == []


def test_where_the_place_is_not_known_the_queue_is(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=1, run=0), api_version="2026-02-01")
    told: Told = []
    stage.wait(stage.submit().id, interval=1, progress=listen(told))
    assert len(stage.mock.journal.of("get_job_metrics_jid")) == 1
    assert told == [(0, "Queued", None, 1), (1, "Completed", None, None)]


@pytest.fixture(autouse=True)
def _able_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs the tests may be less of a terminal."""
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    "intercept",
    [
        pytest.param(status_is(lambda: httpx.Response(500)), id="a failure"),
        pytest.param(status_is(lambda: httpx.Response(200, json=[])), id="a misfit"),
        pytest.param(status_is(lose), id="no connection"),
    ],
)
def test_a_queue_that_cannot_be_looked_at_does_not_stop_the_waiting(
    play: OnPlay, intercept: Intercept
) -> None:
    stage = play(pace=Pace(queue=1, run=0), intercept=intercept)
    told: Told = []
    assert stage.wait(stage.submit().id, interval=1, progress=listen(told)).ended
    assert told == [(0, "Queued", None, None), (1, "Completed", None, None)]


def test_a_place_that_cannot_be_looked_at_does_not_stop_the_waiting(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=1, run=0), api_version="2026-02-01")
    stage.mock.faults.fail(500, operation="get_job_metrics_jid")
    assert stage.wait(stage.submit().id, progress=listen([])).ended


def test_a_listener_that_raises_ends_the_waiting(play: OnPlay) -> None:
    def raise_(_: Progress) -> None:
        raise LookupError("mine")

    stage = play(pace=WAITING)
    with pytest.raises(LookupError, match="mine"):
        stage.wait(stage.submit().id, progress=raise_)


def test_a_result_passes_its_listener_on(play: OnPlay) -> None:
    stage = play()
    job, told = stage.submit(), Told()
    stage.do(lambda _: job.result(progress=listen(told)))
    assert told == [(0, "Completed", None, None)]


def test_progress_that_is_true_draws_on_a_terminal(
    play: OnPlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    stage = play(pace=WAITING)
    job = stage.submit()
    stage.do(lambda _: job.result(progress=True))
    assert job.id[-8:] in terminal.getvalue()
    assert "Completed" in terminal.getvalue()
    assert sys.stderr is terminal


def test_an_error_while_waiting_gives_the_terminal_back(
    play: OnPlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: httpx.Request) -> None:
        if stage.slept:
            raise ArithmeticError

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    stage = play(pace=WAITING, intercept=stop)
    job = stage.submit()
    with pytest.raises(ArithmeticError):
        stage.wait(job.id, progress=True)
    check_given_back(terminal)


def test_an_interruption_gives_the_terminal_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    stage = Play("sync", pace=WAITING, sleep=interrupt)
    job = stage.submit()
    with pytest.raises(KeyboardInterrupt):
        stage.wait(job.id, progress=True)
    check_given_back(terminal)
    stage.close()


def test_a_cancelled_task_gives_the_terminal_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = asyncio.Event()

    async def sleep_for_ever(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    async def cancel(runtime: AsyncRuntime) -> None:
        task = asyncio.ensure_future(runtime.jobs.wait(job.id, progress=True))
        await asleep.wait()
        assert sys.stderr is not terminal
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    stage = Play("async", pace=WAITING, sleep=sleep_for_ever)
    job = stage.submit()
    stage.do(cancel)
    check_given_back(terminal)
    stage.close()


def test_without_rich_nothing_is_asked_and_the_error_says_what_to_do(
    play: OnPlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    for name in ("rich", "rich.console", "rich.live"):
        monkeypatch.setitem(sys.modules, name, None)
    stage = play()
    with pytest.raises(ImportError, match=r"^progress=True needs rich: pip install rich$"):
        stage.wait("j1", progress=True)
    assert len(stage.mock.journal) == 0


def test_without_a_terminal_rich_is_not_missed(
    play: OnPlay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("rich", "rich.console", "rich.live"):
        monkeypatch.setitem(sys.modules, name, None)
    stage = play(pace=WAITING)
    assert stage.wait(stage.submit().id, progress=True).ended
    # Nobody would see what is not asked for.
    assert stage.mock.journal.of("get_backend_status") == []
    assert capsys.readouterr() == ("", "")
