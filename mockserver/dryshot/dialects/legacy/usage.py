"""Instances and what was used of them: by month, by workload, and in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dryshot.clock import isoformat
from dryshot.contract import Call
from dryshot.dialects.dialect import Reply
from dryshot.dialects.legacy.wire import instant
from dryshot.errors import PermissionDenied
from dryshot.http import Request
from dryshot.world import Account, World
from dryshot.world.classic import OPEN_INSTANCE
from dryshot.world.platform import AnalyticsQuery, Workload, WorkloadQuery

__all__ = ["UsageHandlers"]

_MILLISECONDS = "milliseconds"
_NO_ADMIN = "This account administers no instance"
_ASK_ONE = "Ask an administrator of the instance."


class UsageHandlers:
    """One method per operation on usage, instances, workloads and analytics."""

    world: World

    def get_own_usage(self, _call: Call, account: Account) -> Reply:
        """What the account used of each of its instances in this calendar month."""
        start, end = self.world.accounting.month()
        return 200, {
            "period": {
                "start": isoformat(start, _MILLISECONDS),
                "end": isoformat(end, _MILLISECONDS),
            },
            "byInstance": [
                {
                    "instance": one.instance,
                    "quota": one.quota,
                    "usage": one.usage,
                    "pendingJobs": one.pending,
                    "maxPendingJobs": one.max_pending,
                }
                for one in self.world.accounting.allowances(account)
            ],
        }

    def list_instances(self, _call: Call, account: Account) -> Reply:
        """The account's instances and their plans."""
        plans = {OPEN_INSTANCE: "open"}
        return 200, {
            "instances": [
                {"name": name, "plan": plans.get(name, "premium")} for name in account.instances
            ]
        }

    def list_own_workloads(self, call: Call, account: Account) -> Reply:
        """A page of the account's sessions, and of its jobs that are in none."""
        query = call.query
        page = self.world.accounting.workloads(
            account,
            WorkloadQuery(
                backend=query.get("backend"),
                search=query.get("search"),
                statuses=frozenset(query.get("status") or ()),
                mode=query.get("mode"),
                created_after=instant(query, "created_after"),
                created_before=instant(query, "created_before"),
                tags=frozenset(query.get("tags") or ()),
                ascending=query["sort"] == "ASC",
                limit=query["limit"],
                next=query.get("next"),
                previous=query.get("previous"),
            ),
        )
        body: dict[str, Any] = {"workloads": [_workload(item, account) for item in page.workloads]}
        for name, cursor in (("previous", page.previous), ("next", page.next)):
            if cursor is not None:
                body[name] = {"href": _elsewhere(call.request, name, cursor)}
        return 200, body

    def list_all_workloads(self, _call: Call, _account: Account) -> Reply:
        """Nobody is an administrator here."""
        raise PermissionDenied(_NO_ADMIN, solution=_ASK_ONE)

    def get_job_metrics_as_admin(self, _call: Call, _account: Account) -> Reply:
        """Nobody is an administrator here."""
        raise PermissionDenied(_NO_ADMIN, solution=_ASK_ONE)

    def get_analytics_usage(self, call: Call, account: Account) -> Reply:
        """All figures in one."""
        return 200, asdict(self.world.accounting.total(account, _asked(call.query)))

    def get_usage_grouped(self, call: Call, account: Account) -> Reply:
        """Figures by the value of one property."""
        by = call.query["group_by"]
        groups = self.world.accounting.grouped(account, _asked(call.query), by)
        return 200, {"data": [{"key": key, **asdict(figures)} for key, figures in groups]}

    def get_usage_grouped_by_date(self, call: Call, account: Account) -> Reply:
        """Figures by the value of one property and day."""
        by = call.query["group_by"]
        days = self.world.accounting.by_date(account, _asked(call.query), by)
        return 200, {
            "data": [
                {
                    "key": day.key,
                    "interval_start": isoformat(day.start, _MILLISECONDS),
                    "interval_end": isoformat(day.end, _MILLISECONDS),
                    **asdict(day.figures),
                }
                for day in days
            ]
        }

    def get_analytics_filters(self, _call: Call, account: Account) -> Reply:
        """What figures can be told apart by."""
        backends = self.world.accounting.used(account, "backend")
        return 200, {
            "backends": [{"name": name} for name in backends],
            "instances": [{"id": name, "deleted": False} for name in account.instances],
        }


def _asked(query: Mapping[str, Any]) -> AnalyticsQuery:
    return AnalyticsQuery(
        instances=frozenset(query.get("instance") or ()),
        backends=frozenset(query.get("backend") or ()),
        start=instant(query, "interval_start"),
        end=instant(query, "interval_end"),
    )


def _workload(item: Workload, account: Account) -> dict[str, Any]:
    return {
        "id": item.id,
        "created": isoformat(item.created, _MILLISECONDS),
        "ended": None if item.ended is None else isoformat(item.ended, _MILLISECONDS),
        "backend": item.backend,
        "instance": item.instance,
        "user_id": account.id,
        "accepting_jobs": item.accepting_jobs,
        "mode": item.mode,
        "status": item.status,
        "status_reason": item.status_reason,
        "tags": list(item.tags),
        "usage_seconds": item.usage_seconds,
    }


def _elsewhere(request: Request, name: str, cursor: str) -> str:
    """The URL of another page of the same list."""
    asked = parse_qsl(request.query, keep_blank_values=True)
    kept = [(key, value) for key, value in asked if key not in {"previous", "next"}]
    return f"{request.origin}{request.path}?{urlencode([*kept, (name, cursor)])}"
