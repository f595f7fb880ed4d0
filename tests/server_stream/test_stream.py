from __future__ import annotations

import json
import threading
from contextlib import ExitStack

import httpx
import pytest

from dryshot.clock import WallClock
from dryshot.http import Response
from dryshot.server.serving import serve
from dryshot.world import Engine, Outcome, Pace, Task
from tests.world.worlds import echo

from .rooms import (
    CLIENTS,
    PATIENCE,
    RESULT,
    Hear,
    Heard,
    Room,
    ack,
    hear_by_websockets,
    mock,
    open_stream,
    rest,
    room,
    standing,
    tenants,
)


@pytest.mark.parametrize("pure", [False, True], ids=["fast", "pure"])
@CLIENTS
def test_a_job_that_is_over_is_told_at_once(hear: Hear, pure: bool) -> None:  # noqa: FBT001
    world = standing()
    with room(world, pure=pure) as user:
        job = user.submit()
        world.clock.advance(10)
        assert hear(user.stream_url(job), user.headers) == Heard([ack(job), RESULT], 1000)
        assert user.http.get(f"/jobs/{job}/results").text == RESULT


@CLIENTS
def test_a_job_that_runs_by_real_time_is_waited_for(hear: Hear) -> None:
    with room(mock(clock=WallClock(), pace=Pace(0.1, 0.3))) as user:
        job = user.submit()
        assert hear(user.stream_url(job), user.headers) == Heard([ack(job), RESULT], 1000)
        assert user.status(job) == "Completed"


def test_a_client_that_does_nothing_but_listen_lets_virtual_time_go_on() -> None:
    with room(mock(pace=Pace(1, 3))) as user:
        job = user.submit()
        heard = hear_by_websockets(user.stream_url(job), user.headers)
        assert heard == Heard([ack(job), RESULT], 1000)


def test_a_job_that_time_is_moved_for_elsewhere_ends_the_stream() -> None:
    world = standing()
    with room(world) as user:
        job = user.submit()
        with user.listening(job) as stream:
            assert user.status(job) == "Queued"
            world.clock.advance(1.5)
            assert user.status(job) == "Running"
            with pytest.raises(TimeoutError):
                stream.recv(0)
            world.clock.advance(1)
            assert rest(stream) == Heard([RESULT], 1000)


def fail(_: Task) -> Outcome:
    return Outcome(failed=True, body="Traceback: no", reason="no", reason_code=3211)


def crash(_: Task) -> Outcome:
    raise ArithmeticError("the engine broke")


@pytest.mark.parametrize("engine", [fail, crash])
def test_a_job_that_fails_has_no_result_to_send(engine: Engine) -> None:
    with room(mock(engine=engine)) as user:
        job = user.submit()
        assert hear_by_websockets(user.stream_url(job), user.headers) == Heard([ack(job)], 1000)
        assert user.status(job) == "Failed"


def test_a_job_that_is_cancelled_or_deleted_meanwhile_ends_the_stream() -> None:
    with room(standing()) as user:
        first, second = user.submit(), user.submit()
        with user.listening(first) as one, user.listening(second) as two:
            assert user.http.post(f"/jobs/{first}/cancel").status_code == 204
            assert rest(one) == Heard([], 1000)
            assert user.http.delete(f"/jobs/{second}").status_code == 204
            assert rest(two) == Heard([], 1000)


@pytest.mark.parametrize("base", ["", "/runtime"])
def test_the_stream_is_below_both_base_urls(base: str) -> None:
    with room(mock()) as user:
        job = user.submit()
        heard = hear_by_websockets(user.stream_url(job, base), user.headers)
        assert heard == Heard([ack(job), RESULT], 1000)


def test_an_api_token_as_a_bearer_will_do() -> None:
    with room(mock()) as user:
        job = user.submit()
        heard = hear_by_websockets(user.stream_url(job), {"Authorization": "Bearer a key"})
        assert heard == Heard([ack(job), RESULT], 1000)


@pytest.mark.parametrize("headers", [{}, {"X-Access-Token": "wrong"}], ids=["none", "wrong"])
@CLIENTS
def test_a_caller_without_a_valid_token_is_refused_as_over_http(
    hear: Hear, headers: dict[str, str]
) -> None:
    with room(mock()) as user:
        job = user.submit()
        told = httpx.get(f"{user.url}/jobs/{job}", headers=headers)
        assert told.status_code == 401
        assert hear(user.stream_url(job), headers) == Heard([told.text], 401)


@CLIENTS
def test_a_job_that_is_not_there_is_refused_as_over_http(hear: Hear) -> None:
    with room(mock()) as user:
        told = user.http.get("/jobs/cjvks5fp8blo0kgogxxx")
        heard = hear(user.stream_url("cjvks5fp8blo0kgogxxx"), user.headers)
        assert heard == Heard([told.text], 404)


