from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from dryshot.targets import Target
from dryshot_client import LegacyRuntime


@pytest.fixture
def instance(legacy_runtime: LegacyRuntime, simulator: str) -> str:
    """An instance that has the simulator."""
    names = [one["name"] for one in legacy_runtime.account.instances()["instances"]]
    wanted = (one for one in names if simulator in legacy_runtime.backends.list(instance=one))
    return str(next(wanted))


@pytest.fixture
def opened(legacy_runtime: LegacyRuntime, simulator: str, instance: str) -> Iterator[str]:
    """A session, which is closed afterwards."""
    made = str(legacy_runtime.sessions.create(backend=simulator, instance=instance)["id"])
    yield made
    legacy_runtime.sessions.close(made)


def test_a_session_is_born_with_its_first_job(
    legacy_runtime: LegacyRuntime, submit: Callable[..., str]
) -> None:
    first = submit(start_session=True)
    assert legacy_runtime.jobs.get(first)["session_id"] == first
    assert legacy_runtime.sessions.get(first)["id"] == first
    second = submit(session_id=first)
    assert {job["id"] for job in legacy_runtime.jobs.list(session_id=first)} == {first, second}
    legacy_runtime.sessions.close(first)
    assert legacy_runtime.sessions.get(first)["state"] == "closed"


def test_a_session_is_opened_first(
    legacy_runtime: LegacyRuntime, submit: Callable[..., str], opened: str
) -> None:
    job = submit(session_id=opened)
    legacy_runtime.jobs.wait(job, timeout=60)
    assert legacy_runtime.sessions.get(opened)["accepting_jobs"] is True
    assert legacy_runtime.sessions.extended(opened)["id"] == opened
    legacy_runtime.sessions.update(opened, accepting_jobs=False)
    assert legacy_runtime.sessions.get(opened)["accepting_jobs"] is False


def test_a_session_is_opened_with_an_id_and_nothing_else(
    user: httpx.Client, simulator: str, instance: str
) -> None:
    answer = user.post("/sessions", json={"backend": simulator, "instance": instance})
    assert (answer.status_code, list(answer.json())) == (200, ["id"])
    closed = user.delete(f"/sessions/{answer.json()['id']}/close")
    assert (closed.status_code, closed.text) == (204, "")


def test_the_services_are_where_the_user_is_told(
    user: httpx.Client, legacy_runtime: LegacyRuntime, dryshot_target: Target
) -> None:
    assert "api-auth" in legacy_runtime.account.version()
    urls = user.get(f"{dryshot_target.auth_url}/users/me").json()["urls"]
    assert urls["services"]["runtime"].startswith("http")
    hubs = legacy_runtime.account.hubs()
    names = {
        f"{hub['name']}/{group}/{project}"
        for hub in hubs
        for group, inner in hub["groups"].items()
        for project in inner["projects"]
    }
    known = {one["name"] for one in legacy_runtime.account.instances()["instances"]}
    assert names == known
    assert user.get("/backends/").json().keys() == {"devices"}


def test_the_rest_of_a_job_can_be_read(
    legacy_runtime: LegacyRuntime, submit: Callable[..., str]
) -> None:
    job = submit(tags=["contract"])
    legacy_runtime.jobs.wait(job, timeout=60)
    assert legacy_runtime.jobs.interim_results(job) == ""
    assert legacy_runtime.facade.job_type(job) == {"type": "RUNTIME"}
    assert job in {one["id"] for one in legacy_runtime.facade.jobs()["items"]}
    assert "contract" in legacy_runtime.facade.tags()["tags"]
    assert job in {one["id"] for one in legacy_runtime.account.workloads()["workloads"]}
    assert legacy_runtime.account.figures()["jobs"] >= 1
    assert legacy_runtime.account.usage()["byInstance"]
