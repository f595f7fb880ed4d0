from __future__ import annotations

from typing import Any

import httpx
import pytest

from contract_tests.platform import BROKEN, run, submit
from dryshot.mock import Mock
from dryshot_client import Conflict, NotFound, Runtime, UsageLimitReached
from dryshot_client.platform.models import AnalyticsBy, Job, WorkloadSort


def consumed(runtime: Runtime) -> float:
    """The seconds that the instance used."""
    return runtime.instances.usage().usage_consumed_seconds


def charge(*jobs: Job) -> float:
    """The seconds that jobs are charged."""
    return sum(float(job.raw["usage"]["qpu_charge_time_seconds"]) for job in jobs)


def workloads(runtime: Runtime, **query: Any) -> list[str]:
    """The ids that a list of workloads has."""
    return [workload.id for workload in runtime.workloads.list(**query)]


@pytest.mark.costs(2)
def test_usage_is_the_sum_of_what_jobs_are_charged(runtime: Runtime) -> None:
    before = consumed(runtime)
    jobs = [run(runtime) for _ in range(3)]
    jobs += [run(runtime, params=BROKEN), run(runtime, backend="mock_torino")]
    with runtime.sessions.open(backend="ibm_torino", mode="batch") as session:
        jobs.append(run(runtime, session_id=session.id))
    assert charge(jobs[3]) <= 2
    assert charge(jobs[4]) == 0
    assert consumed(runtime) - before == charge(*jobs) > 0


@pytest.mark.costs(2)
def test_a_deleted_job_stays_charged(runtime: Runtime) -> None:
    job_id = run(runtime).id
    before = consumed(runtime)
    runtime.jobs.delete(job_id)
    assert consumed(runtime) == before > 0


def test_usage_is_that_of_four_weeks(runtime: Runtime, mock: Mock, crn: str) -> None:
    run(runtime)
    usage = runtime.instances.usage()
    assert usage.instance_id == crn
    assert usage.usage_period is not None
    assert usage.usage_period.start_time is not None
    assert usage.usage_period.end_time is not None
    assert usage.usage_period.start_time < usage.usage_period.end_time
    mock.clock.advance(28 * 86400)
    assert consumed(runtime) == 0


def test_an_instance_without_a_limit_says_nothing_of_one(runtime: Runtime) -> None:
    usage = runtime.instances.usage()
    assert not {"usage_limit_seconds", "usage_limit_reached"} & usage.raw.keys()
    assert usage.usage_remaining_seconds is None


def test_an_instance_says_what_it_may_use(runtime: Runtime, open_runtime: Runtime) -> None:
    assert "ibm_fez" in runtime.instances.get().backends
    free = open_runtime.instances.get()
    assert free.instance_limit_seconds == "600"
    assert free.usage_allocation_seconds == "600"
    assert free.plan_id == open_runtime.instances.usage().plan_id


def test_a_limit_is_set_and_taken_back(open_runtime: Runtime) -> None:
    instances = open_runtime.instances
    for wanted, given in ((300, 300), (None, 600)):
        instances.configure(instance_limit=wanted)
        assert instances.configuration().instance_limit == given
        assert instances.usage().usage_limit_seconds == given


@pytest.mark.parametrize("limit", [0, -1, "much", 1.5])
def test_a_bad_limit_is_refused(platform: httpx.Client, limit: object) -> None:
    body = {"instance_limit": limit}
    assert platform.put("/instances/configuration", json=body).status_code == 400


@pytest.mark.costs(2)
def test_a_limit_below_what_was_used_conflicts(runtime: Runtime) -> None:
    run(runtime)
    with pytest.raises(Conflict) as refused:
        runtime.instances.configure(instance_limit=1)
    assert (refused.value.status, refused.value.code) == (409, 4317)


def test_a_job_over_the_limit_waits_until_there_is_more(open_runtime: Runtime, mock: Mock) -> None:
    open_runtime.instances.configure(instance_limit=1)
    run(open_runtime)
    usage = open_runtime.instances.usage()
    assert usage.usage_limit_reached is True
    assert usage.usage_remaining_seconds == 0
    job_id = submit(open_runtime)
    mock.clock.advance(60)
    assert open_runtime.jobs.get(job_id).status == "Queued"
    open_runtime.instances.configure(instance_limit=None)
    assert open_runtime.jobs.wait(job_id).status == "Completed"


def test_a_job_over_the_limit_may_be_refused(open_runtime: Runtime, mock: Mock) -> None:
    mock.world.platform.over_limit = "refuse"
    open_runtime.instances.configure(instance_limit=1)
    run(open_runtime)
    with pytest.raises(UsageLimitReached) as refused:
        submit(open_runtime)
    assert (refused.value.status, refused.value.code) == (409, 4317)


def test_an_account_tells_its_plans(runtime: Runtime, crns: dict[str, str]) -> None:
    assert len(runtime.accounts.get().plans) == len(crns)
    plan_id = runtime.instances.usage().plan_id
    (own,) = runtime.accounts.get(plan_id=plan_id).plans
    assert own.plan_id == plan_id
    assert own.max_ttl == 28800
    assert runtime.accounts.get(plan_id="none").plans == []


