from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dryshot.errors import Conflict, Invalid, NotFound
from dryshot.world import Job, JobQuery, Pace, Submission
from tests.world.platforms import Place, instance

DAYS_28 = 28 * 86400


def found(place: Place, **wanted: Any) -> list[Job]:
    return place.platform.find_jobs(place.account, place.instance, JobQuery(**wanted))[0]


def consumed(place: Place) -> int:
    return place.platform.usage(place.instance).consumed


def test_a_job_of_the_platform_is_completed_at_the_first_look() -> None:
    place = Place()
    job = place.submit(1.2)
    assert job.status == "Queued"
    place.clock.advance(0)
    assert (job.status, job.charge, job.usage_status) == ("Completed", 2, "complete")
    assert job.user_id == place.account.user_id
    assert job.instance == place.instance.crn


def test_each_dialect_has_its_own_pace_and_a_given_one_is_for_both() -> None:
    for pace, wanted in ((None, ("Completed", "Queued")), (Pace(5, 5), ("Queued", "Queued"))):
        place = Place(pace=pace, accounts=[])
        place.account = place.platform.authenticate(place.platform.issue_token("a").value)
        classic = place.world.submit(
            place.account, Submission(program_id="sampler", backend="ibm_box", params={})
        )
        ours = place.ran()
        assert (ours.status, classic.status) == wanted


def test_an_engine_learns_through_which_dialect_a_job_came() -> None:
    place = Place(accounts=[])
    account = place.account
    ours = place.ran()
    classic = place.world.submit(
        account, Submission(program_id="sampler", backend="ibm_box", params={})
    )
    place.clock.advance(10)
    assert ours.outcome is not None
    assert classic.outcome is not None
    assert "platform" in ours.outcome.body
    assert "classic" in classic.outcome.body


def test_the_dialects_never_see_each_others_jobs() -> None:
    place = Place(accounts=[])
    ours = place.ran()
    classic = place.world.submit(
        place.account, Submission(program_id="sampler", backend="ibm_box", params={})
    )
    assert found(place) == [ours]
    assert place.world.find_jobs(place.account, JobQuery()) == ([classic], 1)
    for act in (place.world.job, place.world.cancel, place.world.delete):
        with pytest.raises(NotFound):
            act(place.account, ours.id)
    for ask in (place.platform.job, place.platform.cancel, place.platform.delete):
        with pytest.raises(NotFound):
            ask(place.account, place.instance, classic.id)


def test_instances_never_see_each_others_jobs() -> None:
    place = Place(instance("one"), instance("two"))
    job = place.ran()
    other = place.platform.instances(place.account)[1]
    with pytest.raises(NotFound):
        place.platform.job(place.account, other, job.id)
    assert place.platform.find_jobs(place.account, other, JobQuery()) == ([], 0)
    assert place.platform.usage(other).consumed == 0
    assert consumed(place) == 2


@pytest.mark.parametrize(
    ("plan", "asked", "given"),
    [
        ("open", None, 600),
        ("open", 10, 10),
        ("open", 700, 600),
        ("premium", None, 10800),
        ("premium", 20000, 10800),
        ("premium", 0, 0),
    ],
)
def test_a_cost_is_capped_and_not_refused(plan: str, asked: int | None, given: int) -> None:
    assert Place(instance(plan=plan)).submit(cost=asked).cost == given


def test_a_job_is_refused_on_a_device_that_the_instance_has_not() -> None:
    place = Place(instance(backends=["ibm_box"]))
    for name in ("ibm_bin", "ibm_nowhere", "simulator"):
        with pytest.raises(NotFound) as missing:
            place.submit(backend=name)
        assert (missing.value.kind, missing.value.name) == ("backend", name)
    assert found(place) == []


def test_jobs_are_listed_newest_first_and_without_those_of_mock_devices_if_so_asked() -> None:
    place = Place()
    first, second = place.ran(tags=("a", "b")), place.ran(backend="mock_box")
    assert found(place) == [second, first]
    assert found(place, ascending=True) == [first, second]
    assert found(place, include_mocks=False) == [first]
    assert found(place, tags=frozenset({"a", "b"})) == [first]
    assert place.platform.find_jobs(place.account, place.instance, JobQuery(limit=1))[1] == 2


@pytest.mark.parametrize(
    ("seconds", "charge"), [(0, 0), (0.1, 2), (1.5, 2), (2, 2), (2.01, 3), (60, 60)]
)
def test_charges_are_whole_seconds_and_two_at_least(seconds: float, charge: int) -> None:
    place = Place()
    assert place.ran(seconds).charge == charge == consumed(place)


def test_failed_jobs_are_charged_for_what_they_used() -> None:
    place = Place()
    job = place.ran(params={"fail": True, "seconds": 3})
    assert (job.status, job.reason_code, job.charge) == ("Failed", 1517, 3)


def test_mock_devices_and_simulators_cost_nothing() -> None:
    place = Place(instance(backends=["ibm_box", "simulator"]))
    assert place.ran(9, backend="mock_box").charge == 0
    assert place.ran(9, backend="simulator").charge == 0
    assert consumed(place) == 0


def test_a_job_that_runs_too_long_is_stopped_and_charged_for_its_time() -> None:
    place = Place(pace=Pace(0, 100))
    job = place.submit(cost=7)
    place.clock.advance(7)
    assert (job.status, job.reason_code, job.charge) == ("Cancelled", 1305, 7)


