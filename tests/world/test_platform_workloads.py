from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot.errors import Invalid
from dryshot.world import Job, Pace
from dryshot.world.platform import Workload, WorkloadPage, WorkloadQuery
from tests.world.platforms import Place, instance


def page(place: Place, **wanted: Any) -> WorkloadPage:
    return place.platform.workloads(place.account, place.instance, WorkloadQuery(**wanted))


def listed(place: Place, **wanted: Any) -> list[Workload]:
    return page(place, **({"limit": 50} | wanted)).workloads


def ids(place: Place, **wanted: Any) -> list[str]:
    return [workload.id for workload in listed(place, **wanted)]


def test_a_job_is_a_workload() -> None:
    place = Place()
    job = place.ran(tags=("demo",))
    (workload,) = listed(place)
    assert (workload.id, workload.mode, workload.status) == (job.id, "job", "completed")
    assert (workload.created, workload.ended) == (job.created, job.ended)
    assert (workload.backend, workload.instance) == ("ibm_box", place.instance.crn)
    assert workload.user_id == place.account.user_id
    assert workload.accepting_jobs is None
    assert workload.tags == ("demo",)
    assert (workload.usage_seconds, workload.usage_status) == (2, "complete")


@pytest.mark.parametrize(("mode", "named"), [("dedicated", "session"), ("batch", "batch")])
def test_a_session_stands_for_its_jobs(mode: Any, named: str) -> None:
    place = Place()
    session = place.platform.open_session(
        place.account, place.instance, mode=mode, backend="ibm_box"
    )
    seen = [listed(place)[0].status]
    place.ran(5, session_id=session.id)
    place.clock.advance(5)
    seen.append(listed(place)[0].status)
    place.platform.close_session(session)
    (workload,) = listed(place)
    assert [*seen, workload.status] == ["pending", "in_progress", "completed"]
    assert (workload.id, workload.mode) == (session.id, named)
    assert workload.usage_seconds == 5
    assert workload.usage_status is None
    assert workload.accepting_jobs is False
    assert workload.ended == session.closed


def test_every_status_of_a_job_has_its_word() -> None:
    place = Place(pace=lambda job: Pace(*job.submission.params["pace"]))

    def start(pace: tuple[float, float], **params: Any) -> Job:
        return place.submit(params={"pace": pace, **params})

    jobs = [start((100, 1)), start((0, 100)), start((0, 0)), start((0, 0), fail=True)]
    gone = start((100, 1))
    place.platform.cancel(place.account, place.instance, gone.id)
    place.clock.advance(0)
    words = {workload.id: workload.status for workload in listed(place)}
    assert [words[job.id] for job in (*jobs, gone)] == [
        "pending",
        "in_progress",
        "completed",
        "failed",
        "canceled",
    ]
    assert ids(place, statuses=frozenset({"failed", "canceled"})) == [jobs[3].id, gone.id]


def test_workloads_are_found_by_every_property() -> None:
    place = Place()
    first = place.ran(tags=("alpha", "both"))
    place.clock.advance(10)
    second = place.ran(tags=("both",), backend="ibm_bin")
    mock = place.ran(backend="mock_box")
    batch = place.platform.open_session(
        place.account, place.instance, mode="batch", backend="ibm_box"
    )
    assert set(ids(place)) == {first.id, second.id, batch.id}
    assert mock.id in ids(place, include_mocks=True)
    assert ids(place, backend="ibm_bin") == [second.id]
    assert ids(place, mode="batch") == [batch.id]
    assert ids(place, search="lph") == [first.id]
    assert ids(place, search=batch.id[3:12]) == [batch.id]
    assert ids(place, tags=frozenset({"both", "alpha"})) == [first.id]
    assert ids(place, created_before=first.created) == [first.id]
    assert set(ids(place, created_after=second.created)) == {second.id, batch.id}
    assert ids(place, user_id="IBMid-NOBODY") == []
    assert len(ids(place, user_id=place.account.user_id)) == 3


def test_instances_have_their_own_workloads() -> None:
    place = Place(instance("one"), instance("two"))
    place.ran()
    other = place.platform.instances(place.account)[1]
    assert place.platform.workloads(place.account, other, WorkloadQuery()).total == 0


def test_the_oldest_come_first_unless_asked_otherwise() -> None:
    place = Place()
    made = []
    for _ in range(3):
        made.append(place.ran().id)
        place.clock.advance(1)
    assert ids(place) == made
    assert ids(place, ascending=False) == made[::-1]


def test_there_is_no_cursor_where_there_is_no_page() -> None:
    place = Place()
    empty = page(place)
    assert (empty.workloads, empty.total, empty.next, empty.previous) == ([], 0, None, None)
    place.ran()
    one = page(place)
    assert (one.total, one.next, one.previous) == (1, None, None)


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(0, 7),
    limit=st.integers(1, 4),
    ascending=st.booleans(),
    apart=st.sampled_from([0, 1]),
)
def test_pages_forth_and_back_hold_everything_once(
    count: int, limit: int, *, ascending: bool, apart: int
) -> None:
    place = Place()
    for _ in range(count):
        place.ran()
        place.clock.advance(apart)
    order = {"ascending": ascending, "limit": limit}
    whole = ids(place, ascending=ascending)
    pages = [page(place, **order)]
    while pages[-1].next is not None:
        pages.append(page(place, next=pages[-1].next, **order))
    forth = [[workload.id for workload in one.workloads] for one in pages]
    assert [one for part in forth for one in part] == whole
    assert all(len(part) == limit for part in forth[:-1])
    assert len(forth[-1]) <= limit
    assert {one.total for one in pages} == {count}
    back = [pages[-1]]
    while back[-1].previous is not None:
        back.append(page(place, previous=back[-1].previous, **order))
    assert [w.id for one in reversed(back) for w in one.workloads] == whole
    assert all(len(one.workloads) == limit for one in back[1:-1])
    assert len(back[-1].workloads) <= limit


def test_a_page_stays_where_it_is_when_new_workloads_come() -> None:
    place = Place()
    made = []
    for _ in range(4):
        made.append(place.ran().id)
        place.clock.advance(1)
    first = page(place, limit=2, ascending=False)
    place.ran()
    second = page(place, limit=2, ascending=False, next=first.next)
    assert [workload.id for workload in second.workloads] == [made[1], made[0]]


def test_a_cursor_is_base64_of_an_instant() -> None:
    place = Place()
    job = place.ran()
    place.ran()
    cursor = page(place, limit=1).next
    assert cursor is not None
    text = base64.urlsafe_b64decode(cursor + "===").decode()
    assert text == f"2023-09-11T17:27:49.000000Z|{job.id}"


@pytest.mark.parametrize("cursor", ["", "x", "é", "bm9wZQ", "MjAyMy0wOS0xMVQxNzoyNzo0OQ"])
@pytest.mark.parametrize("side", ["next", "previous"])
def test_what_is_no_cursor_is_refused(side: str, cursor: str) -> None:
    with pytest.raises(Invalid, match="is not a cursor") as refused:
        page(Place(), **{side: cursor})
    assert refused.value.field == side
