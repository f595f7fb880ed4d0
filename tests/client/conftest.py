"""Every test that asks for ``stage`` is run with the blocking and with the asynchronous client."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from tests.client.stage import Stage


@pytest.fixture(params=["sync", "async"])
def stage(request: pytest.FixtureRequest) -> Callable[..., Stage]:
    return functools.partial(Stage, request.param)
