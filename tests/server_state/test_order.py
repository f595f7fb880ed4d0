"""Where nobody waits for engines: their ends come again between the same two requests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest

from dryshot.server.deferred import Deferred
from dryshot.server.worlds import Worlds
from dryshot.world import Pace
from dryshot.world.runner import InlineExecutor, LimitedExecutor
from tests.server_state.stage import User, kept, one, seen

P = ParamSpec("P")
T = TypeVar("T")


class Held(Executor):
    """Runs nothing before it is told to."""

    def __init__(self) -> None:
        self.held: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        self.held.append((future, lambda: fn(*args, **kwargs)))
        return future

    def release(self, place: int = 0) -> None:
        future, run = self.held.pop(place)
        future.set_result(run())

    def fail(self, error: Exception) -> None:
        self.held.pop(0)[0].set_exception(error)


def worlds(executor: Executor) -> Worlds:
    return Worlds(engine=one, executor=executor, pace=Pace(0, 0), wall=lambda: 1_800_000_000.0)


def test_a_world_that_stands_still_is_the_same_after_its_file_was_opened_again(
    tmp_path: Path,
) -> None:
    held = Held()
    with kept(tmp_path / "state", worlds(held)) as tenants, closing(User(tenants)) as user:
        user.log_in()
        (name,) = tenants.names()
        tenants.mock(name).clock.freeze()
        # a job uses two seconds of a device: when one has ended, no more are started
        assert user.do("PUT", "/instances/configuration", {"instance_limit": 2}).status_code == 204

        def status(job: str) -> str:
            return str(user.do("GET", f"/jobs/{job}").json()["status"])

        first, gone = user.submit(), user.submit()
        assert [status(first), status(gone)] == ["Running", "Running"]
        second = user.submit()
        assert status(second) == "Running"
        held.release()
        assert status(first) == "Completed"
        third = user.submit()
        assert status(third) == "Queued"
        assert user.do("POST", f"/jobs/{gone}/cancel").status_code == 204
        held.release(1)
        assert [status(job) for job in (second, gone)] == ["Completed", "Cancelled"]
        before = seen(user, tenants)
    with kept(tmp_path / "state", worlds(Held())) as tenants, closing(User(tenants)) as again:
        again.headers = user.headers
        assert seen(again, tenants) == before


@pytest.mark.parametrize("fault", [TimeoutError(), RuntimeError("it broke")])
def test_runs_that_failed_or_were_too_long_are_so_again(tmp_path: Path, fault: Exception) -> None:
    held = Held()
    with kept(tmp_path / "state", worlds(held)) as tenants, closing(User(tenants)) as user:
        job = user.log_in().submit()
        user.jobs()
        held.fail(fault)
        status = user.do("GET", f"/jobs/{job}").json()["state"]
        before = seen(user, tenants)
    with kept(tmp_path / "state", worlds(Held())) as tenants, closing(User(tenants)) as again:
        again.headers = user.headers
        assert again.do("GET", f"/jobs/{job}").json()["state"] == status
        assert seen(again, tenants) == before


def test_an_executor_is_made_for_the_first_job_and_shut_down_with_what_it_made() -> None:
    class Counted(LimitedExecutor, InlineExecutor):
        ended = 0

        def submit_within(
            self, _: float | None, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
        ) -> Future[T]:
            return InlineExecutor.submit(self, fn, *args, **kwargs)

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's own
            self.ended += wait and cancel_futures

    made: list[Counted] = []

    def make() -> Counted:
        made.append(Counted())
        return made[-1]

    deferred = Deferred(make)
    assert made == []
    assert [deferred.submit(abs, value).result() for value in (-1, -2)] == [1, 2]
    assert len(made) == 1
    deferred.shutdown(cancel_futures=True)
    assert made[0].ended == 1
    with pytest.raises(RuntimeError, match="shut down"):
        deferred.submit(abs, 3)
    unused = Deferred(make)
    unused.shutdown()
    assert len(made) == 1
