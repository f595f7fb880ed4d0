"""Listing jobs, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot_client import AsyncLegacyRuntime, LegacyRuntime
from tests.client.stage import API_TOKEN, AUTH_HOST, Network, Stage, answer, job

OnStage = Callable[..., Stage]


class Shelf:
    """A service's list of jobs, newest first, which may change before any page.

    ``changes`` holds, for each page but the first, how many newcomers there are by then, and how
    many of the newest were deleted instead if it is negative. ``most`` is the largest page.
    """

    def __init__(
        self, size: int, *, most: int = 200, changes: tuple[int, ...] = (), count: bool = True
    ) -> None:
        self.ids = [f"j{number}" for number in range(size)]
        self.original = list(self.ids)
        self.most = most
        self.changes = list(changes)
        self.count = count
        self.pages: list[tuple[int, int]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == AUTH_HOST:
            return answer({"id": "token"})
        if self.pages and self.changes:
            self._change(self.changes.pop(0))
        query = request.url.params
        limit, offset = int(query.get("limit", 200)), int(query.get("offset", 0))
        self.pages.append((limit, offset))
        page = self.ids[offset:][: min(limit, self.most)]
        body = {"jobs": [job(id_) for id_ in page], "limit": limit, "offset": offset}
        return answer(body | ({"count": len(self.ids)} if self.count else {}))

    def _change(self, newcomers: int) -> None:
        if newcomers < 0:
            del self.ids[:-newcomers]
        else:
            new = [f"new{len(self.pages)}-{number}" for number in range(newcomers)]
            self.ids = new + self.ids


def ids(shelf: Callable[[httpx.Request], Any], **arguments: Any) -> list[str]:
    transport = httpx.MockTransport(shelf)
    with LegacyRuntime(api_token=API_TOKEN, transport=transport) as runtime:
        return [each["id"] for each in runtime.jobs.list(**arguments)]


sizes = st.integers(0, 30)
limits = st.none() | st.integers(0, 40)
page_sizes = st.none() | st.integers(1, 40)


@given(size=sizes, limit=limits, page_size=page_sizes, most=st.integers(1, 40), count=st.booleans())
def test_exactly_the_right_jobs_come_in_order(
    size: int, limit: int | None, page_size: int | None, most: int, *, count: bool
) -> None:
    shelf = Shelf(size, most=most, count=count)
    assert ids(shelf, limit=limit, page_size=page_size) == shelf.original[:limit]
    assert all(asked <= (page_size or 200) for asked, _ in shelf.pages)
    if limit is not None:
        assert all(asked <= limit for asked, _ in shelf.pages)


@given(sizes, page_sizes, st.lists(st.integers(0, 10), max_size=20).map(tuple))
def test_newcomers_neither_hide_nor_repeat_a_job(
    size: int, page_size: int | None, changes: tuple[int, ...]
) -> None:
    shelf = Shelf(size, changes=changes)
    found = ids(shelf, page_size=page_size)
    assert [id_ for id_ in found if id_ in shelf.original] == shelf.original
    assert len(found) == len(set(found))


@given(sizes, limits, page_sizes, st.lists(st.integers(-9, 9), max_size=20).map(tuple))
def test_whatever_changes_no_job_comes_twice_and_the_end_comes(
    size: int, limit: int | None, page_size: int | None, changes: tuple[int, ...]
) -> None:
    shelf = Shelf(size, changes=changes)
    found = ids(shelf, limit=limit, page_size=page_size)
    most = size + sum(change for change in changes if change > 0)
    assert len(found) == len(set(found)) <= (most if limit is None else limit)
    assert len(shelf.pages) <= most + 22


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=5),
    st.integers(-5, 10**9) | st.none(),
)
def test_a_service_that_pays_no_heed_to_the_offset_comes_to_an_end(
    pages: list[list[int]], growth: int | None
) -> None:
    asked = 0

    def service(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.url.host == AUTH_HOST:
            return answer({"id": "token"})
        asked += 1
        page = pages[asked % len(pages)]
        body: dict[str, Any] = {"jobs": [job(f"j{number}") for number in page]}
        return answer(body if growth is None else body | {"count": growth * asked + 10})

    found = ids(service)
    assert len(found) == len(set(found)) <= 10
    assert asked <= 10 * 22


def test_an_empty_page_is_the_end_whatever_the_count_says() -> None:
    network = Network(answer({"jobs": [job("j1")], "count": 99}), answer({"jobs": [], "count": 99}))
    assert ids(network) == ["j1"]
    assert len(network.lines) == 2


def test_a_service_that_sends_more_than_was_asked_for_is_cut_short() -> None:
    jobs = [job("j1"), job("j2"), job("j3")]
    assert ids(Network(answer({"jobs": jobs, "count": 3})), limit=2) == ["j1", "j2"]


def test_a_page_is_fetched_when_it_is_needed_and_no_earlier() -> None:
    shelf = Shelf(10)
    transport = httpx.MockTransport(shelf)
    with LegacyRuntime(api_token=API_TOKEN, transport=transport) as runtime:
        jobs = runtime.jobs.list(page_size=2)
        assert shelf.pages == []
        assert [next(jobs)["id"] for _ in range(3)] == ["j0", "j1", "j2"]
    assert shelf.pages == [(2, 0), (2, 2)]


def test_an_iteration_in_a_task_may_be_left_early_and_taken_up_again() -> None:
    async def main() -> None:
        transport = httpx.MockTransport(Shelf(5))
        async with AsyncLegacyRuntime(api_token=API_TOKEN, transport=transport) as runtime:
            jobs = runtime.jobs.list(page_size=2)
            async for each in jobs:
                if each["id"] == "j2":
                    break
            assert [each["id"] async for each in jobs] == ["j3", "j4"]
            assert [each async for each in jobs] == []

    asyncio.run(main())


def test_an_iteration_that_failed_is_over() -> None:
    async def main() -> None:
        def service(request: httpx.Request) -> httpx.Response:
            if request.url.host == AUTH_HOST:
                return answer({"id": "token"})
            raise OSError("not httpx's own")

        transport = httpx.MockTransport(service)
        async with AsyncLegacyRuntime(api_token=API_TOKEN, transport=transport) as runtime:
            jobs = runtime.jobs.list()
            with pytest.raises(OSError, match="own"):
                await anext(jobs)
            assert [each async for each in jobs] == []

    asyncio.run(main())


def test_no_limit_at_all_asks_for_no_page_size(stage: OnStage) -> None:
    network = Network(answer({"jobs": [job()], "count": 1}))
    stage(network).do(lambda runtime: runtime.jobs.list())
    assert network.lines == ["GET /jobs"]


def test_a_limit_of_none_left_asks_for_nothing(stage: OnStage) -> None:
    network = Network()
    assert stage(network).do(lambda runtime: runtime.jobs.list(limit=0)) == []
    assert network.requests == []


def test_filters_are_sent_as_the_service_spells_them(stage: OnStage) -> None:
    network = Network(answer({"jobs": [], "count": 0}))
    stage(network).do(
        lambda runtime: runtime.jobs.list(
            limit=5,
            pending=False,
            program="sampler",
            backend="ibm_wellington",
            instance="ibm-q/open/main",
            created_after=datetime(2023, 9, 11, 19, 0, tzinfo=timezone(timedelta(hours=2))),
            created_before="2023-10-01T00:00:00Z",
            sort="ASC",
            tags=["a b", "c"],
            session_id="s/1",
            exclude_params=True,
        )
    )
    assert sorted(network.requests[-1].url.params.multi_items()) == [
        ("backend", "ibm_wellington"),
        ("created_after", "2023-09-11T17:00:00Z"),
        ("created_before", "2023-10-01T00:00:00Z"),
        ("exclude_params", "true"),
        ("limit", "5"),
        ("pending", "false"),
        ("program", "sampler"),
        ("provider", "ibm-q/open/main"),
        ("session_id", "s/1"),
        ("sort", "ASC"),
        ("tags", "a b"),
        ("tags", "c"),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": -1}, "limit is -1"),
        ({"page_size": 0}, "page_size is 0"),
        ({"instance": "open"}, "instance 'open'"),
        ({"created_after": datetime(2023, 9, 11, tzinfo=UTC).replace(tzinfo=None)}, "time zone"),
        ({"tags": "one"}, "tags is one text"),
    ],
    ids=["limit", "page_size", "instance", "created_after", "tags"],
)
def test_wrong_arguments_are_refused_before_the_iteration_starts(
    arguments: dict[str, Any], message: str
) -> None:
    transport = httpx.MockTransport(Network())
    blocking = LegacyRuntime(api_token=API_TOKEN, transport=transport)
    asynchronous = AsyncLegacyRuntime(api_token=API_TOKEN, transport=transport)
    for runtime in (blocking, asynchronous):
        with pytest.raises((ValueError, TypeError), match=message):
            runtime.jobs.list(**arguments)


def test_all_pages_of_programs_are_put_together(stage: OnStage) -> None:
    network = Network(
        answer({"programs": [{"id": "sampler"}, {"id": "estimator"}], "count": 3}),
        answer({"programs": [{"id": "circuit-runner"}], "count": 3}),
    )
    programs = stage(network).do(lambda runtime: runtime.programs.list())
    assert [each["id"] for each in programs] == ["sampler", "estimator", "circuit-runner"]
    assert network.lines == ["GET /programs", "GET /programs?offset=2"]