def test_a_failure_that_is_asked_for_strikes_the_handshake() -> None:
    world = mock()
    with room(world) as user:
        job = user.submit()
        world.faults.fail(500, operation="get_job")
        assert hear_by_websockets(user.stream_url(job), user.headers).end == 500
        assert hear_by_websockets(user.stream_url(job), user.headers).end == 1000


@pytest.mark.parametrize("kind", ["drop", "reset", "lose_response", "truncate"])
def test_a_handshake_that_is_struck_otherwise_is_refused(kind: str) -> None:
    world = mock()
    with room(world) as user:
        job = user.submit()
        world.faults.add(kind, operation="get_job")
        assert hear_by_websockets(user.stream_url(job), user.headers).end == 403
        assert hear_by_websockets(user.stream_url(job), user.headers).end == 1000


def test_the_journal_has_a_stream_as_one_look_at_the_job() -> None:
    world = mock(pace=Pace(3, 3))
    with room(world) as user:
        job = user.submit()
        assert hear_by_websockets(user.stream_url(job), user.headers).end == 1000
        assert [str(look) for look in world.journal.of("get_job")] == [
            f"GET 127.0.0.1/jobs/{job} -> 200"
        ]


def test_any_other_path_is_answered_as_if_no_websocket_was_asked_for() -> None:
    with room(mock()) as user:
        base = user.url.replace("http", "ws", 1)
        for path in ("/nowhere", "/stream/jobs/", "/stream/programs/x"):
            told = user.http.get(path)
            assert told.status_code == 404
            heard = hear_by_websockets(base + path, user.headers)
            assert heard.end == 404
            assert json.loads(heard.frames[0])["errors"] == told.json()["errors"]
        heard = hear_by_websockets(f"{base}/programs?limit=1", user.headers)
        assert heard == Heard([user.http.get("/programs?limit=1").text], 200)


def test_an_endpoint_without_a_mock_has_no_streams() -> None:
    with serve(lambda _: Response(200, {}, b"{}")) as server:
        url = server.url.replace("http", "ws", 1) + "/stream/jobs/x"
        heard = hear_by_websockets(url, {})
        assert heard.end == 501
        assert json.loads(heard.frames[0])["dryshot"]["status"] == 501


def test_tenants_have_streams_of_their_own_even_for_jobs_of_one_id() -> None:
    worlds = tenants()
    with room(worlds) as alice:
        bob = Room(alice.url, "another key")
        for name in worlds.names():
            worlds.mock(name).clock.freeze()
        hers, his = alice.submit(), bob.submit()
        assert hers == his
        with alice.listening(hers) as first, bob.listening(his) as second:
            assert alice.http.post(f"/jobs/{hers}/cancel").status_code == 204
            assert rest(first) == Heard([], 1000)
            assert bob.status(his) == "Queued"
            worlds.mock(worlds.names()[1]).clock.advance(10)
            assert rest(second) == Heard([RESULT], 1000)
        only_his = bob.submit()
        assert hear_by_websockets(alice.stream_url(only_his), alice.headers).end == 404
        bob.http.close()


def test_a_tenant_that_begins_anew_has_no_streams_left() -> None:
    worlds = tenants()
    with room(worlds) as user:
        worlds.mock(worlds.names()[0]).clock.freeze()
        with user.listening(user.submit()) as stream:
            worlds.reset()
            assert rest(stream) == Heard([], 1000)


def test_a_simulation_holds_up_neither_pings_nor_other_tenants() -> None:
    begun, free = threading.Event(), threading.Event()

    def engine(task: Task) -> Outcome:
        if not begun.is_set():
            begun.set()
            assert free.wait(PATIENCE)
        return echo(task)

    with room(tenants(engine=engine, pace=Pace(3, 1))) as alice:
        bob = Room(alice.url, "another key")
        with alice.listening(alice.submit()) as stream:
            try:
                assert begun.wait(PATIENCE)
                assert stream.ping().wait(PATIENCE)
                his = bob.submit()
                assert hear_by_websockets(bob.stream_url(his), bob.headers).end == 1000
            finally:
                free.set()
            assert rest(stream).end == 1000
        bob.http.close()


def test_a_fault_of_ours_is_told_in_the_log_and_ends_the_stream_with_another_code(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise KeyError("its own")

    world = mock(pace=Pace(100, 0))
    with room(world) as user:
        job = user.submit()
        with user.listening(job) as stream:
            world.clock.call_later(0, fail)
            assert rest(stream) == Heard([], 1011)
    assert "KeyError: 'its own'" in caplog.text
    assert "a key" not in caplog.text


def test_a_server_that_stops_ends_its_streams() -> None:
    with serve(standing(), grace=PATIENCE) as server:
        user = Room(server.url, "a key")
        url, headers = user.stream_url(user.submit()), user.headers
        user.http.close()
        with ExitStack() as stack:
            streams = [stack.enter_context(open_stream(url, headers)) for _ in range(3)]
            for stream in streams:
                stream.recv(PATIENCE)
            server.stop()
            for stream in streams:
                assert rest(stream) == Heard([], 1012)
        assert server.wait(PATIENCE / 2)
