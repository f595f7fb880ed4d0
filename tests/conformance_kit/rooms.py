"""Services to examine: a mock, and mocks that break a rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dryshot import Mock
from dryshot.conformance.caller import Caller
from dryshot.conformance.checks import check_operations, check_scenarios
from dryshot.conformance.dialects import DIALECTS, Facts
from dryshot.conformance.findings import Findings
from dryshot.conformance.places import places
from dryshot.conformance.wire import Wire
from dryshot.http import Endpoint, Request, Response
from dryshot.mounts.httpx import Transport
from dryshot.world import Outcome, Task

URL = "http://mock.invalid"
KEY = "the-secret-key-of-this-test"


def one(task: Task) -> Outcome:
    """An engine whose every job measures a single one, in two seconds of a device."""
    if task.program_id == "sampler" and "circuits" in task.params:
        body: Any = {"quasi_dists": [{"1": 1.0}], "metadata": [{"shots": 16}]}
    else:
        result = {"data": {"c": {"samples": ["0x1"], "num_bits": 1}}, "metadata": {}}
        body = {"results": [result], "metadata": {"version": 2}}
    return Outcome(failed=False, body=json.dumps(body), quantum_seconds=2.0)


def new_mock() -> Mock:
    return Mock(engine=one)


def connected(mock: Mock, endpoint: Endpoint | None = None) -> Callable[[], Wire]:
    """Connections to an endpoint in front of a mock, on the mock's clock."""

    def connect() -> Wire:
        transport = Transport(endpoint or mock)
        return Wire(transport=transport, sleep=mock.clock.advance, monotonic=mock.clock.time)

    return connect


class Kit:
    """A service, and somebody who has logged in to it."""

    def __init__(self, dialect: str, tamper: Callable[[Mock], Endpoint] | None = None) -> None:
        mock = new_mock()
        self.findings = Findings((KEY,))
        self.dialect = DIALECTS[dialect]
        wire = connected(mock, tamper(mock) if tamper else mock)()
        self.caller = Caller(wire, places(URL), self.findings)
        self.facts: Facts = self.dialect.log_in(self.caller, KEY, None)

    def operations(self) -> Findings:
        check_operations(self.caller, self.dialect, self.facts, KEY, patience=30, cautious=False)
        return self.findings

    def scenarios(self) -> Findings:
        check_scenarios(self.caller, self.dialect, self.facts, patience=30)
        return self.findings


def changed(response: Response, change: Callable[[Any], object]) -> Response:
    """A response whose JSON was changed in place."""
    body = json.loads(response.body)
    change(body)
    return replace(response, body=json.dumps(body).encode())


def is_job(request: Request) -> bool:
    """Whether one job is asked for."""
    before, _, id_ = request.path.rpartition("/")
    is_job = before.endswith("/jobs") and "/facade/" not in before
    return request.method == "GET" and is_job and bool(id_)
