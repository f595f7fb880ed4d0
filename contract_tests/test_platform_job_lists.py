from __future__ import annotations

from typing import Any

import httpx
import pytest

from contract_tests.platform import error, run, submit
from dryshot.mock import Mock
from dryshot.world.runner import Pace
from dryshot_client import Runtime

pytestmark = pytest.mark.costs(2)


def ids(runtime: Runtime, **query: Any) -> list[str]:
    """The ids that a list has."""
    return [job.id for job in runtime.jobs.list(**query)]


def test_jobs_are_listed_newest_first_page_by_page(
    runtime: Runtime, platform: httpx.Client
) -> None:
    made = [submit(runtime, tags=["dryshot-pages"]) for _ in range(5)][::-1]
    tags = ["dryshot-pages"]
    assert ids(runtime, tags=tags, page_size=2)[:5] == made
    assert ids(runtime, tags=tags, sort="ASC")[-5:] == made[::-1]
    assert ids(runtime, tags=tags, limit=3, page_size=2) == made[:3]
    body = platform.get("/jobs?tags=dryshot-pages&limit=1&offset=1").json()
    assert body["count"] == len(ids(runtime, tags=tags)) >= 5
    assert (body["limit"], body["offset"], len(body["jobs"])) == (1, 1, 1)
    beyond = platform.get(f"/jobs?tags=dryshot-pages&offset={body['count']}").json()
    assert beyond["jobs"] == []


def test_jobs_are_listed_without_parameters_unless_asked(runtime: Runtime) -> None:
    submit(runtime)
    (job,) = runtime.jobs.list(limit=1)
    assert "params" not in job.raw
    (job,) = runtime.jobs.list(limit=1, exclude_params=False)
    assert job.params["pubs"]


def test_a_list_is_of_what_was_asked_for(runtime: Runtime) -> None:
    first = run(runtime, tags=["dryshot-one", "dryshot-two"])
    second = run(runtime, tags=["dryshot-one"], backend="ibm_fez")
    both = {first.id, second.id}

    def found(*tags: str, **query: Any) -> set[str]:
        return both & set(ids(runtime, tags=["dryshot-one", *tags], **query))

    assert found() == both
    assert found("dryshot-two") == {first.id}
    assert found(backend="ibm_fez") == {second.id}
    assert found(program="sampler") == both
    assert found(program="estimator") == set()
    assert found(pending=True) == set()
    assert found(pending=False) == both
    assert found(session_id="no-such-session") == set()
    assert second.id in found(created_after=second.created)
    assert first.id in found(created_before=first.created)
    assert found(created_after="2999-01-01T00:00:00Z") == set()


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_pending_jobs_are_queued_or_running(runtime: Runtime, mock: Mock) -> None:
    first = submit(runtime)
    mock.clock.advance(70)
    second = submit(runtime)
    assert ids(runtime, pending=True) == [second, first]
    mock.clock.advance(60)
    assert ids(runtime, pending=True) == [second]
    assert ids(runtime, pending=False) == [first]


def test_jobs_of_mock_devices_are_listed_when_asked_for(runtime: Runtime) -> None:
    job = run(runtime, backend="mock_torino")
    assert job.usage is not None
    assert job.usage.qpu_charge_time_seconds == 0
    assert job.id in ids(runtime, include_mocks=True, limit=1)
    assert job.id not in ids(runtime, limit=1)


def test_tags_are_replaced_and_found(runtime: Runtime) -> None:
    job_id = submit(runtime, tags=["dryshot-before"])
    for tags in (["dryshot-after"], []):
        runtime.jobs.tags(job_id, tags)
        assert runtime.jobs.get(job_id).tags == tags
        assert runtime.tags.list("dryshot-af") == tags


@pytest.mark.parametrize(
    ("tags", "code"), [(["x"] * 9, 1204), (["x" * 87], 1205), ("one", 1208), ([1], 1208)]
)
def test_bad_tags_are_refused(
    runtime: Runtime, platform: httpx.Client, tags: object, code: int
) -> None:
    job_id = submit(runtime, tags=["kept"])
    answer = platform.put(f"/jobs/{job_id}/tags", json={"tags": tags})
    assert error(answer)[:2] == (400, code)
    assert runtime.jobs.get(job_id).tags == ["kept"]
