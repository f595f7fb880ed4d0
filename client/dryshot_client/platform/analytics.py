"""Usage over time, across the account's instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack, get_args

from dryshot_client.calls import D, call
from dryshot_client.checks import (
    Instant,
    check_choice,
    check_flag,
    check_text,
    check_texts,
    write_instant,
)
from dryshot_client.flows import Flow
from dryshot_client.platform.models import (
    AnalyticsBy,
    AnalyticsDays,
    AnalyticsFilters,
    AnalyticsGroup,
    AnalyticsUsage,
)
from dryshot_client.platform.resource import PlatformResource

__all__ = ["Analytics", "UsageFilter"]


class UsageFilter(TypedDict, total=False):
    """What is counted: any of the values given, within the interval. ``instance`` are CRNs."""

    instance: Sequence[str]
    backend: Sequence[str]
    user_id: Sequence[str]
    plan: Sequence[str]
    subscription_id: Sequence[str]
    interval_start: Instant
    interval_end: Instant
    simulators: bool


class Analytics(PlatformResource[D]):
    """Figures of the whole account; times are in milliseconds."""

    @call
    def usage(self, **only: Unpack[UsageFilter]) -> Flow[AnalyticsUsage]:
        """All in one."""
        ask = self._api.prepare("analytics_usage", query=_query(only))
        return self._api.ask(ask, AnalyticsUsage.read)

    @call
    def usage_grouped(
        self, group_by: AnalyticsBy, **only: Unpack[UsageFilter]
    ) -> Flow[list[AnalyticsGroup]]:
        """By instance, backend, user, plan or subscription."""
        check_choice("group_by", check_text("group_by", group_by), get_args(AnalyticsBy))
        ask = self._api.prepare(
            "get_usage_analytics_grouped", query={"group_by": group_by, **_query(only)}
        )
        page = yield from self._api.ask_page(ask, "data", AnalyticsGroup.read)
        return page.items

    @call
    def usage_grouped_by_date(self, **only: Unpack[UsageFilter]) -> Flow[AnalyticsDays]:
        """By instance, interval by interval."""
        query = {"group_by": "instance", **_query(only)}
        ask = self._api.prepare("get_usage_analytics_grouped_by_date", query=query)
        return self._api.ask(ask, AnalyticsDays.read)

    @call
    def filters(self, *, instance: Sequence[str] | None = None) -> Flow[AnalyticsFilters]:
        """What usage can be filtered by: of some instances, by their CRNs, or of all."""
        query = {"instance": check_texts("instance", instance)}
        return self._api.ask(
            self._api.prepare("analytics_filters", query=query), AnalyticsFilters.read
        )


def _query(only: UsageFilter) -> dict[str, Any]:
    unknown = only.keys() - UsageFilter.__annotations__.keys()
    if unknown:
        raise TypeError(f"usage cannot be filtered by {', '.join(sorted(unknown))}")
    return {
        **{
            name: check_texts(name, only.get(name))  # type: ignore[arg-type]  # the texts among them
            for name in ("instance", "backend", "user_id", "plan", "subscription_id")
        },
        "interval_start": write_instant("interval_start", only.get("interval_start")),
        "interval_end": write_instant("interval_end", only.get("interval_end")),
        "simulators": check_flag("simulators", only.get("simulators")),
    }
