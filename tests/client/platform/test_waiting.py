"""Waiting for jobs of the mock, by its clock, with both clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from dryshot import Mock, Pace
from dryshot.world import Outcome, Task
from dryshot_client.errors import (
    JobCancelled,
    JobFailed,
    JobRanTooLong,
    JobTimeout,
    NotFound,
    ServerError,
)
from dryshot_client.platform import AsyncRuntime, Runtime
from dryshot_client.platform.models import Job

BACKEND = "ibm_fez"
CIRCUIT = "OPENQASM 3.0;\nbit[1] c;\nc[0] = measure $0;\n"
WAITING = Pace(queue=60, run=60)

RESULT = {
    "results": [{"data": {"c": {"samples": ["0x1", "0x0", "0x1"], "num_bits": 1}}, "metadata": {}}],
    "metadata": {"version": 2},
}

Intercept = Callable[[httpx.Request], httpx.Response | None]
Action = Callable[[Any], Any]


def measure(_: Task) -> Outcome:
    """An engine whose every job gives the same."""
    return Outcome(failed=False, body=json.dumps(RESULT), quantum_seconds=2.0)


class Between(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The way to the mock, with somebody on it who may answer first; notes how many are on it."""

    def __init__(self, mock: Mock, intercept: Intercept) -> None:
        self._sync, self._async = mock.transport(), mock.async_transport()
        self._intercept = intercept
        self._under_way = 0
        self.most = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._intercept(request) or self._sync.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        for _ in range(5):  # so that all who can have come as far
            await asyncio.sleep(0)
        try:
            return self._intercept(request) or await self._async.handle_async_request(request)
        finally:
            self._under_way -= 1


class Play:
    """A mock whose clock only sleeping moves, a runtime on it, and one way to use both kinds."""

    def __init__(self, kind: str, *, intercept: Intercept | None = None, **settings: Any) -> None:
        self.mock = Mock(
            engine=settings.pop("engine", measure), pace=settings.pop("pace", Pace(0, 0))
        )
        self.clock = self.mock.clock
        self.clock.freeze()
        self.slept: list[float] = []
        self.way = Between(self.mock, intercept or (lambda _: None))
        common: dict[str, Any] = {
            "api_key": "a key",
            "instance": "premium-instance",
            "account_file": None,
            "transport": self.way,
            "retries": 0,
            "monotonic": self.clock.time,
        }
        self.runtime: Runtime | AsyncRuntime
        if kind == "sync":
            self.runtime = Runtime(**common | {"sleep": self._sleep} | settings)
        else:
            self.runtime = AsyncRuntime(**common | {"sleep": self._async_sleep} | settings)
        self._loop = asyncio.Runner()

    def close(self) -> None:
        if isinstance(self.runtime, Runtime):
            self.runtime.close()
        else:
            self._loop.run(self.runtime.aclose())
        self._loop.close()

    def do(self, action: Action) -> Any:
        """What ``action`` of the runtime comes to."""
        if isinstance(self.runtime, Runtime):
            return action(self.runtime)
        return self._loop.run(self._await(action))

    def submit(self, **job: Any) -> Any:
        """A job of the sampler."""
        return self.do(lambda runtime: runtime.sampler(BACKEND, CIRCUIT, **job))

    def wait(self, job_id: str, **how: Any) -> Job:
        job: Job = self.do(lambda runtime: runtime.jobs.wait(job_id, **how))
        return job

    def status(self, job_id: str) -> str:
        job: Job = self.do(lambda runtime: runtime.jobs.get(job_id))
        return job.state.status

    def looks(self) -> list[str]:
        """The jobs that were looked at, in order."""
        return [each.request.path.split("/")[-1] for each in self.mock.journal.of("get_job")]

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)

    async def _async_sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._sleep(seconds)

    async def _await(self, action: Action) -> Any:
        outcome = action(self.runtime)
        if isinstance(outcome, AsyncIterator):
            return [item async for item in outcome]
        return await outcome


OnPlay = Callable[..., Play]


@pytest.fixture(params=["sync", "async"])
def play(request: pytest.FixtureRequest) -> Iterator[OnPlay]:
    with ExitStack() as stack:

        def make(**settings: Any) -> Play:
            made = Play(request.param, **settings)
            stack.callback(made.close)
            return made

        yield make


def test_a_job_that_has_ended_is_looked_at_once(play: OnPlay) -> None:
    stage = play()
    job = stage.submit()
    assert stage.wait(job.id).status == "Completed"
    assert stage.looks() == [job.id]
    assert stage.slept == []


