"""What the classic API's contract needs: a client of ours, a plain one, and backends to use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from dryshot.targets import Target
from dryshot_client import LegacyRuntime, NotFound

QASM = """
OPENQASM 3;
include "stdgates.inc";
qreg q[1];
creg c[1];
x q[0];
c[0] = measure q[0];
"""


@pytest.fixture
def http(dryshot_target: Target) -> Iterator[httpx.Client]:
    """A plain client without credentials; answers are checked against the documents."""
    with httpx.Client(
        base_url=dryshot_target.runtime_url, transport=dryshot_target.transport, timeout=60
    ) as client:
        yield client


@pytest.fixture
def token(http: httpx.Client, dryshot_target: Target) -> str:
    """A new access token."""
    body = {"apiToken": dryshot_target.api_token}
    answer = http.post(f"{dryshot_target.auth_url}/users/loginWithToken", json=body)
    assert answer.status_code == 200
    return str(answer.json()["id"])


@pytest.fixture
def user(http: httpx.Client, token: str) -> httpx.Client:
    """The plain client, logged in."""
    http.headers["x-access-token"] = token
    return http


@pytest.fixture
def simulator(legacy_runtime: LegacyRuntime) -> str:
    """The name of a general simulator."""
    names = legacy_runtime.backends.list()
    simulators = [name for name in names if "simulator" in name]
    assert simulators
    return "ibmq_qasm_simulator" if "ibmq_qasm_simulator" in simulators else simulators[0]


@pytest.fixture
def device(legacy_runtime: LegacyRuntime) -> str:
    """The name of a device that is no simulator."""
    return next(name for name in legacy_runtime.backends.list() if "simulator" not in name)


@pytest.fixture
def submit(legacy_runtime: LegacyRuntime, simulator: str) -> Iterator[Callable[..., str]]:
    """Submits a job and removes it afterwards."""
    made: list[str] = []

    def submit(**fields: Any) -> str:
        job = {"program": "sampler", "backend": simulator, "params": {"circuits": [QASM]}}
        made.append(legacy_runtime.jobs.create(**(job | fields))["id"])
        return made[-1]

    yield submit
    for job_id in made:
        try:
            legacy_runtime.jobs.delete(job_id)
        except NotFound:
            continue
