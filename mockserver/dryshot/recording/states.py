"""What an answer says of the state of things: two answers to one call with one state are alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from dryshot.http import Response
from dryshot.recording.calls import Asked, read_json

__all__ = ["UNSTEADY", "state_of"]

UNSTEADY = frozenset(
    {
        "analytics_usage",
        "get_usage_analytics_grouped",
        "get_usage_analytics_grouped_by_date",
        "analytics_filters",
    }
)
"""Sums over everything there is: any job that the recording does not have makes them others."""

_SETTINGS = ("instance_limit", "instance_limit_seconds", "usage_allocation_seconds", "backends")


def state_of(asked: Asked, response: Response, job_status: str | None) -> Hashable:
    """The state; ``job_status`` is the final status of the job that is asked for, None before."""
    if response.status >= 400:  # noqa: PLR2004 - HTTP's refusals
        return response.status
    body = read_json(response.body)
    tell = _TELLING.get(asked.operation)
    said = tell(body) if tell and isinstance(body, Mapping) else ()
    return response.status, said, job_status if asked.operation in _AFTER_THE_END else None


def _job(body: Mapping[str, Any]) -> Hashable:
    state = body.get("state") or {}
    status = state.get("status") if isinstance(state, Mapping) else state
    return body.get("id"), status or body.get("status"), _texts(body.get("tags"))


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(str, values or ()))


def _jobs(body: Mapping[str, Any]) -> Hashable:
    return tuple(map(_job, body.get("jobs", ()))), body.get("count")


def _facade_jobs(body: Mapping[str, Any]) -> Hashable:
    return tuple(map(_job, body.get("items", ()))), body.get("count")


def _metrics(body: Mapping[str, Any]) -> Hashable:
    times, usage = body.get("timestamps") or {}, body.get("usage") or {}
    return tuple(sorted(name for name, at in times.items() if at)), usage.get("status")


def _session(body: Mapping[str, Any]) -> Hashable:
    return body.get("state"), body.get("accepting_jobs")


def _session_with_jobs(body: Mapping[str, Any]) -> Hashable:
    return _session(body), _texts(body.get("jobs"))


def _workloads(body: Mapping[str, Any]) -> Hashable:
    return tuple(
        (item.get("id"), item.get("status"), _texts(item.get("tags")))
        for item in body.get("workloads", ())
    )


def _tags(body: Mapping[str, Any]) -> Hashable:
    return _texts(body.get("tags"))


def _usage(body: Mapping[str, Any]) -> Hashable:
    return body.get("usage_consumed_seconds"), body.get("usage_limit_seconds")


def _instance(body: Mapping[str, Any]) -> Hashable:
    return tuple(str(body.get(name)) for name in _SETTINGS)


_TELLING: Mapping[str, Callable[[Mapping[str, Any]], Hashable]] = {
    "get_job": _job,
    "list_jobs": _jobs,
    "get_job_metrics": _metrics,
    "get_job_metrics_jid": _metrics,
    "list_facade_jobs": _facade_jobs,
    "get_session": _session,
    "get_session_extended": _session_with_jobs,
    "find_instance_workloads": _workloads,
    "list_tags": _tags,
    "get_usage": _usage,
    "get_instance": _instance,
    "get_instance_configuration": _instance,
}
_AFTER_THE_END = frozenset(
    {
        *("get_job_results", "get_job_results_jid", "get_job_logs", "get_jog_logs_jid"),
        *("get_job_metrics", "get_job_metrics_jid"),
    }
)
