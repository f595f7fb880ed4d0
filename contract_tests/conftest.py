"""What the contracts need: clients of ours, plain ones, and backends to use."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.platform import CATALOG, GRANT, IAM, RUNTIME, Connect
from dryshot.mock import Mock
from dryshot.targets import Target
from dryshot_client import IamAuth, LegacyRuntime, NotFound, Runtime
from dryshot_client.platform.api import LATEST_VERSION
from dryshot_client.platform.hosts import find_hosts

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
def instance(legacy_runtime: LegacyRuntime, simulator: str) -> str:
    """An instance that has the simulator."""
    names = (one["name"] for one in legacy_runtime.instances.list())
    return next(name for name in names if simulator in legacy_runtime.backends.list(instance=name))


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


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of asynchronous tests."""
    return "asyncio"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only a mock can be told, such as the time, or a broken device.

    It is deselected, not skipped: nothing would be learned by asking a service, or a recording.
    """
    if config.getoption("--dryshot-target") in {"mock", "served"}:
        return
    only_mock = [item for item in items if "mock" in getattr(item, "fixturenames", ())]
    if only_mock:
        config.hook.pytest_deselected(items=only_mock)
        items[:] = [item for item in items if item not in only_mock]


@pytest.fixture
def mock(request: pytest.FixtureRequest) -> Mock:
    """The mock itself; tests that need it are left out for every other target."""
    mock: Mock = request.getfixturevalue("dryshot")
    return mock


@pytest.fixture(scope="module")
def shared_memory() -> dict[str, dict[str, str]]:
    """What is asked of a service once and good for more than one test."""
    return {}


@pytest.fixture
def platform_memory(
    dryshot_target: Target, shared_memory: dict[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    """The same; a mock is new for each test, and its memory too."""
    return shared_memory if dryshot_target.kind == "live" else {}


@pytest.fixture
def platform_guest(dryshot_target: Target) -> httpx.Client:
    """A plain client of the Compute API without credentials."""
    return httpx.Client(base_url=RUNTIME, transport=dryshot_target.transport, timeout=60)


@pytest.fixture
def platform_user(
    platform_guest: httpx.Client,
    dryshot_target: Target,
    platform_memory: dict[str, dict[str, str]],
) -> httpx.Client:
    """The plain client, with a token and no instance.

    A service is asked for a token only now and then, a mock is new each time.
    """
    if "token" not in platform_memory:
        form = {"grant_type": GRANT, "apikey": dryshot_target.api_token}
        answer = platform_guest.post(f"{IAM}/identity/token", data=form)
        assert answer.status_code == 200, answer.text
        platform_memory["token"] = answer.json()
    token = platform_memory["token"]["access_token"]
    platform_guest.headers["authorization"] = f"Bearer {token}"
    return platform_guest


@pytest.fixture
def crns(
    runtime: Runtime, platform_user: httpx.Client, platform_memory: dict[str, dict[str, str]]
) -> dict[str, str]:
    """The CRNs of the account's instances by their plans' names; they follow from the API key."""
    if "crns" not in platform_memory:
        crns = platform_memory["crns"] = {}
        for instance in runtime.instances.list():
            plan = platform_user.get(f"{CATALOG}/{instance.plan_id}").json()
            crns[plan["overview_ui"]["en"]["display_name"].lower()] = instance.crn
    return platform_memory["crns"]


@pytest.fixture
def crn(crns: dict[str, str]) -> str:
    """The CRN of the instance that ``runtime`` and ``platform`` are for."""
    return crns["premium"]


@pytest.fixture
def platform(platform_user: httpx.Client, crn: str) -> httpx.Client:
    """The plain client, with an instance of the premium plan and the latest version of the API."""
    platform_user.headers.update({"service-crn": crn, "ibm-api-version": LATEST_VERSION})
    return platform_user


@pytest.fixture
def connect(dryshot_target: Target) -> Iterator[Connect]:
    """Makes more clients, for another instance or version; they share one token."""
    target = dryshot_target
    hosts = find_hosts(target.cloud_url, "us-east", environ=os.environ)
    clock: dict[str, Any] = {"sleep": target.sleep, "monotonic": target.monotonic}
    auth = IamAuth(target.api_token, iam_url=hosts.iam, **clock)
    with httpx.Client(transport=target.transport, timeout=60) as client:
        usual = {
            **clock,
            "auth": auth,
            "client": client,
            "instance": target.instance,
            "url": target.cloud_url,
            "runtime_url": hosts.runtime,
        }
        yield lambda **settings: Runtime(**(usual | settings))


@pytest.fixture
def open_runtime(connect: Connect, crns: dict[str, str]) -> Runtime:
    """The same caller with an instance of the open plan."""
    return connect(instance=crns["open"])


_OF_THE_MOCK = {"dryshot", "dryshot_target", "mock"}


@pytest.fixture(autouse=True)
def platform_record(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note what was asked and answered, in the file that DRYSHOT_EXCHANGES names, if it does."""
    path = os.environ.get("DRYSHOT_EXCHANGES")
    asking = _OF_THE_MOCK & set(request.fixturenames)
    if not (path and asking and request.config.getoption("--dryshot-target") == "mock"):
        yield
        return
    mock: Mock = request.getfixturevalue("dryshot")
    yield
    seen = {
        (one.request.method, one.request.host, one.request.path, one.response.status)
        for one in mock.journal
    }
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(one)}\n" for one in sorted(seen))
