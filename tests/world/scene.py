"""A mock in trouble, and those who look at it: plain requests, and dryshot's clients."""

from __future__ import annotations

import json
from typing import Any

import httpx

from contract_tests.platform import PARAMS, RUNTIME
from dryshot.mock import Mock
from dryshot.world import Outcome, Task
from dryshot_client import LegacyRuntime, Runtime
from tests.dialects import classic
from tests.dialects.platform import log_in

__all__ = ["KEY", "Scene", "error", "give"]

KEY = "the key of nobody"
ESTIMATES = {"evs": [0.5, -0.5], "stds": [0.1, 0.1], "ensemble_standard_error": [0.1, 0.1]}


def give(task: Task) -> Outcome:
    """What a program gives, at once, for two seconds of a device."""
    body: dict[str, Any]
    if task.dialect == "classic":
        body = {"quasi_dists": [{"1": 1.0}], "metadata": [{"shots": 4000}]}
    elif task.program_id == "estimator":
        body = {"results": [{"data": ESTIMATES, "metadata": {}}], "metadata": {"version": 2}}
    else:
        data = {"c": {"samples": ["0x1"], "num_bits": 1}}
        body = {"results": [{"data": data, "metadata": {}}], "metadata": {"version": 2}}
    return Outcome(failed=False, body=json.dumps(body), quantum_seconds=2.0)


class Scene:
    """A mock, and callers who are logged in; the clients' pauses are its clock's."""

    def __init__(self, key: str = KEY, **settings: Any) -> None:
        self.mock = Mock(**({"engine": give} | settings))
        self.world, self.clock = self.mock.world, self.mock.clock
        self.trouble = self.world.trouble
        self.http = httpx.Client(transport=self.mock.transport())
        self.key = key
        self.log_in()
        how: Any = {"transport": self.mock.transport(), "sleep": self.clock.advance}
        how["monotonic"] = self.clock.time
        self.runtime = Runtime(api_key=key, instance="premium-instance", account_file=None, **how)
        self.legacy = LegacyRuntime(api_token=key, **how)

    def log_in(self) -> None:
        """New tokens, where the old ones have expired."""
        self.headers = log_in(self.http, self.key)
        self.token = classic.log_in(self.http, self.key)["id"]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request to the platform."""
        given = {**self.headers, **headers}
        return self.http.request(method, RUNTIME + path, json=body, headers=given)

    def ask_classic(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request to the classic API."""
        headers = {"x-access-token": self.token}
        return self.http.request(method, classic.RUNTIME + path, json=body, headers=headers)

    def submit(self, **fields: Any) -> str:
        """The id of a new job of the platform."""
        job = {"program_id": "sampler", "backend": "ibm_fez", "params": PARAMS} | fields
        answer = self.ask("POST", "/jobs", job)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def submit_classic(self, **fields: Any) -> str:
        """The id of a new job of the classic API."""
        answer = self.ask_classic("POST", "/jobs", classic.JOB | fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def state(self, job_id: str) -> dict[str, Any]:
        """How a job of the platform is."""
        found: dict[str, Any] = self.ask("GET", f"/jobs/{job_id}").json()
        return found

    def ran_classic(self, job_id: str) -> dict[str, Any]:
        """How a job of the classic API is when it had its time."""
        self.clock.advance(10)
        found: dict[str, Any] = self.ask_classic("GET", f"/jobs/{job_id}").json()
        return found


def error(answer: httpx.Response) -> tuple[int, Any]:
    """Status, and code of the first error."""
    return answer.status_code, answer.json()["errors"][0]["code"]
