from __future__ import annotations

from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

import pytest

from dryshot.errors import Invalid
from dryshot.world import Account, Pace
from dryshot.world.platform import AnalyticsQuery, Figures
from tests.world.platforms import ACCOUNT_ID, Place, instance


class Busy(Place):
    """Two jobs alone (2 s and 4 s), a batch (3 s) and a dedicated session (7 s) a day later."""

    def __init__(self) -> None:
        super().__init__(
            instance("one"),
            instance("two", plan="flex"),
            pace=lambda job: Pace(job.submission.params.get("queue", 0), 0),
        )
        self.start = self.clock.now()
        self.submit(params={"seconds": 2, "queue": 6})
        self.submit(params={"seconds": 4, "queue": 2})
        self.clock.advance(86400)
        self.other = self.platform.instances(self.account)[1]
        for mode, backend in (("batch", "ibm_box"), ("dedicated", "ibm_bin")):
            self.instance = self.other
            session = self.platform.open_session(
                self.account,
                self.other,
                mode=mode,  # type: ignore[arg-type] # both are modes
                backend=backend,
            )
            self.ran(3, session_id=session.id, backend=backend)
            self.clock.advance(7)
            self.platform.close_session(session)

    def total(self, **wanted: Any) -> Figures:
        return self.platform.analytics.total(self.account, AnalyticsQuery(**wanted))


def test_there_are_21_figures_and_all_are_nothing_at_first() -> None:
    place = Place()
    found = place.platform.analytics.total(place.account, AnalyticsQuery())
    assert found == Figures()
    assert len(fields(found)) == 21
    assert set(asdict(found).values()) == {0}


def test_figures_are_in_milliseconds_and_add_up() -> None:
    assert Busy().total() == Figures(
        usage=16000,
        jobs=4,
        sessions=2,
        sessions_usage=10000,
        avg_sessions_usage=5000,
        max_sessions_usage=7000,
        batch_sessions=1,
        batch_sessions_usage=3000,
        avg_batch_sessions_usage=3000,
        max_batch_sessions_usage=3000,
        dedicated_sessions=1,
        dedicated_sessions_usage=7000,
        avg_dedicated_sessions_usage=7000,
        max_dedicated_sessions_usage=7000,
        individual_jobs=2,
        individual_jobs_usage=6000,
        avg_individual_jobs_usage=3000,
        max_individual_jobs_usage=4000,
        queue_time=8000,
        avg_queue_time=2000,
        max_queue_time=6000,
    )


def test_figures_are_filtered_by_every_property() -> None:
    busy = Busy()
    two = busy.other.crn
    assert busy.total(instances=frozenset({two})).usage == 10000
    assert busy.total(backends=frozenset({"ibm_bin"})).usage == 7000
    assert busy.total(plans=frozenset({"premium"})).usage == 6000
    assert busy.total(subscription_ids=frozenset({two.split(":")[7]})).jobs == 2
    assert busy.total(user_ids=frozenset({"IBMid-NOBODY"})) == Figures()
    day = timedelta(days=1)
    assert busy.total(end=busy.start + day).usage == 6000
    assert busy.total(start=busy.start + day).usage == 10000
    assert busy.total(start=busy.start, end=busy.start) == Figures()


def test_simulators_can_be_left_out() -> None:
    place = Place(instance(backends=["ibm_box", "simulator"]))
    place.ran(backend="simulator")
    place.ran()
    for simulators, jobs in ((True, 2), (False, 1)):
        query = AnalyticsQuery(simulators=simulators)
        assert place.platform.analytics.total(place.account, query).jobs == jobs


@pytest.mark.parametrize(
    ("group_by", "wanted"),
    [
        ("backend", {"ibm_box": 9000, "ibm_bin": 7000}),
        ("plan", {"premium": 6000, "flex": 10000}),
    ],
)
def test_figures_are_grouped(group_by: Any, wanted: dict[str, float]) -> None:
    busy = Busy()
    groups = busy.platform.analytics.grouped(busy.account, AnalyticsQuery(), group_by)
    assert {key: figures.usage for key, figures in groups} == wanted
    assert [key for key, _ in groups] == sorted(wanted)


@pytest.mark.parametrize("group_by", ["instance", "user_id", "subscription_id"])
def test_groups_hold_everything_once(group_by: Any) -> None:
    busy = Busy()
    groups = busy.platform.analytics.grouped(busy.account, AnalyticsQuery(), group_by)
    assert sum(figures.usage for _, figures in groups) == busy.total().usage
    assert len(groups) == (1 if group_by == "user_id" else 2)


def test_figures_are_told_day_by_day() -> None:
    busy = Busy()
    days = busy.platform.analytics.by_date(busy.account, AnalyticsQuery())
    assert [(one.start.isoformat(), one.key, one.figures.usage) for one in days] == [
        ("2023-09-11T00:00:00+00:00", instance("one").crn, 6000),
        ("2023-09-12T00:00:00+00:00", busy.other.crn, 10000),
    ]
    assert {one.end - one.start for one in days} == {timedelta(days=1)}


def test_an_interval_that_is_not_given_begins_with_the_first_day_and_ends_now() -> None:
    busy = Busy()
    interval = busy.platform.analytics.interval
    start, end = interval(busy.account, AnalyticsQuery())
    assert (start.isoformat(), end) == ("2023-09-11T00:00:00+00:00", busy.clock.now())
    given = AnalyticsQuery(start=busy.start, end=busy.start)
    assert interval(busy.account, given) == (busy.start, busy.start)
    with pytest.raises(Invalid, match="ends before it starts"):
        AnalyticsQuery(start=busy.clock.now(), end=busy.start)


def test_filters_name_what_there_is_to_choose_from() -> None:
    busy = Busy()
    found = busy.platform.analytics.filters(busy.account)
    crns = [instance("one").crn, busy.other.crn]
    assert found.backends == ["ibm_bin", "ibm_box"]
    assert found.instances == crns
    assert found.users == [busy.account.user_id]
    assert found.plans == ["flex", "premium"]
    assert found.subscriptions == {
        crn.split(":")[7]: name for crn, name in zip(crns, ("one", "two"), strict=True)
    }
    one = busy.platform.analytics.filters(busy.account, crns[:1])
    assert (one.instances, one.backends, one.plans) == (crns[:1], ["ibm_box"], ["premium"])


def test_an_account_sees_the_figures_of_its_own_instances() -> None:
    place = Place(
        accounts=[
            Account("key", service_instances=[instance()]),
            Account("colleague", service_instances=[instance()]),
            Account("other", account_id=ACCOUNT_ID, service_instances=[instance("x")]),
        ]
    )
    place.ran()
    counts = {}
    for key in ("key", "colleague", "other"):
        account = place.platform.authenticate_key(key)
        counts[key] = place.platform.analytics.total(account, AnalyticsQuery()).jobs
    assert counts == {"key": 1, "colleague": 1, "other": 0}