def test_another_account_is_not_found(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        runtime.accounts.get("f" * 32)


@pytest.mark.costs(2)
def test_workloads_are_jobs_and_sessions_oldest_first(runtime: Runtime, crn: str) -> None:
    job = run(runtime, tags=["dryshot-load"])
    session_id = runtime.sessions.create(mode="dedicated", backend="ibm_torino").id
    inner = run(runtime, session_id=session_id).id
    session, alone = runtime.workloads.list(sort="-createdAt", limit=2)
    assert (session.id, session.mode, session.status) == (session_id, "session", "in_progress")
    assert (alone.id, alone.mode, alone.status) == (job.id, "job", "completed")
    assert (session.accepting_jobs, alone.accepting_jobs) == (True, None)
    assert alone.instance == crn
    assert alone.tags == ["dryshot-load"]
    assert alone.usage is not None
    assert alone.usage.qpu_charge_time_seconds == charge(job)
    everything = workloads(runtime, page_size=50)
    assert everything[-2:] == [job.id, session_id]
    assert inner not in everything


@pytest.mark.costs(2)
@pytest.mark.parametrize("sort", ["createdAt", "-createdAt"])
def test_workloads_are_read_page_by_page(
    runtime: Runtime, platform: httpx.Client, sort: WorkloadSort
) -> None:
    for _ in range(5):
        submit(runtime, tags=["dryshot-cursors"])
    query = {"search": "dryshot-cursors", "sort": sort, "limit": "50"}
    whole = platform.get("/workloads", params=query).json()
    expected = [item["id"] for item in whole["workloads"]]
    assert whole["total_count"] == len(expected) >= 5
    assert not {"next", "previous"} & whole.keys()
    assert workloads(runtime, search="dryshot-cursors", sort=sort, page_size=2) == expected


@pytest.mark.costs(2)
def test_a_page_leads_back_to_the_one_before(runtime: Runtime, platform: httpx.Client) -> None:
    for _ in range(4):
        submit(runtime, tags=["dryshot-back"])
    first = platform.get("/workloads?search=dryshot-back&limit=2").json()
    second = platform.get(first["next"]["href"]).json()
    assert len(first["workloads"]) == len(second["workloads"]) == 2
    assert platform.get(second["previous"]["href"]).json() == first


@pytest.mark.costs(2)
def test_workloads_are_those_asked_for(runtime: Runtime) -> None:
    fine = run(runtime, tags=["dryshot-filters"], backend="ibm_fez").id
    broken = run(runtime, tags=["dryshot-filters", "dryshot-broken"], params=BROKEN).id

    def found(*tags: str, **query: Any) -> set[str]:
        read = workloads(runtime, tags=["dryshot-filters", *tags], **query)
        return {fine, broken} & set(read)

    assert found() == {fine, broken}
    assert found(status=["completed"]) == {fine}
    assert found(status=["failed", "completed"]) == {fine, broken}
    assert found(backend="ibm_fez") == {fine}
    assert found("dryshot-broken") == {broken}
    assert found(search=fine) == {fine}
    assert found(mode="batch") == set()
    assert found(mine=True) == {fine, broken}
    assert found(created_before="2000-01-01T00:00:00Z") == set()


@pytest.mark.costs(2)
def test_figures_add_up(runtime: Runtime, crn: str) -> None:
    spent = consumed(runtime)
    before = runtime.analytics.usage(instance=[crn])
    charged = charge(run(runtime), run(runtime))
    with runtime.sessions.open(backend="ibm_torino", mode="batch") as session:
        run(runtime, session_id=session.id)
    after = runtime.analytics.usage(instance=[crn])
    assert after.jobs - before.jobs == 3
    assert after.individual_jobs - before.individual_jobs == 2
    assert after.batch_sessions - before.batch_sessions == 1
    alone = after.individual_jobs_usage - before.individual_jobs_usage
    assert alone == charged * 1000
    assert after.usage == after.individual_jobs_usage + after.sessions_usage
    batches = after.batch_sessions_usage - before.batch_sessions_usage
    assert alone + batches == (consumed(runtime) - spent) * 1000


@pytest.mark.costs(2)
@pytest.mark.parametrize("group", ["instance", "backend", "user_id", "plan", "subscription_id"])
def test_groups_add_up_to_the_whole(runtime: Runtime, group: AnalyticsBy) -> None:
    run(runtime)
    run(runtime, backend="ibm_fez")
    whole, groups = runtime.analytics.usage(), runtime.analytics.usage_grouped(group)
    assert sum(one.jobs for one in groups) == whole.jobs >= 2
    spent = sum(one.individual_jobs_usage for one in groups)
    assert spent == whole.individual_jobs_usage > 0
    assert len({one.key for one in groups}) == len(groups)


@pytest.mark.costs(2)
def test_days_add_up_to_the_whole(runtime: Runtime, crn: str) -> None:
    run(runtime)
    whole, days = runtime.analytics.usage(), runtime.analytics.usage_grouped_by_date()
    assert days.interval_start < days.interval_end
    spent = sum(one.individual_jobs_usage for one in days.data)
    assert spent == whole.individual_jobs_usage > 0
    assert crn in {one.key for one in days.data}


@pytest.mark.costs(2)
def test_filters_name_what_there_is(runtime: Runtime, crn: str) -> None:
    run(runtime, backend="ibm_fez")
    filters = runtime.analytics.filters()
    assert "ibm_fez" in {one.name for one in filters.backends}
    assert crn in {one.id for one in filters.instances}
    assert "premium" in {one.name for one in filters.plans}
    assert filters.users
    assert filters.subscriptions
