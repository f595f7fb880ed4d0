"""Jobs that go wrong on demand, as each API and its client tell it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import httpx
import pytest

from contract_tests.platform import PARAMS
from dryshot.world import Pace
from dryshot.world.reasons import REASONS, reason_for
from dryshot_client import JobFailed, JobRanTooLong, JobTimeout, NotFound, ResultsGone
from tests.world.scene import Scene, error

ESTIMATOR = {"pubs": [["OPENQASM 3.0;", ["Z"]]], "version": 2}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_job_fails_with_any_documented_code(scene: Scene) -> None:
    for code in sorted(set(REASONS) - {1305}):
        scene.trouble.fail_jobs(code, times=2)
        job, classic = scene.submit(), scene.submit_classic()
        text, solution = REASONS[code]
        found = scene.state(job)
        assert found["state"] == {
            "status": "Failed",
            "reason": text,
            "reason_code": code,
            "reason_solution": solution,
        }
        assert (found["status"], found["usage"]["qpu_charge_time_seconds"]) == ("Failed", 2)
        state = scene.ran_classic(classic)["state"]
        assert (state["status"], state["reason"], state["reason_code"]) == ("Failed", text, code)
        results = scene.ask("GET", f"/jobs/{job}/results")
        assert results.headers["content-type"].startswith("text/plain")
        assert "Traceback" in results.text


def test_clients_raise_what_a_failed_job_says(scene: Scene) -> None:
    scene.trouble.fail_jobs(1517, reason="no such gate", used=0, times=None)
    job = scene.runtime.jobs.create(program="sampler", backend="ibm_fez", params=PARAMS)
    with pytest.raises(JobFailed) as caught:
        scene.runtime.jobs.results(job.id)
    assert (caught.value.reason_code, caught.value.reason) == (1517, "no such gate")
    assert scene.state(job.id)["usage"]["qpu_charge_time_seconds"] == 0
    old = scene.legacy.jobs.create(
        program="sampler", backend="ibm_wellington", params={"circuits": ["x"]}
    )
    scene.legacy.jobs.wait(old["id"])
    with pytest.raises(JobFailed) as caught:
        scene.legacy.jobs.results(old["id"])
    assert (caught.value.reason_code, caught.value.reason) == (1517, "no such gate")


def test_only_the_next_jobs_that_are_meant_fail(scene: Scene) -> None:
    incident = scene.trouble.fail_jobs(
        program="sampler", backend="ibm_fez", dialect="platform", tag="bad", times=2
    )
    others = [
        scene.submit(),
        scene.submit(backend="ibm_torino", tags=["bad"]),
        scene.submit(program_id="estimator", params=ESTIMATOR, tags=["bad"]),
    ]
    meant = [scene.submit(tags=["bad"]) for _ in range(3)]
    assert incident.left == 0
    assert {scene.state(job)["status"] for job in others} == {"Completed"}
    assert [scene.state(job)["status"] for job in meant] == ["Failed", "Failed", "Completed"]


def test_a_job_runs_too_long_when_it_had_its_time(scene: Scene) -> None:
    scene.trouble.run_too_long(300, times=2)
    job, classic = scene.submit(), scene.submit_classic()
    assert scene.state(job)["status"] == "Running"
    scene.clock.advance(300)
    found = scene.state(job)
    assert found["status"] == "Cancelled - Ran too long"
    assert (found["state"]["status"], found["state"]["reason_code"]) == ("Cancelled", 1305)
    assert found["usage"]["qpu_charge_time_seconds"] == 300
    assert scene.ran_classic(classic)["state"]["reason_code"] == 1305
    assert scene.ask("GET", f"/jobs/{job}/results").status_code == 204
    with pytest.raises(JobRanTooLong):
        scene.runtime.jobs.results(job)


def test_a_job_never_runs_longer_than_its_cost(scene: Scene) -> None:
    scene.trouble.run_too_long(1_000_000)
    job = scene.submit(cost=30)
    scene.clock.advance(31)
    assert scene.state(job)["state"]["reason_code"] == 1305
    with scene.trouble.delay_jobs(100):
        late = scene.submit(cost=30)
    scene.clock.advance(31)
    assert scene.state(late)["status"] == "Completed", "the incident was over"
    scene.trouble.delay_jobs(100)
    late = scene.submit(cost=30)
    scene.clock.advance(31)
    assert scene.state(late)["state"]["reason_code"] == 1305


def test_a_held_job_stays_queued_until_it_is_let_go(scene: Scene) -> None:
    incident = scene.trouble.hold_jobs(times=2)
    job, classic = scene.submit(), scene.submit_classic()
    scene.clock.advance(28 * 86400)
    scene.log_in()
    assert scene.state(job)["status"] == "Queued"
    assert scene.world.jobs[classic].status == "Queued"
    assert scene.state(scene.submit())["status"] == "Completed"
    assert scene.world.queue_length("ibm_fez") == 1
    with pytest.raises(JobTimeout):
        scene.runtime.jobs.wait(job, timeout=1800)
    incident.clear()
    assert scene.state(job)["status"] == "Completed"
    scene.clock.advance(10)
    assert scene.world.jobs[classic].status == "Completed"


def test_a_held_job_can_be_cancelled(scene: Scene) -> None:
    incident = scene.trouble.hold_jobs()
    job = scene.submit()
    assert scene.ask("POST", f"/jobs/{job}/cancel").status_code == 204
    incident.clear()
    assert scene.state(job)["status"] == "Cancelled"


def test_a_late_job_runs_for_so_much_longer() -> None:
    scene = Scene(pace=Pace(5, 10))
    scene.trouble.delay_jobs(100)
    scene.trouble.delay_jobs(20)
    job = scene.submit()
    scene.clock.advance(5 + 10 + 120 - 2)
    assert scene.state(job)["status"] == "Running"
    scene.clock.advance(1)
    assert scene.state(job)["status"] == "Completed"


@pytest.mark.parametrize(("status", "kind"), [(204, ResultsGone), (404, NotFound)])
def test_results_vanish_after_so_many_reads(
    scene: Scene, status: int, kind: type[Exception]
) -> None:
    incident = scene.trouble.start("lose_results", {"reads": 1, "status": status, "times": 2})
    job, classic = scene.submit(), scene.submit_classic()
    scene.clock.advance(10)
    asks: list[Callable[[], httpx.Response]] = [
        lambda: scene.ask("GET", f"/jobs/{job}/results"),
        lambda: scene.ask_classic("GET", f"/jobs/{classic}/results"),
    ]
    for ask in asks:
        assert ask().status_code == 200
        assert ask().status_code == status
        if status == 404:
            assert error(ask()) == (404, 1291)
    with pytest.raises(kind):
        scene.runtime.jobs.results(job)
    incident.clear()
    assert {ask().status_code for ask in asks} == {200}


def test_huge_results_are_valid_and_say_the_same(scene: Scene) -> None:
    usual = scene.ask("GET", f"/jobs/{scene.submit()}/results").json()
    scene.trouble.enlarge_results(2, times=2)
    answer = scene.ask("GET", f"/jobs/{scene.submit()}/results")
    assert len(answer.content) >= 2 * 1024 * 1024
    assert answer.json()["results"] == usual["results"]
    classic = scene.submit_classic()
    scene.ran_classic(classic)
    answer = scene.ask_classic("GET", f"/jobs/{classic}/results")
    assert len(answer.content) >= 2 * 1024 * 1024
    assert answer.json()["quasi_dists"] == [{"1": 1.0}]


def test_numbers_of_results_are_nan(scene: Scene) -> None:
    scene.trouble.spoil_results(times=None)
    job = scene.submit(program_id="estimator", params=ESTIMATOR)
    answer = scene.ask("GET", f"/jobs/{job}/results")
    assert '"evs":[NaN,NaN]' in answer.text
    constants: list[str] = []
    json.loads(answer.text, parse_constant=constants.append)
    assert set(constants) == {"NaN"}
    data = scene.runtime.jobs.results(job)["results"][0]["data"]
    assert all(math.isnan(value) for values in data.values() for value in values)
    classic = scene.submit_classic()
    scene.ran_classic(classic)
    (found,) = scene.legacy.jobs.results(classic)["quasi_dists"]
    assert math.isnan(found["1"])


def test_a_code_that_is_not_known_needs_its_own_reason(scene: Scene) -> None:
    scene.trouble.fail_jobs(8123, reason="the fridge is warm", solution="Wait.")
    state = scene.state(scene.submit())["state"]
    assert (state["reason"], state["reason_solution"]) == ("the fridge is warm", "Wait.")
    for code, words in ((8123, "not documented"), (99, "1000 to 9999")):
        with pytest.raises(ValueError, match=words):
            reason_for(code)
        with pytest.raises(ValueError, match=r"fail_jobs\.reason_code"):
            scene.trouble.fail_jobs(code)
