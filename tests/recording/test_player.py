"""Recorded with real clients, and played again: any polls, in any order."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot import Limits, Mock, Pace, Player, Unrecorded
from dryshot.recording.cassette import Cassette
from dryshot.world import Outcome, Task
from dryshot_client import AsyncLegacyRuntime, LegacyRuntime, Runtime
from tests.dialects.classic import JOB, QASM, RUNTIME, submit
from tests.dialects.platform import log_in, one, sampler
from tests.recording.recordings import Tape, classic, origins, platform_of, taped

OTHER = {"circuits": [QASM.replace("x q", "h q")]}
PARAMS: dict[str, Any] = {"circuits": [QASM]}
ID = "cjvks5fp8blo0kgog530"
ORDER = ("Queued", "Running", "Completed")


def said(of: str) -> str:
    """Results that no engine writes like this."""
    return f'{{"quasi_dists": [{{"0":   1}}], "metadata": [{{"of": "{of}"}}]}}'


def numbered(task: Task) -> Outcome:
    """Results that tell which job they are of."""
    if "nonsense" in str(task.params):
        return Outcome(failed=True, body="Traceback: nonsense", reason="nonsense", reason_code=1517)
    return Outcome(failed=False, body=said(task.job_id), quantum_seconds=2.0)


def unasked(_task: Task) -> Outcome:
    return Outcome(failed=False, body=said("nobody"), quantum_seconds=2.0)


def recorded(*params: Any, polls: int = 10) -> tuple[Cassette, list[str]]:
    """A session of one classic job after another, all looked at to the end."""
    mock = Mock(engine=numbered, pace=Pace(3, 4))
    http, jobs = classic(mock), []
    for each in params or (JOB["params"],):
        jobs.append(submit(http, params=each))
        for _ in range(polls):
            http.get(f"/jobs/{jobs[-1]}")
        http.get(f"/jobs/{jobs[-1]}/results")
    return taped(mock), jobs


TAPE, (JOB_ID,) = recorded()


def test_a_player_has_limits_as_a_mock_has() -> None:
    player = Player(TAPE, limits=Limits(submissions_per_minute=1))
    http = classic(player)
    assert submit(http) == JOB_ID
    assert http.post("/jobs", json=JOB).status_code == 429
    assert Player(TAPE, max_body_bytes=9).limits == Limits(payload_bytes=9)
    assert Player(TAPE).limits == Limits()


def status(http: httpx.Client, job: str) -> str:
    return str(http.get(f"/jobs/{job}").json()["status"])


@given(
    polls=st.lists(st.sampled_from(["get", "list", "results", "metrics", "wait"]), max_size=25),
    strict=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_polls_see_the_recorded_order_and_the_recorded_bytes(
    polls: list[str], *, strict: bool
) -> None:
    player = Player(TAPE, strict=strict, engine=unasked)
    http = classic(player)
    job, seen = submit(http), []
    assert job == JOB_ID
    for poll in polls:
        if poll == "wait":
            player.clock.advance(0.7)
        elif poll == "get":
            seen.append(status(http, job))
        elif poll == "results":
            answer = http.get(f"/jobs/{job}/results")
            assert (answer.status_code, answer.content) in (
                (204, b""),
                (200, said(job).encode()),
            )
        elif not strict:
            where = "/jobs" if poll == "list" else f"/jobs/{job}/metrics"
            assert http.get(where).status_code == 200
    assert [ORDER.index(each) for each in seen] == sorted(ORDER.index(each) for each in seen)


def test_a_player_starts_when_the_recording_did_and_takes_its_time() -> None:
    player = Player(TAPE)
    assert player.clock.now() == TAPE.interactions[0].at
    http = classic(player)
    job = submit(http)
    seen = [status(http, job) for _ in range(8)]
    assert seen == ["Queued"] * 2 + ["Running"] * 4 + ["Completed"] * 2
    assert {origin for _, origin in origins(player)[1:]} == {"recorded"}


def test_time_alone_brings_a_job_to_its_end() -> None:
    player = Player(TAPE)
    http = classic(player)
    job = submit(http)
    player.clock.advance(3600)
    assert status(http, job) == "Completed"


def test_equal_submissions_get_theirs_in_order_and_then_the_last_again_as_made_up() -> None:
    tape, (first, second) = recorded(JOB["params"], JOB["params"])
    player = Player(tape, engine=unasked)
    http = classic(player)
    assert [submit(http), submit(http)] == [first, second]
    third = submit(http)
    assert third not in (first, second)
    player.clock.advance(60)
    assert http.get(f"/jobs/{third}/results").text == said(second)
    assert http.get("/jobs").json()["count"] == 3
    assert [origin for operation, origin in origins(player) if operation == "create_job"] == [
        "recorded",
        "recorded",
        "synthesised",
    ]


def test_different_submissions_may_come_in_the_other_order() -> None:
    tape, (first, second) = recorded(JOB["params"], OTHER)
    http = classic(Player(tape, strict=True))
    assert submit(http, params=OTHER) == second
    assert submit(http) == first


def test_a_failed_job_fails_again_with_its_reason() -> None:
    tape, (job,) = recorded({"circuits": ["nonsense"]})
    http = classic(Player(tape, engine=unasked))
    submit(http, params={"circuits": ["nonsense"]})
    for _ in range(30):
        state = http.get(f"/jobs/{job}").json()["state"]
    assert (state["status"], state["reason"], state["reasonCode"]) == ("Failed", "nonsense", 1517)
    assert http.get(f"/jobs/{job}/results").text == "Traceback: nonsense"


def test_a_cancelled_job_waits_to_be_cancelled_again() -> None:
    mock = Mock(engine=numbered, pace=Pace(2, 50))
    http = classic(mock)
    job = submit(http)
    for _ in range(4):
        status(http, job)
    http.post(f"/jobs/{job}/cancel")
    status(http, job)
    http.post(f"/jobs/{job}/cancel")
    http = classic(player := Player(taped(mock), strict=True))
    submit(http)
    assert [status(http, job) for _ in range(80)][-1] == "Running"
    assert http.post(f"/jobs/{job}/cancel").status_code == 204
    assert status(http, job) == "Cancelled"
    assert http.post(f"/jobs/{job}/cancel").status_code == 409
    assert origins(player)[-1] == ("cancel_job", "recorded")


def test_a_job_that_the_service_cancelled_is_cancelled_by_itself() -> None:
    tape = Tape()
    tape.add(0, "POST /jobs", {"id": ID, "backend": "ibm_wellington"}, body=JOB)
    tape.add(2, f"GET /jobs/{ID}", {"id": ID, "state": {"status": "Running"}})
    tape.add(5, f"GET /jobs/{ID}", {"id": ID, "state": {"status": "Cancelled", "reason": "upkeep"}})
    http = classic(tape.play())
    assert submit(http) == ID
    states = [http.get(f"/jobs/{ID}").json()["state"] for _ in range(7)]
    assert [state["status"] for state in states[:2]] == ["Queued", "Running"]
    assert states[-1] == {"status": "Cancelled", "reason": "upkeep"}


def test_a_changed_circuit_is_computed_and_called_synthesised() -> None:
    player = Player(TAPE, engine=unasked)
    http = classic(player)
    job = submit(http, params=OTHER)
    assert job != JOB_ID
    player.clock.advance(60)
    assert http.get(f"/jobs/{job}/results").text == said("nobody")
    assert {origin for _, origin in origins(player)[1:]} == {"synthesised"}


def test_a_changed_circuit_is_refused_in_strict_with_the_lines_that_differ() -> None:
    http = classic(player := Player(TAPE, strict=True))
    with pytest.raises(Unrecorded) as caught:
        submit(http, params={**OTHER, "run_options": {"shots": 200}})
    assert str(caught.value).splitlines()[1:] == [
        "  params/circuits/0: the circuit differs",
        "    -x q;",
        "    +h q;",
        "  params/run_options: nothing != {'shots': 200}",
    ]
    assert not player.world.jobs


def test_changed_shots_are_named_by_their_place() -> None:
    mock = Mock(engine=one)
    platform_of(mock, log_in).post("/jobs", json=sampler())
    http = platform_of(Player(taped(mock), strict=True), log_in)
    changed = json.loads(json.dumps(sampler()))
    changed["params"]["pubs"][0][2] = 200
    with pytest.raises(Unrecorded, match="params/pubs/0/2: 100 != 200"):
        http.post("/jobs", json=changed)


@pytest.mark.parametrize("path", ["/jobs/nobody", f"/jobs/{JOB_ID}/logs", "/backends", "/nowhere"])
def test_strict_refuses_an_operation_or_a_resource_that_it_does_not_know(path: str) -> None:
    http = classic(Player(TAPE, strict=True))
    with pytest.raises(Unrecorded, match="never recorded"):
        http.get(path)


def test_what_diverged_is_not_contradicted() -> None:
    player = Player(TAPE)
    http = classic(player)
    job = submit(http)
    player.clock.advance(60)
    http.put(f"/jobs/{job}/tags", json={"tags": ["mine"]})
    assert http.get(f"/jobs/{job}").json()["tags"] == ["mine"]
    assert http.get("/jobs", params={"tags": "mine"}).json()["count"] == 1
    assert http.get(f"/jobs/{job}/results").text == said(job)
    http.delete(f"/jobs/{job}")
    assert http.get(f"/jobs/{job}").status_code == 404


def test_jobs_that_were_there_before_are_there_again() -> None:
    tape = Tape()
    done: dict[str, Any] = {
        "id": ID,
        "backend": "ibm_gone",
        "created": "2023-09-01T00:00:00Z",
        "tags": ["a"],
    }
    done |= {"state": {"status": "Completed"}, "status": "Completed", "program": {"id": "sampler"}}
    tape.add(0, "GET /jobs", {"jobs": [done], "count": 1, "limit": 200, "offset": 0})
    tape.add(1, f"GET /jobs/{ID}/results", said("old"))
    player = tape.play()
    http = classic(player)
    assert http.get("/jobs?tags=a").json()["jobs"][0]["id"] == ID
    assert http.get("/jobs").json()["jobs"] == [done]
    assert http.get(f"/jobs/{ID}/results").text == said("old")
    assert origins(player)[-2:] == [("list_jobs", "recorded"), ("get_job_results", "recorded")]
    assert "ibm_gone" in player.world.backends


def test_a_submission_that_was_only_ever_refused_is_refused_again() -> None:
    tape = Tape()
    words = {"errors": [{"code": 1, "message": "not today"}]}
    tape.add(0, "POST /jobs", words, status=400, body=JOB)
    http = classic(player := tape.play())
    answer = http.post("/jobs", json=JOB)
    assert (answer.status_code, answer.json()) == (400, words)
    assert not player.world.jobs
    assert player.unused == []


def test_haste_and_bad_hours_are_not_played_again() -> None:
    tape = Tape()
    tape.add(0, "GET /programs", {"errors": []}, status=503)
    tape.add(1, f"GET /jobs/{ID}", {"errors": []}, status=429)
    player = tape.play()
    assert classic(player).get("/programs").status_code == 200
    assert player.unused == []


def test_what_was_never_asked_for_is_told_by_operation_and_resource() -> None:
    player = Player(TAPE)
    http = classic(player)
    assert player.unused == [
        f"POST /jobs -> 200 ({JOB_ID})",
        f"GET /jobs/{JOB_ID} -> 200",
        f"GET /jobs/{JOB_ID}/results -> 200",
    ]
    status(http, submit(http))
    http.get("/programs")
    assert player.report() == [
        "4 answers: 2 recorded, 1 synthesised, 1 mock",
        "synthesised: GET runtime-us-east.quantum-computing.ibm.com/programs -> 200",
        f"unused: GET /jobs/{JOB_ID}/results -> 200",
    ]


def test_the_age_is_that_of_the_oldest_recording() -> None:
    assert Player([TAPE]).age(TAPE.recorded + timedelta(days=3)) == timedelta(days=3)


def test_several_cassettes_are_played_as_one() -> None:
    other, (job,) = recorded(OTHER)
    http = classic(Player([TAPE, other], strict=True))
    assert {submit(http), submit(http, params=OTHER)} == {JOB_ID, job}


def test_an_empty_recording_is_a_mock_or_in_strict_refuses_all() -> None:
    empty = Cassette((), recorded=TAPE.recorded)
    assert classic(Player(empty)).get("/programs").status_code == 200
    with pytest.raises(Unrecorded, match="the recording is empty"):
        classic(Player(empty, strict=True)).get("/programs")


@pytest.mark.parametrize("mode", ["batch", "dedicated"])
def test_a_session_with_its_jobs_and_usage_is_played_whole(mode: str) -> None:
    def live(mock: Mock, **more: Any) -> list[Any]:
        http = platform_of(mock, log_in)
        http.get("/backends")
        opened = http.post("/sessions", json={"mode": mode, "backend": "ibm_torino"}).json()
        job = http.post("/jobs", json=sampler(session_id=opened["id"], **more)).json()["id"]
        mock.clock.advance(10)
        found = [http.get(f"/jobs/{job}/results").content]
        http.delete(f"/sessions/{opened['id']}/close")
        closed = http.get(f"/sessions/{opened['id']}").json()["state"]
        usage = http.get("/instances/usage").json()["usage_consumed_seconds"]
        refused = http.post("/jobs", json=sampler(session_id=opened["id"], tags=["late"]))
        return [*found, opened["id"], job, closed, usage, refused.json()["errors"][0]["code"]]

    mock = Mock(engine=one, pace=Pace(3, 4))
    before = live(mock)
    player = Player(taped(mock), strict=True, seed=7)
    assert live(player, tags=["other"]) == before
    assert not player.unused
    assert {origin for _, origin in origins(player)[1:]} == {"recorded"}


def test_the_clients_own_runtimes_find_the_recorded_results() -> None:
    mock = Mock(engine=numbered)
    with LegacyRuntime(api_token="t", transport=mock.transport(), sleep=mock.clock.advance) as rt:
        job = rt.jobs.create(program="sampler", backend="ibm_wellington", params=PARAMS)
        rt.jobs.wait(job["id"])
        before = rt.jobs.results(job["id"])
    player = Player(taped(mock), strict=True)

    async def ask() -> Any:
        async def sleep(seconds: float) -> None:
            player.clock.advance(seconds)

        async with AsyncLegacyRuntime(
            api_token="another", transport=player.async_transport(), sleep=sleep
        ) as rt:
            made = await rt.jobs.create(program="sampler", backend="ibm_wellington", params=PARAMS)
            await rt.jobs.wait(made["id"])
            return await rt.jobs.results(made["id"])

    assert asyncio.run(ask()) == before


def test_requests_and_the_platforms_client_reach_an_active_player() -> None:
    def work(mock: Mock) -> Any:
        with (
            mock.activate(),
            Runtime(api_key="k", instance="premium-instance", sleep=mock.clock.advance) as runtime,
        ):
            assert requests.get(f"{RUNTIME}/programs", timeout=5).status_code == 200
            job = runtime.jobs.create(
                program="sampler", backend="ibm_torino", params=sampler()["params"]
            )
            runtime.jobs.wait(job.id)
            return runtime.jobs.results(job.id)

    mock = Mock(engine=one)
    before = work(mock)
    assert work(Player(taped(mock), strict=True, engine=unasked)) == before


@pytest.mark.parametrize("mode", ["batch", "dedicated"])
def test_usage_sessions_and_running_jobs_of_before_are_there_again(mode: str) -> None:
    scope = f"a/{'0' * 31}1"
    crn = f"crn:v1:bluemix:public:quantum-computing:us-east:{scope}:{uuid.UUID(int=1)}::"
    session = "22222222-2222-4222-8222-222222222222"
    tape = Tape("https://quantum.cloud.ibm.com/api/v1")
    tape.headers = {"service-crn": crn, "ibm-api-version": "2026-04-15"}
    tape.add(0, "GET /instances/usage", {"usage_consumed_seconds": 77})
    told = {"id": session, "backend_name": "ibm_fez", "mode": mode, "state": "open"}
    tape.add(1, f"GET /sessions/{session}", told | {"accepting_jobs": True, "max_ttl": 600})
    job = {"id": ID, "backend": "ibm_fez", "created": "2023-09-11T17:27:40Z"}
    tape.add(2, f"GET /jobs/{ID}", job | {"state": {"status": "Running"}})
    tape.add(9, f"GET /jobs/{ID}", job | {"state": {"status": "Completed"}})
    player = tape.play(engine=unasked)
    account = next(iter(player.world.accounts))
    platform = player.world.platform
    (instance,) = platform.instances(account)
    assert instance.crn == crn
    assert platform.usage(instance).consumed == 77
    assert platform.session(account, instance, session).state == "open"
    assert platform.job(account, instance, ID).status == "Queued"
    player.clock.advance(3)
    assert platform.job(account, instance, ID).status == "Running"
    player.clock.advance(7)
    assert platform.job(account, instance, ID).status == "Completed"