def test_the_pauses_between_looks_grow_up_to_five_seconds(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    stage.wait(stage.submit().id)
    grown = [0.2 * 1.5**place for place in range(len(stage.slept))]
    assert stage.slept == pytest.approx([min(pause, 5.0) for pause in grown])
    assert 120 <= sum(stage.slept) < 125


def test_an_interval_that_is_longer_than_the_longest_pause_is_kept(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    stage.wait(stage.submit().id, interval=50)
    assert stage.slept == [50.0, 50.0, 50.0]


def test_pauses_grow_even_from_no_interval(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=0, run=0.3))
    stage.wait(stage.submit().id, interval=0)
    assert stage.slept == pytest.approx([0, 0.1, 0.15, 0.225])


def test_waiting_for_longer_than_the_timeout_raises_with_the_job_as_seen(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    job = stage.submit()
    with pytest.raises(JobTimeout, match=f"job {job.id} is still Queued after 10 s") as caught:
        stage.wait(job.id, timeout=10)
    assert (caught.value.job_id, caught.value.timeout) == (job.id, 10)
    assert caught.value.job.state.status == "Queued"
    assert sum(stage.slept) == pytest.approx(10)
    assert stage.status(job.id) == "Queued"


def test_a_job_that_ends_at_the_very_end_of_the_timeout_has_ended_in_time(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=0, run=10))
    assert stage.wait(stage.submit().id, timeout=10).ended


def test_no_time_at_all_is_one_look(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    job = stage.submit()
    with pytest.raises(JobTimeout, match="after 0 s"):
        stage.wait(job.id, timeout=0)
    assert stage.looks() == [job.id]


def test_the_last_look_comes_even_by_a_clock_that_runs_a_little_late(play: OnPlay) -> None:
    # A clock of microseconds is not moved by the rest that rounding leaves.
    stage = play(pace=WAITING, monotonic=lambda: 0.1 * 3)
    job = stage.submit()
    with pytest.raises(JobTimeout):
        stage.wait(job.id, timeout=0.2)
    assert len(stage.looks()) == 2


def test_what_is_late_is_cancelled_where_that_is_wanted(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    job = stage.submit()
    with pytest.raises(JobTimeout, match="still Queued") as caught:
        stage.wait(job.id, timeout=10, cancel_on_timeout=True)
    assert caught.value.__cause__ is None
    assert stage.status(job.id) == "Cancelled"


def test_a_job_that_ends_just_before_it_is_cancelled_has_ended_in_time(play: OnPlay) -> None:
    def dawdle(request: httpx.Request) -> None:
        if request.url.path.endswith("/cancel"):
            stage.clock.advance(1000)

    stage = play(pace=WAITING, intercept=dawdle)
    ended = stage.wait(stage.submit().id, timeout=10, cancel_on_timeout=True)
    assert ended.state.status == "Completed"
    assert len(stage.mock.journal.of("cancel_job_jid")) == 1


def test_of_several_late_jobs_the_first_that_could_be_cancelled_is_named(play: OnPlay) -> None:
    def dawdle(request: httpx.Request) -> None:
        if request.url.path.endswith("/cancel"):
            stage.clock.advance(60)

    stage = play(pace=lambda job: Pace(0, 20 if "short" in job.tags else 500), intercept=dawdle)
    short, long = stage.submit(tags=["short"]), stage.submit()
    with pytest.raises(JobTimeout) as caught:
        stage.do(
            lambda runtime: runtime.jobs.wait_all(
                [short.id, long.id], timeout=10, cancel_on_timeout=True
            )
        )
    assert caught.value.job_id == long.id
    assert caught.value.__cause__ is None
    assert [stage.status(short.id), stage.status(long.id)] == ["Completed", "Cancelled"]


def test_a_job_that_cannot_be_cancelled_keeps_no_other_from_it(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    first, second = stage.submit().id, stage.submit().id
    stage.mock.faults.fail(500, operation="cancel_job_jid")
    with pytest.raises(JobTimeout, match=first) as caught:
        stage.do(
            lambda runtime: runtime.jobs.wait_all(
                [first, second], timeout=1, cancel_on_timeout=True
            )
        )
    assert isinstance(caught.value.__cause__, ServerError)
    assert sorted([stage.status(first), stage.status(second)]) == ["Cancelled", "Queued"]


def test_many_jobs_come_back_in_the_order_they_were_asked_for(play: OnPlay) -> None:
    stage = play(pace=lambda job: Pace(0, float(job.tags[0])))
    jobs = [stage.submit(tags=[str(seconds)]).id for seconds in (30, 10, 20)]
    asked = [jobs[1], jobs[0], jobs[2], jobs[1]]
    ended = stage.do(lambda runtime: runtime.jobs.wait_all(asked))
    assert [job.id for job in ended] == asked
    assert all(job.ended for job in ended)


def test_each_job_is_looked_at_once_a_look_and_no_more_when_it_has_ended(play: OnPlay) -> None:
    stage = play(pace=lambda job: Pace(0, float(job.tags[0])))
    short, long = (stage.submit(tags=[seconds]).id for seconds in ("0.1", "0.4"))
    stage.do(lambda runtime: runtime.jobs.wait_all([long, short, long, short]))
    assert sorted(stage.looks()[:2]) == sorted([long, short])
    assert sorted(stage.looks()[2:4]) == sorted([long, short])
    assert stage.looks()[4:] == [long]


def test_waiting_for_no_job_asks_nothing(play: OnPlay) -> None:
    stage = play()
    assert stage.do(lambda runtime: runtime.jobs.wait_all([])) == []
    assert len(stage.mock.journal) == 0


def test_the_asynchronous_client_looks_at_ten_jobs_at_a_time() -> None:
    stage = Play("async")
    try:
        jobs = [stage.submit().id for _ in range(30)]
        assert stage.way.most == 1
        ended = stage.do(lambda runtime: runtime.jobs.wait_all(jobs))
        assert stage.way.most == 10
        assert [job.id for job in ended] == jobs
    finally:
        stage.close()


def test_an_unknown_job_is_not_found(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    with pytest.raises(NotFound):
        stage.wait("nonesuch")
    known = stage.submit().id
    with pytest.raises(NotFound, match="nonesuch"):
        stage.do(lambda runtime: runtime.jobs.wait_all([known, "nonesuch"]))
    assert stage.slept == []


def test_a_service_that_fails_ends_the_waiting(play: OnPlay) -> None:
    stage = play()
    job = stage.submit()
    stage.mock.faults.fail(500, operation="get_job")
    with pytest.raises(ServerError):
        stage.wait(job.id)
    assert stage.wait(job.id).ended


def test_a_job_that_fails_has_ended_and_its_result_says_why(play: OnPlay) -> None:
    def fail(_: Task) -> Any:
        raise ArithmeticError("no such number")

    stage = play(engine=fail, pace=WAITING)
    job = stage.submit()
    assert stage.wait(job.id).state.status == "Failed"
    with pytest.raises(JobFailed, match="no such number"):
        stage.do(lambda _: job.result())


def test_a_result_waits_and_reads(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    job = stage.submit()
    result = stage.do(lambda _: job.result())
    assert result[0].counts() == {"1": 2, "0": 1}
    assert sum(stage.slept) >= 120


def test_a_result_takes_the_same_settings_for_its_waiting(play: OnPlay) -> None:
    stage = play(pace=WAITING)
    job = stage.submit()
    with pytest.raises(JobTimeout):
        stage.do(lambda _: job.result(timeout=1, cancel_on_timeout=True))
    with pytest.raises(JobCancelled) as caught:
        stage.do(lambda _: job.result())
    assert not isinstance(caught.value, JobRanTooLong)


def test_a_job_that_ran_too_long_says_so(play: OnPlay) -> None:
    stage = play(pace=Pace(queue=0, run=500))
    job = stage.submit(cost=100)
    with pytest.raises(JobRanTooLong, match="1305") as caught:
        stage.do(lambda _: job.result())
    assert caught.value.reason_code == 1305
    assert caught.value.status == "Cancelled - Ran too long"


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"timeout": -1}, "timeout is -1 s"),
        ({"timeout": float("nan")}, "timeout is nan s"),
        ({"interval": -0.1}, "interval is -0.1 s"),
        ({"progress": "bar"}, "progress is str, not a function or True"),
        ({"patience": 1}, "patience"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_asked(
    play: OnPlay, how: dict[str, Any], error: str
) -> None:
    stage = play()
    with pytest.raises((ValueError, TypeError), match=error):
        stage.wait("j1", **how)
    assert len(stage.mock.journal) == 0


def test_ids_have_to_be_a_list(play: OnPlay) -> None:
    stage = play()
    with pytest.raises(TypeError, match="job_ids is one text"):
        stage.do(lambda runtime: runtime.jobs.wait_all("j1"))
    assert len(stage.mock.journal) == 0


def test_a_task_that_is_cancelled_while_it_waits_leaves_the_job_and_the_client_alone() -> None:
    stage = Play("async", pace=WAITING)
    asleep = asyncio.Event()

    async def sleep_for_ever(_: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    runtime = AsyncRuntime(
        api_key="a key",
        instance="premium-instance",
        account_file=None,
        transport=stage.way,
        sleep=sleep_for_ever,
    )

    async def main() -> Job:
        async with runtime:
            job = await runtime.sampler(BACKEND, CIRCUIT)
            task = asyncio.ensure_future(job.result())
            await asleep.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await job.get()

    assert asyncio.run(main()).state.status == "Queued"
    stage.close()
