"""The two that do what a flow asks for: one blocks, one awaits. All I/O of the client is here."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Generic, TypeVar, cast

import httpx

from dryshot_client.flows import Alone, Command, Flow, Item, Send, Sleep, Stream, Together

__all__ = ["AsyncDriver", "AsyncSleeper", "Driver", "Sleeper", "SyncDriver"]

T = TypeVar("T")

MOST_TOGETHER = 10
"""How many flows of one ``Together`` an asynchronous client runs at a time."""

Sleeper = Callable[[float], object]
AsyncSleeper = Callable[[float], Awaitable[object]]


class SyncDriver:
    """Runs flows in the calling thread; any number of threads may share one."""

    def __init__(self, client: httpx.Client, sleep: Sleeper) -> None:
        self._client = client
        self._sleep = sleep
        self._lock = threading.Lock()

    def run(self, flow: Flow[T]) -> T:
        """Run to the end, and return what the flow returns.

        An error goes through the flow, which may know what to do about it.
        """
        go_on: Callable[[], Command] = partial(next, flow)
        while True:
            try:
                command = go_on()
            except StopIteration as end:
                return cast(T, end.value)
            try:
                go_on = partial(flow.send, self._obey(command))
            except BaseException as error:  # noqa: BLE001 - raised again by the flow
                go_on = partial(flow.throw, error)

    def iterate(self, stream: Stream[T]) -> Iterator[T]:
        """Hand out the stream's items; nothing is sent before the first is asked for."""
        go_on: Callable[[], Command | Item[T]] = partial(next, stream)
        while True:
            try:
                command = go_on()
            except StopIteration:
                return
            if isinstance(command, Item):
                yield command.value
                go_on = partial(next, stream)
                continue
            try:
                go_on = partial(stream.send, self._obey(command))
            except BaseException as error:  # noqa: BLE001 - raised again by the stream
                go_on = partial(stream.throw, error)

    def _obey(self, command: Command) -> Any:
        match command:
            case Sleep(seconds):
                return self._sleep(seconds)
            case Alone(flow):
                with self._lock:
                    return self.run(flow)
            case Together(flows):
                return [self.run(flow) for flow in flows]
            case Send(request, auth):
                try:
                    return self._client.send(request, auth=auth, follow_redirects=False)
                except httpx.RequestError as error:
                    return error


class AsyncDriver:
    """Runs flows in the calling task; any number of tasks of one event loop may share one.

    Works wherever httpx does: on asyncio and on trio. Without ``sleep`` it uses anyio's.
    """

    def __init__(self, client: httpx.AsyncClient, sleep: AsyncSleeper | None) -> None:
        self._client = client
        self._sleep = sleep
        self._lock: AbstractAsyncContextManager[object] | None = None

    async def run(self, flow: Flow[T]) -> T:
        """Run to the end, and return what the flow returns.

        An error goes through the flow, which may know what to do about it.
        """
        go_on: Callable[[], Command] = partial(next, flow)
        while True:
            try:
                command = go_on()
            except StopIteration as end:
                return cast(T, end.value)
            try:
                go_on = partial(flow.send, await self.obey(command))
            except BaseException as error:  # noqa: BLE001 - raised again by the flow
                go_on = partial(flow.throw, error)

    def iterate(self, stream: Stream[T]) -> AsyncIterator[T]:
        """Hand out the stream's items; nothing is sent before the first is asked for."""
        return _AsyncItems(self, stream)

    async def obey(self, command: Command) -> Any:
        """Do one thing, and return what came of it."""
        match command:
            case Sleep(seconds):
                if self._sleep is not None:
                    return await self._sleep(seconds)
                import anyio  # late: only those who wait pay for it

                return await anyio.sleep(seconds)
            case Alone(flow):
                async with self._alone():
                    return await self.run(flow)
            case Together(flows):
                return await self._run_together(flows)
            case Send(request, auth):
                try:
                    return await self._client.send(request, auth=auth, follow_redirects=False)
                except httpx.RequestError as error:
                    return error

    async def _run_together(self, flows: Sequence[Flow[Any]]) -> list[Any]:
        import anyio  # late: only those who have several to run pay for it

        values: list[Any] = [None] * len(flows)
        errors: list[Exception] = []

        async def run(place: int, flow: Flow[Any]) -> None:
            async with limit:
                try:
                    values[place] = await self.run(flow)
                except Exception as error:  # noqa: BLE001 - raised below, on its own: no group
                    errors.append(error)
                    group.cancel_scope.cancel()

        limit = anyio.CapacityLimiter(MOST_TOGETHER)
        async with anyio.create_task_group() as group:
            for place, flow in enumerate(flows):
                group.start_soon(run, place, flow)
        if errors:
            raise errors[0]
        return values

    def _alone(self) -> AbstractAsyncContextManager[object]:
        if self._lock is None:
            import anyio  # late, and made within the event loop that will use it

            self._lock = anyio.Lock()
        return self._lock


Driver = SyncDriver | AsyncDriver


class _AsyncItems(AsyncIterator[T], Generic[T]):
    # No asynchronous generator: one that is not used up makes trio warn.

    def __init__(self, driver: AsyncDriver, stream: Stream[T]) -> None:
        self._driver = driver
        self._stream = stream

    async def __anext__(self) -> T:
        go_on: Callable[[], Command | Item[T]] = partial(next, self._stream)
        while True:
            try:
                command = go_on()
            except StopIteration:
                raise StopAsyncIteration from None
            if isinstance(command, Item):
                return command.value
            try:
                go_on = partial(self._stream.send, await self._driver.obey(command))
            except BaseException as error:  # noqa: BLE001 - raised again by the stream
                go_on = partial(self._stream.throw, error)
