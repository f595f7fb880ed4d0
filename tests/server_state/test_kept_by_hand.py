"""What is done to a world through the admin API is kept, though nobody asks the world anything."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dryshot.http import Request
from dryshot.server.admin.api import Api
from dryshot.server.admin.feed import Tenants as Watched
from dryshot.server.tenants import Tenants
from tests.server_state.stage import User, kept, virtual


def ask(tenants: Tenants, method: str, path: str, body: Any = None) -> Any:
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = Request(method, "127.0.0.1", path, headers=headers, body=sent)
    answer = Api(Watched(tenants))(request)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def test_faults_outlast_the_server_and_so_does_their_clearing(tmp_path: Path) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()):
        (name,) = tenants.names()
        fault = {"status": 500, "operation": "list_jobs", "times": 3, "retry_after": 2}
        set_first = ask(tenants, "POST", f"/tenants/{name}/faults", fault)
    with kept(path, worlds) as tenants:
        assert ask(tenants, "GET", f"/tenants/{name}/faults") == set_first
        assert [fault.left for fault in tenants.mock(name).faults] == [3]
        ask(tenants, "DELETE", f"/tenants/{name}/faults")
    with kept(path, worlds) as tenants:
        assert list(tenants.mock(name).faults) == []


def test_a_frozen_clock_stays_frozen(tmp_path: Path) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()):
        (name,) = tenants.names()
        assert not tenants.mock(name).clock.is_frozen
        stood = ask(tenants, "POST", f"/tenants/{name}/clock/freeze")
        assert stood["frozen"]
    with kept(path, worlds) as tenants:
        assert tenants.mock(name).clock.is_frozen
        assert ask(tenants, "GET", f"/tenants/{name}/clock") == stood


def test_nothing_is_kept_of_a_tenant_that_is_not_there(tmp_path: Path) -> None:
    with kept(tmp_path / "state", virtual()) as tenants, pytest.raises(KeyError):
        tenants.keep("t-none")
