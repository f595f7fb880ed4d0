"""The two that do what a flow asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from dryshot_client.drivers import MOST_TOGETHER, AsyncDriver, SyncDriver
from dryshot_client.flows import Flow, Item, Stream, alone, collect, send, sleep, together
from dryshot_client.platform import AsyncRuntime
from tests.client.platform.stage import OnMock, run
from tests.client.stage import Clock

MakeDriver = Callable[..., "SyncDriver | AsyncDriver"]
Drive = Callable[[Flow[Any]], Any]


class Oops(Exception):
    """What goes wrong."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drive(kind: str, clock: Clock) -> Drive:
    """Runs a flow to its end on a network that says 204 to everything."""

    def service(_: httpx.Request) -> httpx.Response:
        return httpx.Response(204)

    transport = httpx.MockTransport(service)
    driver: SyncDriver | AsyncDriver
    if kind == "sync":
        driver = SyncDriver(httpx.Client(transport=transport), clock.sleep)
    else:
        driver = AsyncDriver(httpx.AsyncClient(transport=transport), clock.async_sleep)
    return lambda flow: run(kind, lambda: driver.run(flow))


def value(what: Any) -> Flow[Any]:
    """Ends with a value, after a moment."""
    yield from sleep(1)
    return what


def fail(what: Exception) -> Flow[Any]:
    """Ends in an error, after a moment."""
    yield from sleep(1)
    raise what


def test_a_flow_s_value_is_returned(drive: Drive, clock: Clock) -> None:
    assert drive(value(5)) == 5
    assert clock.slept == [1]


def test_a_flow_s_error_is_raised(drive: Drive) -> None:
    with pytest.raises(Oops):
        drive(fail(Oops()))


@pytest.mark.parametrize("within", [alone, lambda flow: together([flow])])
def test_an_error_goes_through_the_flow_that_asked_for_it(
    drive: Drive, within: Callable[[Flow[Any]], Flow[Any]]
) -> None:
    def flow() -> Flow[str]:
        try:
            yield from within(fail(Oops()))
        except Oops:
            yield from sleep(2)
            return "made good"
        return "not reached"

    assert drive(flow()) == "made good"


def test_an_error_of_sleeping_goes_through_the_flow(kind: str) -> None:
    def interrupt(_: float) -> Any:
        raise KeyboardInterrupt

    seen: list[str] = []

    def flow() -> Flow[None]:
        try:
            yield from sleep(1)
        finally:
            seen.append("cleaned up")

    driver: SyncDriver | AsyncDriver
    if kind == "sync":
        driver = SyncDriver(httpx.Client(), interrupt)
    else:
        driver = AsyncDriver(httpx.AsyncClient(), interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(kind, lambda: driver.run(flow()))
    assert seen == ["cleaned up"]


def test_a_lost_connection_is_a_value_and_not_an_error(kind: str) -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("lost", request=request)

    transport = httpx.MockTransport(lose)
    request = httpx.Request("GET", "https://a.example")
    driver: SyncDriver | AsyncDriver
    if kind == "sync":
        driver = SyncDriver(httpx.Client(transport=transport), lambda _: None)
    else:
        driver = AsyncDriver(httpx.AsyncClient(transport=transport), None)
    assert isinstance(run(kind, lambda: driver.run(send(request))), httpx.ReadError)


def test_values_that_come_together_keep_their_order(drive: Drive) -> None:
    assert drive(together([value(place) for place in range(25)])) == list(range(25))
    assert drive(together([])) == []


def test_the_first_error_of_several_is_raised_alone(drive: Drive) -> None:
    errors = [Oops(place) for place in range(3)]
    with pytest.raises(Oops) as caught:
        drive(together([fail(error) for error in errors]))
    assert caught.value is errors[0]
    assert not isinstance(caught.value.__context__, BaseExceptionGroup)


def test_the_error_of_one_cancels_the_others() -> None:
    driver = AsyncDriver(httpx.AsyncClient(), _never)
    ended: list[str] = []

    def wait() -> Flow[None]:
        try:
            yield from sleep(1)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    def broken() -> Flow[None]:
        yield from together([])
        raise Oops

    flows: Sequence[Flow[None]] = [wait(), broken(), wait()]
    with pytest.raises(Oops):
        asyncio.run(driver.run(together(flows)))
    assert ended == ["cancelled", "cancelled"]


async def _never(_: float) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("count", [3, 35])
def test_no_more_than_some_run_at_a_time(count: int) -> None:
    running = most = 0

    async def pause(_: float) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1

    driver = AsyncDriver(httpx.AsyncClient(), pause)
    asyncio.run(driver.run(together([value(None) for _ in range(count)])))
    assert most == min(count, MOST_TOGETHER) == min(count, 10)


def test_flows_that_want_to_be_alone_are(kind: str) -> None:
    inside = 0

    async def pause(_: float) -> None:
        nonlocal inside
        inside += 1
        await asyncio.sleep(0)
        assert inside == 1
        inside -= 1

    if kind == "sync":
        driver = SyncDriver(httpx.Client(), lambda _: None)
        assert driver.run(together([alone(value(1)), alone(value(2))])) == [1, 2]
    else:
        other = AsyncDriver(httpx.AsyncClient(), pause)
        assert asyncio.run(other.run(together([alone(value(1)), alone(value(2))]))) == [1, 2]


def test_a_lock_is_given_back_after_an_error(drive: Drive) -> None:
    def flow() -> Flow[Any]:
        try:
            yield from alone(fail(Oops()))
        except Oops:
            return (yield from alone(value("free")))

    assert drive(flow()) == "free"


def test_a_stream_is_collected_by_a_flow(drive: Drive) -> None:
    def stream() -> Stream[int]:
        for place in range(3):
            yield from sleep(1)
            yield Item(place)

    assert drive(collect(stream())) == [0, 1, 2]


def test_many_jobs_are_awaited_together_and_the_first_error_is_theirs() -> None:
    play = OnMock("async")
    assert isinstance(play.runtime, AsyncRuntime)
    with pytest.raises(Exception, match="nojob") as caught:
        play.do(lambda runtime: runtime.jobs.wait_all([f"nojob{place}" for place in range(30)]))
    assert not isinstance(caught.value, BaseExceptionGroup)
    assert len(play.mock.journal.of("get_job")) <= 30


def forgiving(error: type[Exception]) -> Stream[str]:
    """Hands out what it does about an error, and then goes on."""
    yield Item("before")
    try:
        yield from alone(fail(Oops("here")))
    except error as caught:
        yield Item(f"caught {caught}")
    yield Item("after")


@pytest.mark.parametrize("collected", [False, True])
def test_an_error_goes_through_the_stream_that_asked_for_it(kind: str, *, collected: bool) -> None:
    clock = Clock()
    transport = httpx.MockTransport(lambda _: httpx.Response(204))

    def items(error: type[Exception]) -> list[str]:
        if kind == "sync":
            driver = SyncDriver(httpx.Client(transport=transport), clock.sleep)
            stream = forgiving(error)
            return driver.run(collect(stream)) if collected else list(driver.iterate(stream))

        async def gather() -> list[str]:
            driver = AsyncDriver(httpx.AsyncClient(transport=transport), clock.async_sleep)
            stream = forgiving(error)
            if collected:
                return await driver.run(collect(stream))
            return [item async for item in driver.iterate(stream)]

        return asyncio.run(gather())

    assert items(Oops) == ["before", "caught here", "after"]
    with pytest.raises(Oops, match="here"):
        items(KeyError)
