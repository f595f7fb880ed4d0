"""The platform's hosts and operations, and short ways to ask for them, plainly and by a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from dryshot.contract import Contract
from dryshot_client import Runtime
from dryshot_client.platform.models import Job

__all__ = [
    "BODIES",
    "BROKEN",
    "CALLS",
    "CATALOG",
    "GRANT",
    "IAM",
    "OPERATIONS",
    "PARAMS",
    "QASM",
    "RESOURCES",
    "RUNTIME",
    "SEARCH",
    "Connect",
    "ask",
    "error",
    "run",
    "submit",
]

RUNTIME = "https://quantum.cloud.ibm.com/api/v1"
IAM = "https://iam.cloud.ibm.com"
SEARCH = "https://api.global-search-tagging.cloud.ibm.com"
CATALOG = "https://globalcatalog.cloud.ibm.com/api/v1"
RESOURCES = "https://resource-controller.cloud.ibm.com"
GRANT = "urn:ibm:params:oauth:grant-type:apikey"
QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
PARAMS: Mapping[str, Any] = {"pubs": [[QASM, None, 100]], "version": 2}
BROKEN: Mapping[str, Any] = {"pubs": [["OPENQASM 3.0; nonsense"]], "version": 2}
"""Accepted, and not understood when it is run."""

Connect = Callable[..., Runtime]


def submit(runtime: Runtime, **fields: Any) -> str:
    """The id of a new small job."""
    job = {"program": "sampler", "backend": "ibm_torino", "params": PARAMS} | fields
    return runtime.jobs.create(**job).id


def run(runtime: Runtime, **fields: Any) -> Job:
    """A new small job when it has ended."""
    return runtime.jobs.wait(submit(runtime, **fields), timeout=3600)


CALLS: Mapping[str, Callable[[Runtime, str], object]] = {
    "get_versions": lambda runtime, _: runtime.versions.list(),
    "list_backends": lambda runtime, _: runtime.backends.list(),
    "get_backend_configuration": lambda runtime, id_: runtime.backends.configuration(id_),
    "get_backend_properties": lambda runtime, id_: runtime.backends.properties(id_),
    "get_backend_status": lambda runtime, id_: runtime.backends.status(id_),
    "get_backend_defaults": lambda runtime, id_: runtime.backends.defaults(id_),
    "create_job": lambda runtime, _: submit(runtime),
    "list_jobs": lambda runtime, _: list(runtime.jobs.list()),
    "get_job": lambda runtime, id_: runtime.jobs.get(id_),
    "get_job_results_jid": lambda runtime, id_: runtime.jobs.results(id_),
    "get_jog_logs_jid": lambda runtime, id_: runtime.jobs.logs(id_),
    "get_job_interim_results": lambda runtime, id_: runtime.jobs.interim_results(id_),
    "get_job_transpiled_circuits": lambda runtime, id_: runtime.jobs.transpiled_circuits(id_),
    "get_job_metrics_jid": lambda runtime, id_: runtime.jobs.metrics(id_),
    "replace_job_tags": lambda runtime, id_: runtime.jobs.tags(id_, ["dryshot"]),
    "list_tags": lambda runtime, _: runtime.tags.list("dry"),
    "cancel_job_jid": lambda runtime, id_: runtime.jobs.cancel(id_),
    "delete_job": lambda runtime, id_: runtime.jobs.delete(id_),
    "create_session": lambda runtime, _: runtime.sessions.create(backend="ibm_torino"),
    "get_session": lambda runtime, id_: runtime.sessions.get(id_),
    "update_session": lambda runtime, id_: runtime.sessions.update(id_, accepting_jobs=False),
    "delete_session_close": lambda runtime, id_: runtime.sessions.close(id_),
    "get_instance": lambda runtime, _: runtime.instances.get(),
    "get_instance_configuration": lambda runtime, _: runtime.instances.configuration(),
    "replace_instance_configuration": lambda runtime, _: runtime.instances.configure(
        instance_limit=None
    ),
    "get_usage": lambda runtime, _: runtime.instances.usage(),
    "get_account": lambda runtime, id_: runtime.accounts.get(id_),
    "find_instance_workloads": lambda runtime, _: list(runtime.workloads.list()),
    "analytics_usage": lambda runtime, _: runtime.analytics.usage(),
    "get_usage_analytics_grouped": lambda runtime, _: runtime.analytics.usage_grouped("backend"),
    "get_usage_analytics_grouped_by_date": lambda runtime, _: (
        runtime.analytics.usage_grouped_by_date()
    ),
    "analytics_filters": lambda runtime, _: runtime.analytics.filters(),
}
"""Every operation of the Compute API, asked for by a client; of what has this id, if it has one."""

OPERATIONS = Contract.load("platform-runtime").operations
BODIES: Mapping[str, Any] = {
    "create_job": {"program_id": "sampler", "backend": "ibm_torino", "params": PARAMS},
    "replace_job_tags": {"tags": []},
    "create_session": {"mode": "batch", "backend": "ibm_torino"},
    "update_session": {"accepting_jobs": False},
    "replace_instance_configuration": {"instance_limit": None},
}
QUERIES: Mapping[str, str] = {
    "list_tags": "?type=job&search=dry",
    "get_usage_analytics_grouped": "?group_by=backend",
    "get_usage_analytics_grouped_by_date": "?group_by=instance",
}


def ask(http: httpx.Client, operation: str, id_: str = "unknown") -> httpx.Response:
    """Ask plainly, and rightly, for one of the operations."""
    asked = OPERATIONS[operation]
    url = asked.path.replace("{id}", id_) + QUERIES.get(operation, "")
    return http.request(asked.method, url, json=BODIES.get(operation))


def error(answer: httpx.Response) -> tuple[int, int | str, str]:
    """Status, code and message of the first error."""
    first = answer.json()["errors"][0]
    return answer.status_code, first["code"], first["message"]
