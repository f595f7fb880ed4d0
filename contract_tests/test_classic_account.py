"""The classic API beside jobs and sessions: users, instances, workloads, usage, the facade."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from contract_tests.conftest import QASM
from dryshot.mock import Mock
from dryshot.targets import Target
from dryshot.world import Account
from dryshot_client import LegacyRuntime, NotFound, PermissionDenied

pytestmark = pytest.mark.costs(2)

Submit = Callable[..., str]


def test_the_services_are_where_the_user_is_told(
    user: httpx.Client, legacy_runtime: LegacyRuntime, dryshot_target: Target
) -> None:
    told = legacy_runtime.account.user()
    assert told["urls"]["services"]["runtime"].startswith("http")
    assert legacy_runtime.account.runtime_user()["urls"].keys() == told["urls"].keys()
    assert "api-auth" in legacy_runtime.account.version()
    assert legacy_runtime.account.health()["status"] == "ok"
    assert legacy_runtime.account.validate() is True
    known = user.get(f"{dryshot_target.auth_url}/users/me").json()
    assert known["urls"]["services"].keys() >= {"runtime"}


def test_instances_are_the_projects_of_the_hubs(legacy_runtime: LegacyRuntime) -> None:
    names = {
        f"{hub['name']}/{group}/{project}"
        for hub in legacy_runtime.instances.hubs()
        for group, inner in hub["groups"].items()
        for project in inner["projects"]
    }
    assert {one["name"] for one in legacy_runtime.instances.list()} == names
    used = legacy_runtime.instances.usage()
    assert {one["instance"] for one in used["byInstance"]} == names
    assert used["period"]["start"] < used["period"]["end"]


def test_a_token_that_the_runtime_revoked_is_renewed(legacy_runtime: LegacyRuntime) -> None:
    names = legacy_runtime.backends.list()
    legacy_runtime.account.revoke()
    assert legacy_runtime.backends.list(slash=True) == names


def test_what_a_job_did_is_told_everywhere(
    legacy_runtime: LegacyRuntime, submit: Submit, simulator: str
) -> None:
    job = submit(tags=["contract"])
    legacy_runtime.jobs.wait(job, timeout=600)
    assert legacy_runtime.jobs.interim_results(job) == ""
    assert legacy_runtime.facade.job_type(job) == "RUNTIME"
    assert "contract" in legacy_runtime.facade.tags()
    (workload,) = legacy_runtime.workloads.list(search=job)
    assert (workload["mode"], workload["status"]) == ("job", "completed")
    analytics = legacy_runtime.analytics
    assert analytics.usage(backend=[simulator])["jobs"] >= 1
    assert simulator in {one["key"] for one in analytics.usage_grouped("backend")}
    assert simulator in {one["key"] for one in analytics.usage_grouped_by_date("backend")}
    assert simulator in {one["name"] for one in analytics.filters()["backends"]}


def test_jobs_of_the_facade_and_workloads_are_listed_over_all_pages(
    legacy_runtime: LegacyRuntime, submit: Submit, simulator: str
) -> None:
    ids = [submit(tags=["contract-pages"]) for _ in range(3)]
    tags = ["contract-pages"]
    listed = legacy_runtime.facade.list(tags=tags, backend=[simulator], page_size=2)
    assert [job["id"] for job in listed if job["id"] in ids] == ids[::-1]
    workloads = legacy_runtime.workloads.list(tags=tags, page_size=2, sort="ASC")
    assert [each["id"] for each in workloads if each["id"] in ids] == ids
    assert len(list(legacy_runtime.facade.list(limit=2, page_size=1))) == 2
    assert len(list(legacy_runtime.workloads.list(limit=2, page_size=1))) == 2


def test_a_job_is_submitted_to_the_facade_as_to_the_runtime(
    legacy_runtime: LegacyRuntime, simulator: str
) -> None:
    made = legacy_runtime.facade.create(
        program="sampler", backend=simulator, params={"circuits": [QASM]}
    )
    assert legacy_runtime.jobs.get(made["id"])["backend"] == simulator
    legacy_runtime.jobs.delete(made["id"])


def test_circuits_are_kept_only_of_jobs_that_transpiled_them(
    legacy_runtime: LegacyRuntime, submit: Submit
) -> None:
    source = (
        'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; creg c[1]; x q[0]; measure q[0] -> c[0];'
    )
    job = submit(program="circuit-runner", params={"circuits": [source]})
    legacy_runtime.jobs.wait(job, timeout=600)
    stored = legacy_runtime.jobs.transpiled_circuits(job)["transpiled_circuits"]
    assert len(stored["qasm2"]) + len(stored["qpy"]) >= 1
    with pytest.raises(NotFound):
        legacy_runtime.jobs.transpiled_circuits(submit())


@pytest.mark.parametrize("ask", ["interim_results", "transpiled_circuits"])
def test_an_unknown_job_has_published_nothing(legacy_runtime: LegacyRuntime, ask: str) -> None:
    with pytest.raises(NotFound):
        getattr(legacy_runtime.jobs, ask)("no-such-job")
    with pytest.raises(NotFound):
        legacy_runtime.facade.job_type("no-such-job")


def test_only_administrators_see_what_is_everyones(
    legacy_runtime: LegacyRuntime, submit: Submit
) -> None:
    with pytest.raises(PermissionDenied):
        list(legacy_runtime.workloads.list(everyones=True))
    with pytest.raises(PermissionDenied):
        legacy_runtime.jobs.metrics(submit(), as_admin=True)


@pytest.mark.parametrize(
    "url",
    [
        "/backends/?provider=nonsense",
        "/facade/v1/jobs?limit=0",
        "/workloads/me?limit=0",
        "/workloads/admin?limit=0",
        "/analytics/usage?interval_start=yesterday",
        "/analytics/usage-grouped?group_by=colour",
        "/analytics/usage-grouped-by-date?group_by=colour",
    ],
)
def test_a_bad_query_is_refused(user: httpx.Client, url: str) -> None:
    assert user.get(url).status_code == 400


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        ({"program_id": "no-such-program"}, {400, 404}),
        ({"backend": 5}, {400}),
        ({"hub": "only"}, {400}),
    ],
)
def test_a_bad_submission_to_the_facade_is_refused(
    user: httpx.Client, simulator: str, change: dict[str, object], statuses: set[int]
) -> None:
    good = {"program_id": "sampler", "backend": simulator, "params": {"circuits": [QASM]}}
    assert user.post("/facade/v1/jobs", json=good | change).status_code in statuses


def test_stored_circuits_are_not_found_without_the_right_signature(
    user: httpx.Client, submit: Submit
) -> None:
    path = f"/jobs/{submit()}/transpiled_circuits/stored"
    assert user.get(path).status_code in {400, 404}
    assert user.get(path, params={"signature": "wrong"}).status_code == 404


@pytest.mark.dryshot(accounts=[Account("mine")])
def test_a_foreign_instance_is_forbidden_to_sessions_and_the_facade(
    legacy_runtime: LegacyRuntime, mock: Mock, simulator: str
) -> None:
    with pytest.raises(PermissionDenied):
        legacy_runtime.sessions.create(backend=simulator, instance="some/body/else")
    with pytest.raises(PermissionDenied):
        legacy_runtime.facade.create(
            program="sampler",
            backend=simulator,
            params={"circuits": [QASM]},
            instance="some/body/else",
        )
    assert not mock.world.jobs
