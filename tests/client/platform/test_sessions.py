"""Sessions of the platform, on the mock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from dryshot.mock import Mock
from dryshot.world.runner import Pace
from dryshot_client import InvalidRequest, JobFailed, NotFound, ServerError, SessionClosed
from dryshot_client.platform import AsyncRuntime, Runtime
from dryshot_client.platform.models import Session
from tests.client.platform.stage import OPEN, PARAMS, Network, OnMock, Scripted, answer, one

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]


class Oops(Exception):
    """What goes wrong in a block."""


def waiting() -> Mock:
    """A mock whose jobs wait for a minute, and run for one."""
    return Mock(engine=one, pace=Pace(60, 60))


def submit(play: OnMock, session_id: str) -> Any:
    """A new job in a session."""
    return play.do(
        lambda runtime: runtime.jobs.create(
            program="sampler", backend="ibm_fez", params=PARAMS, session_id=session_id
        )
    )


def within(
    play: OnMock | Scripted, block: Callable[[Session], None], **settings: Any
) -> Session | None:
    """The session that ``block`` was run in."""
    common = {"backend": "ibm_fez"} | settings
    runtime = play.runtime
    if isinstance(runtime, Runtime):
        with runtime.sessions.open(**common) as session:
            block(session)
        return session
    return asyncio.run(_within(runtime, block, common))


async def _within(
    runtime: AsyncRuntime, block: Callable[[Session], None], settings: dict[str, Any]
) -> Session:
    async with runtime.sessions.open(**settings) as session:
        # In a thread, because the block uses an event loop of its own.
        await asyncio.to_thread(block, session)
    return session


def operations(play: OnMock) -> list[str | None]:
    """What the Compute API was asked."""
    return [entry.operation for entry in play.mock.journal if "/api/v1" in entry.request.path]


def test_a_session_is_created(on_mock: MakeOnMock) -> None:
    play = on_mock()
    session = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez", max_ttl=600))
    assert isinstance(session, Session)
    assert (session.mode, session.backend_name, session.max_ttl) == ("dedicated", "ibm_fez", 600)
    assert (session.state, session.accepting_jobs, session.closed_at) == ("open", True, None)
    assert play.do(lambda runtime: runtime.sessions.get(session.id)) == session


def test_the_plan_may_have_no_dedicated_sessions(on_mock: MakeOnMock) -> None:
    play = on_mock(instance=OPEN)
    with pytest.raises(InvalidRequest, match="open") as caught:
        play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez"))
    assert caught.value.code == 1352
    batch = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez", mode="batch"))
    assert batch.mode == "batch"


def test_a_session_takes_no_more_jobs_and_closes_when_it_is_empty(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    session = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez"))
    job = submit(play, session.id)
    assert job.session_id == session.id
    update = play.do(lambda runtime: runtime.sessions.update(session.id, accepting_jobs=False))
    assert update is None
    with pytest.raises(SessionClosed) as caught:
        submit(play, session.id)
    assert caught.value.code == 1217
    assert play.do(lambda runtime: runtime.jobs.wait(job.id)).state.status == "Completed"
    assert play.do(lambda runtime: runtime.sessions.get(session.id)).state == "closed"


def test_a_session_is_reopened_before_it_is_empty(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    session = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez"))
    submit(play, session.id)
    for accepting in (False, True):
        play.do(_say(session.id, accepting=accepting))
    assert submit(play, session.id).session_id == session.id


def test_closing_fails_what_waits(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    session = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez"))
    job = submit(play, session.id)
    assert play.do(lambda runtime: runtime.sessions.close(session.id)) is None
    with pytest.raises(JobFailed) as caught:
        play.do(lambda runtime: runtime.jobs.results(job.id))
    assert caught.value.reason_code == 1217


@pytest.mark.parametrize("method", ["get", "close", "update"])
def test_an_unknown_session_is_not_found(on_mock: MakeOnMock, method: str) -> None:
    settings = {"accepting_jobs": True} if method == "update" else {}
    with pytest.raises(NotFound, match="unknown session") as caught:
        on_mock().do(lambda runtime: getattr(runtime.sessions, method)("nosession", **settings))
    assert caught.value.code == "not_found"


def test_a_block_that_ends_well_lets_its_jobs_run(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    jobs = []
    session = within(play, lambda session: jobs.append(submit(play, session.id)), mode="batch")
    assert operations(play) == ["create_session", "create_job", "update_session"]
    assert session is not None
    assert session.mode == "batch"
    after = play.do(lambda runtime: runtime.sessions.get(session.id))
    assert (after.state, after.accepting_jobs) == ("open", False)
    assert play.do(lambda runtime: runtime.jobs.wait(jobs[0].id)).state.status == "Completed"


def test_a_block_that_ends_in_an_error_closes_at_once(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    jobs = []

    def block(session: Session) -> None:
        jobs.append(submit(play, session.id))
        raise Oops

    with pytest.raises(Oops) as caught:
        within(play, block)
    assert operations(play)[-1] == "delete_session_close"
    assert play.do(lambda runtime: runtime.jobs.get(jobs[0].id)).state.reason_code == 1217
    assert not hasattr(caught.value, "__notes__")


def test_a_session_that_is_gone_at_the_end_is_as_good_as_closed(scripted: MakeScripted) -> None:
    session = {"id": "s1", "mode": "batch", "backend_name": "ibm_fez"}
    gone = answer({"errors": [{"code": "not_found", "message": "unknown session"}]}, 404)
    for block, method in ((lambda _: None, "PATCH"), (_fail, "DELETE")):
        network = Network(answer(session), gone)
        try:
            within(scripted(network), block)
        except Oops as error:
            assert not hasattr(error, "__notes__")  # noqa: PT017 - the block's own, unchanged
        assert network.asked[-1].method == method


def _fail(_: Session) -> None:
    raise Oops


def test_a_session_that_its_ttl_has_closed_needs_no_closing(on_mock: MakeOnMock) -> None:
    play = on_mock()

    def block(session: Session) -> None:
        submit(play, session.id)
        play.mock.clock.advance(700)
        assert play.do(lambda runtime: runtime.sessions.get(session.id)).state == "closed"
        with pytest.raises(SessionClosed):
            submit(play, session.id)

    session = within(play, block, max_ttl=600)
    assert session is not None
    after = play.do(lambda runtime: runtime.sessions.get(session.id))
    assert (after.state, after.accepting_jobs) == ("closed", False)


def test_an_end_that_fails_is_an_error_after_a_good_block(on_mock: MakeOnMock) -> None:
    play = on_mock(retries=0)
    play.mock.faults.fail(500, operation="update_session")
    with pytest.raises(ServerError):
        within(play, lambda _: None)


def test_an_end_that_fails_is_a_note_after_a_bad_block(on_mock: MakeOnMock) -> None:
    play = on_mock(retries=0)
    play.mock.faults.fail(500, operation="delete_session_close")
    with pytest.raises(Oops) as caught:
        within(play, _fail)
    (note,) = caught.value.__notes__
    assert "could not be closed: DELETE /sessions/" in note


def test_a_session_that_does_not_begin_does_not_end(on_mock: MakeOnMock) -> None:
    play = on_mock(instance=OPEN)
    with pytest.raises(InvalidRequest):
        within(play, _fail)
    assert operations(play) == ["create_session"]


def test_one_opening_is_good_for_several_blocks(on_mock: MakeOnMock) -> None:
    play = on_mock()
    first = within(play, lambda _: None)
    second = within(play, lambda _: None)
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_a_block_that_is_cancelled_closes_its_session() -> None:
    play = OnMock("async")
    runtime = play.runtime
    assert isinstance(runtime, AsyncRuntime)

    async def main() -> None:
        with anyio.CancelScope() as scope:
            async with runtime.sessions.open(backend="ibm_fez"):
                scope.cancel()
                await anyio.lowlevel.checkpoint()

    anyio.run(main)
    assert operations(play) == ["create_session", "delete_session_close"]


def _say(session_id: str, *, accepting: bool) -> Callable[[Any], Any]:
    return lambda runtime: runtime.sessions.update(session_id, accepting_jobs=accepting)


def test_leaving_a_block_that_was_never_entered_sends_nothing() -> None:
    play = OnMock("sync")
    assert isinstance(play.runtime, Runtime)
    with ExitStack() as stack:
        stack.push(play.runtime.sessions.open(backend="ibm_fez"))
    assert play.requests == []
