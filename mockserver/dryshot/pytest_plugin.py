"""The pytest plugin: fixtures, a marker and options. It imports nothing until one is used."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

    from dryshot.mock import Mock
    from dryshot.server.served import ServedWorld, ServedWorlds
    from dryshot.targets import Target
    from dryshot_client import AsyncRuntime, LegacyRuntime, Runtime

__all__ = [
    "async_runtime",
    "dryshot",
    "dryshot_server",
    "dryshot_server_options",
    "dryshot_target",
    "legacy_runtime",
    "runtime",
    "runtime_service",
]

API_KEY_VARIABLE = "DRYSHOT_LIVE_API_KEY"
INSTANCE_VARIABLE = "DRYSHOT_LIVE_INSTANCE"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("dryshot", "dryshot: a stand-in for the IBM Quantum REST API")
    group.addoption(
        "--dryshot-target",
        choices=("mock", "live"),
        default="mock",
        help="what the client fixtures talk to: the mock in this process (default), or a service",
    )
    group.addoption(
        "--dryshot-base-url",
        metavar="URL",
        help="with --dryshot-target=live: the service; the classic auth API is at URL/api, the "
        "classic runtime API at URL/runtime, the platform's at URL/api/v1; the API key is read "
        f"from {API_KEY_VARIABLE}, the instance, if there are several, from {INSTANCE_VARIABLE}",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and refuse options that do not go together."""
    config.addinivalue_line(
        "markers",
        "dryshot(seed=..., clock=..., engine=..., ...): how the dryshot fixture's Mock is made; "
        "the arguments are those of dryshot.Mock",
    )
    live = config.getoption("--dryshot-target") == "live"
    url = config.getoption("--dryshot-base-url")
    if live and not url:
        raise pytest.UsageError("--dryshot-target=live needs --dryshot-base-url=URL")
    if url and not live:
        raise pytest.UsageError("--dryshot-base-url needs --dryshot-target=live")
    if live and not os.environ.get(API_KEY_VARIABLE):
        raise pytest.UsageError(f"--dryshot-target=live needs an API token in {API_KEY_VARIABLE}")


@pytest.fixture
def dryshot(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """An active ``dryshot.Mock``: httpx and requests reach it, and no other host."""
    from dryshot.mock import Mock

    with Mock(**_settings(request, Mock)).activate() as mock:
        yield mock


@pytest.fixture
def dryshot_target(request: pytest.FixtureRequest) -> Target:
    """Where the services are that ``--dryshot-target`` chose, for tests that bring their client."""
    from dryshot.targets import live_target, mock_target

    if request.config.getoption("--dryshot-target") == "mock":
        return mock_target(request.getfixturevalue("dryshot"))
    url = request.config.getoption("--dryshot-base-url")
    return live_target(url, os.environ[API_KEY_VARIABLE], os.environ.get(INSTANCE_VARIABLE))


@pytest.fixture
def runtime(dryshot_target: Target) -> Iterator[Runtime]:
    """A ``dryshot_client.Runtime`` on the target that was chosen.

    Every answer it gets is checked against the OpenAPI documents, whoever gives it.
    """
    from dryshot_client import Runtime

    target = dryshot_target
    with Runtime(
        api_key=target.api_token,
        instance=target.instance,
        url=target.cloud_url,
        transport=target.transport,
        sleep=target.sleep,
        monotonic=target.monotonic,
    ) as runtime:
        yield runtime


@pytest.fixture
def async_runtime(dryshot_target: Target) -> AsyncRuntime:
    """A ``dryshot_client.AsyncRuntime`` on the same target; it is closed by whoever opens it.

    Its connections belong to the event loop of the test that uses it, so a test that talks to a
    service writes ``async with async_runtime:``; with the mock there is nothing to close.
    """
    from dryshot_client import AsyncRuntime

    target = dryshot_target
    return AsyncRuntime(
        api_key=target.api_token,
        instance=target.instance,
        url=target.cloud_url,
        transport=target.async_transport,
        sleep=target.async_sleep,
        monotonic=target.monotonic,
    )


@pytest.fixture
def legacy_runtime(dryshot_target: Target) -> Iterator[LegacyRuntime]:
    """A ``dryshot_client.LegacyRuntime`` on the target that was chosen.

    Every answer it gets is checked against the OpenAPI documents, whoever gives it.
    """
    from dryshot_client import LegacyRuntime

    with LegacyRuntime(
        api_token=dryshot_target.api_token,
        auth_url=dryshot_target.auth_url,
        runtime_url=dryshot_target.runtime_url,
        transport=dryshot_target.transport,
        sleep=dryshot_target.sleep,
        monotonic=dryshot_target.monotonic,
    ) as runtime:
        yield runtime


@pytest.fixture
def runtime_service(dryshot: Mock) -> QiskitRuntimeService:
    """The official SDK's ``QiskitRuntimeService``, unmodified, on the active mock.

    It logs in as the first declared account, with no instance chosen; without declared accounts as
    somebody with an instance of the premium plan. Needs the extra ``sdk``.
    """
    try:
        from qiskit_ibm_runtime import QiskitRuntimeService
    except ImportError as error:
        from dryshot.errors import MissingExtra

        raise MissingExtra("the fixture runtime_service", "sdk") from error

    account = next(iter(dryshot.world.accounts), None)
    return QiskitRuntimeService(
        channel="ibm_quantum_platform",
        token=account.api_token if account else "any key opens an account",
        instance=None if account else "premium-instance",
    )


@pytest.fixture(scope="session")
def dryshot_server_options() -> Mapping[str, Any]:
    """How ``dryshot_server`` makes its worlds; override it in a conftest.py.

    The arguments of ``dryshot.server.worlds.Worlds``: ``seed``, ``clock`` ("wall" or "virtual"),
    ``engine``, ``executor``, ``world``, ``backends``, ``devices``, ``pace``.
    """
    return {}


@pytest.fixture(scope="session")
def _dryshot_worlds(dryshot_server_options: Mapping[str, Any]) -> Iterator[ServedWorlds]:
    """The server of this process."""
    from dryshot.server.served import served

    with served(**dryshot_server_options) as worlds:
        yield worlds


@pytest.fixture
def dryshot_server(
    request: pytest.FixtureRequest, _dryshot_worlds: ServedWorlds
) -> Iterator[ServedWorld]:
    """A served mock, for programs that are other processes; its clock is the wall's.

    One server on loopback serves all tests of a process, each in a world of its own. Needs the
    extra ``server``.
    """
    with _dryshot_worlds.opened(request.node.nodeid) as world:
        yield world


def _settings(request: pytest.FixtureRequest, mock: type[Mock]) -> dict[str, Any]:
    """The marker's arguments; those nearest to the test win."""
    settings: dict[str, Any] = {}
    known = inspect.signature(mock).parameters
    for marker in request.node.iter_markers("dryshot"):
        if marker.args:
            raise pytest.UsageError(f"{request.node.nodeid}: the marker dryshot takes names only")
        for name, value in marker.kwargs.items():
            if name not in known:
                names = ", ".join(known)
                raise pytest.UsageError(
                    f"{request.node.nodeid}: the marker dryshot has no argument {name!r}; "
                    f"it has {names}"
                )
            settings.setdefault(name, value)
    return settings
