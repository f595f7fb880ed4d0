"""Sleep that moves a clock. What would really wait here would wait for days, and never end."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic as steady
from time import sleep as nap
from types import ModuleType

import anyio
import pytest

from dryshot.clock import Clock, WallClock
from dryshot.server.clocks import ServedClock

START = datetime(2023, 9, 11, 17, 27, 45, tzinfo=UTC)
WEEKS = 28 * 86400.0
REAL = (time.sleep, time.time, time.time_ns, time.monotonic, time.monotonic_ns, asyncio.sleep)


def present() -> tuple[object, ...]:
    return time.sleep, time.time, time.time_ns, time.monotonic, time.monotonic_ns, asyncio.sleep


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_sleeping_moves_the_clock_and_runs_what_is_due() -> None:
    clock, ran = Clock(START), list[datetime]()
    clock.call_later(3600, lambda: ran.append(clock.now()))
    with clock.patch_sleep():
        time.sleep(WEEKS)
        assert time.time() == after(WEEKS).timestamp()
        assert time.time_ns() == round(after(WEEKS).timestamp()) * 10**9
    assert ran == [after(3600)]
    assert clock.now() == after(WEEKS)


def test_everything_is_put_back_even_after_an_error() -> None:
    def fail() -> None:
        with Clock(START).patch_sleep():
            assert not set(present()) & set(REAL)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert present() == REAL
    assert (nap, steady) == (time.sleep, time.monotonic)


def test_names_imported_earlier_sleep_on_the_clock_too() -> None:
    clock = Clock(START)
    with clock.patch_sleep():
        begun = steady()
        nap(WEEKS)
        assert steady() - begun == pytest.approx(WEEKS)
    assert clock.now() == after(WEEKS)


def test_names_imported_within_sleep_really_afterwards_and_move_the_next_clock() -> None:
    module = ModuleType("dreamer")
    with Clock(START).patch_sleep():
        exec("from time import sleep", module.__dict__)  # noqa: S102 - an import, as code has it
    module.sleep(0)
    clock = Clock(START)
    with clock.patch_sleep():
        module.sleep(WEEKS)
    assert clock.now() == after(WEEKS)


def test_what_somebody_else_has_changed_since_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    with Clock(START).patch_sleep():
        monkeypatch.setattr(time, "sleep", slept.append)
    time.sleep(5)
    monkeypatch.undo()
    assert slept == [5]
    clock = Clock(START)
    with clock.patch_sleep():  # which finds its own, put back by the other
        nap(WEEKS)
    assert clock.now() == after(WEEKS)
    assert present() == REAL


def test_a_loop_with_a_deadline_comes_to_it() -> None:
    clock, looks = Clock(START), 0
    with clock.patch_sleep():
        end = time.monotonic() + 3600
        while time.monotonic() < end:
            looks += 1
            time.sleep(60)
    assert (looks, clock.now()) == (60, after(3600))


def test_negative_sleep_is_refused_as_ever_and_endless_sleep_too() -> None:
    clock = Clock(START)
    with clock.patch_sleep():
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)
        with pytest.raises(ValueError, match="not a length of time"):
            time.sleep(float("inf"))
        time.sleep(0)
    assert clock.now() == START


def test_the_innermost_block_counts_and_the_outer_one_comes_back() -> None:
    outer, inner = Clock(START), Clock(START)
    with outer.patch_sleep():
        time.sleep(1)
        begun = time.monotonic()
        with inner.patch_sleep():
            assert time.monotonic() == begun
            time.sleep(10)
        time.sleep(100)
    assert (outer.now(), inner.now()) == (after(101), after(10))


def test_blocks_may_end_in_any_order() -> None:
    first, second = Clock(START), Clock(START)
    one, two = first.patch_sleep(), second.patch_sleep()
    one.__enter__()
    two.__enter__()
    one.__exit__()
    time.sleep(10)
    two.__exit__()
    assert (first.now(), second.now()) == (START, after(10))
    assert present() == REAL


def test_a_live_block_cannot_be_entered_again_but_an_ended_one_can() -> None:
    clock = Clock(START)
    block = clock.patch_sleep()
    with block, pytest.raises(RuntimeError, match="live already"):
        block.__enter__()
    with block:
        time.sleep(10)
    assert clock.now() == after(10)
    assert present() == REAL


def test_it_decorates_plain_and_async_functions() -> None:
    clock = Clock(START)

    @clock.patch_sleep()
    def work(seconds: float) -> str:
        time.sleep(seconds)
        return "done"

    @clock.patch_sleep()
    async def work_async(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    assert work(WEEKS) == asyncio.run(work_async(WEEKS)) == "done"
    assert clock.now() == after(2 * WEEKS)
    assert present() == REAL


def in_thread(function: Callable[[], None]) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def test_another_thread_sleeps_really_and_one_in_a_copied_context_does_not() -> None:
    clock, told = Clock(START), list[float]()

    def work() -> None:
        told.append(time.time())
        time.sleep(0.001)

    with clock.patch_sleep():
        in_thread(work)
        assert clock.now() == START
        assert told[0] > START.timestamp() + WEEKS
        context = contextvars.copy_context()
        in_thread(lambda: context.run(time.sleep, WEEKS))
        assert clock.now() == after(WEEKS)
        asyncio.run(asyncio.to_thread(time.sleep, WEEKS))
        assert clock.now() == after(2 * WEEKS)


def test_fifty_threads_with_a_patch_each_never_meet() -> None:
    start = threading.Barrier(50)

    def work(number: int) -> datetime:
        clock = Clock(START)
        start.wait()
        with clock.patch_sleep():
            for _ in range(20):
                time.sleep(number * 3600)
                assert time.time() == clock.time()
        return clock.now()

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(work, range(50))) == [after(n * 3600 * 20) for n in range(50)]
    assert present() == REAL


def test_the_standard_library_goes_by_real_time() -> None:
    with Clock(START).patch_sleep():
        waited = threading.Event().wait(0.001)
        with ThreadPoolExecutor(1) as pool:
            assert list(pool.map(abs, [-1], timeout=60)) == [1]
        time.sleep(WEEKS)
    assert not waited


def test_a_wall_clock_stays_ahead_by_what_was_slept() -> None:
    clock = WallClock(wall=START.timestamp)
    with clock.patch_sleep():
        time.sleep(WEEKS)
    assert clock.ahead == timedelta(seconds=WEEKS)


def test_a_served_clock_tells_that_it_was_moved() -> None:
    clock, told = ServedClock(START, START.timestamp), list[int]()
    clock.on_set = lambda: told.append(clock.setting.ahead)
    with clock.patch_sleep():
        time.sleep(60)
        asyncio.run(asyncio.sleep(60))
    assert told == [60_000_000, 120_000_000]


async def sleeper(log: list[tuple[str, datetime]], clock: Clock, name: str, *each: float) -> None:
    for seconds in each:
        await asyncio.sleep(seconds)
        log.append((name, clock.now()))


def test_tasks_that_sleep_together_wake_in_order_and_share_the_time() -> None:
    clock, log = Clock(START), list[tuple[str, datetime]]()

    async def work() -> None:
        await asyncio.gather(
            sleeper(log, clock, "long", 100),
            sleeper(log, clock, "steps", 40, 40, 40),
            sleeper(log, clock, "short", 1),
        )

    with clock.patch_sleep():
        asyncio.run(work())
    assert log == [
        ("short", after(1)),
        ("steps", after(40)),
        ("steps", after(80)),
        ("long", after(100)),
        ("steps", after(120)),
    ]


def test_other_tasks_run_while_one_sleeps() -> None:
    clock, seen = Clock(START), list[datetime]()

    async def other(asleep: asyncio.Event) -> None:
        await asleep.wait()
        seen.append(clock.now())

    async def work() -> str:
        asleep = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(other(asleep))
            await asyncio.sleep(0)
            asleep.set()
            return await asyncio.sleep(WEEKS, "woken")

    with clock.patch_sleep():
        assert asyncio.run(work()) == "woken"
    assert seen == [START]


def test_a_task_outside_the_block_sleeps_really() -> None:
    clock, told = Clock(START), list[float]()

    async def outside(inside: asyncio.Event) -> None:
        await inside.wait()
        await asyncio.sleep(0.001)
        told.append(time.time())

    async def work() -> None:
        inside = asyncio.Event()
        task = asyncio.create_task(outside(inside))
        with clock.patch_sleep():
            inside.set()
            await task
            assert clock.now() == START
            await asyncio.sleep(WEEKS)

    asyncio.run(work())
    assert clock.now() == after(WEEKS)
    assert told[0] > after(WEEKS).timestamp()


def test_a_task_that_outlives_the_block_sleeps_on_really() -> None:
    clock = Clock(START)

    async def work() -> None:
        with clock.patch_sleep():
            task = asyncio.create_task(asyncio.sleep(0.001, "late"))
            await asyncio.sleep(0)
        assert await task == "late"

    asyncio.run(work())
    assert clock.now() == START


def test_timeouts_around_a_sleep_come_at_their_instant() -> None:
    clock = Clock(START)

    async def work() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await asyncio.sleep(WEEKS)
        assert clock.now() == after(60)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(WEEKS), 60)
        assert clock.now() == after(120)
        with anyio.move_on_after(60) as scope:
            await anyio.sleep(WEEKS)
        assert scope.cancelled_caught
        assert clock.now() == after(180)
        async with asyncio.timeout(60):
            await asyncio.sleep(30)
        assert clock.now() == after(210)

    with clock.patch_sleep():
        asyncio.run(work())


def test_a_poll_that_never_ends_is_ended_by_its_timeout() -> None:
    clock, looks = Clock(START), list[float]()

    async def poll() -> None:
        while True:
            looks.append(clock.time())
            await asyncio.sleep(1)

    with clock.patch_sleep(), pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(poll(), 3600))
    assert len(looks) == 3600


def test_a_cancelled_sleeper_no_longer_holds_up_the_others() -> None:
    clock = Clock(START)

    async def work() -> None:
        first = asyncio.create_task(asyncio.sleep(1))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(WEEKS)
        assert first.cancelled()

    with clock.patch_sleep():
        asyncio.run(work())
    assert clock.now() == after(WEEKS)


def test_a_module_of_another_kind_does_not_disturb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "not_a_module", object())
    with Clock(START).patch_sleep():
        time.sleep(WEEKS)
    assert present() == REAL
