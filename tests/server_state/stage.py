"""What tests of tenants and state say over and over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from dryshot.http import Endpoint
from dryshot.mounts.httpx import Transport
from dryshot.server.tenants import Tenants
from dryshot.server.worlds import Worlds
from dryshot.world import Outcome, Pace, Task
from tests.dialects.classic import AUTH, RUNTIME

__all__ = ["API", "GRANT", "IAM", "JOB", "User", "kept", "one", "seen", "virtual"]

IAM = "https://iam.cloud.ibm.com"
SEARCH = "https://api.global-search-tagging.cloud.ibm.com"
GRANT = "urn:ibm:params:oauth:grant-type:apikey"
LATEST = "2026-04-15"
API = "https://quantum.cloud.ibm.com/api/v1"
JOB = {"program_id": "sampler", "backend": "ibm_fez", "params": {"pubs": [["OPENQASM 3;"]]}}
CLASSIC_JOB = {"program_id": "sampler", "backend": "ibm_wellington", "params": {"circuits": ["x"]}}


def one(task: Task) -> Outcome:
    """An engine whose every job measures its own seed, in two seconds of a device."""
    data = {"c": {"samples": [hex(task.seed)], "num_bits": 64}}
    result = {"data": data, "metadata": {}}
    body = json.dumps({"results": [result], "metadata": {"version": 2}})
    return Outcome(failed=False, body=body, quantum_seconds=2.0, logs="it ran\n")


def virtual(pace: Pace | None = None, **settings: Any) -> Worlds:
    return Worlds(clock="virtual", engine=one, pace=pace, **settings)


class User:
    """Someone with a key, at an endpoint or at the URL of a server."""

    def __init__(self, at: Endpoint | str, key: str = "key") -> None:
        if isinstance(at, str):
            self.http = httpx.Client(timeout=30, trust_env=False)
            self.base = at
        else:
            self.http, self.base = httpx.Client(transport=Transport(at)), ""
        self.key = key
        self.headers: dict[str, str] = {}
        self.classic: dict[str, str] = {}

    def close(self) -> None:
        self.http.close()

    def ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        if self.base:
            url = self.base + httpx.URL(url).raw_path.decode()
        return self.http.request(method, url, **options)

    def log_in(self, *, again: bool = False) -> User:
        """With a token of now; ``again`` where worlds are replaced while that is asked for."""
        form = {"grant_type": GRANT, "apikey": self.key}
        answer = self.ask("POST", f"{IAM}/identity/token", data=form)
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        self.headers = {"authorization": f"Bearer {token}", "ibm-api-version": LATEST}
        query = {"query": "service_name:quantum-computing"}
        found = self.ask("POST", f"{SEARCH}/v3/resources/search", json=query, headers=self.headers)
        if again and found.status_code == 401:
            return self.log_in(again=True)
        assert found.status_code == 200, found.text
        crns = {item["name"]: item["crn"] for item in found.json()["items"]}
        self.headers["service-crn"] = crns.get("premium-instance", min(crns.values()))
        return self

    def log_in_classic(self) -> User:
        answer = self.ask("POST", f"{AUTH}/users/loginWithToken", json={"apiToken": self.key})
        assert answer.status_code == 200, answer.text
        self.classic = {"x-access-token": answer.json()["id"]}
        return self

    def do(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.ask(method, API + path, json=body, headers=self.headers)

    def do_classic(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.ask(method, RUNTIME + path, json=body, headers=self.classic)

    def submit(self, **fields: Any) -> str:
        answer = self.do("POST", "/jobs", JOB | fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def submit_classic(self, **fields: Any) -> str:
        answer = self.do_classic("POST", "/jobs", CLASSIC_JOB | fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def jobs(self) -> list[str]:
        answer = self.do("GET", "/jobs?limit=200")
        assert answer.status_code == 200, answer.text
        return [job["id"] for job in answer.json()["jobs"]]


@contextmanager
def kept(path: Path, worlds: Worlds) -> Iterator[Tenants]:
    """The tenants of a state file, which is closed in the end."""
    with worlds.open_state(path) as state:
        yield worlds.tenants(state=state)


def seen(user: User, tenants: Tenants, sessions: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """Everything that a user can look at, with every clock held still."""
    for name in tenants.names():
        tenants.mock(name).clock.freeze()
    paths = [
        "/jobs?limit=200&exclude_params=false",
        "/usage",
        "/instance",
        "/workloads",
        "/tags?type=job&search=one",
    ]
    paths += [f"/sessions/{one}" for one in sessions]
    paths += ["/instances/configuration", "/backends", "/backends/ibm_fez/properties"]
    answers = {
        path: (user.do("GET", path).status_code, user.do("GET", path).text) for path in paths
    }
    for job in user.jobs():
        for end in ("", "/results", "/metrics", "/logs"):
            answer = user.do("GET", f"/jobs/{job}{end}")
            answers[f"{job}{end}"] = answer.status_code, _without_trace(answer)
    if user.classic:
        listed = user.do_classic("GET", "/jobs?limit=200")
        answers["classic"] = listed.status_code, listed.text
        for job in listed.json()["jobs"]:
            for end in ("", "/results", "/metrics", "/logs"):
                answer = user.do_classic("GET", f"/jobs/{job['id']}{end}")
                answers[f"{job['id']}{end}"] = answer.status_code, answer.text
    return answers


def _without_trace(answer: httpx.Response) -> str:
    return answer.text.partition('"trace"')[0]
