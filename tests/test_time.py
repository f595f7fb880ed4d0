"""Worlds in time: what falls due is the same however the clock gets there, and nobody waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from dryshot.clock import Clock
from dryshot.errors import NotAuthenticated
from dryshot.mock import NOTEBOOK_START, Mock
from dryshot.server.served import ServedWorld
from dryshot.world import Job, Outcome, Pace, Task
from dryshot_client import AsyncRuntime, Runtime
from tests.server_state.stage import User, kept, virtual
from tests.world.platforms import Place, instance

DAY, WINDOW = 86400, 28 * 86400
QASM = 'OPENQASM 3; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'


def one(_task: Task) -> Outcome:
    """An engine whose every job uses 600 s of a device."""
    data = {"c": {"samples": ["0x1"], "num_bits": 1}}
    body = f'{{"results": [{{"data": {data}, "metadata": {{}}}}], "metadata": {{"version": 2}}}}'
    return Outcome(failed=False, body=body.replace("'", '"'), quantum_seconds=600.0)


# every way to get from one instant to another


def by_advance(clock: Clock, seconds: int) -> None:
    clock.advance(timedelta(seconds=seconds))


def by_instant(clock: Clock, seconds: int) -> None:
    clock.advance_to(clock.now() + timedelta(seconds=seconds))


def by_offset(clock: Clock, seconds: int) -> None:
    clock.offset(clock.ahead + timedelta(seconds=seconds))


def by_step(clock: Clock, seconds: int) -> None:
    clock.step = seconds
    clock.tick()


def by_sleep(clock: Clock, seconds: int) -> None:
    with clock.patch_sleep():
        time.sleep(seconds)


def by_await(clock: Clock, seconds: int) -> None:
    with clock.patch_sleep():
        asyncio.run(asyncio.sleep(seconds))


WAYS = (by_advance, by_instant, by_offset, by_step, by_sleep, by_await)


def pace(job: Job) -> Pace:
    asked = job.submission.params
    return Pace(asked["queue"], asked["run"])


class Life:
    """A platform with a limit, late bills and a session, and what can be seen of it."""

    def __init__(self, jobs: Sequence[tuple[int, int, int, bool]]) -> None:
        self.place = Place(instance(usage_limit_seconds=900), pace=pace)
        platform = self.place.platform
        platform.billing_delay = 120
        self.token = platform.issue_token("key").value
        self.session = platform.open_session(
            self.place.account,
            self.place.instance,
            mode="dedicated",
            backend="ibm_box",
            max_ttl=900,
        )
        for queue, run, seconds, inside in jobs:
            self.place.submit(
                seconds,
                params={"queue": queue, "run": run, "seconds": seconds},
                session_id=self.session.id if inside else None,
            )

    def knows_token(self) -> bool:
        try:
            self.place.platform.authenticate(self.token)
        except NotAuthenticated:
            return False
        return True

    def seen(self) -> Any:
        """Everything an observer may ask at this instant."""
        session, world = self.session, self.place.world
        return (
            self.place.clock.now(),
            [
                (job.status, job.started, job.ended, job.charge, job.usage_status, job.reason)
                for job in world.jobs.values()
            ],
            (session.state, session.state_reason, tuple(session.timestamps), session.charge),
            self.place.platform.usage(self.place.instance),
            self.knows_token(),
        )


delays = st.integers(0, 2000)
a_job = st.tuples(delays, delays, st.sampled_from([1, 300, 900]), st.booleans())
a_step = st.tuples(
    st.one_of(st.integers(1, 4000), st.sampled_from([DAY, WINDOW])), st.sampled_from(WAYS)
)


@settings(deadline=None, max_examples=10)
@given(st.lists(a_job, max_size=5), st.lists(a_step, min_size=1, max_size=8))
def test_in_one_step_or_in_many_the_world_becomes_the_same(
    jobs: list[tuple[int, int, int, bool]],
    steps: list[tuple[int, Callable[[Clock, int], None]]],
) -> None:
    many, once = Life(jobs), Life(jobs)
    for seconds, move in steps:
        move(many.place.clock, seconds)
        many.seen()
    once.place.clock.advance(sum(seconds for seconds, _ in steps))
    assert many.seen() == once.seen()


@settings(deadline=None, max_examples=20)
@given(st.lists(a_job, min_size=1, max_size=5))
def test_who_looks_on_the_way_sees_what_is_true_at_that_instant(
    jobs: list[tuple[int, int, int, bool]],
) -> None:
    instants = [0.5 + 400 * n for n in range(12)]  # when nothing else happens
    far, near, looks = Life(jobs), Life(jobs), list[Any]()
    for seconds in instants:
        far.place.clock.call_later(seconds, lambda: looks.append(far.seen()))
    far.place.clock.advance(2 * WINDOW)
    begun = near.place.clock.now()
    for seconds, look in zip(instants, looks, strict=True):
        near.place.clock.advance_to(begun + timedelta(seconds=seconds))
        assert near.seen() == look


def test_a_token_an_hour_old_and_a_window_of_weeks_pass_in_a_sleep() -> None:
    life = Life([(0, 0, 900, False), (10, 0, 900, False)])
    first, second = life.place.world.jobs.values()
    usage = life.place.platform.usage
    with life.place.clock.patch_sleep():
        time.sleep(20)
        assert (first.status, second.status) == ("Completed", "Queued")
        assert usage(life.place.instance).limit_reached
        bills = [first.usage_status]
        assert life.knows_token()
        time.sleep(3600)
        assert not life.knows_token()
        bills.append(first.usage_status)
        assert bills == ["pending", "complete"]
        time.sleep(WINDOW)
    assert second.status == "Completed"
    assert first.ended is not None
    assert second.started == first.ended + timedelta(seconds=WINDOW)


def service() -> Any:
    sdk = pytest.importorskip("qiskit_ibm_runtime")
    return sdk.QiskitRuntimeService(
        channel="ibm_quantum_platform", token="key", instance="premium-instance"
    )


def tokens_of(mock: Mock) -> int:
    return len(mock.journal.of("create_token"))


def submit(made: Any) -> Any:
    options = {"backend": made.backend("ibm_fez")}
    return made._run("sampler", {"pubs": [[QASM]], "version": 2}, options)  # noqa: SLF001


def test_the_sdk_polls_a_job_of_ten_minutes_without_waiting() -> None:
    with Mock(pace=Pace(0, 600), engine=one).activate() as mock, mock.clock.patch_sleep():
        job = submit(service())
        mock.clock.step = 19.5  # and half a second of sleep
        assert job.result() is not None
        (made,) = mock.world.jobs.values()
        assert made.started is not None
        assert mock.clock.now() >= made.started + timedelta(seconds=600)
        assert len(mock.journal.of("get_job")) >= 30


def test_the_sdks_own_timeout_comes() -> None:
    with Mock(pace=Pace(WINDOW, 0), engine=one).activate() as mock, mock.clock.patch_sleep():
        job, begun = submit(service()), mock.clock.time()
        with pytest.raises(Exception, match="Timed out waiting for job"):
            job.wait_for_final_state(timeout=3600, poll_interval=200)
        assert 3600 <= mock.clock.time() - begun < 3900


def test_the_sdk_keeps_its_token_for_its_life_and_then_gets_another() -> None:
    with Mock(engine=one).activate() as mock, mock.clock.patch_sleep():
        made = service()
        made.backends()
        first = tokens_of(mock)
        made.jobs()
        assert tokens_of(mock) == first
        time.sleep(3600)
        made.jobs()
        assert tokens_of(mock) == first + 1


def test_requests_backs_off_on_the_clock() -> None:
    url = "https://runtime-us-east.quantum-computing.ibm.com/programs"
    with Mock().activate() as mock, mock.clock.patch_sleep(), requests.Session() as session:
        retry = Retry(total=4, backoff_factor=900, backoff_max=WINDOW, status_forcelist=[500])
        session.mount("https://", HTTPAdapter(max_retries=retry))
        mock.faults.fail(500, operation="list_programs", times=3)
        with mock.clock.freeze():
            begun = mock.clock.time()
            assert session.get(url).status_code == 200
        assert mock.clock.time() - begun == 1800 + 3600  # urllib3 goes on at once the first time


def test_our_client_waits_on_the_clock_blocking_and_not() -> None:
    mock = Mock(pace=Pace(0, 600), engine=one)

    settings: Any = {"api_key": "key", "instance": "premium-instance", "account_file": None}

    async def wait() -> str:
        async with AsyncRuntime(**settings) as runtime:
            job = await runtime.sampler("ibm_fez", QASM)
            return (await runtime.jobs.wait(job.id)).status

    with mock.clock.patch_sleep(), mock.activate():
        with Runtime(**settings) as runtime:
            job = runtime.sampler("ibm_fez", QASM)
            assert runtime.jobs.wait(job.id).status == "Completed"
        assert anyio.run(wait) == "Completed"


@pytest.mark.heavy
def test_fifty_threads_with_a_mock_and_a_patch_each_never_meet() -> None:
    def work(number: int) -> tuple[float, int]:
        mock = Mock(seed=number, engine="stub")
        with mock.activate(), mock.clock.patch_sleep(), mock.clock.freeze():
            begun = time.time()
            for _ in range(5):
                httpx.get("https://runtime-us-east.quantum-computing.ibm.com/programs")
                time.sleep(number)
            return time.time() - begun, len(mock.journal)

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(work, range(50))) == [(5 * number, 5) for number in range(50)]


def test_a_served_world_is_moved_by_the_sleep_of_its_test(dryshot_server: ServedWorld) -> None:
    mock = dryshot_server.mock
    before = mock.clock.now()
    with mock.clock.patch_sleep():
        time.sleep(WINDOW)
    answer = httpx.get(f"{dryshot_server.url}/programs")
    assert answer.status_code == 200
    assert mock.clock.now() >= before + timedelta(seconds=WINDOW)


def test_the_fixture_patches_for_its_test(dryshot: Mock, dryshot_sleep: Clock) -> None:
    time.sleep(WINDOW)
    assert dryshot_sleep is dryshot.clock
    assert dryshot_sleep.now() >= Clock(NOTEBOOK_START).now() + timedelta(seconds=WINDOW)


def test_step_offset_and_sleep_outlast_the_server(tmp_path: Path) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants:
        User(tenants).log_in().close()
        (name,) = tenants.names()
        clock = tenants.mock(name).clock
        clock.offset(timedelta(days=1))
        clock.step = 30
        with clock.patch_sleep():
            time.sleep(WINDOW)
        stood = (clock.now(), clock.ahead, clock.step)
    with kept(path, worlds) as tenants:
        clock = tenants.mock(name).clock
        assert (clock.now(), clock.ahead, clock.step) == stood
