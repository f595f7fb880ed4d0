from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.platform import RUNTIME
from dryshot import Clock, Mock, Pace, WallClock
from tests.dialects import classic
from tests.dialects.platform import log_in, one, sampler


class Stage:
    """A mock, and what can be done to it: each step gives the bytes of an answer."""

    def __init__(self, **settings: Any) -> None:
        given: dict[str, Any] = {"engine": one, "pace": Pace(2, 5)}
        self.mock = Mock(**(given | settings))
        self.http = httpx.Client(transport=self.mock.transport())
        self.headers = dict(log_in(self.http))
        self.classic = {"x-access-token": classic.log_in(self.http)["id"]}
        self.steps: dict[str, Callable[[], bytes]] = {
            "submit": lambda: self.ask("POST", "/jobs", json=sampler(tags=["t"])),
            "private": lambda: self.ask("POST", "/jobs", json=sampler(private=True)),
            "list": lambda: self.ask("GET", "/jobs"),
            "results": lambda: self.each("GET", "/results"),
            "cancel": lambda: self.each("POST", "/cancel"),
            "delete": lambda: self.each("DELETE", ""),
            "tag": lambda: self.each("PUT", "/tags", json={"tags": ["u", "v"]}),
            "usage": lambda: self.ask("GET", "/instances/usage"),
            "session": lambda: self.ask(
                "POST", "/sessions", json={"mode": "dedicated", "backend": "ibm_torino"}
            ),
            "in session": self.in_session,
            "workloads": lambda: self.ask("GET", "/workloads"),
            "classic submit": lambda: self.old("POST", "/jobs", json=classic.JOB),
            "classic session": lambda: self.old(
                "POST", "/jobs", json=classic.JOB | {"start_session": True}
            ),
            "classic list": lambda: self.old("GET", "/jobs"),
            "log in": lambda: repr(log_in(self.http, "other")).encode(),
            "classic log in": lambda: repr(classic.log_in(self.http, "other")).encode(),
            "wait": lambda: self.move(4),
            "wait long": lambda: self.move(4000),
            "freeze": lambda: bytes(self.mock.clock.freeze() is None),
            "pause": lambda: self.set("paused"),
            "go on": lambda: self.set("online"),
            "fault": lambda: bytes(self.mock.faults.fail(500, operation="list_jobs") is None),
            "expect": lambda: bytes(self.mock.when().returns(counts={"0": 3}, times=2) is None),
        }

    def ask(self, method: str, path: str, **fields: Any) -> bytes:
        answer = self.http.request(method, RUNTIME + path, headers=self.headers, **fields)
        return b"%d %s" % (answer.status_code, answer.content)

    def old(self, method: str, path: str, **fields: Any) -> bytes:
        answer = self.http.request(method, classic.RUNTIME + path, headers=self.classic, **fields)
        return b"%d %s" % (answer.status_code, answer.content)

    def each(self, method: str, part: str, **fields: Any) -> bytes:
        ids = [job.id for job in self.mock.world.jobs.values() if job.dialect == "platform"]
        return b" ".join(self.ask(method, f"/jobs/{job}{part}", **fields) for job in ids[-2:])

    def in_session(self) -> bytes:
        last = [*self.mock.world.platform.sessions, "none"][-2:][0]
        return self.ask("POST", "/jobs", json=sampler(session_id=last))

    def move(self, seconds: float) -> bytes:
        self.mock.clock.advance(seconds)
        return repr(self.mock.clock).encode()

    def set(self, status: str) -> bytes:
        self.mock.world.platform.set_condition("ibm_torino", status)
        return b""

    def play(self, steps: Iterable[str]) -> list[bytes]:
        return [self.steps[step]() for step in steps]


NAMES = tuple(Stage().steps)
LOOKS = ("list", "list", "results", "usage", "workloads", "classic list", "log in")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(*[st.lists(st.sampled_from(NAMES), max_size=8) for _ in range(3)])
def test_what_follows_a_restore_is_what_followed_the_snapshot(
    before: list[str], after: list[str], else_: list[str]
) -> None:
    stage = Stage()
    stage.play(before)
    snapshot = stage.mock.snapshot()
    first = stage.play([*after, *LOOKS])
    stage.mock.restore(snapshot)
    stage.play([*else_, *LOOKS])
    stage.mock.restore(snapshot)
    assert stage.play([*after, *LOOKS]) == first