@pytest.mark.parametrize(("wait", "charge"), [(0, 0), (6, 2), (15, 10)])
def test_a_cancelled_job_costs_the_time_that_it_ran(wait: float, charge: int) -> None:
    place = Place(pace=Pace(5, 100))
    job = place.submit()
    place.clock.advance(wait)
    place.platform.cancel(place.account, place.instance, job.id)
    assert (job.status, job.reason, job.charge) == ("Cancelled", None, charge)
    assert job.usage_status == "complete"
    with pytest.raises(Conflict) as refused:
        place.platform.cancel(place.account, place.instance, job.id)
    assert refused.value.code == 1306


def test_usage_may_be_pending_for_a_while() -> None:
    place = Place()
    place.platform.billing_delay = 5
    job = place.ran()
    assert (job.charge, job.usage_status) == (2, "pending")
    place.clock.advance(5)
    assert (job.charge, job.usage_status) == (2, "complete")


def test_only_a_job_that_has_ended_can_be_deleted_and_its_charge_stays() -> None:
    place = Place()
    job = place.submit()
    with pytest.raises(Invalid) as refused:
        place.platform.delete(place.account, place.instance, job.id)
    assert refused.value.code == 1337
    place.clock.advance(0)
    place.platform.delete(place.account, place.instance, job.id)
    with pytest.raises(NotFound) as missing:
        place.platform.job(place.account, place.instance, job.id)
    assert missing.value.kind == "job"
    assert consumed(place) == 2


def test_results_are_there_when_a_job_has_ended_and_has_any() -> None:
    place = Place(pace=Pace(1, 1))
    done, failed, gone = place.submit(), place.submit(params={"fail": True}), place.submit()
    with pytest.raises(Invalid) as early:
        place.platform.results(done)
    assert early.value.code == 1234
    place.platform.cancel(place.account, place.instance, gone.id)
    place.clock.advance(2)
    assert place.platform.results(done) == place.platform.results(done) == '{"by": "platform"}'
    assert place.platform.results(failed) == "Traceback"
    assert place.platform.results(gone) is None


def test_a_private_job_gives_its_results_once() -> None:
    place = Place()
    job = place.ran(private=True)
    assert place.platform.results(job) == '{"by": "platform"}'
    assert place.platform.results(job) is None
    assert (job.status, job.charge) == ("Completed", 2)


def test_tags_are_replaced_and_found_by_a_part_of_them() -> None:
    place = Place()
    job = place.ran(tags=("old",))
    place.ran(tags=("demo-2", "demo"))
    place.platform.replace_tags(place.account, place.instance, job.id, ["my demo", "x"])
    assert place.platform.tags(place.account, place.instance, "dem") == [
        "demo",
        "demo-2",
        "my demo",
    ]
    assert place.platform.tags(place.account, place.instance, "old") == []


def test_a_paused_device_takes_jobs_and_runs_none_until_it_is_online() -> None:
    place = Place()
    place.platform.set_condition("ibm_box", "paused")
    waits, other = place.ran(), place.ran(backend="ibm_bin")
    place.clock.advance(10**6)
    assert (waits.status, other.status) == ("Queued", "Completed")
    place.platform.set_condition("ibm_box", "online")
    place.clock.advance(0)
    assert waits.status == "Completed"


def test_a_job_that_waits_for_a_paused_device_can_be_cancelled() -> None:
    place = Place()
    place.platform.set_condition("ibm_box", "offline")
    job = place.ran()
    place.platform.cancel(place.account, place.instance, job.id)
    place.platform.set_condition("ibm_box", "online")
    place.clock.advance(0)
    assert (job.status, job.charge, place.platform.queue_length("ibm_box")) == ("Cancelled", 0, 0)


def test_usage_counts_the_last_28_days() -> None:
    place = Place()
    place.ran(10)
    place.clock.advance(DAYS_28 - 1)
    place.ran(5)
    usage = place.platform.usage(place.instance)
    assert usage.consumed == 15
    assert usage.end - usage.start == timedelta(days=28)
    assert usage.end == place.clock.now()
    place.clock.advance(1)
    assert consumed(place) == 5
    place.clock.advance(DAYS_28)
    assert consumed(place) == 0


def test_over_its_limit_an_instance_takes_jobs_that_wait_until_the_window_frees_some() -> None:
    place = Place(instance(plan="open"))
    place.ran(400)
    place.clock.advance(1000)
    place.ran(300)
    assert place.platform.usage(place.instance).limit_reached
    waits = place.ran()
    place.clock.advance(DAYS_28 - 1001)
    assert waits.status == "Queued"
    place.clock.advance(1)
    assert waits.status == "Completed"
    assert consumed(place) == 302


def test_a_higher_limit_frees_what_waits_and_the_same_one_nothing() -> None:
    place = Place(instance(usage_limit_seconds=10))
    place.ran(10)
    waits = place.ran()
    place.platform.configure_instance(place.instance, 10)
    place.clock.advance(0)
    assert waits.status == "Queued"
    place.platform.configure_instance(place.instance, 11)
    place.clock.advance(0)
    assert waits.status == "Completed"


def test_a_limit_of_nothing_never_lets_a_job_run() -> None:
    place = Place(instance(usage_limit_seconds=0))
    job = place.ran()
    place.clock.advance(2 * DAYS_28)
    assert job.status == "Queued"


def test_a_job_on_a_mock_device_waits_for_no_limit() -> None:
    place = Place(instance(usage_limit_seconds=0))
    assert place.ran(backend="mock_box").status == "Completed"


def test_jobs_over_the_limit_are_refused_if_so_set() -> None:
    place = Place(instance(plan="open"))
    place.platform.over_limit = "refuse"
    place.ran(600)
    with pytest.raises(Conflict) as refused:
        place.submit()
    assert refused.value.code == 4317
    assert len(found(place)) == 1
