from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from dryshot.server.admin import Admin, application
from tests.server_admin.rooms import HEADERS, TOKEN, Pair
from tests.serving import served


@pytest.fixture
def tenancy() -> Pair:
    return Pair()


@pytest.fixture
def admin(tenancy: Pair) -> Admin:
    return application(tenancy, token=TOKEN, heartbeat=0.2)


@pytest.fixture
def place(admin: Admin) -> Iterator[str]:
    """Where a real server is, on loopback."""
    with served(admin) as address:
        try:
            yield f"http://{address}"
        finally:
            admin.close()


@pytest.fixture
def api(place: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{place}/_dryshot/api", headers=HEADERS, timeout=20) as client:
        yield client
