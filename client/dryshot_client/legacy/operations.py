"""The operations of the classic auth and runtime APIs."""

from __future__ import annotations

from collections.abc import Mapping

from dryshot_client.operations import Operation, read_only

__all__ = ["LEGACY_OPERATIONS"]

LEGACY_OPERATIONS: Mapping[str, Operation] = {
    # Another login gives another token, and does no harm.
    "login_with_token": Operation("POST", "/users/loginWithToken", "auth", repeatable=True),
    "logout": Operation("POST", "/users/logout", "auth", repeatable=True),
    "list_programs": read_only("/programs", public=True),
    "get_program": read_only("/programs/{id}", public=True),
    "list_backends": read_only("/backends"),
    "get_backend_configuration": read_only("/backends/{name}/configuration"),
    "get_backend_properties": read_only("/backends/{name}/properties"),
    "get_backend_defaults": read_only("/backends/{name}/defaults"),
    "get_backend_status": read_only("/backends/{name}/status"),
    "create_job": Operation("POST", "/jobs"),
    "list_jobs": read_only("/jobs"),
    "get_job": read_only("/jobs/{id}"),
    "delete_job": Operation("DELETE", "/jobs/{id}", repeatable=True),
    "get_job_results": read_only("/jobs/{id}/results"),
    "get_job_logs": read_only("/jobs/{id}/logs"),
    "get_job_metrics": read_only("/jobs/{id}/metrics"),
    # Not repeatable: the second of two finds the job cancelled, and conflicts.
    "cancel_job": Operation("POST", "/jobs/{id}/cancel"),
    "replace_job_tags": Operation("PUT", "/jobs/{id}/tags", repeatable=True),
}
"""Under their ``operationId``."""
