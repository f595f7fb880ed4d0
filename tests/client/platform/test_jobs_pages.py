"""Walking through jobs page by page."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from dryshot_client import ServerError
from dryshot_client.platform import AsyncRuntime, Runtime
from tests.client.platform.stage import (
    PARAMS,
    Network,
    OnMock,
    Scripted,
    answer,
    job,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]

NEW = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}


def fill(play: OnMock, count: int, **settings: Any) -> list[str]:
    """The ids of new jobs, newest first."""
    made = [play.do(lambda runtime: runtime.jobs.create(**NEW | settings)).id for _ in range(count)]
    play.mock.journal.clear()
    return made[::-1]


def pages(play: OnMock) -> list[str]:
    """The queries of the lists that were asked for."""
    return [entry.request.query for entry in play.mock.journal.of("list_jobs")]


def test_all_jobs_are_listed_newest_first(on_mock: MakeOnMock) -> None:
    play = on_mock()
    ids = fill(play, 5)
    jobs = play.do(lambda runtime: runtime.jobs.list())
    assert [each.id for each in jobs] == ids
    assert jobs[0].params == {}
    assert pages(play) == [""]


def test_pages_are_as_large_as_they_may_be_and_no_larger_than_needed(on_mock: MakeOnMock) -> None:
    play = on_mock()
    ids = fill(play, 5)
    jobs = play.do(lambda runtime: runtime.jobs.list(limit=4, page_size=3))
    assert [each.id for each in jobs] == ids[:4]
    assert pages(play) == ["limit=3", "limit=1&offset=3"]


def test_a_limit_of_none_at_all_asks_for_nothing(on_mock: MakeOnMock) -> None:
    play = on_mock()
    assert play.do(lambda runtime: runtime.jobs.list(limit=0)) == []
    assert play.requests == []


def test_a_limit_beyond_the_largest_page_is_split(scripted: MakeScripted) -> None:
    pages = [[job(f"j{place}") for place in range(begin, begin + 200)] for begin in (0, 200)]
    network = Network(*(answer({"jobs": page, "count": 900}) for page in pages))
    assert len(scripted(network).do(lambda runtime: runtime.jobs.list(limit=300))) == 300
    assert network.lines == ["GET /jobs?limit=200", "GET /jobs?limit=100&offset=200"]


def test_the_oldest_come_first_on_demand_and_params_as_well(on_mock: MakeOnMock) -> None:
    play = on_mock()
    ids = fill(play, 2)
    jobs = play.do(lambda runtime: runtime.jobs.list(sort="ASC", exclude_params=False))
    assert [each.id for each in jobs] == ids[::-1]
    assert jobs[0].params == PARAMS


def test_jobs_are_chosen_by_what_they_are(on_mock: MakeOnMock) -> None:
    play = on_mock()
    (plain,) = fill(play, 1)
    (tagged,) = fill(play, 1, tags=["a", "b"])
    (elsewhere,) = fill(play, 1, backend="ibm_torino")
    (dry,) = fill(play, 1, backend="mock_fez")

    def chosen(**filters: Any) -> list[str]:
        return [each.id for each in play.do(lambda runtime: runtime.jobs.list(**filters))]

    assert chosen() == [elsewhere, tagged, plain]
    assert chosen(tags=["a", "b"]) == [tagged]
    assert chosen(tags=["a", "c"]) == []
    assert chosen(backend="ibm_torino") == [elsewhere]
    assert chosen(pending=True) == []
    assert chosen(program="estimator") == []
    assert chosen(include_mocks=True) == [dry, elsewhere, tagged, plain]
    assert chosen(session_id="no-session") == []
    created = play.do(lambda runtime: runtime.jobs.get(tagged)).created
    assert chosen(created_after=created) == [elsewhere, tagged]
    assert chosen(created_before=created.isoformat()) == [tagged, plain]


def test_newcomers_repeat_nothing(on_mock: MakeOnMock) -> None:
    play = on_mock()
    ids = fill(play, 6)
    walked = []

    def meet(each: Any) -> None:
        walked.append(each.id)
        other = OnMock("sync", play.mock)
        other.do(lambda runtime: runtime.jobs.create(**NEW))

    if isinstance(play.runtime, Runtime):
        for each in play.runtime.jobs.list(page_size=2):
            meet(each)
    else:
        play.do(lambda runtime: _walk(runtime, meet))
    assert walked == ids


async def _walk(runtime: AsyncRuntime, meet: Callable[[Any], None]) -> None:
    async for each in runtime.jobs.list(page_size=2):
        meet(each)


def test_nothing_is_asked_before_the_first_is_wanted_nor_more_than_is(on_mock: MakeOnMock) -> None:
    play = on_mock()
    fill(play, 4)
    if isinstance(play.runtime, Runtime):
        some = play.runtime.jobs.list(page_size=2)
        assert play.requests == []
        assert len(list(itertools.islice(some, 2))) == 2
    else:
        play.do(_take_two)
    assert pages(play) == ["limit=2"]


async def _take_two(runtime: AsyncRuntime) -> None:
    some = runtime.jobs.list(page_size=2)
    first, second = await anext(some), await anext(some)
    assert first.id != second.id


def test_a_service_that_ignores_the_offset_is_not_walked_for_ever(scripted: MakeScripted) -> None:
    network = Network(answer({"jobs": [job("j1")], "count": 10**9}))
    jobs = scripted(network).do(lambda runtime: runtime.jobs.list())
    assert [each.id for each in jobs] == ["j1"]
    assert len(network.lines) < 30


def test_a_count_that_is_too_large_ends_with_the_first_empty_page(scripted: MakeScripted) -> None:
    network = Network(answer({"jobs": [job("j1")], "count": 9}), answer({"jobs": [], "count": 9}))
    assert len(scripted(network).do(lambda runtime: runtime.jobs.list())) == 1
    assert network.lines == ["GET /jobs", "GET /jobs?offset=1"]


@pytest.mark.parametrize("count", [{}, {"count": None}, {"count": "9"}])
def test_without_a_count_the_walk_ends_at_an_empty_page(
    scripted: MakeScripted, count: dict[str, Any]
) -> None:
    network = Network(answer({"jobs": [job("j1")], **count}), answer({"jobs": [], **count}))
    assert len(scripted(network).do(lambda runtime: runtime.jobs.list())) == 1


def test_an_error_ends_the_walk(on_mock: MakeOnMock) -> None:
    play = on_mock(retries=0)
    fill(play, 4)
    play.mock.faults.fail(500, operation="list_jobs")
    with pytest.raises(ServerError):
        play.do(lambda runtime: runtime.jobs.list())
    assert len(play.do(lambda runtime: runtime.jobs.list())) == 4
