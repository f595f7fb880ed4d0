from __future__ import annotations

import pytest

from contract_tests.platform import Platform, error
from dryshot.mock import Mock
from dryshot.world.runner import Pace


def ids(platform: Platform, query: str) -> list[str]:
    """The ids that a list has."""
    return [job["id"] for job in platform.http.get(f"/jobs?{query}").json()["jobs"]]


def test_jobs_are_listed_newest_first_page_by_page(platform: Platform) -> None:
    made = [platform.submit(tags=["dryshot-pages"]) for _ in range(5)][::-1]
    query = "tags=dryshot-pages"
    count = platform.http.get(f"/jobs?{query}").json()["count"]
    pages = [ids(platform, f"{query}&limit=2&offset={offset}") for offset in (0, 2, 4)]
    assert [job_id for page in pages for job_id in page][:5] == made
    assert ids(platform, f"{query}&sort=ASC")[-5:] == made[::-1]
    body = platform.http.get(f"/jobs?{query}&limit=1&offset=1").json()
    assert body["count"] == count >= 5
    assert (body["limit"], body["offset"], len(body["jobs"])) == (1, 1, 1)
    assert ids(platform, f"{query}&offset={count}") == []


def test_jobs_are_listed_without_parameters_unless_asked(platform: Platform) -> None:
    platform.submit()
    (job,) = platform.http.get("/jobs?limit=1").json()["jobs"]
    assert "params" not in job
    (job,) = platform.http.get("/jobs?limit=1&exclude_params=false").json()["jobs"]
    assert job["params"]["pubs"]


def test_a_list_is_of_what_was_asked_for(platform: Platform) -> None:
    first = platform.run(tags=["dryshot-one", "dryshot-two"])
    second = platform.run(tags=["dryshot-one"], backend="ibm_fez")
    both = {first["id"], second["id"]}

    def found(query: str) -> set[str]:
        return both & set(ids(platform, f"tags=dryshot-one&{query}"))

    assert found("") == both
    assert found("tags=dryshot-two") == {first["id"]}
    assert found("backend=ibm_fez") == {second["id"]}
    assert found("program=sampler") == both
    assert found("program=estimator") == set()
    assert found("pending=true") == set()
    assert found("pending=false") == both
    assert found("session_id=no-such-session") == set()
    assert second["id"] in found(f"created_after={second['created']}")
    assert first["id"] in found(f"created_before={first['created']}")
    assert found("created_after=2999-01-01T00:00:00Z") == set()


@pytest.mark.dryshot(pace=Pace(queue=60, run=60))
def test_pending_jobs_are_queued_or_running(platform: Platform, platform_mock: Mock) -> None:
    first = platform.submit()
    platform_mock.clock.advance(70)
    second = platform.submit()
    assert ids(platform, "pending=true") == [second, first]
    platform_mock.clock.advance(60)
    assert ids(platform, "pending=true") == [second]
    assert ids(platform, "pending=false") == [first]


def test_jobs_of_mock_devices_are_listed_when_asked_for(platform: Platform) -> None:
    job = platform.run(backend="mock_torino")
    assert job["usage"]["qpu_charge_time_seconds"] == 0
    assert job["id"] in ids(platform, "include_mocks=True")
    assert job["id"] not in ids(platform, "")


def test_tags_are_replaced_and_found(platform: Platform) -> None:
    job_id = platform.submit(tags=["dryshot-before"])
    answer = platform.http.put(f"/jobs/{job_id}/tags", json={"tags": ["dryshot-after"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert platform.ask("get_job", job=job_id).json()["tags"] == ["dryshot-after"]
    found = platform.http.get("/tags?type=job&search=dryshot-af").json()["tags"]
    assert found == ["dryshot-after"]
    assert platform.http.put(f"/jobs/{job_id}/tags", json={"tags": []}).status_code == 204
    assert platform.ask("get_job", job=job_id).json()["tags"] == []
    assert platform.http.get("/tags?type=job&search=dryshot-af").json()["tags"] == []


@pytest.mark.parametrize(
    ("tags", "code"), [(["x"] * 9, 1204), (["x" * 87], 1205), ("one", 1208), ([1], 1208)]
)
def test_bad_tags_are_refused(platform: Platform, tags: object, code: int) -> None:
    job_id = platform.submit(tags=["kept"])
    answer = platform.http.put(f"/jobs/{job_id}/tags", json={"tags": tags})
    assert error(answer)[:2] == (400, code)
    assert platform.ask("get_job", job=job_id).json()["tags"] == ["kept"]