def test_a_mock_that_never_went_elsewhere_answers_the_same_as_one_that_came_back() -> None:
    steps = ["session", "in session", "submit", "wait", "results", "classic session", *LOOKS]
    stayed, returned = Stage(), Stage()
    snapshot = returned.mock.snapshot()
    returned.play(["submit", "cancel", "delete", "log in", "wait long", "fault", "pause"])
    returned.mock.restore(snapshot)
    assert returned.play(steps) == stayed.play(steps)


def test_it_says_what_and_when_it_is() -> None:
    stage = Stage()
    stage.play(["submit", "session"])
    at = stage.mock.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    told = repr(stage.mock.snapshot())
    assert told == f"<Snapshot at {at}: 1 jobs, 1 sessions, 2 accounts>"


def test_the_journal_goes_on() -> None:
    stage = Stage()
    snapshot = stage.mock.snapshot()
    stage.play(["submit"])
    stage.mock.restore(snapshot)
    assert stage.mock.journal.of("create_job")
    assert not stage.mock.world.jobs


def test_only_the_same_mock_takes_it() -> None:
    with pytest.raises(ValueError, match="snapshot: it is of another mock"):
        Mock().restore(Mock().snapshot())
    with pytest.raises(TypeError, match="snapshot: dict is not a Snapshot"):
        Mock().restore({})  # type: ignore[arg-type]


def test_what_a_user_brought_along_is_left_alone() -> None:
    seen: list[str] = []

    def pace(job: Any) -> Pace:
        seen.append(job.id)
        return Pace(0, 1)

    stage = Stage(pace=pace)
    snapshot = stage.mock.snapshot()
    stage.play(["submit"])
    stage.mock.restore(snapshot)
    assert len(seen) == 1


def test_a_clock_of_real_time_goes_on_from_the_instant_of_the_snapshot() -> None:
    real = [1_000_000.0]
    clock = WallClock(wall=lambda: real[0])
    mock = Mock(clock=clock)
    clock.advance(50)
    snapshot = mock.snapshot()
    at = clock.time()
    real[0] += 1000
    mock.restore(snapshot)
    assert clock.time() == at
    real[0] += 7
    assert clock.time() == at + 7


def test_a_frozen_clock_is_frozen_again() -> None:
    clock = Clock("2026-09-01T00:00:00Z")
    mock = Mock(clock=clock)
    with clock.freeze():
        snapshot = mock.snapshot()
    mock.restore(snapshot)
    assert clock.is_frozen


class Slow(Executor):
    """Takes what is submitted, and is done when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    def finish(self) -> None:
        for future, call in self.waiting:
            if not future.done():
                future.set_result(call())


def test_an_engine_that_was_stopped_since_starts_again() -> None:
    slow = Slow()
    stage = Stage(executor=slow, wait=False, pace=Pace(0, 1))
    stage.play(["submit", "wait"])
    snapshot = stage.mock.snapshot()
    stage.play(["cancel"])
    assert [future.cancelled() for future, _ in slow.waiting] == [True]
    stage.mock.restore(snapshot)
    assert [future.cancelled() for future, _ in slow.waiting] == [True, False]
    slow.finish()
    assert b"Completed" in stage.play(["wait", "list"])[-1]


def test_an_engine_that_was_done_since_is_heard_again() -> None:
    slow = Slow()
    stage = Stage(executor=slow, wait=False, pace=Pace(0, 1))
    stage.play(["submit", "wait"])
    snapshot = stage.mock.snapshot()
    slow.finish()
    assert b"Completed" in stage.play(["list"])[-1]
    for _ in range(2):
        stage.mock.restore(snapshot)
        assert b"Completed" in stage.play(["list"])[-1]


def test_threads_see_a_world_as_it_was_or_as_it_is_never_half() -> None:
    stage = Stage(pace=Pace(0, 0))
    stage.play(["submit", "submit"])
    snapshot = stage.mock.snapshot()
    stop = threading.Event()
    broken: list[bytes] = []

    def work() -> None:
        while not stop.is_set():
            answers = stage.play(["submit", "list"])
            broken.extend(answer for answer in answers if not answer.startswith(b"200"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        stage.mock.restore(snapshot)
    stop.set()
    for thread in threads:
        thread.join(30)
    stage.mock.restore(snapshot)
    assert not broken
    assert len(stage.mock.world.jobs) == 2


def test_a_hundred_jobs_are_put_back_in_milliseconds() -> None:
    stage = Stage()
    stage.play(["submit"] * 100)
    gc.collect()
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        snapshot = stage.mock.snapshot()
        stage.mock.restore(snapshot)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.1
