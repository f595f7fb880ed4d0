"""Jobs of the platform, on the mock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot.world.runner import Pace
from dryshot_client import Conflict, InvalidRequest, NotFound
from dryshot_client.platform.models import CreatedJob, Job, JobMetrics, JobUsage
from tests.client.platform.stage import (
    PARAMS,
    Network,
    OnMock,
    Scripted,
    answer,
    job,
    one,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]


def waiting() -> Mock:
    """A mock whose jobs wait for a minute, and run for one."""
    return Mock(engine=one, pace=Pace(60, 60))


def create(play: OnMock, **settings: object) -> str:
    """The id of a new job."""
    common = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}
    return str(play.do(lambda runtime: runtime.jobs.create(**common | settings)).id)


def test_a_job_is_created_with_all_that_it_may_be_given(on_mock: MakeOnMock) -> None:
    play = on_mock()
    created = play.do(
        lambda runtime: runtime.jobs.create(
            program="sampler",
            backend="ibm_fez",
            params=PARAMS,
            tags=["a", "b"],
            cost=300,
            log_level="info",
            private=False,
            calibration_id="slow_gates",
            runtime="image:tag",
            parent_job_id="parent",
        )
    )
    assert isinstance(created, CreatedJob)
    assert (created.backend, created.calibration_id, created.private) == (
        "ibm_fez",
        "slow_gates",
        False,
    )
    found = play.do(lambda runtime: runtime.jobs.get(created.id))
    assert isinstance(found, Job)
    assert (found.id, found.tags, found.cost, found.runtime) == (
        created.id,
        ["a", "b"],
        300,
        "image:tag",
    )
    assert (found.program.id, found.params, found.calibration_id) == (
        "sampler",
        PARAMS,
        "slow_gates",
    )
    sent = play.mock.journal.of("create_job")[0].request
    assert sent.headers["parent-job-id"] == "parent"


def test_a_job_is_seen_on_its_way(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    seen = []
    for _ in range(3):
        seen.append(play.do(lambda runtime: runtime.jobs.get(job_id)))
        play.mock.clock.advance(60)
    assert [each.state.status for each in seen] == ["Queued", "Running", "Completed"]
    assert [each.ended for each in seen] == [False, False, True]
    assert seen[0].usage == JobUsage(qpu_charge_time_seconds=0, status="pending", raw={})
    assert seen[2].usage == JobUsage(qpu_charge_time_seconds=2, status="complete", raw={})
    assert seen[0].created == seen[2].created
    assert seen[0].created.tzinfo is not None


def test_params_are_left_out_on_demand_and_for_private_jobs(on_mock: MakeOnMock) -> None:
    play = on_mock()
    open_, private = create(play), create(play, private=True)
    assert play.do(lambda runtime: runtime.jobs.get(open_)).params == PARAMS
    assert play.do(lambda runtime: runtime.jobs.get(open_, exclude_params=True)).params == {}
    hidden = play.do(lambda runtime: runtime.jobs.get(private))
    assert (hidden.private, hidden.params) == (True, {})


def test_results_are_what_the_program_returned(on_mock: MakeOnMock) -> None:
    play = on_mock()
    job_id = create(play)
    results = play.do(lambda runtime: runtime.jobs.results(job_id))
    assert results["results"][0]["data"] == {"c": {"samples": ["0x1"], "num_bits": 1}}


def test_logs_are_text_and_none_is_an_empty_one(on_mock: MakeOnMock) -> None:
    def talkative(task: Task) -> Outcome:
        logs = "line 1\nline 2\n" if task.params["shots"] == 1 else ""
        return Outcome(failed=False, body="{}", logs=logs)

    play = on_mock(Mock(engine=talkative))
    loud, quiet = (create(play, params=PARAMS | {"shots": shots}) for shots in (1, 2))
    assert play.do(lambda runtime: runtime.jobs.logs(loud)) == "line 1\nline 2\n"
    assert play.do(lambda runtime: runtime.jobs.logs(quiet)) == ""


def test_metrics_are_times_and_charge(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    early = play.do(lambda runtime: runtime.jobs.metrics(job_id))
    assert isinstance(early, JobMetrics)
    assert early.timestamps.running is None
    assert early.timestamps.finished is None
    play.mock.clock.advance(120)
    late = play.do(lambda runtime: runtime.jobs.metrics(job_id))
    assert late.timestamps.created == early.timestamps.created
    assert late.timestamps.running is not None
    assert (late.timestamps.finished - late.timestamps.running).total_seconds() == 60
    assert (late.usage.qpu_charge_time_seconds, late.usage.status) == (2, "complete")


def test_older_versions_of_the_api_charge_in_other_words(on_mock: MakeOnMock) -> None:
    play = on_mock(api_version="2026-02-15")
    job_id = create(play)
    usage = play.do(lambda runtime: runtime.jobs.metrics(job_id)).usage
    assert (usage.seconds, usage.quantum_seconds, usage.qpu_charge_time_seconds) == (2, 2, None)


def test_the_place_in_the_queue_is_read_where_it_is_told(scripted: MakeScripted) -> None:
    body = {"timestamps": {"created": "2026-04-15T00:00:00Z"}, "usage": {}, "position_in_queue": 4}
    metrics = scripted(Network(answer(body))).do(lambda runtime: runtime.jobs.metrics("j1"))
    assert metrics.position_in_queue == 4


def test_a_job_is_cancelled_once(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    cancelled = play.do(lambda runtime: runtime.jobs.cancel(job_id, parent_job_id="parent"))
    assert cancelled is None
    assert play.mock.journal.of("cancel_job_jid")[0].request.headers["parent-job-id"] == "parent"
    assert play.do(lambda runtime: runtime.jobs.get(job_id)).state.status == "Cancelled"
    with pytest.raises(Conflict) as caught:
        play.do(lambda runtime: runtime.jobs.cancel(job_id))
    assert caught.value.code == 1306


def test_a_job_that_has_ended_is_deleted(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    job_id = create(play)
    with pytest.raises(InvalidRequest) as caught:
        play.do(lambda runtime: runtime.jobs.delete(job_id))
    assert caught.value.code == 1337
    play.mock.clock.advance(120)
    assert play.do(lambda runtime: runtime.jobs.delete(job_id)) is None
    with pytest.raises(NotFound) as gone:
        play.do(lambda runtime: runtime.jobs.get(job_id))
    assert gone.value.code == 1291


def test_deleting_again_after_a_lost_answer_is_no_error(scripted: MakeScripted) -> None:
    network = Network(answer({}, 503), answer({}, 404))
    assert scripted(network).do(lambda runtime: runtime.jobs.delete("j1")) is None
    assert network.lines == ["DELETE /jobs/j1"] * 2


def test_tags_are_replaced_and_taken_away(on_mock: MakeOnMock) -> None:
    play = on_mock()
    job_id = create(play, tags=["old"])
    assert play.do(lambda runtime: runtime.jobs.tags(job_id, ["new", "newer"])) is None
    assert play.do(lambda runtime: runtime.jobs.get(job_id)).tags == ["new", "newer"]
    play.do(lambda runtime: runtime.jobs.tags(job_id, []))
    assert play.do(lambda runtime: runtime.jobs.get(job_id)).tags == []


def test_tags_of_all_jobs_are_searched(on_mock: MakeOnMock) -> None:
    play = on_mock()
    create(play, tags=["calibration", "weekly"])
    create(play, tags=["recalibration"])
    found = play.do(lambda runtime: runtime.tags.list("calib"))
    assert found == ["calibration", "recalibration"]
    assert play.requests[-1].query == "type=job&search=calib"


def test_interim_results_are_of_old_versions_only(on_mock: MakeOnMock) -> None:
    old = on_mock(api_version="2025-05-01")
    job_id = create(old)
    assert old.do(lambda runtime: runtime.jobs.interim_results(job_id)) == ""
    with pytest.raises(NotFound):
        old.do(lambda runtime: runtime.jobs.transpiled_circuits(job_id))
    new = on_mock(old.mock)
    with pytest.raises(NotFound, match="404"):
        new.do(lambda runtime: runtime.jobs.interim_results(job_id))


def test_transpiled_circuits_are_whatever_was_stored(scripted: MakeScripted) -> None:
    network = Network(answer(["OPENQASM 3.0;"]))
    play = scripted(network, api_version="2025-05-01")
    circuits = play.do(lambda runtime: runtime.jobs.transpiled_circuits("j1"))
    assert circuits == ["OPENQASM 3.0;"]


@pytest.mark.parametrize(
    "method",
    ["get", "results", "logs", "metrics", "cancel", "delete", "wait"],
)
def test_an_unknown_job_is_not_found(on_mock: MakeOnMock, method: str) -> None:
    with pytest.raises(NotFound, match=r"Job ID: nojob") as caught:
        on_mock().do(lambda runtime: getattr(runtime.jobs, method)("nojob"))
    assert (caught.value.status, caught.value.code) == (404, 1291)


def test_waiting_ends_with_the_job(on_mock: MakeOnMock) -> None:
    play = on_mock(waiting())
    first, second = create(play), create(play)
    ended = play.do(lambda runtime: runtime.jobs.wait(first))
    assert (ended.id, ended.state.status) == (first, "Completed")
    both = play.do(lambda runtime: runtime.jobs.wait_all([second, first, second]))
    assert [each.id for each in both] == [second, first, second]


def test_every_filter_is_sent_and_instants_in_utc(scripted: MakeScripted) -> None:
    when = datetime(2026, 4, 15, 12, tzinfo=UTC)
    network = Network(answer({"jobs": [job()], "count": 1}))
    play = scripted(network)
    jobs = play.do(
        lambda runtime: runtime.jobs.list(
            limit=300,
            pending=False,
            program="sampler",
            backend="ibm_fez",
            created_after=when,
            created_before="2027-01-01T00:00:00Z",
            sort="ASC",
            tags=["a", "b"],
            session_id="s1",
            exclude_params=False,
            include_mocks=True,
        )
    )
    assert [each.id for each in jobs] == ["j1"]
    (line,) = network.lines
    assert line == (
        "GET /jobs?pending=false&program=sampler&backend=ibm_fez"
        "&created_after=2026-04-15T12%3A00%3A00Z&created_before=2027-01-01T00%3A00%3A00Z&sort=ASC"
        "&tags=a&tags=b&session_id=s1&exclude_params=false&include_mocks=true&limit=200"
    )
