"""Jobs on a Dask cluster, for more of them than one machine can run."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import wait as waiting
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from dryshot.engines.parcel import Packer, run
from dryshot.errors import MissingExtra
from dryshot.world.runner import LimitedExecutor

__all__ = ["DaskExecutor"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Call:
    future: Future[Any]
    seconds: float | None
    remote: Any = None
    alarm: Any = None


class DaskExecutor(LimitedExecutor):
    """An executor over the scheduler at ``address``; its workers need dryshot installed.

    A job whose worker is lost runs again on another, as often as the scheduler's
    ``allowed-failures`` says. A future can be cancelled at any time, but Dask cannot stop what
    runs: the worker finishes it, and nobody hears of it.
    """

    def __init__(self, address: str, *, timeout: float = 10.0) -> None:
        """Connect within ``timeout`` seconds.

        Raises :class:`~dryshot.errors.MissingExtra` without Dask, ``OSError`` if nobody answers.
        """
        try:
            distributed = import_module("distributed")
        except ImportError as error:
            raise MissingExtra("running jobs on Dask", "dask") from error
        self._address = address
        self._client = distributed.Client(address, timeout=timeout, set_as_default=False)
        self._packer = Packer()
        self._names = map(f"dryshot-{uuid.uuid4().hex}-{{}}".format, itertools.count())
        self._topic = f"dryshot-{uuid.uuid4().hex}"
        self._calls: dict[str, _Call] = {}
        self._client.subscribe_topic(self._topic, self._started)

    def __repr__(self) -> str:
        return f"<DaskExecutor at {self._address}>"

    def submit_within(
        self, seconds: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Call ``fn`` in the cluster; ``seconds`` count from its start there."""
        future: Future[T] = Future()
        try:
            parcel = self._packer.pack(fn, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - pickle raises what an object's own part does
            future.set_exception(error)
            return future
        name = next(self._names)
        call = self._calls[name] = _Call(future, seconds)
        call.remote = self._client.submit(
            _run, self._topic, name, parcel.engine, parcel.arguments, key=name, pure=False
        )
        future.add_done_callback(partial(self._settle, name))
        call.remote.add_done_callback(partial(_land, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's own
        """Leave the cluster: with ``wait`` when all is done, unless ``cancel_futures``."""
        calls = list(self._calls.values())
        if cancel_futures or not wait:
            for call in calls:
                call.future.cancel()
        waiting([call.future for call in calls])
        self._client.close()

    def _started(self, event: tuple[Any, str]) -> None:
        """A worker began, or began again, with a call; runs in the client's loop."""
        call = self._calls.get(event[1])
        if call is None or call.seconds is None:
            return
        loop = self._client.loop
        if call.alarm is not None:
            loop.remove_timeout(call.alarm)
        error = TimeoutError(f"stopped after {call.seconds:g} s")
        # told in another thread: who hears of it must not hold up the client
        call.alarm = loop.call_later(
            call.seconds, loop.run_in_executor, None, _fail, call.future, error
        )

    def _settle(self, name: str, future: Future[Any]) -> None:
        """Forget a call; what still runs of it is of no more use."""
        if future.cancelled():
            future.set_running_or_notify_cancel()
        call = self._calls.pop(name)
        call.remote.release()
        if call.alarm is not None:
            loop = self._client.loop
            loop.add_callback(loop.remove_timeout, call.alarm)


def _land(future: Future[Any], remote: Any) -> None:
    """Pass on what came of a call; runs in a thread of Dask's."""
    if remote.status == "finished":
        with suppress(InvalidStateError):
            future.set_result(remote.result())
    elif remote.status == "error":
        _fail(future, remote.exception())
    else:
        _fail(future, ConnectionError(f"the Dask cluster lost the job: it is {remote.status}"))


def _fail(future: Future[Any], error: BaseException) -> None:
    with suppress(InvalidStateError):  # it ended otherwise
        future.set_exception(error)


def _run(topic: str, name: str, engine: bytes, arguments: bytes) -> Any:
    """In a worker: say that it begins, and do it."""
    import_module("distributed").get_worker().log_event(topic, name)
    return run(engine, arguments)
