"""A small server with tenants, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import httpx

from dryshot import Mock
from dryshot.http import Request, Response
from dryshot.server.records import OtherState
from tests.dialects.classic import AUTH, JOB, RUNTIME
from tests.world.worlds import echo

TOKEN = "the-admin-token"
HEADERS = {"X-Dryshot-Token": TOKEN}
IAM = "https://iam.cloud.ibm.com/identity/token"
PLATFORM = "https://quantum.cloud.ibm.com/api/v1"


class Pair:
    """Two tenants, each with a mock of its own."""

    def __init__(self, *names: str, **settings: Any) -> None:
        self._settings = {"engine": echo} | settings
        self._mocks = {name: Mock(**self._settings) for name in names or ("alice", "bob")}

    def __call__(self, request: Request) -> Response:
        return next(iter(self._mocks.values()))(request)

    def names(self) -> Sequence[str]:
        return list(self._mocks)

    def mock(self, name: str) -> Mock:
        return self._mocks[name]

    def reset(self, name: str | None = None) -> None:
        for one in self.names() if name is None else [name]:
            self._mocks[one] = Mock(**self._settings)

    def keep(self, name: str) -> None:
        """Nothing is kept here."""

    def export_state(self, out: IO[bytes]) -> None:
        raise OtherState(f"nothing is kept here for {out}")

    def import_state(self, value: Any) -> int:
        raise OtherState(f"nothing is kept here, {value} neither")

    def client(self, name: str) -> httpx.Client:
        """For calls to one tenant's services."""
        return httpx.Client(transport=self.mock(name).transport())


def classic(http: httpx.Client, key: str = "a classic api token") -> dict[str, str]:
    """Log in to the classic service; the headers for what follows."""
    answer = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": key})
    return {"x-access-token": answer.json()["id"]}


def submit(http: httpx.Client, headers: dict[str, str], **fields: Any) -> httpx.Response:
    return http.post(f"{RUNTIME}/jobs", headers=headers, json=JOB | fields)


def bearer(http: httpx.Client, key: str = "a platform api key") -> dict[str, str]:
    """Log in to the platform; the headers for what follows."""
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": key}
    token = http.post(IAM, data=form).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}
