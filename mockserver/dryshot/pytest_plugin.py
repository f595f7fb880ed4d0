"""The pytest plugin: fixtures, a marker and options. It imports nothing until one is used."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

    from dryshot.clock import Clock
    from dryshot.mock import Mock
    from dryshot.server.served import ServedWorld, ServedWorlds
    from dryshot.targets import Target
    from dryshot.testing.stages import LiveSite, ServedSite, Stage
    from dryshot_client import AsyncRuntime, LegacyRuntime, Runtime

__all__ = [
    "async_runtime",
    "dryshot",
    "dryshot_server",
    "dryshot_server_options",
    "dryshot_sleep",
    "dryshot_target",
    "legacy_runtime",
    "runtime",
    "runtime_service",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    from dryshot.coverage.options import add_options as add_coverage_options
    from dryshot.reports.attachment import add_options as add_attachment_options
    from dryshot.sweep.options import add_options as add_sweep_options
    from dryshot.testing.options import add_options
    from dryshot.testing.sentinels import add_options as add_sentinel_options

    group = parser.getgroup("dryshot", "dryshot: a stand-in for the IBM Quantum REST API")
    add_options(group)
    add_sentinel_options(group)
    add_coverage_options(group)
    add_attachment_options(group)
    add_sweep_options(group)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and refuse options that do not go together."""
    from dryshot.coverage.options import configure as configure_coverage
    from dryshot.sweep.options import configure as configure_sweep
    from dryshot.testing.options import OPTIONS, read_options

    configure_coverage(config)
    configure_sweep(config)
    config.addinivalue_line(
        "markers",
        "dryshot(seed=..., clock=..., engine=..., ...): how the dryshot fixture's Mock is made; "
        "the arguments are those of dryshot.Mock, and which sentinels=... watch, allow_hosts=[...]",
    )
    config.addinivalue_line(
        "markers",
        "costs(seconds): what a test may be charged by a service, in seconds of a device; with "
        "--dryshot-target=live only such tests may submit, as far as --dryshot-max-qpu-seconds go",
    )
    options = config.stash[OPTIONS] = read_options(config)
    if options.target in {"live", "replay"} or options.record != "none":
        from dryshot.testing.hooks import Hooks, workers

        hooks = Hooks(options, workers(config))
        config.pluginmanager.register(hooks, "dryshot-targets")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say with a failing test what its mocks were asked."""
    report = yield
    if report.failed:
        from dryshot.reports.attachment import attach

        attach(item, report)
    return report


@pytest.fixture
def dryshot(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """An active ``dryshot.Mock``: httpx and requests reach it, and no other host.

    In a test that uses the target's fixtures, it is what answers them; with
    ``--dryshot-target=live`` no mock does, and the test is skipped.
    """
    from dryshot.testing.fixtures import mock_settings
    from dryshot.testing.options import OPTIONS
    from dryshot.testing.sentinels import allowed_hosts, guarded

    target = request.config.stash[OPTIONS].target
    if target != "mock" and "dryshot_target" in request.fixturenames:
        stage: Stage = request.getfixturevalue("_dryshot_stage")
        if stage.mock is None:
            pytest.skip(f"asks for the mock itself; with --dryshot-target={target} there is none")
        yield stage.mock
        return

    from dryshot.mock import Mock
    from dryshot.reports.attachment import watch

    mock = Mock(**mock_settings(request))
    with mock.activate(allow_hosts=allowed_hosts(request)), guarded(request, mock):
        watch(request.node, mock)
        yield mock
    mock.warn_of_unused_expectations()


@pytest.fixture
def dryshot_sleep(dryshot: Mock) -> Iterator[Clock]:
    """The mock's clock, which the test's own ``time.sleep`` and ``asyncio.sleep`` move.

    Nothing waits: see ``Clock.patch_sleep``.
    """
    with dryshot.clock.patch_sleep():
        yield dryshot.clock


@pytest.fixture
def _dryshot_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The target while the test lasts, and what stands around it."""
    from dryshot.reports.attachment import watch
    from dryshot.testing.fixtures import staged
    from dryshot.testing.sentinels import guard_target

    with staged(request) as stage, guard_target(request, stage.target, stage.mock):
        watch(request.node, stage)
        yield stage


@pytest.fixture(scope="session")
def _dryshot_served_site() -> Iterator[ServedSite]:
    """The server of this process for ``--dryshot-target=served``."""
    from dryshot.server.serving import serve
    from dryshot.testing.stages import ServedSite, Switch

    switch = Switch()
    with serve(switch) as server, closing(ServedSite(switch, server.url)) as site:
        yield site


@pytest.fixture(scope="session")
def _dryshot_live_site(request: pytest.FixtureRequest) -> Iterator[LiveSite]:
    """The service of ``--dryshot-target=live``."""
    from dryshot.testing.hooks import workers
    from dryshot.testing.options import OPTIONS
    from dryshot.testing.stages import LiveSite

    live = request.config.stash[OPTIONS].live
    assert live is not None  # noqa: S101 - options were read so
    with closing(LiveSite(live, workers(request.config))) as site:
        yield site


@pytest.fixture
def dryshot_target(_dryshot_stage: Stage) -> Target:
    """What ``--dryshot-target`` chose, for tests that bring their own client.

    While the test lasts, httpx and requests reach it under IBM's names, and no other host.
    """
    return _dryshot_stage.target


@pytest.fixture
def runtime(dryshot_target: Target) -> Iterator[Runtime]:
    """A ``dryshot_client.Runtime`` on the target that was chosen.

    Every answer it gets is checked against the OpenAPI documents, whoever gives it.
    """
    with dryshot_target.runtime() as runtime:
        yield runtime


@pytest.fixture
def async_runtime(dryshot_target: Target) -> AsyncRuntime:
    """A ``dryshot_client.AsyncRuntime`` on the same target; whoever opens it closes it."""
    return dryshot_target.async_runtime()


@pytest.fixture
def legacy_runtime(dryshot_target: Target) -> Iterator[LegacyRuntime]:
    """A ``dryshot_client.LegacyRuntime`` on the target that was chosen.

    Every answer it gets is checked against the OpenAPI documents, whoever gives it.
    """
    with dryshot_target.legacy_runtime() as runtime:
        yield runtime


@pytest.fixture
def runtime_service(dryshot_target: Target, _dryshot_stage: Stage) -> QiskitRuntimeService:
    """The official SDK's ``QiskitRuntimeService``, unmodified, on the target that was chosen.

    On a mock it logs in as the first declared account, with no instance chosen; without declared
    accounts as somebody with an instance of the premium plan. Needs the extra ``sdk``.
    """
    try:
        from qiskit_ibm_runtime import QiskitRuntimeService
    except ImportError as error:
        from dryshot.errors import MissingExtra

        raise MissingExtra("the fixture runtime_service", "sdk") from error

    mock = _dryshot_stage.mock
    declared = mock is not None and any(mock.world.accounts)
    return QiskitRuntimeService(
        channel="ibm_quantum_platform",
        token=dryshot_target.api_token,
        instance=None if declared else dryshot_target.instance,
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
    from dryshot.reports.attachment import watch
    from dryshot.testing.sentinels import guarded

    with (
        _dryshot_worlds.opened(request.node.nodeid) as world,
        guarded(request, world.mock, world.api_key),
    ):
        watch(request.node, world)
        yield world
