"""Faults of a server with a state file: they strike again as they did, and are not forgotten."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot.faults import BadFault
from dryshot.http import Request
from tests.server_state.stage import User, kept, virtual

STRUCK: list[tuple[dict[str, Any], int]] = [
    ({"kind": "duplicate"}, 2),
    ({"kind": "lose_response"}, 1),
    ({"kind": "fail", "status": 503, "when": "after"}, 1),
    ({"kind": "page", "status": 520, "when": "after"}, 1),
    ({"kind": "drop"}, 0),
]


@pytest.mark.parametrize(("fault", "made"), STRUCK, ids=str)
def test_what_a_struck_request_did_is_done_again(
    tmp_path: Path, fault: dict[str, Any], made: int
) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        (name,) = tenants.names()
        user.submit()
        mock = tenants.mock(name)
        mock.faults.add({**fault, "operation": "create_job", "nth": [2, 4]})
        for _ in range(3):  # the second of these is struck
            send(user)
        jobs = list(mock.world.jobs)
        assert len(jobs) == 1 + 2 + made
        counted = mock.faults.to_json()
        assert counted[0]["state"] == {"seen": 3, "hits": 1, "left": 1, "until": None}
    with kept(path, worlds) as tenants:
        mock = tenants.mock(name)
        assert list(mock.world.jobs) == jobs
        assert mock.faults.to_json() == counted


def send(user: User) -> None:
    try:
        user.submit()
    except (httpx.TransportError, AssertionError):
        return  # it was struck


def test_a_fault_that_cannot_be_kept_is_refused_where_there_is_a_state(tmp_path: Path) -> None:
    with kept(tmp_path / "state", virtual()) as tenants, closing(User(tenants).log_in()):
        faults = tenants.mock(tenants.names()[0]).faults
        with pytest.raises(BadFault, match=r"^body is a function, which cannot be kept"):
            faults.drop(body=lambda _: True)
        assert len(faults) == 0


def test_a_fault_that_an_older_server_kept_strikes(tmp_path: Path) -> None:
    with kept(tmp_path / "state", virtual()) as tenants, closing(User(tenants).log_in()) as user:
        (name,) = tenants.names()
        older = {"status": 500, "operation": "list_jobs", "left": 1, "retry_after": None}
        tenant = tenants.whose(Request("GET", "127.0.0.1", "/", headers=user.headers))
        assert tenant is not None
        tenant.restore_faults([older])
        assert tenants.mock(name).faults.to_json() == [
            {"kind": "fail", "status": 500, "operation": "list_jobs"}
        ]
        assert user.do("GET", "/jobs").status_code == 500
        assert user.do("GET", "/jobs").status_code == 200
