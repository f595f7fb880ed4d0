"""The platform as a plain client meets it: its hosts, its operations, and ways to ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import httpx

__all__ = [
    "CATALOG",
    "DOCUMENTS",
    "GRANT",
    "IAM",
    "LATEST",
    "NONSENSE",
    "OPERATIONS",
    "QASM",
    "RESOURCES",
    "RUNTIME",
    "SEARCH",
    "Ask",
    "Gateway",
    "Platform",
    "error",
    "sampler",
]

RUNTIME = "https://quantum.cloud.ibm.com/api/v1"
IAM = "https://iam.cloud.ibm.com"
SEARCH = "https://api.global-search-tagging.cloud.ibm.com"
CATALOG = "https://globalcatalog.cloud.ibm.com/api/v1"
RESOURCES = "https://resource-controller.cloud.ibm.com"
DOCUMENTS = (
    "platform-runtime",
    "platform-iam",
    "platform-search",
    "platform-catalog",
    "platform-resources",
)
GRANT = "urn:ibm:params:oauth:grant-type:apikey"
LATEST = "2026-04-15"
QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
NONSENSE = "OPENQASM 3.0; nonsense"


class Gateway(httpx.BaseTransport):
    """Sends whatever is asked of IBM's hosts to one service, which is told the host in ``Host``."""

    def __init__(self, base_url: str) -> None:
        self._base = httpx.URL(base_url)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the service does; ``Host`` stays as it was."""
        base = self._base
        url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class Ask(NamedTuple):
    """A valid request for one operation; ``{job}`` and the like in the path stand for ids."""

    method: str
    path: str
    body: Any = None

    def send(self, http: httpx.Client, **ids: str) -> httpx.Response:
        """Ask for it; what has no id of its own asks for one that does not exist."""
        names = {"job": "unknown", "session": "unknown", "backend": "unknown", "account": "unknown"}
        return http.request(self.method, self.path.format(**(names | ids)), json=self.body)


def sampler(**fields: Any) -> dict[str, Any]:
    """The body of a small job."""
    params = {"pubs": [[QASM, None, 100]], "version": 2}
    return {"program_id": "sampler", "backend": "ibm_torino", "params": params} | fields


OPERATIONS = {
    "get_versions": Ask("GET", "/versions"),
    "list_backends": Ask("GET", "/backends"),
    "get_backend_configuration": Ask("GET", "/backends/{backend}/configuration"),
    "get_backend_properties": Ask("GET", "/backends/{backend}/properties"),
    "get_backend_status": Ask("GET", "/backends/{backend}/status"),
    "get_backend_defaults": Ask("GET", "/backends/{backend}/defaults"),
    "create_job": Ask("POST", "/jobs", sampler()),
    "list_jobs": Ask("GET", "/jobs"),
    "get_job": Ask("GET", "/jobs/{job}"),
    "delete_job": Ask("DELETE", "/jobs/{job}"),
    "cancel_job_jid": Ask("POST", "/jobs/{job}/cancel"),
    "get_job_results_jid": Ask("GET", "/jobs/{job}/results"),
    "get_jog_logs_jid": Ask("GET", "/jobs/{job}/logs"),
    "get_job_interim_results": Ask("GET", "/jobs/{job}/interim_results"),
    "get_job_transpiled_circuits": Ask("GET", "/jobs/{job}/transpiled_circuits"),
    "get_job_metrics_jid": Ask("GET", "/jobs/{job}/metrics"),
    "replace_job_tags": Ask("PUT", "/jobs/{job}/tags", {"tags": []}),
    "list_tags": Ask("GET", "/tags?type=job&search=dry"),
    "create_session": Ask("POST", "/sessions", {"mode": "batch", "backend": "ibm_torino"}),
    "get_session": Ask("GET", "/sessions/{session}"),
    "update_session": Ask("PATCH", "/sessions/{session}", {"accepting_jobs": False}),
    "delete_session_close": Ask("DELETE", "/sessions/{session}/close"),
    "get_instance": Ask("GET", "/instance"),
    "get_instance_configuration": Ask("GET", "/instances/configuration"),
    "replace_instance_configuration": Ask(
        "PUT", "/instances/configuration", {"instance_limit": None}
    ),
    "get_usage": Ask("GET", "/instances/usage"),
    "get_account": Ask("GET", "/accounts/{account}"),
    "find_instance_workloads": Ask("GET", "/workloads"),
    "analytics_usage": Ask("GET", "/analytics/usage"),
    "get_usage_analytics_grouped": Ask("GET", "/analytics/usage_grouped?group_by=backend"),
    "get_usage_analytics_grouped_by_date": Ask(
        "GET", "/analytics/usage_grouped_by_date?group_by=instance"
    ),
    "analytics_filters": Ask("GET", "/analytics/filters"),
}
"""Every operation of the Compute API."""


def error(answer: httpx.Response) -> tuple[int, int | str, str]:
    """Status, code and message of the first error."""
    first = answer.json()["errors"][0]
    return answer.status_code, first["code"], first["message"]


class Platform(NamedTuple):
    """A caller with a token and an instance. ``sleep`` lets seconds of the service's time pass."""

    http: httpx.Client
    crn: str
    sleep: Callable[[float], object]

    @property
    def account(self) -> str:
        """The account's id."""
        return self.crn.split(":")[6].removeprefix("a/")

    def ask(self, operation: str, **ids: str) -> httpx.Response:
        """A valid request for one operation."""
        return OPERATIONS[operation].send(self.http, **ids)

    def submit(self, **fields: Any) -> str:
        """The id of a new job."""
        answer = self.http.post("/jobs", json=sampler(**fields))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def finish(self, job_id: str) -> dict[str, Any]:
        """A job when it has ended."""
        for _ in range(3600):
            job: dict[str, Any] = self.http.get(f"/jobs/{job_id}").json()
            if job["state"]["status"] not in {"Queued", "Running"}:
                return job
            self.sleep(1)
        raise AssertionError(f"{job_id} does not end")

    def run(self, **fields: Any) -> dict[str, Any]:
        """A new job when it has ended."""
        return self.finish(self.submit(**fields))

    def session(self, **fields: Any) -> str:
        """The id of a new session."""
        body = {"mode": "batch", "backend": "ibm_torino"} | fields
        answer = self.http.post("/sessions", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])
