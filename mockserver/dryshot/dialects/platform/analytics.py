"""Workloads, and figures of usage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dryshot.clock import isoformat
from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.platform.caller import Caller
from dryshot.dialects.platform.wire import instant, workload
from dryshot.http import Request
from dryshot.world import World
from dryshot.world.platform import AnalyticsQuery, WorkloadQuery

__all__ = ["AnalyticsHandlers"]

_MILLISECONDS = "milliseconds"


class AnalyticsHandlers:
    """One method per operation on workloads and analytics."""

    world: World

    def find_instance_workloads(self, call: Call, caller: Caller) -> Reply:
        """A page of the instance's sessions, and of its jobs that are in none."""
        query = call.query
        page = self.world.platform.workloads(
            caller.account,
            caller.instance,
            WorkloadQuery(
                user_id=caller.account.user_id if query.get("user") == "me" else None,
                backend=query.get("backend"),
                search=query.get("search"),
                statuses=frozenset(query.get("status") or ()),
                mode=query.get("mode"),
                created_after=instant(query, "created_after"),
                created_before=instant(query, "created_before"),
                tags=frozenset(query.get("tags") or ()),
                include_mocks=query.get("include_mocks", False),
                ascending=query.get("sort") != "-createdAt",
                limit=query.get("limit", 10),
                next=query.get("next"),
                previous=query.get("previous"),
            ),
        )
        body: dict[str, Any] = {
            "workloads": [workload(item) for item in page.workloads],
            "total_count": page.total,
            "limit": page.limit,
        }
        for name, cursor in (("previous", page.previous), ("next", page.next)):
            if cursor is not None:
                body[name] = {"href": _elsewhere(call.request, name, cursor)}
        return 200, body

    def analytics_usage(self, call: Call, caller: Caller) -> Reply:
        """All figures in one."""
        return 200, asdict(self.world.platform.analytics.total(caller.account, _query(call.query)))

    def get_usage_analytics_grouped(self, call: Call, caller: Caller) -> Reply:
        """Figures by the value of one property."""
        groups = self.world.platform.analytics.grouped(
            caller.account, _query(call.query), call.query["group_by"]
        )
        return 200, {"data": [{"key": key, **asdict(figures)} for key, figures in groups]}

    def get_usage_analytics_grouped_by_date(self, call: Call, caller: Caller) -> Reply:
        """Figures by instance and day."""
        analytics, query = self.world.platform.analytics, _query(call.query)
        start, end = analytics.interval(caller.account, query)
        data = [
            {
                "key": item.key,
                "interval_start": isoformat(item.start, _MILLISECONDS),
                "interval_end": isoformat(item.end, _MILLISECONDS),
                **asdict(item.figures),
            }
            for item in analytics.by_date(caller.account, query)
        ]
        return 200, {
            "interval_start": isoformat(start, _MILLISECONDS),
            "interval_end": isoformat(end, _MILLISECONDS),
            "data": data,
        }

    def analytics_filters(self, call: Call, caller: Caller) -> Reply:
        """What figures can be told apart by."""
        wanted = call.query.get("instance") or ()
        filters = self.world.platform.analytics.filters(caller.account, wanted)
        return 200, {
            "backends": [{"name": name} for name in filters.backends],
            "instances": [{"id": crn, "deleted": False} for crn in filters.instances],
            "users": [{"id": user} for user in filters.users],
            "plans": [{"name": plan} for plan in filters.plans],
            "subscriptions": [
                {"id": id_, "name": name} for id_, name in filters.subscriptions.items()
            ],
        }


def _elsewhere(request: Request, name: str, cursor: str) -> str:
    """The URL of another page of the same list."""
    asked = parse_qsl(request.query, keep_blank_values=True)
    kept = [(key, value) for key, value in asked if key not in {"previous", "next"}]
    return f"{request.origin}{request.path}?{urlencode([*kept, (name, cursor)])}"


def _query(query: Mapping[str, Any]) -> AnalyticsQuery:
    def several(name: str) -> frozenset[str]:
        return frozenset(query.get(name) or ())

    return AnalyticsQuery(
        instances=several("instance"),
        start=instant(query, "interval_start"),
        end=instant(query, "interval_end"),
        backends=several("backend"),
        user_ids=several("user_id"),
        simulators=query.get("simulators", True),
        plans=several("plan"),
        subscription_ids=several("subscription_id"),
    )
