"""Sessions of the classic API that begin and end with a block, on the mock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from dryshot.mock import Mock
from dryshot.world.runner import Pace
from dryshot_client import (
    AsyncLegacyRuntime,
    JobFailed,
    LegacyRuntime,
    NotFound,
    PermissionDenied,
    RuntimeApiError,
    ServerError,
)
from tests.client.stage import API_TOKEN, Network, Stage, answer
from tests.world.worlds import echo

OnStage = Callable[..., Stage]

INSTANCE = "ibm-q/open/main"
DEVICE = "ibm_wellington"
PARAMS = {"circuits": ["OPENQASM 3; qubit q; bit c; c = measure q;"]}


class Oops(Exception):
    """What goes wrong in a block."""


@pytest.fixture
def mock() -> Mock:
    """A mock whose jobs wait for a minute, and run for one."""
    return Mock(engine=echo, pace=Pace(60, 60))


@pytest.fixture(params=["sync", "async"])
def play(request: pytest.FixtureRequest, mock: Mock) -> Play:
    return Play(request.param, mock)


class Play:
    """A runtime of one kind before a mock, by whose clock it waits."""

    def __init__(self, kind: str, mock: Mock, *, instance: str = INSTANCE) -> None:
        self.mock = mock
        common: dict[str, Any] = {"api_token": API_TOKEN, "instance": instance, "retries": 0}

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(0)
            mock.clock.advance(seconds)

        self.runtime: LegacyRuntime | AsyncLegacyRuntime
        if kind == "sync":
            self.runtime = LegacyRuntime(
                **common, transport=mock.transport(), sleep=mock.clock.advance
            )
        else:
            self.runtime = AsyncLegacyRuntime(
                **common, transport=mock.async_transport(), sleep=sleep
            )

    def do(self, action: Callable[[Any], Any]) -> Any:
        """What ``action`` of the runtime comes to."""
        if isinstance(self.runtime, LegacyRuntime):
            return action(self.runtime)
        return asyncio.run(_awaited(self.runtime, action))

    def submit(self, session_id: str) -> str:
        """The id of a new job in a session."""
        made = self.do(
            lambda runtime: runtime.jobs.create(
                program="sampler", backend=DEVICE, params=PARAMS, session_id=session_id
            )
        )
        assert made["session_id"] == session_id
        return str(made["id"])

    def state(self, session_id: str) -> tuple[str, bool]:
        """Of a session: its state, and whether it takes jobs."""
        found = self.do(lambda runtime: runtime.sessions.get(session_id))
        return found["state"], found["accepting_jobs"]

    @property
    def asked(self) -> list[str | None]:
        """What was asked of sessions, and which jobs were made."""
        names = [entry.operation for entry in self.mock.journal]
        return [name for name in names if name and ("session" in name or name == "create_job")]


async def _awaited(runtime: AsyncLegacyRuntime, action: Callable[[Any], Any]) -> Any:
    return await action(runtime)


def within(play: Play | Stage, block: Callable[[str], object], **settings: Any) -> str:
    """The id of the session that ``block`` was run in."""
    runtime, settings = play.runtime, {"backend": DEVICE} | settings
    if isinstance(runtime, LegacyRuntime):
        with runtime.sessions.open(**settings) as session:
            block(session["id"])
        return session["id"]
    return asyncio.run(_within(runtime, block, settings))


async def _within(
    runtime: AsyncLegacyRuntime, block: Callable[[str], object], settings: dict[str, Any]
) -> str:
    async with runtime.sessions.open(**settings) as session:
        # In a thread, because the block uses an event loop of its own.
        await asyncio.to_thread(block, session["id"])
    return session["id"]


def nothing(_session_id: str) -> None:
    """A block that does nothing."""


def fail(_session_id: str) -> None:
    """A block that goes wrong."""
    raise Oops


def test_a_block_that_ends_well_lets_its_jobs_run(play: Play) -> None:
    jobs: list[str] = []
    session = within(play, lambda id_: jobs.append(play.submit(id_)), mode="batch", max_ttl=600)
    assert play.asked == ["create_session", "create_job", "update_session"]
    sent = next(each for each in play.mock.journal if each.operation == "create_session")
    assert sent.request.body == (
        b'{"backend": "ibm_wellington", "instance": "ibm-q/open/main", '
        b'"mode": "batch", "max_session_ttl": 600}'
    )
    assert play.state(session)[1] is False
    assert play.state(session)[0] != "closed"
    done = play.do(lambda runtime: runtime.jobs.wait(jobs[0]))
    assert done["state"]["status"] == "Completed"
    assert play.state(session) == ("closed", False)


def test_a_block_that_ends_in_an_error_closes_at_once_and_keeps_the_error(play: Play) -> None:
    made: list[str] = []

    def block(session_id: str) -> None:
        made.extend((session_id, play.submit(session_id)))
        raise Oops

    with pytest.raises(Oops) as caught:
        within(play, block)
    session, job = made
    assert not hasattr(caught.value, "__notes__")
    assert caught.value.__context__ is None
    assert play.asked == ["create_session", "create_job", "close_session"]
    assert play.state(session) == ("closed", False)
    with pytest.raises(JobFailed, match="closed") as failed:
        play.do(lambda runtime: runtime.jobs.results(job))
    assert failed.value.reason_code == 1217


def test_an_error_of_the_client_in_a_block_is_kept_as_well(play: Play) -> None:
    def look(_: str) -> None:
        play.do(lambda runtime: runtime.jobs.get("nojob"))

    with pytest.raises(NotFound, match="GET /jobs/nojob"):
        within(play, look)
    assert play.asked == ["create_session", "close_session"]


def test_no_job_goes_into_a_session_whose_block_has_ended(play: Play) -> None:
    session = within(play, nothing)
    with pytest.raises(RuntimeApiError, match="session"):
        play.submit(session)


def test_an_end_that_fails_is_an_error_after_a_good_block(play: Play) -> None:
    play.mock.faults.fail(500, operation="update_session")
    with pytest.raises(ServerError):
        within(play, nothing)


def test_an_end_that_fails_is_a_note_after_a_bad_block(play: Play) -> None:
    play.mock.faults.fail(500, operation="close_session")
    with pytest.raises(Oops) as caught:
        within(play, fail)
    (note,) = caught.value.__notes__
    assert "could not be closed: DELETE /sessions/" in note


def test_a_session_that_is_gone_at_the_end_is_as_good_as_closed(stage: OnStage) -> None:
    gone = answer({"errors": [{"code": "not_found", "message": "unknown session"}]}, 404)
    good, bad = Network(answer({"id": "s1"}), gone), Network(answer({"id": "s1"}), gone)
    assert within(stage(good, instance=INSTANCE), nothing) == "s1"
    assert good.lines == ["POST /sessions", "PATCH /sessions/s1"]
    with pytest.raises(Oops) as caught:
        within(stage(bad, instance=INSTANCE), fail)
    assert not hasattr(caught.value, "__notes__")
    assert bad.lines == ["POST /sessions", "DELETE /sessions/s1/close"]


def test_a_session_that_does_not_begin_does_not_end(play: Play) -> None:
    play.mock.faults.fail(403, operation="create_session")
    with pytest.raises(PermissionDenied):
        within(play, fail)
    assert play.asked == ["create_session"]


def test_a_block_needs_an_instance(mock: Mock) -> None:
    runtime = LegacyRuntime(api_token=API_TOKEN, transport=mock.transport())
    with pytest.raises(ValueError, match="instance is missing"):
        runtime.sessions.open(backend=DEVICE)
    assert len(mock.journal) == 0


def test_a_block_that_is_cancelled_closes_its_session(mock: Mock) -> None:
    play = Play("async", mock)
    runtime = play.runtime
    assert isinstance(runtime, AsyncLegacyRuntime)

    async def main() -> None:
        with anyio.CancelScope() as scope:
            async with runtime.sessions.open(backend=DEVICE):
                scope.cancel()
                await anyio.lowlevel.checkpoint()

    anyio.run(main)
    assert play.asked == ["create_session", "close_session"]
