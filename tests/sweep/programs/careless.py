"""The same program with three mistakes: a call, a submission and a wait that take no account."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx

IAM = "https://iam.cloud.ibm.com/identity/token"
SEARCH = "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search"
API = "https://quantum.cloud.ibm.com/api/v1"
PASSING = {429, 500, 502, 503, 504, 520}
TRIES = 4


class JobEnded(Exception):
    """The job has no results."""


class SubmissionFailed(Exception):
    """There is no job."""


class Program:
    """Somebody who is logged in."""

    def __init__(self, http: httpx.Client, api_key: str) -> None:
        self.http = http
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": api_key}
        token = self.call("POST", IAM, data=form).json()["access_token"]
        http.headers.update({"authorization": f"Bearer {token}", "ibm-api-version": "2026-04-15"})
        query = {"query": "service_name:quantum-computing"}
        found = self.call("POST", SEARCH, json=query).json()["items"]
        http.headers["service-crn"] = found[0]["crn"]

    def run(self, qasm: str) -> int:
        """Submit the circuit, wait for the job, and say how many shots it has."""
        backend = self.call("GET", f"{API}/backends").json()["devices"][0]["name"]
        job = self.submit(backend, qasm)
        self.wait(job)
        results = self.call("GET", f"{API}/jobs/{job}/results").json()["results"]
        return len(results[0]["data"]["c"]["samples"])

    def call(self, method: str, url: str, **content: Any) -> httpx.Response:
        """A call that may be repeated."""
        for attempt in range(TRIES):
            pause = 2.0**attempt
            # The first: nothing is repeated whose answer is lost.
            answer = self.http.request(method, url, **content)
            if answer.status_code not in PASSING or attempt == TRIES - 1:
                break
            pause = float(answer.headers.get("retry-after", pause))
            time.sleep(pause)
        return answer.raise_for_status()

    def submit(self, backend: str, qasm: str) -> str:
        """A job's id; a job is not submitted again before it was looked for."""
        tag = f"mine-{uuid.uuid4().hex}"
        params = {"pubs": [[qasm, None, 20]], "version": 2}
        body = {"program_id": "sampler", "backend": backend, "params": params, "tags": [tag]}
        for attempt in range(TRIES):
            pause = 2.0**attempt
            try:
                answer = self.http.post(f"{API}/jobs", json=body)
            except httpx.TransportError:
                pass
            else:
                # The second: what answers 500 may have taken the job.
                if answer.status_code >= 500:
                    raise SubmissionFailed
                if answer.status_code not in PASSING:
                    return str(answer.raise_for_status().json()["id"])
                pause = float(answer.headers.get("retry-after", pause))
            time.sleep(pause)
            found = self.call("GET", f"{API}/jobs", params={"tags": tag}).json()["jobs"]
            if found:
                return str(found[0]["id"])
        raise SubmissionFailed

    def wait(self, job: str) -> None:
        """Return when the job has results."""
        while True:
            status = self.call("GET", f"{API}/jobs/{job}").json()["state"]["status"]
            if status == "Completed":
                return
            # The third: a job that was cancelled has no results either.
            if status == "Failed":
                raise JobEnded(status)
            time.sleep(2)
