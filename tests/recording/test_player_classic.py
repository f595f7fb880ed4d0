"""Classic sessions, and jobs made through the facade, played again as they were recorded."""

from __future__ import annotations

from typing import Any

import pytest

from dryshot import Mock, Pace, Player, Unrecorded
from dryshot_client import LegacyRuntime, SessionClosed
from tests.dialects.classic import HGP, JOB
from tests.recording.recordings import classic, origins, taped
from tests.world.worlds import echo

INSTANCE = "/".join(HGP.values())
BACKEND = str(JOB["backend"])
NEW: dict[str, Any] = {
    "program": JOB["program_id"],
    "backend": BACKEND,
    "params": JOB["params"],
}


def runtime_of(mock: Mock) -> LegacyRuntime:
    """The client before a mock, by whose clock it waits."""
    return LegacyRuntime(
        api_token="t", instance=INSTANCE, transport=mock.transport(), sleep=mock.clock.advance
    )


def in_a_session(mock: Mock, *, wait: float = 0, **how: Any) -> list[Any]:
    """A session with a job, looked at now and then; what was told of both."""
    told: list[Any] = []
    with runtime_of(mock) as runtime:
        session = runtime.sessions.create(backend=BACKEND, mode="batch", max_ttl=900)
        mock.clock.advance(wait)
        job = runtime.jobs.create(**NEW, session_id=session["id"], **how)
        told += [session["id"], job["id"], runtime.jobs.wait(job["id"])["state"]]
        told += [runtime.jobs.results(job["id"]), runtime.sessions.extended(session["id"])["jobs"]]
        runtime.sessions.close(session["id"])
        told += [runtime.sessions.get(session["id"])["state"]]
        with pytest.raises(SessionClosed):
            runtime.jobs.create(**NEW, session_id=session["id"])
    return told


def recorded() -> Mock:
    return Mock(engine=echo, pace=Pace(3, 4))


def test_a_session_that_was_opened_first_is_played_whole() -> None:
    mock = recorded()
    before = in_a_session(mock, wait=20)
    player = Player(taped(mock), strict=True, seed=7)
    assert in_a_session(player, tags=["other"]) == before
    assert before[5] == "closed"
    assert {origin for name, origin in origins(player) if name == "create_session"} == {"recorded"}
    assert not [line for line in player.unused if "/sessions" in line]


def test_a_session_more_than_was_recorded_has_an_id_of_its_own() -> None:
    mock = recorded()
    first, *_ = in_a_session(mock)
    player = Player(taped(mock))
    http = classic(player)
    wanted = {"backend": BACKEND, "instance": INSTANCE, "mode": "batch"}
    again = [http.post("/sessions", json=wanted | {"max_session_ttl": 900}) for _ in range(2)]
    ids = [answer.json()["id"] for answer in again]
    assert ids[0] == first
    assert ids[1] != first
    assert http.get(f"/sessions/{ids[1]}").json()["state"] == "open"
    other = http.post("/sessions", json=wanted).json()["id"]
    assert other not in ids
    assert [origin for name, origin in origins(player) if name == "create_session"] == [
        *("recorded", "synthesised", "synthesised")
    ]


def test_a_session_that_was_never_recorded_is_refused_in_a_strict_replay() -> None:
    mock = recorded()
    in_a_session(mock)
    with (
        runtime_of(Player(taped(mock), strict=True)) as runtime,
        pytest.raises(Unrecorded, match="mode: 'batch' != 'dedicated'"),
    ):
        runtime.sessions.create(backend=BACKEND, mode="dedicated", max_ttl=900)


def by_the_facade(mock: Mock) -> list[Any]:
    """A job that the service's own pages made, and what they were told of it."""
    with runtime_of(mock) as runtime:
        job = runtime.facade.create(**NEW, tags=["page"])
        (queued,) = runtime.facade.list()
        mock.clock.advance(20)
        (done,) = runtime.facade.list()
        results = runtime.jobs.results(job["id"])
    return [job["id"], queued["status"], done["status"], results]


def test_a_job_of_the_facade_is_played_again() -> None:
    mock = recorded()
    before = by_the_facade(mock)
    player = Player(taped(mock), strict=True, seed=7)
    assert by_the_facade(player) == before
    assert before[1:3] == ["Queued", "Completed"]
    found = dict(origins(player))
    assert (found["create_facade_job"], found["get_job_results"]) == ("recorded", "recorded")


def test_a_list_of_the_facade_that_nobody_saw_is_the_mocks() -> None:
    mock = recorded()
    by_the_facade(mock)
    player = Player(taped(mock), engine=echo)
    with runtime_of(player) as runtime:
        runtime.facade.create(**NEW, tags=["page"])
        runtime.jobs.create(**NEW)
        assert len(list(runtime.facade.list())) == 2
    assert dict(origins(player))["list_facade_jobs"] == "synthesised"
