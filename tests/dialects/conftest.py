from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from dryshot.mock import Mock
from tests.dialects.classic import RUNTIME, log_in
from tests.world.worlds import echo


@pytest.fixture
def mock() -> Mock:
    return Mock(engine=echo)


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as client:
        yield client


@pytest.fixture
def user(http: httpx.Client) -> httpx.Client:
    http.headers["x-access-token"] = log_in(http)["id"]
    return http
