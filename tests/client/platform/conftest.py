"""Every test that asks for a runtime is run with the blocking and with the asynchronous one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import pytest

from tests.client.platform.stage import OnMock, Scripted


@pytest.fixture(autouse=True, scope="module")
def _bare_environment() -> Iterator[None]:
    """No settings of this machine's environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TOKEN", "INSTANCE", "URL"):
            patch.delenv(f"QISKIT_IBM_{name}", raising=False)
        for name in ("IAM_URL", "GLOBAL_SEARCH_URL"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which kind."""
    return str(request.param)


@pytest.fixture
def on_mock(kind: str) -> Callable[..., OnMock]:
    """Makes a runtime before the mock."""
    return functools.partial(OnMock, kind)


@pytest.fixture
def scripted(kind: str) -> Callable[..., Scripted]:
    """Makes a runtime before a scripted network."""
    return functools.partial(Scripted, kind)
