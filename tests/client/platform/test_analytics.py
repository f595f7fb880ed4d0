"""Figures of usage, on the mock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from dryshot_client.platform.models import (
    AnalyticsDays,
    AnalyticsFilters,
    AnalyticsGroup,
    AnalyticsUsage,
)
from tests.client.platform.stage import OPEN, PARAMS, PREMIUM, Network, OnMock, Scripted, answer

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]

FIGURES = dict.fromkeys(AnalyticsUsage.__annotations__, 0)


def fill(play: OnMock) -> str:
    """Run two jobs on their own and one in a session, six seconds in all; the instance's CRN."""
    common: dict[str, Any] = {"program": "sampler", "params": PARAMS}
    session = play.do(lambda runtime: runtime.sessions.create(backend="ibm_fez", mode="batch"))
    for backend, session_id in (("ibm_fez", None), ("ibm_torino", None), ("ibm_fez", session.id)):
        where = {"backend": backend, "session_id": session_id}
        play.do(partial(_create, **common | where))
    return str(play.do(lambda runtime: runtime.instances.usage()).instance_id)


def _create(runtime: Any, **settings: Any) -> Any:
    return runtime.jobs.create(**settings)


def test_usage_is_counted_in_all(on_mock: MakeOnMock) -> None:
    play = on_mock()
    fill(play)
    usage = play.do(lambda runtime: runtime.analytics.usage())
    assert isinstance(usage, AnalyticsUsage)
    assert (usage.jobs, usage.individual_jobs, usage.batch_sessions) == (3, 2, 1)
    assert (usage.usage, usage.max_individual_jobs_usage) == (6000, 2000)


def test_usage_is_counted_by_what_it_is_of(on_mock: MakeOnMock) -> None:
    play = on_mock()
    crn = fill(play)
    groups = play.do(lambda runtime: runtime.analytics.usage_grouped("backend"))
    assert all(isinstance(each, AnalyticsGroup) for each in groups)
    assert {each.key: each.jobs for each in groups} == {"ibm_fez": 2, "ibm_torino": 1}
    by_instance = play.do(lambda runtime: runtime.analytics.usage_grouped("instance"))
    assert {each.key for each in by_instance if each.jobs} == {crn}


def test_usage_is_counted_by_day(on_mock: MakeOnMock) -> None:
    play = on_mock()
    crn = fill(play)
    days = play.do(lambda runtime: runtime.analytics.usage_grouped_by_date())
    assert isinstance(days, AnalyticsDays)
    assert days.interval_start < days.interval_end
    (day,) = [each for each in days.data if each.jobs]
    assert (day.key, day.jobs) == (crn, 3)
    assert day.interval_end - day.interval_start <= timedelta(days=1)


def test_usage_is_filtered(on_mock: MakeOnMock) -> None:
    play = on_mock()
    crn = fill(play)

    def jobs(**only: Any) -> float:
        return float(play.do(lambda runtime: runtime.analytics.usage(**only)).jobs)

    assert jobs(instance=[crn], backend=["ibm_torino"], plan=["premium"], simulators=False) == 1
    assert jobs(plan=["open"]) == 0
    assert jobs(user_id=["nobody"]) == 0
    future = datetime(2999, 1, 1, tzinfo=UTC)
    assert jobs(interval_start=future, interval_end=future + timedelta(days=1)) == 0


def test_filters_are_what_usage_can_be_filtered_by(on_mock: MakeOnMock) -> None:
    play = on_mock()
    crn = fill(play)
    filters = play.do(lambda runtime: runtime.analytics.filters())
    assert isinstance(filters, AnalyticsFilters)
    assert {each.name for each in filters.plans} == {"open", "premium"}
    assert crn in {each.id for each in filters.instances}
    assert {each.name for each in filters.subscriptions} == {OPEN, PREMIUM}
    one = play.do(lambda runtime: runtime.analytics.filters(instance=[crn]))
    assert {each.id for each in one.instances} == {crn}


@pytest.mark.parametrize(
    ("method", "arguments", "body"),
    [
        ("usage", (), FIGURES),
        ("usage_grouped", ("plan",), {"data": []}),
        (
            "usage_grouped_by_date",
            (),
            {"interval_start": "2026-01-01", "interval_end": "2026-01-02", "data": []},
        ),
    ],
)
def test_every_filter_is_sent(
    scripted: MakeScripted, method: str, arguments: tuple[str, ...], body: object
) -> None:
    network = Network(answer(body))
    scripted(network).do(
        lambda runtime: getattr(runtime.analytics, method)(
            *arguments,
            instance=["i", "j"],
            backend=["b"],
            user_id=["u"],
            plan=["p"],
            subscription_id=["s"],
            interval_start=datetime(2026, 1, 1, tzinfo=UTC),
            interval_end="2026-02-01T00:00:00Z",
            simulators=False,
        )
    )
    (line,) = network.lines
    assert line.endswith(
        "instance=i&instance=j&backend=b&user_id=u&plan=p&subscription_id=s"
        "&interval_start=2026-01-01T00%3A00%3A00Z&interval_end=2026-02-01T00%3A00%3A00Z"
        "&simulators=false"
    )
    assert ("group_by=" in line) == (method != "usage")
