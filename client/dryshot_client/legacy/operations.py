"""The operations of the classic auth and runtime APIs."""

from __future__ import annotations

from collections.abc import Mapping

from dryshot_client.operations import Operation, read_only

__all__ = ["LEGACY_OPERATIONS"]

LEGACY_OPERATIONS: Mapping[str, Operation] = {
    # Another login gives another token, and does no harm.
    "login_with_token": Operation("POST", "/users/loginWithToken", "auth", repeatable=True),
    "logout": Operation("POST", "/users/logout", "auth", repeatable=True),
    "get_user": Operation("GET", "/users/me", "auth", repeatable=True),
    "get_version": Operation("GET", "/version", "auth", repeatable=True, public=True),
    "list_hubs": Operation("GET", "/Network", "auth", repeatable=True),
    "list_programs": read_only("/programs", public=True),
    "get_program": read_only("/programs/{id}", public=True),
    # Not repeatable: the second of two finds the name taken.
    "upload_program": Operation("POST", "/programs"),
    "update_program": Operation("PATCH", "/programs/{id}", repeatable=True),
    "delete_program": Operation("DELETE", "/programs/{id}", repeatable=True),
    "replace_program_data": Operation("PUT", "/programs/{id}/data", repeatable=True),
    "publish_program": Operation("PUT", "/programs/{id}/public", repeatable=True),
    "hide_program": Operation("PUT", "/programs/{id}/private", repeatable=True),
    "list_backends": read_only("/backends"),
    "list_backends_with_slash": read_only("/backends/"),
    "get_backend_configuration": read_only("/backends/{name}/configuration"),
    "get_backend_properties": read_only("/backends/{name}/properties"),
    "get_backend_defaults": read_only("/backends/{name}/defaults"),
    "get_backend_status": read_only("/backends/{name}/status"),
    "create_job": Operation("POST", "/jobs"),
    "list_jobs": read_only("/jobs"),
    "get_job": read_only("/jobs/{id}"),
    "delete_job": Operation("DELETE", "/jobs/{id}", repeatable=True),
    "get_job_results": read_only("/jobs/{id}/results"),
    "get_job_interim_results": read_only("/jobs/{id}/interim_results"),
    "get_job_transpiled_circuits": read_only("/jobs/{id}/transpiled_circuits"),
    "get_stored_circuits": read_only("/jobs/{id}/transpiled_circuits/stored", public=True),
    "get_job_logs": read_only("/jobs/{id}/logs"),
    "get_job_metrics": read_only("/jobs/{id}/metrics"),
    # Not repeatable: the second of two finds the job cancelled, and conflicts.
    "cancel_job": Operation("POST", "/jobs/{id}/cancel"),
    "replace_job_tags": Operation("PUT", "/jobs/{id}/tags", repeatable=True),
    # Not repeatable: two of them are two sessions.
    "create_session": Operation("POST", "/sessions"),
    "get_session": read_only("/sessions/{id}"),
    "get_session_extended": read_only("/sessions/{id}/extended"),
    "update_session": Operation("PATCH", "/sessions/{id}", repeatable=True),
    "close_session": Operation("DELETE", "/sessions/{id}/close", repeatable=True),
    "get_job_type": read_only("/facade/v1/jobs/{id}/type"),
    "list_facade_jobs": read_only("/facade/v1/jobs"),
    "create_facade_job": Operation("POST", "/facade/v1/jobs"),
    "list_job_tags": read_only("/facade/v1/jobs/tags"),
    "get_own_usage": read_only("/usage"),
    "list_instances": read_only("/instances"),
    "get_runtime_user": read_only("/users/me"),
    "validate_token": Operation("POST", "/auth/validate", repeatable=True),
    "revoke_token": Operation("POST", "/logout", repeatable=True),
    "get_health": read_only("/health", public=True),
    "list_own_workloads": read_only("/workloads/me"),
    "list_all_workloads": read_only("/workloads/admin"),
    "get_job_metrics_as_admin": read_only("/admin/jobs/{id}/metrics"),
    "get_analytics_usage": read_only("/analytics/usage"),
    "get_usage_grouped": read_only("/analytics/usage-grouped"),
    "get_usage_grouped_by_date": read_only("/analytics/usage-grouped-by-date"),
    "get_analytics_filters": read_only("/analytics/filters"),
}
"""Under their ``operationId``."""
