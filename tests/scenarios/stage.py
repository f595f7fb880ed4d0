"""Callers of both services, for tests of scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from dryshot import Mock
from dryshot.world import Outcome, Task
from tests.dialects.classic import JOB, RUNTIME
from tests.dialects.platform import log_in, one, sampler
from tests.server_admin.rooms import PLATFORM, classic
from tests.world.worlds import echo

__all__ = ["Caller", "engine", "seen", "tell"]


def engine(task: Task) -> Outcome:
    """Results as the service of each job has them."""
    return one(task) if task.dialect == "platform" else echo(task)


class Caller:
    """Somebody at one of both services, logged in."""

    def __init__(self, http: httpx.Client, service: str) -> None:
        self.http = http
        self.platform = service == "platform"
        self.base = PLATFORM if self.platform else RUNTIME
        self.backend = "ibm_torino" if self.platform else "ibm_wellington"
        self.headers: Mapping[str, str] = {}
        self.log_in()

    def log_in(self) -> None:
        """Once more: the platform's tokens last an hour."""
        self.headers = log_in(self.http) if self.platform else classic(self.http)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(f"{self.base}{path}", headers=self.headers)

    def submit(self, **fields: Any) -> httpx.Response:
        body = sampler(**fields) if self.platform else JOB | fields
        return self.http.post(f"{self.base}/jobs", headers=self.headers, json=body)

    def status(self, job: str) -> str:
        found = self.get(f"/jobs/{job}").json()
        return str(found["status"])

    def machine(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/backends/{self.backend}/status").json()
        return found


@contextmanager
def seen(mock: Mock, service: str) -> Iterator[Caller]:
    """A caller who is logged in, at one of both services."""
    with httpx.Client(transport=mock.transport()) as http:
        yield Caller(http, service)


def tell(answer: httpx.Response) -> tuple[int, int]:
    """Status, and the API's own code."""
    return answer.status_code, int(answer.json()["errors"][0]["code"])
