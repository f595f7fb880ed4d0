"""The operations of the Compute API, and the one of Global Search that finds instances."""

from __future__ import annotations

from collections.abc import Mapping

from dryshot_client.operations import Operation, read_only

__all__ = ["PLATFORM_OPERATIONS"]

PLATFORM_OPERATIONS: Mapping[str, Operation] = {
    "get_versions": read_only("/versions", public=True),
    "list_backends": read_only("/backends"),
    "get_backend_configuration": read_only("/backends/{name}/configuration"),
    "get_backend_properties": read_only("/backends/{name}/properties"),
    "get_backend_status": read_only("/backends/{name}/status"),
    "get_backend_defaults": read_only("/backends/{name}/defaults"),
    "create_job": Operation("POST", "/jobs"),
    "list_jobs": read_only("/jobs"),
    "get_job": read_only("/jobs/{job_id}"),
    "delete_job": Operation("DELETE", "/jobs/{job_id}", repeatable=True),
    # The first reading of a private job's results removes them: an answer lost is lost.
    "get_job_results_jid": read_only("/jobs/{job_id}/results"),
    "get_jog_logs_jid": read_only("/jobs/{job_id}/logs"),
    "get_job_interim_results": read_only("/jobs/{job_id}/interim_results"),
    "get_job_transpiled_circuits": read_only("/jobs/{job_id}/transpiled_circuits"),
    "get_job_metrics_jid": read_only("/jobs/{job_id}/metrics"),
    # Not repeatable: the second of two finds the job cancelled, and conflicts.
    "cancel_job_jid": Operation("POST", "/jobs/{job_id}/cancel"),
    "replace_job_tags": Operation("PUT", "/jobs/{job_id}/tags", repeatable=True),
    "list_tags": read_only("/tags"),
    "create_session": Operation("POST", "/sessions"),
    "get_session": read_only("/sessions/{session_id}"),
    "update_session": Operation("PATCH", "/sessions/{session_id}", repeatable=True),
    "delete_session_close": Operation("DELETE", "/sessions/{session_id}/close", repeatable=True),
    "get_instance": read_only("/instance"),
    "get_instance_configuration": read_only("/instances/configuration"),
    "replace_instance_configuration": Operation("PUT", "/instances/configuration", repeatable=True),
    "get_usage": read_only("/instances/usage"),
    "get_account": read_only("/accounts/{account_id}"),
    "find_instance_workloads": read_only("/workloads"),
    "analytics_usage": read_only("/analytics/usage"),
    "get_usage_analytics_grouped": read_only("/analytics/usage_grouped"),
    "get_usage_analytics_grouped_by_date": read_only("/analytics/usage_grouped_by_date"),
    "analytics_filters": read_only("/analytics/filters"),
    "search_resources": Operation("POST", "/v3/resources/search", "search", repeatable=True),
}
"""Under their ``operationId``."""
