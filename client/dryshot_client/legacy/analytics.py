"""Usage over time, across the account's instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack, get_args

from dryshot_client.calls import D, call
from dryshot_client.checks import Instant, check_choice, check_texts, write_instant
from dryshot_client.flows import Flow
from dryshot_client.legacy.account_shapes import (
    AnalyticsBy,
    AnalyticsDay,
    AnalyticsDays,
    AnalyticsFilters,
    AnalyticsGroup,
    AnalyticsGroups,
    AnalyticsUsage,
)
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource

__all__ = ["Analytics", "UsageFilter"]


class UsageFilter(TypedDict, total=False):
    """What is counted: any of the values given, within the interval."""

    instance: Sequence[str]
    backend: Sequence[str]
    interval_start: Instant
    interval_end: Instant


class Analytics(LegacyResource[D]):
    """Figures of the whole account; times are in milliseconds."""

    @call
    def usage(self, **only: Unpack[UsageFilter]) -> Flow[AnalyticsUsage]:
        """All in one."""
        ask = self._api.prepare("get_analytics_usage", query=_query(only))
        return self._api.ask(ask, read_as(AnalyticsUsage))

    @call
    def usage_grouped(
        self, group_by: AnalyticsBy, **only: Unpack[UsageFilter]
    ) -> Flow[list[AnalyticsGroup]]:
        """By instance or backend."""
        query = _query(only, group_by)
        ask = self._api.prepare("get_usage_grouped", query=query)
        return (yield from self._api.ask(ask, read_as(AnalyticsGroups)))["data"]

    @call
    def usage_grouped_by_date(
        self, group_by: AnalyticsBy, **only: Unpack[UsageFilter]
    ) -> Flow[list[AnalyticsDay]]:
        """By instance or backend, day by day."""
        query = _query(only, group_by)
        ask = self._api.prepare("get_usage_grouped_by_date", query=query)
        return (yield from self._api.ask(ask, read_as(AnalyticsDays)))["data"]

    @call
    def filters(self) -> Flow[AnalyticsFilters]:
        """What usage can be filtered by."""
        return self._api.ask(self._api.prepare("get_analytics_filters"), read_as(AnalyticsFilters))


def _query(only: UsageFilter, group_by: AnalyticsBy | None = None) -> dict[str, Any]:
    unknown = only.keys() - UsageFilter.__annotations__.keys()
    if unknown:
        raise TypeError(f"usage cannot be filtered by {', '.join(sorted(unknown))}")
    return {
        "group_by": check_choice("group_by", group_by, get_args(AnalyticsBy)),
        "instance": check_texts("instance", only.get("instance")),
        "backend": check_texts("backend", only.get("backend")),
        "interval_start": write_instant("interval_start", only.get("interval_start")),
        "interval_end": write_instant("interval_end", only.get("interval_end")),
    }
