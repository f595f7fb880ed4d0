"""Workloads of the platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from dryshot_client import UnexpectedAnswer
from dryshot_client.platform.models import Workload
from tests.client.platform.stage import PARAMS, Network, OnMock, Scripted, answer

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]


def fill(play: OnMock, count: int, **settings: Any) -> list[str]:
    """The ids of new jobs, oldest first."""
    common = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}
    made = [
        play.do(lambda runtime: runtime.jobs.create(**common | settings)).id for _ in range(count)
    ]
    play.mock.journal.clear()
    return made


def page(*ids: str, **more: Any) -> Any:
    """One page of workloads."""
    items = [
        {
            "id": each,
            "created": "2026-04-15T00:00:00Z",
            "backend": "ibm_fez",
            "instance": "crn",
            "user_id": "u",
            "mode": "job",
            "status": "completed",
        }
        for each in ids
    ]
    return answer({"workloads": items, "total_count": 9, "limit": 10, **more})


def asked(network: Network) -> list[dict[str, list[str]]]:
    """The queries, taken apart."""
    return [parse_qs(request.url.query.decode()) for request in network.asked]


def test_jobs_and_sessions_are_workloads(on_mock: MakeOnMock) -> None:
    play = on_mock()
    (job_id,) = fill(play, 1, tags=["t"])
    session = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez"))
    fill(play, 2, session_id=session.id)
    found = play.do(lambda runtime: runtime.workloads.list())
    assert all(isinstance(each, Workload) for each in found)
    assert [(each.id, each.mode) for each in found] == [(job_id, "job"), (session.id, "session")]
    job = found[0]
    assert (job.status, job.backend, job.tags) == ("completed", "ibm_fez", ["t"])
    assert (job.usage.qpu_charge_time_seconds, job.accepting_jobs) == (2, None)
    assert found[1].accepting_jobs is True


def test_pages_are_walked_along_their_cursors(on_mock: MakeOnMock) -> None:
    play = on_mock()
    ids = fill(play, 5)
    found = play.do(lambda runtime: runtime.workloads.list(page_size=2))
    assert [each.id for each in found] == ids
    queries = [
        parse_qs(entry.request.query) for entry in play.mock.journal.of("find_instance_workloads")
    ]
    assert [query["limit"] for query in queries] == [["2"]] * 3
    assert ["next" in query for query in queries] == [False, True, True]


@pytest.mark.parametrize(("limit", "sizes"), [(0, []), (3, [2, 1]), (4, [2, 2]), (9, [2, 2, 2])])
def test_no_more_is_asked_for_than_the_limit(
    on_mock: MakeOnMock, limit: int, sizes: list[int]
) -> None:
    play = on_mock()
    ids = fill(play, 5)
    found = play.do(lambda runtime: runtime.workloads.list(limit=limit, page_size=2))
    assert [each.id for each in found] == ids[:limit]
    queries = [
        parse_qs(entry.request.query) for entry in play.mock.journal.of("find_instance_workloads")
    ]
    assert [int(query["limit"][0]) for query in queries] == sizes


@pytest.mark.parametrize(("limit", "size"), [(None, None), (7, ["7"]), (80, ["50"])])
def test_without_a_page_size_pages_are_of_use(
    scripted: MakeScripted, limit: int | None, size: list[str] | None
) -> None:
    network = Network(page("w1"))
    scripted(network).do(lambda runtime: runtime.workloads.list(limit=limit))
    assert asked(network)[0].get("limit") == size


def test_newcomers_are_met_last_and_repeat_nothing(on_mock: MakeOnMock) -> None:
    play = on_mock()
    ids = fill(play, 3)
    found = play.do(lambda runtime: runtime.workloads.list(sort="-createdAt", page_size=2))
    assert [each.id for each in found] == ids[::-1]
    ids += fill(play, 1)
    assert [each.id for each in play.do(lambda runtime: runtime.workloads.list())] == ids


def test_every_filter_is_sent(scripted: MakeScripted) -> None:
    network = Network(page())
    scripted(network).do(
        lambda runtime: runtime.workloads.list(
            mine=True,
            mode="job",
            status=["completed", "failed"],
            backend="ibm_fez",
            search="x",
            tags=["a", "b"],
            created_after="2026-01-01T00:00:00Z",
            created_before="2026-02-01T00:00:00Z",
            sort="createdAt",
            include_mocks=False,
            page_size=5,
        )
    )
    assert asked(network) == [
        {
            "user": ["me"],
            "mode": ["job"],
            "status": ["completed", "failed"],
            "backend": ["ibm_fez"],
            "search": ["x"],
            "tags": ["a", "b"],
            "created_after": ["2026-01-01T00:00:00Z"],
            "created_before": ["2026-02-01T00:00:00Z"],
            "sort": ["createdAt"],
            "include_mocks": ["false"],
            "limit": ["5"],
        }
    ]


def test_workloads_are_chosen_by_what_they_are(on_mock: MakeOnMock) -> None:
    play = on_mock()
    (plain,) = fill(play, 1)
    (tagged,) = fill(play, 1, tags=["weekly"])
    (elsewhere,) = fill(play, 1, backend="ibm_torino")

    def chosen(**filters: Any) -> list[str]:
        return [each.id for each in play.do(lambda runtime: runtime.workloads.list(**filters))]

    assert chosen(mine=True) == [plain, tagged, elsewhere]
    assert chosen(search="week") == [tagged]
    assert chosen(backend="ibm_torino") == [elsewhere]
    assert chosen(status=["failed", "pending"]) == []
    assert chosen(mode="session") == []


def test_the_link_s_host_is_not_followed(scripted: MakeScripted) -> None:
    link = {"href": "https://elsewhere.example/api/v1/workloads?limit=10&next=abc%3D"}
    network = Network(page("w1", next=link), page("w2"))
    found = scripted(network).do(lambda runtime: runtime.workloads.list())
    assert [each.id for each in found] == ["w1", "w2"]
    assert {request.url.host for request in network.asked} == {"quantum.cloud.ibm.com"}
    assert asked(network)[1] == {"next": ["abc="]}


def test_a_service_that_repeats_its_cursor_is_not_walked_for_ever(scripted: MakeScripted) -> None:
    network = Network(page("w1", next={"href": "/v1/workloads?next=same"}))
    scripted(network).do(lambda runtime: runtime.workloads.list())
    assert len(network.asked) == 2


@pytest.mark.parametrize(
    "link",
    [{}, [], "x", {"href": 5}, {"href": None}, {"href": "/v1/workloads"}, {"href": "http://[x"}],
    ids=repr,
)
def test_a_link_without_a_cursor_is_unexpected(scripted: MakeScripted, link: object) -> None:
    with pytest.raises(UnexpectedAnswer, match="next"):
        scripted(Network(page("w1", next=link))).do(lambda runtime: runtime.workloads.list())
